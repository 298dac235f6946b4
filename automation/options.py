"""The command line, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Command = Literal["up", "preview", "refresh", "destroy", "outputs", "status", "env", "port-forward", "render", "images"]
Format = Literal["table", "json", "markdown"]


@dataclass(frozen=True)
class Options:
    """What the user asked for."""

    command: Command
    stack: str
    sandbox: bool = False
    """Work on the stack put into the embedded sandbox."""
    offline: bool = False
    """Use the offline providers even where official ones could be had."""
    format: Format = "table"
    expect_no_changes: bool = False
    refresh: bool = False
    """Read the real state of every resource first."""
    show_secrets: bool = False
    yes: bool = False
    """Destroy without asking."""
    unprotect: bool = False
    """Destroy what the stack protects too, as far as the program lets its data go."""
    out: str = ""
    """The folder that `render` writes."""
