"""How a command ends when it does not end well: exit codes, and errors that are sentences for people."""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """Exit codes of `python -m automation`."""

    DONE = 0
    FAILED = 1
    """The engine, the cluster or a tool failed, or the run was interrupted."""
    BAD_INPUT = 2
    """Settings, a stack's name, a file or an option is wrong; nothing was started."""
    CHANGES_FOUND = 3
    """`--expect-no-changes` was given and there are some; nothing was changed."""


class AutomationError(Exception):
    """Something failed; `str` is the sentence that says what, why and what to do."""

    exit_code: ClassVar[ExitCode] = ExitCode.FAILED


class BadInputError(AutomationError):
    """What the user gave is wrong; nothing was started."""

    exit_code = ExitCode.BAD_INPUT


class InterruptedRunError(AutomationError):
    """The user, or whoever runs this process, asked it to stop."""
