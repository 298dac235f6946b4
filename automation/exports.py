"""What a stack exports, read from its state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast


def stack_outputs(deployment: Mapping[str, Any]) -> dict[str, object]:
    """The stack's outputs as its state has them: secrets are encrypted objects."""
    for resource in cast("list[dict[str, Any]]", deployment.get("resources") or []):
        if resource.get("type") == "pulumi:pulumi:Stack":
            return cast("dict[str, object]", resource.get("outputs") or {})
    return {}


def namespace_of(outputs: Mapping[str, object]) -> str | None:
    """The stack's namespace in its cluster."""
    namespace = outputs.get("namespace")
    return namespace if isinstance(namespace, str) else None


def endpoints_of(outputs: Mapping[str, object]) -> dict[str, str]:
    """URLs by the entry point's name."""
    endpoints = outputs.get("endpoints")
    if not isinstance(endpoints, dict):
        return {}
    return {name: str(url) for name, url in cast("dict[str, object]", endpoints).items()}
