"""Names and labels that every object carries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs


@dataclass(frozen=True)
class AppLabels:
    """The recommended labels of one application part.

    Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/
    The plain `app` label is the guide's (Prometheus jobs and Services select by it) and is the only selector,
    because a selector can never change.
    """

    name: str
    """The part's own name and `app` label, such as `jarvis-backend`."""
    component: str
    """Its role: `api`, `database`, `cache`, `metrics`, ..."""
    environment: str
    """The guide's ENVIRONMENT value, a label so that audits and cost reports can group by it."""
    version: str | None = None

    @property
    def selector(self) -> dict[str, str]:
        """The labels that select this part's Pods."""
        return {"app": self.name}

    @property
    def all(self) -> dict[str, str]:
        """Every label of the part's objects."""
        labels = {
            **self.selector,
            "app.kubernetes.io/name": self.name,
            "app.kubernetes.io/component": self.component,
            "app.kubernetes.io/part-of": "jarvis",
            "app.kubernetes.io/managed-by": "pulumi",
            "environment": self.environment,
        }
        if self.version is not None:
            labels["app.kubernetes.io/version"] = self.version
        return labels


def object_meta(
    name: str,
    namespace: pulumi.Input[str],
    labels: AppLabels,
    annotations: Mapping[str, pulumi.Input[str]] | None = None,
) -> ObjectMetaArgs:
    """Metadata of a namespaced object with a fixed name."""
    return ObjectMetaArgs(
        name=name, namespace=namespace, labels=labels.all, annotations=dict(annotations) if annotations else None
    )
