"""What the platform of a cluster gives to the program."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi


@dataclass(frozen=True)
class Platform:
    """The controllers that stand in the cluster."""

    resources: tuple[pulumi.Resource, ...] = ()
    """What has to stand before anything that uses a kind of theirs; () where all are there already."""
