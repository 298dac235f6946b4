"""Objects whose kinds operators define: cert-manager, CloudNativePG, Gateway API and the like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

Field = pulumi.Input[str] | int | float | bool | None | Sequence["Field"] | Mapping[str, "Field"]
"""A value in a custom resource; a member that is None is left out."""


def wait_for(condition: str) -> dict[str, str]:
    """Annotations by which the engine waits for an operator: `condition=Ready`, or a jsonpath and its value."""
    return {"pulumi.com/waitFor": condition}


def custom_resource(
    name: str,
    *,
    api_version: str,
    kind: str,
    metadata: ObjectMetaArgs,
    spec: Mapping[str, Field],
    opts: pulumi.ResourceOptions,
) -> CustomResource:
    """The object, which the API server checks against its kind's own schema.

    The engine does not wait until an operator has acted on it, unless `wait_for` is among its annotations.
    """
    return CustomResource(name, api_version=api_version, kind=kind, metadata=metadata, spec=_present(spec), opts=opts)


def _present(fields: Mapping[str, Field]) -> dict[str, object]:
    return {key: _without_absent(value) for key, value in fields.items() if value is not None}


def _without_absent(value: Field) -> object:
    if isinstance(value, Mapping):
        return _present(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_without_absent(item) for item in value]
    return value
