"""Gateways and regions of Azure: the example of a second region is valid, and what does not fit together is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from components.cloud.azure.settings import AzureCloudSettings
from components.database.flexible_server_settings import FlexibleServerDatabase
from components.exposure.azure_web_settings import AzureWebExposure, RecoveryRegion
from infra.settings.capacity import total
from infra.settings.load import load_stack_file
from infra.settings.model import StackSettings
from tests.unit.settings.stacks import ABSENT, Case, assert_refused, changed, recovery_azure, written

FIRST_REGION = {"kind": "primary", "origin": "api-west.jarvis.com", "recoveryOrigin": "api-north.jarvis.com"}
CDN = {"origin": "origin.jarvis.com", "recoveryOrigin": "origin-north.jarvis.com"}

CONTAINERS = "application-gateway-for-containers"
GATEWAY: dict[str, Any] = {
    "cloud.network.gatewayKind": CONTAINERS,
    "cluster.albController": True,
    "platform.albController": {"kind": "helm"},
    "exposure.kind": CONTAINERS,
    "exposure.tls": {"kind": "secret", "secretName": "jarvis-tls"},
    "exposure.certificate": ABSENT,
    "exposure.minUnits": ABSENT,
    "exposure.maxUnits": ABSENT,
}
"""The example with the other gateway."""
ISSUED = {"kind": "cert-manager", "issuer": {"name": "letsencrypt"}}

CASES: dict[str, Case] = {
    "the other gateway's subnet": (
        recovery_azure,
        {**GATEWAY, "cloud.network.gatewayKind": "application-gateway"},
        f"jarvis:cloud.network.gatewayKind must be {CONTAINERS}, as jarvis:exposure.kind, not application-gateway: the "
        "subnet is of one kind.",
    ),
    "a gateway with fewer addresses than instances": (
        recovery_azure,
        {"cloud.network.gateway": "10.30.18.0/26", "exposure.maxUnits": 60},
        "jarvis:exposure.maxUnits must be 59 or less, not 60: each instance takes an address, and "
        "jarvis:cloud.network.gateway 10.30.18.0/26 has no more.",
    ),
    "a gateway whose controller has no rights": (
        recovery_azure,
        {**GATEWAY, "cluster.albController": False},
        f"jarvis:cluster.albController must be true with jarvis:exposure.kind {CONTAINERS}: its controller needs "
        "rights.",
    ),
    "a gateway without its controller": (
        recovery_azure,
        {**GATEWAY, "platform.albController": {"kind": "none"}},
        "jarvis:platform.albController.kind must be helm, or external where the cluster has it already: "
        "jarvis:exposure needs it.",
    ),
    "a gateway whose certificate nobody issues": (
        recovery_azure,
        {**GATEWAY, "exposure.tls": ISSUED},
        "jarvis:platform.certManager.kind must be helm, or external where the cluster has it already: "
        "jarvis:exposure needs it.",
    ),
    "a controller without an identity": (
        recovery_azure,
        {"platform.albController": {"kind": "helm"}},
        "jarvis:cluster.albController must be true with jarvis:platform.albController: it needs an identity.",
    ),
    "the interface's health elsewhere": (
        recovery_azure,
        {"exposure.failover": FIRST_REGION, "exposure.cdn": {**CDN, "healthPath": "/alive"}},
        "jarvis:exposure.cdn.healthPath must be /health, jarvis:app.frontend.healthPath, not /alive: it would be taken "
        "for unwell.",
    ),
    "the API's health elsewhere": (
        recovery_azure,
        {"exposure.failover": FIRST_REGION, "app.backend.healthPath": "/alive"},
        "jarvis:exposure.failover.healthPath must be /alive, jarvis:app.backend.healthPath, not /health: it would be "
        "taken for unwell.",
    ),
    "a migration of a replica": (
        recovery_azure,
        {"app.migration": {}},
        "jarvis:app.migration must be null until jarvis:database.source.promotion is done: a replica takes no writes.",
    ),
    "no way to the followed server": (
        recovery_azure,
        {"cloud.network.peers": []},
        "jarvis:cloud.network.peers must hold the network of the server that jarvis:database.source follows, with its "
        "database range.",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_does_not_fit_is_refused(name: str, tmp_path: Path) -> None:
    stack, changes, sentence = CASES[name]
    assert_refused(tmp_path, stack, changes, sentence)


def recovery(directory: Path, changes: dict[str, Any] | None = None) -> StackSettings:
    return load_stack_file(written(directory, changed(recovery_azure(), changes or {})))


def test_the_example_is_valid_with_either_gateway(tmp_path: Path) -> None:
    assert recovery(tmp_path, GATEWAY).exposure.kind == CONTAINERS


def test_the_example_follows_production_from_the_paired_region(tmp_path: Path) -> None:
    stack = recovery(tmp_path)
    assert isinstance(stack.cloud, AzureCloudSettings)
    assert stack.cloud.location == "northeurope"
    assert isinstance(stack.database, FlexibleServerDatabase)
    assert stack.database.follows
    assert isinstance(stack.exposure, AzureWebExposure)
    assert isinstance(stack.exposure.failover, RecoveryRegion)


def test_the_example_s_nodes_carry_what_runs_before_the_day(tmp_path: Path) -> None:
    stack = recovery(tmp_path)
    assert total(stack, "requests", "cpu") < 2 * 4 - 2  # two nodes; AKS keeps about a CPU of each for itself
    assert total(stack, "requests", "memory") < 2 * 14 * 2**30


def test_on_the_day_the_example_is_promoted_and_then_grows(tmp_path: Path) -> None:
    assert recovery(tmp_path, {"database.source.promotion": "forced"}).app.migration is None
    grown = {"database.source.promotion": "done", "database.highAvailability": {}, "app.migration": {}, "app.admin": {}}
    stack = recovery(tmp_path, grown)
    assert isinstance(stack.database, FlexibleServerDatabase)
    assert not stack.database.follows
