"""What is wrong with a stack's settings, in sentences for people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, and what to do about it. No member ever holds a secret value."""

    source: str
    """The stack file's name."""
    path: str | None
    """The setting, such as `jarvis:database.storage.size`; None where the file as a whole is meant."""
    sentence: str
    """What was given and what is allowed; a complete sentence that names `path`."""
    fix: str | None = None
    """The command or edit that helps, where there is a single one."""
    line: int | None = None
    """Line in the stack file, from 1, where it is known."""
    missing_secret: bool = False
    """Whether all that is wrong is that a secret has not been given yet: a plan can do with a placeholder."""

    def __str__(self) -> str:
        where = self.source if self.line is None else f"{self.source}:{self.line}"
        text = f"{where}: {self.sentence}"
        return text if self.fix is None else f"{text}\n    {self.fix}"


class SettingsError(Exception):
    """A stack's settings are wrong; `str` gives one paragraph a problem."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = sorted(set(problems), key=_file_order)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def _file_order(problem: Problem) -> tuple[int, str, str]:
    return (problem.line or 0, problem.path or "", problem.sentence)
