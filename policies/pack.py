"""Every rule of the pack, and the pack itself."""

from __future__ import annotations

from typing import Final

from pulumi_policy import PolicyPack

from policies import (
    access,
    availability,
    backups,
    buckets,
    deletion,
    encryption_at_rest,
    encryption_in_transit,
    images,
    inline_secrets,
    labels,
    network,
    open_ports,
    pods,
    public_data,
    request_logs,
    versions,
)
from policies.rule import Rule, policy

NAME: Final = "jarvis"
_SUBJECTS: Final = (
    encryption_at_rest,
    encryption_in_transit,
    public_data,
    open_ports,
    backups,
    buckets,
    deletion,
    availability,
    access,
    request_logs,
    versions,
    labels,
    images,
    inline_secrets,
    pods,
    network,
)
RULES: Final[tuple[Rule, ...]] = tuple(rule for subject in _SUBJECTS for rule in subject.RULES)


def serve() -> None:
    """Serve the pack to the engine that started this process; returns when the engine ends it."""
    PolicyPack(NAME, [policy(rule) for rule in RULES])
