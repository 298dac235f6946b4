"""Databases that follow another one, and have from it what others must say themselves."""

from __future__ import annotations

from policies.seen import Seen


def follows(instance: Seen) -> bool:
    """Whether an RDS instance is a read replica."""
    return instance.get("replicateSourceDb") is not None


def reads_beside(instance: Seen) -> bool:
    """Whether it is a read replica of an instance of its own region, which has all that it has.

    One of another region, named by its ARN, is the copy that outlives the loss of its source.
    """
    return follows(instance) and not str(instance.get("replicateSourceDb")).startswith("arn:")
