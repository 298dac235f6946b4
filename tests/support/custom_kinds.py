"""Kinds that operators define, for tests of custom resources: their published definitions where those are at hand.

The folder `crds` beside the project's own holds published definitions (`<project>-<release>/<group>_<plural>.yaml`).
Where it is absent, definitions that only admit the kinds take their place, and tests of the real schemas skip.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.kubectl import Kubectl

FOLDER = Path(__file__).parents[3] / "shared" / "crds"


@dataclass(frozen=True)
class CustomKind:
    """A namespaced kind."""

    group: str
    version: str
    kind: str
    plural: str

    @property
    def name(self) -> str:
        """The definition's name."""
        return f"{self.plural}.{self.group}"

    @property
    def published(self) -> Path | None:
        """The published definition; None where it is not at hand."""
        return next(FOLDER.glob(f"*/{self.group}_{self.plural}.yaml"), None)

    def definition(self) -> dict[str, Any]:
        """A definition that only admits the kind."""
        schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
        version = {
            "name": self.version,
            "served": True,
            "storage": True,
            "schema": {"openAPIV3Schema": schema},
            "subresources": {"status": {}},
        }
        names = {"kind": self.kind, "plural": self.plural, "singular": self.kind.lower()}
        return {
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            # Groups under k8s.io are the Kubernetes project's: it wants to be asked before one is defined.
            "metadata": {"name": self.name, "annotations": {"api-approved.kubernetes.io": "unapproved, for tests"}},
            "spec": {"group": self.group, "scope": "Namespaced", "names": names, "versions": [version]},
        }


def define(kubectl: Kubectl, kinds: Iterable[CustomKind]) -> None:
    """Make the API server serve the kinds; they stay, for other tests of the same sandbox."""
    names: list[str] = []
    for item in kinds:
        path = item.published
        manifest = None if path else item.definition()
        # Server-side: a published schema is too long for the annotation that the client's own way keeps.
        kubectl("apply", "--server-side", "--force-conflicts", "-f", str(path or "-"), manifest=manifest)
        names.append(f"customresourcedefinition/{item.name}")
    kubectl("wait", "--for=condition=Established", "--timeout=60s", *names)


def require_published(kinds: Iterable[CustomKind]) -> None:
    """Skip the test where a published definition is not at hand."""
    missing = [item.name for item in kinds if item.published is None]
    if missing:
        pytest.skip(f"the published definitions are not at hand: {', '.join(missing)}")
