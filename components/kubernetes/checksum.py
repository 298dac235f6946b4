"""A Pod reads its configuration once; the checksum in its template makes a change of configuration roll it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Final, cast

import pulumi

CHECKSUM_ANNOTATION: Final = "jarvis.io/config-checksum"


def config_checksum(*data: Mapping[str, pulumi.Input[str]]) -> pulumi.Output[str]:
    """SHA-256 over ConfigMap and Secret data, independent of the order of keys; secret where any value is."""

    def digest(maps: list[dict[str, str]]) -> str:
        return hashlib.sha256(json.dumps(maps, sort_keys=True).encode()).hexdigest()

    resolved: list[pulumi.Output[dict[str, str]]] = [
        pulumi.Output.from_input(cast("dict[str, str]", dict(item))) for item in data
    ]
    return pulumi.Output.all(*resolved).apply(digest)
