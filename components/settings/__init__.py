"""The types that every component's settings are built from."""
