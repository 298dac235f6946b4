"""Reusable Pulumi components; they know nothing of stacks, of environments or of Pulumi config."""
