"""Readiness by the annotation `pulumi.com/waitFor`, as the official provider reads it."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.providers.kubernetes.wait_for import judge_as_asked
from sandbox.providers.resource import ProviderError

CONDITIONS = [
    {"type": "Ready", "status": "True"},
    {"type": "Stalled", "status": "False", "message": "no"},
    {"type": "Old", "status": "True", "observedGeneration": 1},
    {"type": "New", "status": "True", "observedGeneration": 2},
]
OBJECT: Any = {
    "metadata": {"generation": 2},
    "status": {
        "conditions": CONDITIONS,
        "phase": "Done",
        "count": 3,
        "done": True,
        "parents": [{"conditions": [{"type": "Accepted", "status": "True"}]}],
    },
}


@pytest.mark.parametrize(
    "asked",
    [
        "condition=Ready",
        "condition=Ready=true",
        "condition=Stalled=False",
        "condition=New",
        "jsonpath={.status.phase}=Done",
        "jsonpath={ .status.count }=3",
        "jsonpath={.status.done}=true",
        "jsonpath={.status.parents}",
        "jsonpath={$.status['phase']}=Done",
        'jsonpath={.status.conditions[?(@.type=="Ready")].status}=True',
        "jsonpath={.status.conditions[?@.type=='Stalled'].status}=False",
        "jsonpath={.status.parents[0].conditions[0].type}=Accepted",
        '["condition=Ready", "jsonpath={.status.phase}=Done"]',
    ],
)
def test_it_holds(asked: str) -> None:
    assert judge_as_asked(OBJECT, asked).ready


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ("condition=Missing", "its condition Missing is not there, not True"),
        ("condition=Stalled", r"its condition Stalled is False, not True \(no\)"),
        ("condition=Old", "its condition Old is about an earlier generation"),
        ("jsonpath={.status.phase}=Other", ".status.phase is Done, not Other"),
        ("jsonpath={.status.address}", ".status.address selects nothing"),
        ("jsonpath={.status.parents[1]}", "selects nothing"),
        ('["condition=Ready", "condition=Missing"]', "Missing"),
    ],
)
def test_it_does_not_hold_yet(asked: str, why: str) -> None:
    import re

    verdict = judge_as_asked(OBJECT, asked)
    assert not verdict.ready
    assert not verdict.failed
    assert re.search(why, verdict.message)


@pytest.mark.parametrize("asked", ["Ready", "condition=", "jsonpath=.status", "jsonpath={.a}=", "[]", "jsonpath={..a}"])
def test_what_cannot_be_read_is_said(asked: str) -> None:
    with pytest.raises(ProviderError, match=r"waitFor|JSONPath"):
        judge_as_asked(OBJECT, asked)
