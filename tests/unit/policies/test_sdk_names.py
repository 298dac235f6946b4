"""Types and properties of the tables are those of the installed SDKs: a demand on no property never speaks."""

from __future__ import annotations

import importlib.util
import re
from functools import cache
from pathlib import Path

import pytest

from policies.access import CLUSTERS
from policies.availability import DEMANDS as AVAILABILITY
from policies.backups import DEMANDS as BACKUPS
from policies.deletion import DEMANDS as DELETION
from policies.deletion import HOLD_DATA
from policies.demands import Demand
from policies.encryption_at_rest import AT_REST, OWN_KEYS
from policies.encryption_in_transit import DEMANDS as IN_TRANSIT
from policies.labels import TAGGED
from policies.public_data import DATA
from policies.request_logs import DEMANDS as REQUEST_LOGS

PACKAGES = {"aws": "pulumi_aws", "azure-native": "pulumi_azure_native"}
TABLES = (*AT_REST, *OWN_KEYS, *IN_TRANSIT, *DATA, *BACKUPS, *DELETION, *AVAILABILITY, *CLUSTERS, *REQUEST_LOGS)
DEMANDS = [demand for demand in TABLES if demand.type.partition(":")[0] in PACKAGES]
"""Kubernetes' own properties are checked by the API server."""


@cache
def _module(package: str, name: str) -> dict[str, str]:
    """The sources of one module of an SDK, read and not imported, which would take seconds."""
    spec = importlib.util.find_spec(PACKAGES[package])
    assert spec is not None
    assert spec.origin is not None
    return {path.name: path.read_text() for path in (Path(spec.origin).parent / name).glob("*.py")}


def _sources(type_: str) -> tuple[str, str]:
    """The file of a type, and the nested types that its inputs may have."""
    package, module, _ = type_.split(":")
    files = _module(package, module.partition("/")[0])
    [own] = [text for text in files.values() if f"super({type_.rpartition(':')[2]}, " in text and f"'{type_}'" in text]
    return own, files.get("_inputs.py", "")


def _is_named(name: str, source: str) -> bool:
    """Whether the source has a property of this wire name: `name="..."`, or as it is where it has no capitals."""
    plain = re.search(r"[A-Z]", name) is None and f"def {name}(" in source
    return plain or f'@pulumi.getter(name="{name}")' in source


def _cloud(types: set[str]) -> list[str]:
    return sorted(type_ for type_ in types if type_.partition(":")[0] in PACKAGES)


@pytest.mark.parametrize("demand", DEMANDS, ids=lambda demand: f"{demand.type}-{demand.path}")
def test_demands_are_on_properties_that_there_are(demand: Demand) -> None:
    own, nested = _sources(demand.type)
    first, *rest = demand.path.replace("[]", "").split(".")
    assert _is_named(first, own), first
    for name in rest:
        assert _is_named(name, nested), name


@pytest.mark.parametrize("type_", _cloud(set(TAGGED)))
def test_tagged_types_have_tags(type_: str) -> None:
    own, _ = _sources(type_)
    assert _is_named("tags", own)


@pytest.mark.parametrize("type_", _cloud(set(HOLD_DATA)))
def test_types_that_hold_data_exist(type_: str) -> None:
    _sources(type_)
