"""Whether the namespace has room for what the stack asks for."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from components.settings.quantities import quantity_value
from infra.settings.capacity import (
    RESOURCES,
    SIDES,
    containers,
    number_of_claims,
    number_of_pods,
    total,
    total_storage,
    written,
)
from infra.settings.rule import BrokenRule, Rule

if TYPE_CHECKING:
    from infra.settings.model import StackSettings


def _quota_suffices(stack: StackSettings) -> Iterator[BrokenRule]:
    """A lower bound, so that no stack that fits is refused: Jobs and the second Pods of a roll-out come on top."""
    quota = stack.cluster.quota
    if quota is None:
        return
    for side, resource in itertools.product(SIDES, RESOURCES):
        pair = quota.requests if side == "requests" else quota.limits
        given = pair.cpu if resource == "cpu" else pair.memory
        asked = total(stack, side, resource)
        if asked > quantity_value(given):
            yield BrokenRule(
                ("cluster", "quota", side, resource),
                f"is {given}, but the containers' {side} are {written(asked, resource)} together: "
                "not all of their Pods could start.",
            )
    pods = number_of_pods(stack)
    if pods > quota.pods:
        yield BrokenRule(
            ("cluster", "quota", "pods"),
            f"is {quota.pods}, but there may be {pods} Pods when autoscaling is at its maximum: not all could start.",
        )
    asked = total_storage(stack)
    if asked > quantity_value(quota.storage):
        yield BrokenRule(
            ("cluster", "quota", "storage"),
            f"is {quota.storage}, but the claims are {written(asked, 'memory')} together: not all could be made.",
        )
    claims = number_of_claims(stack)
    if claims > quota.persistent_volume_claims:
        yield BrokenRule(
            ("cluster", "quota", "persistentVolumeClaims"),
            f"is {quota.persistent_volume_claims}, but there are {claims} claims: not all could be made.",
        )


def _no_container_exceeds_the_maximum(stack: StackSettings) -> Iterator[BrokenRule]:
    most = stack.cluster.limit_range.max
    for path, resources, _ in containers(stack):
        for resource, limit, greatest in (
            ("cpu", resources.limits.cpu, most.cpu),
            ("memory", resources.limits.memory, most.memory),
        ):
            if quantity_value(limit) > quantity_value(greatest):
                yield BrokenRule(
                    (*path, "limits", resource),
                    f"is {limit}, more than jarvis:cluster.limitRange.max.{resource} {greatest}: "
                    "the Pod would be refused.",
                )


ROOM_RULES: Final = (
    Rule(frozenset({"cluster"}), _quota_suffices, production_only=False),
    Rule(frozenset({"cluster"}), _no_container_exceeds_the_maximum, production_only=False),
)
