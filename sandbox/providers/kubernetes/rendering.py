"""Rendering to a folder instead of a cluster, with the official provider's folders and file names."""

from __future__ import annotations

from pathlib import Path

from sandbox.providers.kubernetes.objects import name_of, namespace_of
from sandbox.providers.values import Properties, as_text, revealed


def path_for(obj: Properties, folder: Path) -> Path:
    """Where the object's file is: definitions of kinds come first, everything else second."""
    version = (as_text(obj.get("apiVersion")) or "").replace("/", "_").replace(":", "_")
    kind = as_text(obj.get("kind")) or ""
    place = "0-crd" if kind == "CustomResourceDefinition" else "1-manifest"
    name = name_of(obj).replace("/", "_").replace(":", "_")
    return folder / place / f"{version}-{kind.lower()}-{namespace_of(obj) or 'default'}-{name}.yaml"


def render(obj: Properties, folder: Path) -> Path:
    """Write the object, readable by the owner only: a Secret is written as it is."""
    import yaml

    path = path_for(obj, folder)
    for place in ("0-crd", "1-manifest"):
        (folder / place).mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600)
    path.write_text(yaml.safe_dump(revealed(obj), sort_keys=True, allow_unicode=True))
    return path


def remove(obj: Properties, folder: Path) -> None:
    """Remove the object's file; one that is gone already is fine."""
    path_for(obj, folder).unlink(missing_ok=True)
