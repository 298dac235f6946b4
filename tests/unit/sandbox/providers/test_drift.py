"""Drift: what the program set, as the live object has it, and nothing that others added."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from sandbox.providers.kubernetes.drift import as_live, imported, only_bookkeeping, quantity

OWNED = {
    "f:spec": {
        "f:containers": {
            'k:{"name":"web"}': {
                ".": {},
                "f:image": {},
                "f:args": {},
                "f:ports": {'k:{"containerPort":80,"protocol":"TCP"}': {"f:containerPort": {}}},
            }
        },
    },
    "f:metadata": {"f:finalizers": {'v:"mine"': {}}},
}


def live(**changes: Any) -> dict[str, Any]:
    container = {
        "name": "web",
        "image": "web:1",
        "args": ["a", "b"],
        "ports": [{"containerPort": 80, "protocol": "TCP"}],
        "resources": {"requests": {"cpu": "1", "memory": "1Gi"}},
        "terminationMessagePath": "/dev/termination-log",
        **changes,
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": "p",
            "uid": "u",
            "finalizers": ["theirs", "mine"],
            "managedFields": [{"manager": "m", "fieldsV1": OWNED}],
        },
        "spec": {"containers": [{"name": "sidecar", "image": "added"}, container], "nodeName": "n"},
        "status": {"phase": "Running"},
    }


INPUTS: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "p", "finalizers": ["mine"]},
    "spec": {
        "containers": [
            {
                "name": "web",
                "image": "web:1",
                "args": ["a", "b"],
                "ports": [{"containerPort": 80}],
                "resources": {"requests": {"cpu": "1000m", "memory": "1024Mi"}},
            }
        ]
    },
}


def test_defaults_additions_and_rewritten_quantities_are_no_drift() -> None:
    assert as_live(INPUTS, live()) == INPUTS


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("image", "web:2"),
        ("args", ["a"]),
        ("args", ["a", "b", "c"]),
        ("resources", {"requests": {"cpu": "2", "memory": "1Gi"}}),
    ],
)
def test_a_changed_field_shows(field: str, value: Any) -> None:
    found: Any = as_live(INPUTS, live(**{field: value}))
    changed = found["spec"]["containers"][0][field]
    assert changed != INPUTS["spec"]["containers"][0][field]
    if field != "resources":
        assert changed == value


def test_a_field_and_an_item_that_are_gone_are_left_out() -> None:
    found = live()
    del found["metadata"]["finalizers"]
    found["spec"]["containers"] = found["spec"]["containers"][:1]
    seen: Any = as_live(INPUTS, found)
    assert "finalizers" not in seen["metadata"]
    assert seen["spec"]["containers"] == []


def test_empty_values_that_the_server_drops_are_no_drift() -> None:
    inputs: Any = {"metadata": {"labels": {}}, "spec": {"env": [], "readOnly": False, "a": {"b": 0}}, "data": {}}
    assert as_live(inputs, {"metadata": {"name": "x"}, "spec": {}}) == inputs


def test_equal_quantities_are_only_alike_where_quantities_belong() -> None:
    inputs: Any = {"metadata": {"labels": {"a": "1000m"}}, "data": {"limit": "1000m"}}
    now: Any = {"metadata": {"labels": {"a": "1"}}, "data": {"limit": "1"}}
    assert as_live(inputs, now) == now


def test_text_of_a_secret_is_compared_decoded() -> None:
    inputs: Any = {"apiVersion": "v1", "kind": "Secret", "stringData": {"a": "one", "gone": "x"}}
    assert as_live(inputs, {"data": {"a": "dHdv"}}) == {**inputs, "stringData": {"a": "two"}}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1000m", Decimal(1)),
        ("1Gi", Decimal(1024**3)),
        ("1024Mi", Decimal(1024**3)),
        ("1.5", Decimal("1.5")),
        (2, Decimal(2)),
        ("1e3", Decimal(1000)),
        ("2k", Decimal(2000)),
        ("x", None),
        ("", None),
        ("1.2.3", None),
        (True, None),
        ("1mi", None),
    ],
)
def test_quantities_are_read(text: Any, number: Decimal | None) -> None:
    assert quantity(text) == number


def test_an_import_has_nothing_of_the_server_s_own() -> None:
    inputs: Any = imported(live())
    assert inputs["metadata"] == {"name": "p", "finalizers": ["theirs", "mine"]}
    assert "status" not in inputs


@pytest.mark.parametrize(
    ("status", "bookkeeping"),
    [
        ({"phase": "Running"}, True),
        ({"phase": "Running", "conditions": [{"type": "Ready"}], "observedGeneration": 2, "startTime": "now"}, True),
        ({"phase": "Failed"}, False),
        ({"phase": "Running", "loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}}, False),
    ],
)
def test_counts_times_and_conditions_are_no_drift(status: dict[str, Any], bookkeeping: bool) -> None:
    assert only_bookkeeping(live(), {**live(), "status": status}) is bookkeeping


def test_an_object_made_anew_is_another_one() -> None:
    other = live()
    other["metadata"]["uid"] = "v"
    assert not only_bookkeeping(live(), other)
