"""What the engine's event stream says, gathered: operations under way, changes, diagnostics."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Literal

from pulumi.automation import EngineEvent
from pulumi.automation.events import DiagnosticEvent, OpMap, PolicyEvent, StepEventMetadata

from automation.report import CHANGE_KINDS, ChangeKind, Diagnostic, Step

_COLOUR_MARKS: Final = re.compile(r"<\{%.*?%\}>")
_FROM_PATH: Final = re.compile(r"using pulumi-(resource|language)-\S+ from \$PATH|^Using the offline provider")
"""What the engine and the offline providers say of themselves; `Plugins.notice` has said it already."""
_LEAD: Final = re.compile(r"^(?:(?:error|warning|an unhandled error occurred|python inline source runtime error): *)+")
_TRACEBACK: Final = "Traceback (most recent call last):"
_KINDS: Final[dict[str, ChangeKind]] = {
    "create": "create",
    "import": "create",
    "update": "update",
    "delete": "delete",
    "replace": "replace",
    "create-replacement": "replace",
    "delete-replaced": "replace",
    "import-replacement": "replace",
}
_MESSAGE_SECONDS: Final = 10.0
"""Least time between two status messages of one resource."""


@dataclass
class Operation:
    """One operation under way."""

    kind: ChangeKind
    type: str
    name: str
    began: float
    message: str = ""


@dataclass(frozen=True)
class Line:
    """Something that happened, for people."""

    mark: Literal["done", "failed", "status", "error", "warning", "info"]
    text: str


@dataclass
class Progress:
    """The state of one engine run; fed by the thread that reads its events, read by the one that draws."""

    on_line: Callable[[Line], None]
    preview: bool = False
    started: float = field(default_factory=time.monotonic)
    running: dict[str, Operation] = field(default_factory=dict[str, Operation])
    finished: dict[ChangeKind, int] = field(default_factory=lambda: dict.fromkeys(CHANGE_KINDS, 0))
    changes: dict[ChangeKind, int] | None = None
    """The engine's own count, once it has ended."""
    diagnostics: list[Diagnostic] = field(default_factory=list[Diagnostic])
    steps: list[Step] = field(default_factory=list[Step])
    lock: threading.RLock = field(default_factory=threading.RLock)
    _last_message: dict[str, tuple[str, float]] = field(default_factory=dict[str, tuple[str, float]])

    def on_event(self, event: EngineEvent) -> None:
        """Take in one event."""
        with self.lock:
            if event.resource_pre_event is not None:
                self._begin(event.resource_pre_event.metadata)
            elif event.res_outputs_event is not None:
                self._end(event.res_outputs_event.metadata)
            elif event.res_op_failed_event is not None:
                self._fail(event.res_op_failed_event.metadata)
            elif event.diagnostic_event is not None:
                self._diagnose(event.diagnostic_event)
            elif event.policy_event is not None:
                self._judge(event.policy_event)
            elif event.summary_event is not None:
                self.changes = counted(event.summary_event.resource_changes)

    def elapsed(self) -> float:
        """Seconds since this run began."""
        return time.monotonic() - self.started

    def _begin(self, step: StepEventMetadata) -> None:
        kind = _kind(step)
        if kind == "same" and step.op.value != "refresh":
            return
        self.running[step.urn] = Operation(kind, step.type, name_of(step.urn), time.monotonic())

    def _end(self, step: StepEventMetadata) -> None:
        kind = _kind(step)
        operation = self.running.pop(step.urn, None)
        if _is_half_of_replacement(step):
            return
        self.finished[kind] += 1
        if kind == "same":
            return
        paths = tuple(sorted(step.detailed_diff)) if step.detailed_diff else tuple(step.diffs or ())
        self.steps.append(Step(kind, step.type, name_of(step.urn), paths))
        took = time.monotonic() - operation.began if operation is not None else 0.0
        duration = f" ({took:.0f} s)" if took >= 1 else ""
        verb = f"would {kind}" if self.preview else f"{kind.removesuffix('e')}ed"
        self.on_line(Line("done", f"{verb} {step.type} {name_of(step.urn)}{duration}"))

    def _fail(self, step: StepEventMetadata) -> None:
        self.running.pop(step.urn, None)
        self.on_line(Line("failed", f"could not {_kind(step)} {step.type} {name_of(step.urn)}"))

    def _diagnose(self, event: DiagnosticEvent) -> None:
        message = readable(event.message)
        if not message or event.severity == "debug" or _FROM_PATH.search(message):
            return
        resource = _resource(event.urn)
        if event.ephemeral or (event.severity.startswith("info") and event.urn in self.running):
            self._status(event.urn or "", message)
            return
        severity: Literal["error", "warning", "info"] = (
            "error" if event.severity == "error" else "warning" if event.severity == "warning" else "info"
        )
        self._keep(Diagnostic(severity, message, resource))

    def _judge(self, event: PolicyEvent) -> None:
        """What a policy refuses (mandatory), or advises against."""
        refused = event.enforcement_level == "mandatory"
        promise, _, finding = readable(event.message).partition("\n")
        message = f"Policy {event.policy_name}: {finding or promise}" + (f"\n{promise}" if finding else "")
        self._keep(Diagnostic("error" if refused else "warning", message, _resource(event.resource_urn)))

    def _keep(self, diagnostic: Diagnostic) -> None:
        """Report it, once."""
        if diagnostic in self.diagnostics:
            return
        self.diagnostics.append(diagnostic)
        text = f"{diagnostic.resource}: {diagnostic.message}" if diagnostic.resource else diagnostic.message
        self.on_line(Line(diagnostic.severity, text))

    def _status(self, urn: str, message: str) -> None:
        """What a provider says while it works on a resource."""
        operation = self.running.get(urn)
        if operation is not None:
            operation.message = message
        said, at = self._last_message.get(urn, ("", 0.0))
        now = time.monotonic()
        if message == said or now - at < _MESSAGE_SECONDS:
            return
        self._last_message[urn] = (message, now)
        self.on_line(Line("status", f"{name_of(urn)}: {message}" if urn else message))


def counted(resource_changes: OpMap) -> dict[ChangeKind, int]:
    """The engine's counts by operation, as the five that people know; a replacement counts once."""
    by_operation = {getattr(key, "value", str(key)): int(count) for key, count in resource_changes.items()}
    replaced = max(by_operation.get("replace", 0), by_operation.get("create-replacement", 0))
    return {
        "create": by_operation.get("create", 0) + by_operation.get("import", 0),
        "update": by_operation.get("update", 0),
        "delete": by_operation.get("delete", 0) + by_operation.get("discard", 0),
        "replace": replaced,
        "same": by_operation.get("same", 0),
    }


def readable(message: str) -> str:
    """The engine's message for people: no colour marks, no repeated `error:`, no traceback (the log has the whole)."""
    before, marker, after = _COLOUR_MARKS.sub("", message).partition(_TRACEBACK)
    head = _LEAD.sub("", before.strip())
    if not marker:
        return head
    lines = [line for line in after.splitlines() if line.strip()]
    last = next((line for line in reversed(lines) if not line.startswith(" ")), "")
    return last if last.endswith(head) else head if last in head else f"{head}\n{last}"


def _resource(urn: str | None) -> str | None:
    """The resource's type and name."""
    return f"{type_of(urn)} {name_of(urn)}" if urn else None


def name_of(urn: str) -> str:
    """The resource's name: the end of its URN."""
    return urn.rpartition("::")[2]


def type_of(urn: str | None) -> str:
    """The resource's own type token, without its parents' ones."""
    parts = (urn or "").split("::")
    return parts[2].rpartition("$")[2] if len(parts) > 3 else ""  # noqa: PLR2004 (urn:pulumi:stack::project::types::name)


def _kind(step: StepEventMetadata) -> ChangeKind:
    operation = step.op.value
    if operation == "refresh":
        # What a refresh finds: gone, different, or as it was.
        if step.new is None:
            return "delete"
        return "update" if step.detailed_diff or step.diffs else "same"
    return _KINDS.get(operation, "same")


def _is_half_of_replacement(step: StepEventMetadata) -> bool:
    """A replacement is three steps to the engine and one to people."""
    return step.op.value in ("create-replacement", "delete-replaced", "import-replacement")
