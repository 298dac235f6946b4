"""The subscription that planned resources are in: none that exists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

NONE: Final = "00000000-0000-0000-0000-000000000000"
"""The id of no subscription, tenant or client."""


@dataclass(frozen=True)
class Subscription:
    """What the provider's settings say."""

    id: str = NONE
    tenant: str = NONE
    location: str | None = None
    """Where resources are of which the program does not say it."""
