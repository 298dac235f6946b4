"""Definitions of the custom kinds that the stacks use, by the operator that brings them.

Published ones where they are at hand, which check every field; otherwise minimal ones, which only admit the kind.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

import yaml

from sandbox.errors import SandboxError

MINIMAL: Final = Path(__file__).with_name("crds")
"""One file an operator: the kinds that it defines, each in one line. `subresources: none` is of a kind whose published
definition has no status subresource: who writes its status writes the whole object. Elsewhere the server would drop a
status that comes that way."""
PUBLISHED_VARIABLE: Final = "JARVIS_CRDS"
"""Environment variable that names the folder with the published definitions."""
_BESIDE_THE_CLONE: Final = Path(__file__).resolve().parents[2] / "shared" / "crds"
_NAME: Final = re.compile(r"^metadata:\n(?:[ ].*\n)*? {2}name: \"?([a-z0-9.-]+)\"?$", re.MULTILINE)
_FINGERPRINT: Final = {True: "published", False: "minimal"}
_DEFINITION: Final = re.compile(r"^kind: CustomResourceDefinition$", re.MULTILINE)


@dataclass(frozen=True)
class Definition:
    """One CustomResourceDefinition, as the text that the API server is sent."""

    name: str
    """Its object name: `clusters.postgresql.cnpg.io`."""
    text: str
    """YAML; JSON is YAML too."""
    published: bool
    """Whether it checks fields, or only admits the kind."""

    @property
    def fingerprint(self) -> str:
        """Of the text and where it comes from: tells whether the API server has this very definition."""
        return f"{_FINGERPRINT[self.published]}-{hashlib.sha256(self.text.encode()).hexdigest()[:16]}"

    def is_met_by(self, present: str | None) -> bool:
        """Whether the definition of the fingerprint `present` is this one, or a published one where this is minimal."""
        better = not self.published and present is not None and present.startswith(_FINGERPRINT[True])
        return better or present == self.fingerprint


def operators() -> tuple[str, ...]:
    """Every operator whose kinds are known here."""
    return tuple(sorted(path.stem for path in MINIMAL.glob("*.yaml")))


def published_folder() -> Path | None:
    """The folder with published definitions, `<operator>-<version>/*.yaml`; None where there is none.

    Raises SandboxError where the environment variable names something that is no folder.
    """
    chosen = os.environ.get(PUBLISHED_VARIABLE)
    if chosen:
        folder = Path(chosen).expanduser()
        if not folder.is_dir():
            raise SandboxError(f"{PUBLISHED_VARIABLE} is {chosen}, which is no folder.")
        return folder
    return _BESIDE_THE_CLONE if _BESIDE_THE_CLONE.is_dir() else None


def object_name(text: str) -> str:
    """metadata.name of an object that is written as YAML.

    Read without a parser: the large definitions would take it seconds, and some of them it refuses.
    """
    found = _NAME.search(text)
    if found is None:
        raise SandboxError(f"This object has no name:\n{text[:200]}")
    return found[1]


def definitions(operator: str) -> list[Definition]:
    """What the operator defines: the published definitions, and a minimal one of each kind that those lack."""
    published = {item.name: item for item in _published(operator)}
    minimal = {item.name: item for item in _minimal(operator)}
    return list({**minimal, **published}.values())


def _published(operator: str) -> Iterable[Definition]:
    folder = published_folder()
    for version in sorted(folder.glob(f"{operator}-[0-9]*")) if folder is not None else ():
        for path in sorted(version.glob("*.yaml")):
            text = path.read_text("utf-8")
            if _DEFINITION.search(text):
                yield Definition(object_name(text), text, published=True)


def _minimal(operator: str) -> Iterable[Definition]:
    path = MINIMAL / f"{operator}.yaml"
    if not path.is_file():
        raise SandboxError(f"No kinds of an operator {operator!r} are known here; known: {', '.join(operators())}.")
    groups = cast("dict[str, list[dict[str, str]]]", yaml.safe_load(path.read_text("utf-8")))
    for group, kinds in groups.items():
        for kind in kinds:
            yield Definition(f"{kind['plural']}.{group}", json.dumps(_minimal_body(group, kind)), published=False)


def _minimal_body(group: str, line: dict[str, str]) -> dict[str, object]:
    kind, plural = line["kind"], line["plural"]
    subresources: dict[str, object] = {"subresources": {"status": {}}} if line.get("subresources") != "none" else {}
    anything = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    # The annotation lets a group of the Kubernetes project itself be defined outside of its own releases.
    approved = {"api-approved.kubernetes.io": "unapproved, only admits the kind in a sandbox"}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}", "annotations": approved},
        "spec": {
            "group": group,
            "scope": line["scope"],
            "names": {"kind": kind, "listKind": f"{kind}List", "plural": plural, "singular": kind.lower()},
            "versions": [
                {
                    "name": line["version"],
                    "served": True,
                    "storage": True,
                    "schema": {"openAPIV3Schema": anything},
                    **subresources,
                }
            ],
        },
    }
