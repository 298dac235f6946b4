"""Exporters of what is no part of Jarvis: the namespace's objects and the cluster's nodes."""
