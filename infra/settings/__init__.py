"""The typed settings of a stack: read, checked, explained."""
