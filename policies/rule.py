"""A policy as data: what it demands, why, what to do, how hard it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyConfigSchema,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    Severity,
    StackValidationArgs,
    StackValidationPolicy,
)

from policies.seen import Seen, plain_type, seen

Level = Literal["mandatory", "advisory"]
Config = Mapping[str, Any]
Check = Callable[[Seen, Config], Iterable[str]]
"""What is wrong with one resource: a sentence each, with what to do and without the resource's name."""
StackCheck = Callable[[Sequence[Seen], Config], Iterable[tuple[Seen | None, str]]]
"""What is wrong with the whole stack; None where it is about no resource of it."""


@dataclass(frozen=True)
class Rule:
    """One policy."""

    name: str
    title: str
    """What is demanded, in one sentence."""
    reason: str
    """Why, in one sentence."""
    fix: str
    """What to do where it is broken."""
    check: Check | None = None
    stack_check: StackCheck | None = None
    """Judged at the end, when everything is known: for what only several resources together show."""
    applies: Callable[[str], bool] = lambda _: True
    """Whether a resource of this type is looked at."""
    level: Level = "mandatory"
    """The level without any configuration, which is the strictest."""
    severity: Severity = Severity.HIGH
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    """What the configuration may set: name to JSON schema, with its default."""

    def settings(self, given: Config) -> dict[str, Any]:
        """The configuration, with defaults."""
        return {name: given.get(name, schema["default"]) for name, schema in self.options.items()}

    def findings(self, resource: Seen, given: Config | None = None) -> list[str]:
        """The sentences about one resource."""
        if self.check is None or not self.applies(resource.type):
            return []
        return [f"{resource.label}: {text}" for text in self.check(resource, self.settings(given or {}))]

    def stack_findings(self, resources: Sequence[Seen], given: Config | None = None) -> list[tuple[str, str]]:
        """The sentences about a stack, each with the URN that it is about, or with an empty one."""
        if self.stack_check is None:
            return []
        looked_at = [resource for resource in resources if self.applies(resource.type)]
        found = self.stack_check(looked_at, self.settings(given or {}))
        return [
            (resource.urn, f"{resource.label}: {text}") if resource is not None else ("", text)
            for resource, text in found
        ]


_LEVELS: Final = {"mandatory": EnforcementLevel.MANDATORY, "advisory": EnforcementLevel.ADVISORY}


def policy(rule: Rule) -> Policy:
    """The rule as the engine's policy."""
    facts: dict[str, Any] = {
        "name": rule.name,
        "description": f"{rule.title} {rule.reason}",
        "enforcement_level": _LEVELS[rule.level],
        "config_schema": PolicyConfigSchema({name: dict(schema) for name, schema in rule.options.items()}),
        "severity": rule.severity,
        "remediation_steps": rule.fix,
    }

    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        if rule.applies(plain_type(args.resource_type)):
            for text in rule.findings(seen(args), args.get_config()):
                report(text, None)

    def validate_stack(args: StackValidationArgs, report: ReportViolation) -> None:
        resources = [seen(item) for item in args.resources if rule.applies(plain_type(item.resource_type))]
        for urn, text in rule.stack_findings(resources, args.get_config()):
            report(text, urn or None)

    if rule.stack_check is not None:
        return StackValidationPolicy(validate=validate_stack, **facts)
    return ResourceValidationPolicy(validate=validate, **facts)
