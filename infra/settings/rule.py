"""What a rule across several sections of a stack file is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, LiteralString

from pydantic_core import PydanticCustomError

from infra.settings.document import Path

if TYPE_CHECKING:
    from infra.settings.model import StackSettings

BROKEN_RULES: Final[LiteralString] = "broken_rules"
"""Type of the validation error whose context holds, under `broken`, a tuple of BrokenRule."""


@dataclass(frozen=True)
class BrokenRule:
    """One setting that another one forbids."""

    path: Path
    sentence: str
    """Follows the setting's name: "must be false in production."."""
    missing_secret: bool = False
    """Whether the setting is a secret that others make necessary; the command that sets it is told too."""


@dataclass(frozen=True)
class Rule:
    """A check that needs nothing but the named sections, so that mistakes in other ones don't hide what it finds."""

    needs: frozenset[str]
    """Fields of StackSettings beside `environment`."""
    check: Callable[[StackSettings], Iterator[BrokenRule]]
    production_only: bool = True


def rules_error(broken: tuple[BrokenRule, ...]) -> PydanticCustomError:
    """The validation error that carries broken rules."""
    return PydanticCustomError(BROKEN_RULES, "settings contradict each other", {"broken": broken})
