"""Reports: the JSON object's exact shape, and comments that nothing can break out of."""

from __future__ import annotations

import json
import re

from automation.report import Diagnostic, Report, Step


def test_the_json_object() -> None:
    report = Report("up", "dev", seconds=1.23456, offline=("kubernetes", "random"))
    report.changes["create"] = 4
    report.diagnostics = [Diagnostic("warning", "slow", "a b")]
    assert json.loads(report.as_json()) == {
        "stack": "dev",
        "result": "succeeded",
        "changes": {"create": 4, "update": 0, "delete": 0, "replace": 0, "same": 0},
        "seconds": 1.23,
        "offline": ["kubernetes", "random"],
        "diagnostics": [{"severity": "warning", "message": "slow", "resource": "a b"}],
    }
    assert "\n" not in report.as_json()


def test_the_comment_has_changes_details_and_diagnostics() -> None:
    report = Report("preview", "dev", steps=[Step("update", "kubernetes:core/v1:Service", "api", ("spec.ports",))])
    report.changes |= {"update": 1, "same": 7}
    report.diagnostics = [Diagnostic("error", "it broke"), Diagnostic("info", "chatter")]
    text = report.as_markdown()
    assert "| 0 | 1 | 0 | 0 | 7 |" in text
    assert "<details><summary>1 changed resources</summary>" in text
    assert "kubernetes:core/v1:Service  api  [spec.ports]" in text
    assert "error: it broke" in text
    assert "chatter" not in text


def test_a_message_cannot_leave_its_fence() -> None:
    hostile = "```\n</details> @everyone\n`````` <img src=x>"
    text = Report("preview", "dev", diagnostics=[Diagnostic("error", hostile)]).as_markdown()
    fences = re.findall(r"^(`{3,})(?:text)?$", text, re.MULTILINE)
    assert max(map(len, fences)) == 7
    assert text.index("`" * 7) < text.index("@everyone") < text.rindex("`" * 7)


def test_a_large_run_fits_a_comment() -> None:
    steps = [Step("create", "kubernetes:core/v1:ConfigMap", f"item-{index}") for index in range(5000)]
    diagnostics = [Diagnostic("error", "x" * 10_000 + str(index)) for index in range(2)]
    text = Report("up", "dev", steps=steps, diagnostics=diagnostics).as_markdown()
    assert "... and 4700 more" in text
    assert len(text) < 60_000
