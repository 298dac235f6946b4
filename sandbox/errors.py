"""The one kind of error that the sandbox raises for people."""

from __future__ import annotations


class SandboxError(Exception):
    """One sentence or more: what failed, why, and what to do about it."""
