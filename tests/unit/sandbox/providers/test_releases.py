"""The inputs of a Helm release against the SDK's types, names, and what a change means."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.kinds import operators_of_chart
from sandbox.providers.kubernetes.release_inputs import problems
from sandbox.providers.kubernetes.releases import checked, difference
from sandbox.providers.resource import Naming, Resource
from sandbox.providers.values import UNKNOWN, Secret

GOOD: dict[str, Any] = {
    "chart": "cert-manager",
    "version": "v1.21.1",
    "compat": "true",
    "atomic": True,
    "timeout": 600,
    "namespace": UNKNOWN,
    "values": {"anything": [1, {"goes": None}]},
    "repositoryOpts": {"repo": "https://charts.example"},
    "valueYamlFiles": [],
}
RELEASE = Resource("urn", "kubernetes:helm.sh/v3:Release", "cert-manager")


def test_right_inputs_pass() -> None:
    assert problems(GOOD) == []


@pytest.mark.parametrize(
    ("changed", "where", "words"),
    [
        ({"versoin": "1"}, "versoin", "has no property `versoin`; it has: allowNullValues, atomic, chart,"),
        ({"timeout": "600"}, "timeout", "must be a whole number, not '600'"),
        ({"timeout": True}, "timeout", "must be a whole number, not True"),
        ({"atomic": 1}, "atomic", "must be true or false, not 1"),
        ({"values": ["a"]}, "values", "must be an object"),
        ({"repositoryOpts": {"rpeo": "x"}}, "repositoryOpts.rpeo", "it has: caFile, certFile, keyFile, password, repo"),
        ({"repositoryOpts": "x"}, "repositoryOpts", "must be an object"),
        ({"chart": None}, "chart", "`chart` is missing"),
    ],
)
def test_a_wrong_input_is_named(changed: dict[str, Any], where: str, words: str) -> None:
    ((found, sentence),) = problems({**GOOD, **changed})
    assert found == where
    assert words in sentence


def test_a_secret_is_not_shown() -> None:
    ((_, sentence),) = problems({**GOOD, "version": Secret(12345)})
    assert "12345" not in sentence


def test_a_release_keeps_the_name_it_was_given_first() -> None:
    def named(old: dict[str, Any], new: dict[str, Any], seed: bytes = b"a") -> Any:
        return checked(RELEASE, old, new, seed, Naming()).inputs["name"]

    first = named({}, GOOD)
    assert first.startswith("cert-manager-")
    assert named({}, GOOD) == first
    assert named({"name": first}, GOOD, b"b") == first
    assert named({}, {**GOOD, "name": "mine"}) == "mine"


def test_another_namespace_is_another_release() -> None:
    assert difference({"namespace": "a", "version": "1"}, {"namespace": "b", "version": "1"}).replaces == {"namespace"}
    assert difference({"name": "a", "version": "1"}, {"name": "a", "version": "2"}).replaces == frozenset()


@pytest.mark.parametrize(
    ("chart", "operators"),
    [
        ("cert-manager", ("cert-manager",)),
        ("oci://mirror.example:5000/charts/gateway-helm", ("gateway-api", "envoy-gateway")),
        ("./charts/cloudnative-pg/", ("cloudnative-pg",)),
        ("metrics-server", ()),
    ],
)
def test_a_chart_brings_the_kinds_of_its_operators(chart: str, operators: tuple[str, ...]) -> None:
    assert operators_of_chart(chart) == operators
