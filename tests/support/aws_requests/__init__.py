"""The requests that the provider of AWS would send for planned resources."""
