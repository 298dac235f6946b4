"""Fields that a program leaves to others: what is sent to the API server."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.providers.kubernetes.ignored import leaving

INPUTS: dict[str, Any] = {"spec": {"replicas": 2, "paused": False}}


def live(replicas: int | None, *managers: str) -> dict[str, Any]:
    fields: dict[str, Any] = {"f:spec": {"f:replicas": {}}}
    entries = [{"manager": manager, "fieldsV1": fields} for manager in managers]
    spec: dict[str, int] = {} if replicas is None else {"replicas": replicas}
    return {"metadata": {"managedFields": entries}, "spec": spec}


@pytest.mark.parametrize(
    ("found", "sent"),
    [
        (live(5, "autoscaler"), {"paused": False}),
        (live(5, "own"), {"paused": False, "replicas": 5}),
        (live(5, "own", "autoscaler"), {"paused": False, "replicas": 5}),
        (live(1), {"paused": False, "replicas": 1}),
        (live(None), {"paused": False, "replicas": 2}),
    ],
    ids=["somebody else's", "ours", "shared", "nobody's, a default", "not there"],
)
def test_what_is_sent(found: dict[str, Any], sent: dict[str, Any]) -> None:
    assert leaving(INPUTS, ["spec.replicas"], found, "own") == {"spec": sent}
    assert INPUTS == {"spec": {"replicas": 2, "paused": False}}, "the program's own inputs stay"


def test_other_fields_are_sent_as_they_are() -> None:
    assert leaving(INPUTS, [], live(5, "autoscaler"), "own") == INPUTS
