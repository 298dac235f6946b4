"""This program: typed settings in, composed components out."""
