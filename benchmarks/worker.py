"""One measured run in a process of its own: `python -m automation` with the program, or with another in its place.

`python -m benchmarks.worker ROOT STACK COMMAND ...`; the stack called `flat` runs ROOT/flat.py, and one called
`STACK-empty` imports what ROOT/STACK.modules lists, which every other run writes, and does nothing.
"""

from __future__ import annotations

import importlib
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

EMPTY: Final = "-empty"


def modules_file(root: Path, stack: str) -> Path:
    """Names of the SDKs' modules that the stack's program imports, a line each."""
    return root / f"{stack.removesuffix(EMPTY)}.modules"


def _only_imports(modules: Path) -> None:
    for name in modules.read_text("utf-8").splitlines():
        importlib.import_module(name)


if __name__ == "__main__":
    root, stack, command, *options = sys.argv[1:]
    layout = Layout(Path(root))
    project = replace(default_project(), layout=layout, tools=SandboxTools(layout))
    imported = modules_file(layout.root, stack)
    if stack == FLAT_STACK:
        project = replace(project, program=lambda: runpy.run_path(str(layout.root / FLAT_PROGRAM)))
    elif stack.endswith(EMPTY):
        project = replace(project, program=lambda: _only_imports(imported))
    code = main([command, stack, "--sandbox", "--offline", *options], project)
    if not stack.endswith(EMPTY):
        imported.write_text("\n".join(sorted(name for name in sys.modules if name.startswith("pulumi_"))), "utf-8")
    leave(code)
