"""Every rule that spans several sections of a stack file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from infra.settings.azure_gateway_rules import AZURE_GATEWAY_RULES
from infra.settings.cloud_production_rules import CLOUD_PRODUCTION_RULES
from infra.settings.cloud_rules import CLOUD_RULES
from infra.settings.data_rules import DATA_RULES
from infra.settings.fitting_rules import FITTING_RULES
from infra.settings.managed_secret_rules import MANAGED_SECRET_RULES
from infra.settings.node_rules import NODE_RULES
from infra.settings.platform_rules import PLATFORM_RULES
from infra.settings.production_rules import PRODUCTION_RULES
from infra.settings.recovery_rules import RECOVERY_RULES
from infra.settings.room_rules import ROOM_RULES
from infra.settings.rule import BrokenRule

if TYPE_CHECKING:
    from infra.settings.model import StackSettings

RULES: Final = (
    *PRODUCTION_RULES,
    *DATA_RULES,
    *FITTING_RULES,
    *PLATFORM_RULES,
    *ROOM_RULES,
    *AZURE_GATEWAY_RULES,
    *CLOUD_RULES,
    *CLOUD_PRODUCTION_RULES,
    *MANAGED_SECRET_RULES,
    *NODE_RULES,
    *RECOVERY_RULES,
)


def broken_rules(stack: StackSettings, valid: frozenset[str]) -> tuple[BrokenRule, ...]:
    """What breaks the rules, of those that need only the `valid` fields."""
    return tuple(
        broken
        for rule in RULES
        if rule.needs | {"environment"} <= valid and (stack.environment == "production" or not rule.production_only)
        for broken in rule.check(stack)
    )
