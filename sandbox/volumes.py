"""Volumes of classes whose driver is a cloud's: nothing provisions them in a sandbox, so they are there before."""

from __future__ import annotations

import json
from typing import Final

_CLASSES: Final = ("gp3",)
"""StorageClasses that a stack makes itself, of a cloud's driver. Others are in cluster.yaml, with the sandbox's own."""
_OF_EACH: Final = 24
"""A production stack claims 9 with one of each server."""
_CAPACITY: Final = "1Ti"


def volumes() -> str:
    """The PersistentVolumes, as one JSON List; kwok gives them free again once their claims are gone."""
    items = [_volume(f"{class_}-{index:02}", class_) for class_ in _CLASSES for index in range(1, _OF_EACH + 1)]
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": items})


def _volume(name: str, class_: str) -> dict[str, object]:
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": name, "labels": {"app.kubernetes.io/managed-by": "sandbox"}},
        "spec": {
            "capacity": {"storage": _CAPACITY},
            "accessModes": ["ReadWriteOnce"],
            "persistentVolumeReclaimPolicy": "Retain",
            "storageClassName": class_,
            "hostPath": {"path": f"/nowhere/{name}"},
        },
    }
