"""The engine's events, gathered."""

from __future__ import annotations

from typing import Any

import pytest
from pulumi.automation import EngineEvent

from automation.events import Line, Progress, counted, readable, type_of
from automation.report import Diagnostic, Step

URN = "urn:pulumi:dev::jarvis::jarvis:cache:Container$kubernetes:apps/v1:StatefulSet::redis"


def _event(**parts: Any) -> EngineEvent:
    return EngineEvent.from_json({"sequence": 1, "timestamp": 1, **parts})


def _step(op: str, **more: Any) -> dict[str, Any]:
    kind = "kubernetes:apps/v1:StatefulSet"
    state = {"type": kind, "urn": URN}
    return {"metadata": {"op": op, "urn": URN, "type": kind, "provider": "", "new": state, "old": state, **more}}


@pytest.fixture
def lines() -> list[Line]:
    return []


@pytest.fixture
def progress(lines: list[Line]) -> Progress:
    return Progress(lines.append)


def test_an_operation_is_under_way_until_its_outputs_come(progress: Progress, lines: list[Line]) -> None:
    progress.on_event(_event(resourcePreEvent=_step("create")))
    assert [(item.kind, item.name) for item in progress.running.values()] == [("create", "redis")]
    progress.on_event(_event(resOutputsEvent=_step("create")))
    assert progress.running == {}
    assert progress.finished["create"] == 1
    assert [line.text for line in lines] == ["created kubernetes:apps/v1:StatefulSet redis"]


def test_steps_name_the_properties_that_differ_and_never_their_values(progress: Progress) -> None:
    diff = {"spec.replicas": {"diffKind": "update"}, "data.password": {"diffKind": "update"}}
    progress.on_event(_event(resOutputsEvent=_step("update", detailedDiff=diff)))
    assert progress.steps == [
        Step("update", "kubernetes:apps/v1:StatefulSet", "redis", ("data.password", "spec.replicas"))
    ]


def test_a_replacement_counts_once(progress: Progress) -> None:
    for op in ("create-replacement", "replace", "delete-replaced"):
        progress.on_event(_event(resourcePreEvent=_step(op)))
        progress.on_event(_event(resOutputsEvent=_step(op)))
    assert progress.finished["replace"] == 1
    assert len(progress.steps) == 1
    assert counted({"create-replacement": 1, "delete-replaced": 1, "replace": 1, "same": 3})["replace"] == 1  # type: ignore[dict-item]


def test_the_engines_own_counts_are_the_last_word(progress: Progress) -> None:
    progress.on_event(_event(summaryEvent={"resourceChanges": {"create": 2, "same": 5, "import": 1}}))
    assert progress.changes == {"create": 3, "update": 0, "delete": 0, "replace": 0, "same": 5}


def _violation(level: str, **more: Any) -> EngineEvent:
    message = "<{%reset%}>Images have fixed versions. They move otherwise.<{%reset%}>\n<{%reset%}>redis: no tag.\n"
    return _event(policyEvent={"message": message, "policyName": "tags", "enforcementLevel": level, **more})


def test_what_a_policy_refuses_is_an_error_and_what_it_advises_a_warning(progress: Progress) -> None:
    progress.on_event(_violation("mandatory", resourceUrn=URN))
    progress.on_event(_violation("advisory"))
    text = "Policy tags: redis: no tag.\nImages have fixed versions. They move otherwise."
    assert progress.diagnostics == [
        Diagnostic("error", text, "kubernetes:apps/v1:StatefulSet redis"),
        Diagnostic("warning", text),
    ]


def _diagnostic(message: str, severity: str = "error", **more: Any) -> EngineEvent:
    return _event(diagnosticEvent={"message": message, "severity": severity, "color": "raw", **more})


def test_a_diagnostic_is_kept_once_without_colours(progress: Progress) -> None:
    for _ in range(2):
        progress.on_event(_diagnostic("<{%fg 1%}>error: <{%reset%}>no such image", urn=URN))
    assert progress.diagnostics == [Diagnostic("error", "no such image", "kubernetes:apps/v1:StatefulSet redis")]


def test_a_providers_status_is_shown_while_it_works_and_is_no_diagnostic(progress: Progress, lines: list[Line]) -> None:
    progress.on_event(_event(resourcePreEvent=_step("create")))
    for message in ("0 of 1 ready", "0 of 1 ready", "still 0 of 1"):
        progress.on_event(_diagnostic(message, "info", urn=URN, ephemeral=True))
    assert progress.running[URN].message == "still 0 of 1"
    assert [line.text for line in lines] == ["redis: 0 of 1 ready"], "at most one line in ten seconds"
    assert progress.diagnostics == []


def test_plugins_on_path_are_no_warning(progress: Progress) -> None:
    progress.on_event(_diagnostic("warning: using pulumi-resource-random from $PATH at /x", "warning"))
    assert progress.diagnostics == []


def test_a_refresh_counts_drift(progress: Progress) -> None:
    progress.on_event(_event(resOutputsEvent=_step("refresh", new=None)))
    progress.on_event(_event(resOutputsEvent=_step("refresh", detailedDiff={"spec.replicas": {"diffKind": "update"}})))
    progress.on_event(_event(resOutputsEvent=_step("refresh")))
    assert (progress.finished["delete"], progress.finished["update"], progress.finished["same"]) == (1, 1, 1)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("error: error: it failed\n", "it failed"),
        ("an unhandled error occurred: it failed", "it failed"),
        (
            'python inline source runtime error: no\nTraceback (most recent call last):\n  File "x"\nValueError: no\n',
            "ValueError: no",
        ),
        ("it broke\nTraceback (most recent call last):\n  File\nKeyError: 'a'", "it broke\nKeyError: 'a'"),
        ("no trace here", "no trace here"),
    ],
)
def test_messages_for_people(message: str, expected: str) -> None:
    assert readable(message) == expected


def test_type_of_a_child() -> None:
    assert type_of(URN) == "kubernetes:apps/v1:StatefulSet"
    assert type_of(None) == ""
