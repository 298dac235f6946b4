"""Live progress on a terminal, plain lines anywhere else; tables at the end."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from automation.report import CHANGE_KINDS

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table

    from automation.events import Line, Progress
    from automation.readiness import Workload
    from automation.report import Report

_SHOWN_OPERATIONS: Final = 12
_FRAMES_PER_SECOND: Final = 6
_STYLES: Final[Mapping[str, str]] = {
    "done": "green",
    "failed": "bold red",
    "error": "bold red",
    "warning": "yellow",
    "status": "dim",
    "info": "",
}
_MARKS: Final[Mapping[str, str]] = {"done": "+", "failed": "x", "error": "error:", "warning": "warning:", "status": "."}


class Display:
    """Everything human of one run: progress and sentences on stderr, results on stdout."""

    def __init__(self, *, results_on_stderr: bool = False) -> None:
        from rich.console import Console

        self.messages: Console = Console(stderr=True, highlight=False)
        self.results: Console = self.messages if results_on_stderr else Console(highlight=False)

    def say(self, sentence: str, style: str = "") -> None:
        """One sentence, never read as markup."""
        from rich.text import Text

        self.messages.print(Text(sentence, style=style), soft_wrap=True)

    def line(self, line: Line) -> None:
        """Something that happened."""
        mark = _MARKS.get(line.mark, " ")
        self.say(f"  {mark} {line.text}", _STYLES[line.mark])

    @contextmanager
    def progress(self, progress: Progress) -> Generator[None]:
        """Draw `progress` live inside the block; without a terminal its lines are all there is."""
        if not self.messages.is_terminal:
            yield
            return
        from rich.live import Live

        with Live(
            console=self.messages,
            get_renderable=lambda: self._frame(progress),
            refresh_per_second=_FRAMES_PER_SECOND,
            transient=True,
        ):
            yield

    def _frame(self, progress: Progress) -> RenderableType:
        from time import monotonic

        from rich.console import Group
        from rich.text import Text

        with progress.lock:
            operations = list(progress.running.values())
            counts = ", ".join(f"{progress.finished[kind]} {kind}" for kind in CHANGE_KINDS if progress.finished[kind])
        rows = [
            Text(
                f"  {operation.kind:8} {operation.type.rpartition(':')[2]} {operation.name}"
                f"  {monotonic() - operation.began:.0f} s  {operation.message}",
                style="cyan",
                overflow="ellipsis",
                no_wrap=True,
            )
            for operation in operations[:_SHOWN_OPERATIONS]
        ]
        if len(operations) > len(rows):
            rows.append(Text(f"  ... and {len(operations) - len(rows)} more", style="cyan"))
        rows.append(Text(f"  {progress.elapsed():.0f} s: {counts or 'starting'}", style="bold"))
        return Group(*rows)

    def report(self, report: Report) -> None:
        """The final tables of a run."""
        words = ", ".join(f"{report.changes[kind]} {kind}" for kind in CHANGE_KINDS)
        style = (
            "green" if report.result == "succeeded" else "yellow" if report.result == "changes-found" else "bold red"
        )
        if report.endpoints:
            self.endpoints(report.endpoints)
        if report.workloads:
            self.workloads(report.workloads)
        self._print(
            f"{report.command} of {report.stack} {report.result.replace('-', ' ')}: {words}; {report.seconds:.1f} s",
            style,
        )

    def endpoints(self, endpoints: Mapping[str, str]) -> None:
        """Where people reach the stack."""
        from rich.text import Text

        table = _table("Endpoint", "URL")
        for name, url in endpoints.items():
            table.add_row(Text(name), Text(url))
        self.results.print(table)

    def workloads(self, workloads: list[Workload]) -> None:
        """Each workload and its replicas."""
        from rich.text import Text

        table = _table("Workload", "Kind", "Ready")
        for item in workloads:
            style = "green" if item.is_ready else "bold red"
            table.add_row(Text(item.name), Text(item.kind), Text(f"{item.ready}/{item.desired}", style=style))
        self.results.print(table)

    def pairs(self, pairs: Mapping[str, str]) -> None:
        """A table of two columns without a head."""
        from rich.text import Text

        table = _table("", "")
        table.show_header = False
        for name, value in pairs.items():
            table.add_row(Text(name), Text(value))
        self.results.print(table)

    def _print(self, text: str, style: str) -> None:
        from rich.text import Text

        self.results.print(Text(text, style=style), soft_wrap=True)


def _table(*columns: str) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 3, 0, 0))
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
