"""What a run did, as one JSON object, as text for a pull request, or as a table."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from automation.readiness import Workload

Result = Literal["succeeded", "failed", "interrupted", "invalid", "changes-found"]
ChangeKind = Literal["create", "update", "delete", "replace", "same"]
CHANGE_KINDS: Final[tuple[ChangeKind, ...]] = ("create", "update", "delete", "replace", "same")
_SHOWN_STEPS: Final = 300
_SHOWN_DIAGNOSTICS: Final = 50
_SHOWN_CHARACTERS: Final = 2000


@dataclass(frozen=True)
class Diagnostic:
    """One message of the engine, a provider or the program; the engine has masked secrets in it."""

    severity: Literal["error", "warning", "info"]
    message: str
    resource: str | None = None
    """Type and name of the resource that it is about."""


@dataclass(frozen=True)
class Step:
    """One resource that changes, or would."""

    kind: ChangeKind
    type: str
    name: str
    properties: tuple[str, ...] = ()
    """Paths of the properties that differ; never their values."""


@dataclass
class Report:
    """One run of `up`, `preview`, `refresh` or `destroy`."""

    command: str
    stack: str
    result: Result = "succeeded"
    changes: dict[ChangeKind, int] = field(default_factory=lambda: dict.fromkeys(CHANGE_KINDS, 0))
    seconds: float = 0.0
    offline: tuple[str, ...] = ()
    diagnostics: list[Diagnostic] = field(default_factory=list[Diagnostic])
    steps: list[Step] = field(default_factory=list[Step])
    endpoints: Mapping[str, str] = field(default_factory=dict[str, str])
    workloads: list[Workload] = field(default_factory=list[Workload])

    @property
    def changed(self) -> int:
        """Resources that changed, or would."""
        return sum(count for kind, count in self.changes.items() if kind != "same")

    def as_json(self) -> str:
        """One JSON object on one line."""
        return json.dumps(
            {
                "stack": self.stack,
                "result": self.result,
                "changes": self.changes,
                "seconds": round(self.seconds, 2),
                "offline": list(self.offline),
                "diagnostics": [
                    {"severity": item.severity, "message": item.message, "resource": item.resource}
                    for item in self.diagnostics
                ],
            },
            ensure_ascii=False,
        )

    def as_markdown(self) -> str:
        """Text for a pull-request comment: changes, collapsed details, diagnostics."""
        counts = " | ".join(str(self.changes[kind]) for kind in CHANGE_KINDS)
        lines = [
            f"#### `{self.command}` of `{self.stack}`: {self.result.replace('-', ' ')}, {self.seconds:.1f} s",
            "",
            f"| {' | '.join(CHANGE_KINDS)} |",
            f"|{' ---: |' * len(CHANGE_KINDS)}",
            f"| {counts} |",
        ]
        if self.offline:
            lines += ["", f"Offline providers: {', '.join(self.offline)}."]
        if self.steps:
            lines += ["", *_folded(f"{len(self.steps)} changed resources", self._step_lines())]
        notable = [item for item in self.diagnostics if item.severity != "info"]
        if notable:
            lines += ["", *_folded(f"{len(notable)} diagnostics", _diagnostic_lines(notable), is_open=True)]
        return "\n".join([*lines, ""])

    def _step_lines(self) -> list[str]:
        shown = [
            f"{step.kind:8}{step.type}  {step.name}" + (f"  [{', '.join(step.properties)}]" if step.properties else "")
            for step in self.steps[:_SHOWN_STEPS]
        ]
        rest = len(self.steps) - len(shown)
        return [*shown, f"... and {rest} more"] if rest else shown


def _diagnostic_lines(diagnostics: list[Diagnostic]) -> list[str]:
    shown = [
        f"{item.severity}: {item.resource + ': ' if item.resource else ''}{item.message[:_SHOWN_CHARACTERS]}"
        for item in diagnostics[:_SHOWN_DIAGNOSTICS]
    ]
    rest = len(diagnostics) - len(shown)
    return [*shown, f"... and {rest} more"] if rest else shown


def _folded(title: str, lines: list[str], *, is_open: bool = False) -> list[str]:
    """A collapsed block of plain text; nothing in the lines can end the fence or be read as markup."""
    text = "\n".join(lines)
    fence = "`" * max(3, _longest_run(text, "`") + 1)
    opening = "<details open>" if is_open else "<details>"
    return [f"{opening}<summary>{title}</summary>", "", f"{fence}text", text, fence, "", "</details>"]


def _longest_run(text: str, character: str) -> int:
    longest = run = 0
    for current in text:
        run = run + 1 if current == character else 0
        longest = max(longest, run)
    return longest
