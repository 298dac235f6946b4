"""Every rule of the pack, and the pack itself."""

from __future__ import annotations

from typing import Final

from pulumi_policy import PolicyPack

from policies import images
from policies.rule import Rule, policy

NAME: Final = "jarvis"
RULES: Final[tuple[Rule, ...]] = (*images.RULES,)


def serve() -> None:
    """Serve the pack to the engine that started this process; returns when the engine ends it."""
    PolicyPack(NAME, [policy(rule) for rule in RULES])
