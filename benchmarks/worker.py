"""One measured run in a process of its own: `python -m automation` with either the program or its flat twin.

`python -m benchmarks.worker ROOT STACK COMMAND ...`; the stack called `flat` runs ROOT/flat.py.
"""

from __future__ import annotations

import runpy
import sys
from dataclasses import replace
from pathlib import Path
from typing import Final

from automation.cli import leave, main
from automation.default_project import SandboxTools, default_project
from automation.layout import Layout

FLAT_STACK: Final = "flat"
FLAT_PROGRAM: Final = "flat.py"

if __name__ == "__main__":
    root, stack, command, *options = sys.argv[1:]
    layout = Layout(Path(root))
    project = replace(default_project(), layout=layout, tools=SandboxTools(layout))
    if stack == FLAT_STACK:
        project = replace(project, program=lambda: runpy.run_path(str(layout.root / FLAT_PROGRAM)))
    leave(main([command, stack, "--sandbox", "--offline", *options], project))
