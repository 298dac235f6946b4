"""Mistakes in the settings of Azure that are found before any plan."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from components.cloud.azure.network_settings import AzureNetworkSettings
from tests.unit.cloud.azure.support import cloud_settings, network_peer


def refused(**changed: Any) -> str:
    with pytest.raises(ValidationError) as error:
        cloud_settings(**changed)
    return str(error.value)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"subscriptionId": "jarvis"}, "an id such as"),
        ({"resourceGroup": "rg-jarvis."}, "no dot last"),
        ({"resourceGroup": "r" * 91}, "1 to 90"),
        ({"keyVault": {"name": "kv"}}, "3 to 24"),
        ({"keyVault": {"name": "kv-jarvis-production-europe"}}, "3 to 24"),
        ({"keyVault": {"name": "kv--jarvis"}}, "no two together"),
        ({"keyVault": {"name": "1-jarvis"}}, "a letter first"),
        ({"keyVault": {"softDeleteDays": 5}}, "greater than or equal to 7"),
        ({"keyVault": {"allowedRanges": ["0.0.0.0/0"]}}, "not the whole internet"),
        ({"backupStorage": {"account": "st-jarvis"}}, "3 to 24 lower-case"),
        ({"backupStorage": {"account": "stJarvis"}}, "3 to 24 lower-case"),
        ({"backupStorage": {"account": "s" * 25}}, "3 to 24 lower-case"),
        ({"backupStorage": {"redundancy": "Standard_LRS"}}, "Standard_GRS"),
        ({"backupStorage": {"container": "Backups"}}, "3 to 63"),
        ({"location": "francesouth"}, "francecentral"),
        ({"location": "polandcentral"}, "no pair"),
        ({"monitor": {"emails": ["ops"]}}, "e-mail address"),
        ({"monitor": {"retentionDays": 7}}, "greater than or equal to 30"),
        ({"budget": {"monthlyAmount": 0, "emails": ["ops@jarvis.com"]}}, "greater than 0"),
        ({"budget": {"monthlyAmount": 100, "emails": []}}, "at least 1"),
        (
            {"budget": {"monthlyAmount": 100, "emails": ["ops@jarvis.com"], "start": "2026-12-15"}},
            "must be the first day of a month",
        ),
    ],
)
def test_each_mistake_has_its_sentence(changed: dict[str, Any], sentence: str) -> None:
    assert sentence in refused(**changed)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"addressSpace": "10.20.0.1/16"}, "no host bits"),
        ({"addressSpace": "8.8.0.0/16"}, "private IPv4"),
        ({"database": "10.21.0.0/27"}, "database 10.21.0.0/27 must lie within addressSpace 10.20.0.0/16"),
        ({"database": "10.20.0.0/27"}, "nodes 10.20.0.0/20 and database 10.20.0.0/27 overlap"),
        ({"database": "10.20.16.0/29"}, "database 10.20.16.0/29 is too small: it must be a /28 or larger"),
        ({"privateEndpoints": "10.20.17.0/29"}, "privateEndpoints 10.20.17.0/29 is too small"),
        ({"gateway": "10.20.18.0/27"}, "gateway 10.20.18.0/27 is too small: it must be a /26 or larger"),
        ({"nodes": "10.20.0.0/26"}, "nodes 10.20.0.0/26 is too small"),
        ({"pods": "10.20.128.0/17"}, "addressSpace 10.20.0.0/16 and pods 10.20.128.0/17 overlap"),
        ({"pods": "10.244.0.0/22"}, "pods 10.244.0.0/22 is too small"),
        ({"services": "10.244.0.0/20"}, "pods 10.244.0.0/16 and services 10.244.0.0/20 overlap"),
        ({"services": "172.16.0.0/12"}, "smaller than a /12"),
        ({"services": "172.30.8.0/24"}, "172.30.0.0/16, which AKS keeps for itself"),
    ],
)
def test_ranges_that_cannot_be_are_refused(changed: dict[str, Any], sentence: str) -> None:
    assert sentence in refused(network=changed)


@pytest.mark.parametrize(
    ("peers", "sentence"),
    [
        ([network_peer(networkId="vnet-jarvis-recovery")], "a virtual network's resource id"),
        ([network_peer(addressSpace="10.20.128.0/17")], "peer recovery 10.20.128.0/17 and addressSpace 10.20.0.0/16"),
        ([network_peer(addressSpace="10.244.0.0/16")], "peer recovery 10.244.0.0/16 and pods 10.244.0.0/16 overlap"),
        ([network_peer(database="10.31.0.0/27")], "database 10.31.0.0/27 must lie within addressSpace 10.30.0.0/16"),
        ([network_peer(), network_peer(addressSpace="10.31.0.0/16")], "recovery is given twice"),
        (
            [network_peer(), network_peer(name="audit", addressSpace="10.30.8.0/24")],
            "peer audit 10.30.8.0/24 and peer recovery 10.30.0.0/16 overlap",
        ),
    ],
)
def test_networks_that_cannot_be_joined_are_refused(peers: list[dict[str, Any]], sentence: str) -> None:
    assert sentence in refused(network={"peers": peers})


def test_the_cluster_s_dns_has_the_tenth_address_of_the_services() -> None:
    assert AzureNetworkSettings(services="10.245.0.0/16").dns_service_ip == "10.245.0.10"


def test_a_region_without_a_pair_is_taken_where_nothing_needs_a_second_one() -> None:
    assert not cloud_settings(location="polandcentral", backupStorage=None).geo_redundant
