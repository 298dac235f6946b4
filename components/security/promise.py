"""What an admission policy promises, as data: the API server judges it, and a list of promises shows it to people.

Source of the expressions' language: https://kubernetes.io/docs/reference/using-api/cel/
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Resource:
    """Objects of one kind, in the words of a resource rule."""

    group: str
    version: str
    names: tuple[str, ...]
    """Plural names, `pods/ephemeralcontainers` for a part of an object."""
    operations: tuple[str, ...] = ("CREATE", "UPDATE")


@dataclass(frozen=True)
class Expression:
    """A named CEL expression: a variable, or a condition under which a policy looks at an object at all."""

    name: str
    cel: str


@dataclass(frozen=True)
class Check:
    """One thing that must be true of an object."""

    cel: str
    """True where the object keeps the promise."""
    message: str
    """The sentence of a refusal: what is wrong and what to do."""
    explanation: str | None = None
    """CEL that makes the same sentence with the names of what breaks the promise."""


@dataclass(frozen=True)
class Parameters:
    """Every object of one kind."""

    api_version: str
    kind: str


@dataclass(frozen=True)
class Promise:
    """One promise about every object of the stack's namespace."""

    name: str
    """Ends the names of the policy and its binding."""
    title: str
    """The promise in one sentence."""
    reason: str
    """Why it is made."""
    resources: tuple[Resource, ...]
    checks: tuple[Check, ...]
    conditions: tuple[Expression, ...] = ()
    """Objects of which one is not true are let through unseen."""
    variables: tuple[Expression, ...] = ()
    """Each may use those before it, as `variables.NAME`."""
    parameters: Parameters | None = None
    """Objects of the same namespace, against each of which the checks are made, as `params`."""
