"""Mistakes in the settings of an AKS cluster that are found before any plan."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from components.cluster.aks_settings import AksCluster

GROUP = "55555555-5555-5555-5555-555555555555"
GIVEN: dict[str, Any] = {
    "kind": "aks",
    "apiServer": {"kind": "public", "authorizedRanges": ["203.0.113.0/24"]},
    "administrators": [{"principalId": GROUP}],
}


def aks_settings(**changed: Any) -> AksCluster:
    return AksCluster.model_validate({**GIVEN, **changed})


def test_the_defaults_are_the_guide_s() -> None:
    settings = aks_settings()
    assert (settings.name, settings.dns_prefix) == ("aks-jarvis-production", "jarvis-prod")
    assert (settings.pool.name, settings.pool.min_count, settings.pool.max_count) == ("default", 3, 10)
    assert settings.pool.initial_count == 3
    assert settings.pool.vcpus == 4


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"version": "1.34"}, "'1.35', '1.36' or '1.37'"),
        ({"version": "1.28"}, "'1.35', '1.36' or '1.37'"),
        ({"name": "aks-jarvis-"}, "a letter or digit first and last"),
        ({"dnsPrefix": "jarvis_prod"}, "1 to 54"),
        ({"dnsPrefix": "j" * 55}, "1 to 54"),
        ({"administrators": []}, "at least 1"),
        ({"administrators": [{"principalId": "ops"}]}, "an id such as"),
        ({"apiServer": {"kind": "public", "authorizedRanges": []}}, "at least 1"),
        ({"apiServer": {"kind": "public", "authorizedRanges": ["0.0.0.0/0"]}}, "not the whole internet"),
        ({"apiServer": {"kind": "public", "authorizedRanges": ["203.0.113.7/24"]}}, "no host bits"),
        ({"pool": {"vmSize": "Standard_B4ms"}}, "D, E or F series"),
        ({"pool": {"vmSize": "Standard_D4_v5"}}, "premium storage"),
        ({"pool": {"vmSize": "Standard_D4s_v2"}}, "version 3 or later"),
        ({"pool": {"vmSize": "Standard_D2s_v5"}}, "has 2 CPUs"),
        ({"pool": {"vmSize": "Standard_E8-2s_v5"}}, "has 2 CPUs"),
        ({"pool": {"name": "Default-Pool"}}, "1 to 12 lower-case"),
        ({"pool": {"minCount": 5, "initialCount": 3}}, "must lie between minCount 5 and maxCount 10"),
        ({"pool": {"maxCount": 2}}, "must lie between"),
        ({"pool": {"minCount": 2, "initialCount": 2}}, "minCount 2 must be 3 at least"),
        ({"pool": {"zones": ["1", "1"]}}, "names one twice"),
        ({"pool": {"zones": ["4"]}}, "'1', '2' or '3'"),
        ({"networkPolicy": "none"}, "'cilium' or 'calico'"),
        ({"login": "password"}, "'azurecli'"),
        ({"tier": "Free"}, "'Standard' or 'Premium'"),
        (
            {
                "serviceAccountIdentities": [
                    {"name": "secrets", "namespace": "a", "serviceAccount": "a"},
                    {"name": "secrets", "namespace": "b", "serviceAccount": "b"},
                ]
            },
            "a name of their own",
        ),
    ],
)
def test_each_mistake_has_its_sentence(changed: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError) as error:
        aks_settings(**changed)
    assert sentence in str(error.value)


@pytest.mark.parametrize("size", ["Standard_D4s_v3", "Standard_D4s_v5", "Standard_D8ds_v6", "Standard_E4as_v5"])
def test_sizes_of_the_guide_and_their_successors_are_taken(size: str) -> None:
    assert aks_settings(pool={"vmSize": size}).pool.vm_size == size
