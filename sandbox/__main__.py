"""`python -m sandbox start|stop|status|logs|kubeconfig|kinds`: the embedded Kubernetes control plane."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from sandbox.control_plane import START_ORDER, ControlPlane
from sandbox.definitions import operators, published_folder
from sandbox.errors import SandboxError
from sandbox.kinds import SIMULATOR, install

CUSTOM: Final = tuple(name for name in operators() if name != SIMULATOR)
DEFAULT_FOLDER: Final = Path(__file__).resolve().parents[1] / ".state" / "sandbox"


def main() -> int:
    """Run one command. Exit codes: 0 done, 1 failed (or, for `status`, not running), 2 bad input."""
    arguments = _parser().parse_args()
    plane = ControlPlane(arguments.state_dir)
    try:
        return _run(arguments, plane)
    except SandboxError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"The sandbox's state folder {plane.folder} cannot be used: {error.strerror}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _run(arguments: argparse.Namespace, plane: ControlPlane) -> int:
    match arguments.command:
        case "start":
            plane.start()
            print(f"export KUBECONFIG={plane.kubeconfig}")
        case "stop":
            plane.stop()
            print("The sandbox is stopped; its state stays.", file=sys.stderr)
        case "status":
            return _status(plane)
        case "kinds":
            return _kinds(plane, arguments.operator)
        case "logs":
            return _logs(plane, arguments.process, arguments.follow)
        case _:
            return _kubeconfig(plane)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=main.__doc__)
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--state-dir", type=Path, default=DEFAULT_FOLDER, help="default: .state/sandbox of this clone")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("start", parents=[shared], help="bring it up, or repair it; nothing to do where all is well")
    commands.add_parser("stop", parents=[shared], help="stop every process; the state stays")
    commands.add_parser("status", parents=[shared], help="the processes, their ports and their health")
    logs = commands.add_parser("logs", parents=[shared], help="print a process's log")
    logs.add_argument("process", choices=START_ORDER)
    logs.add_argument("-f", "--follow", action="store_true")
    kinds = commands.add_parser("kinds", parents=[shared], help="admit the custom kinds of operators, and play these")
    names = f"default: all of {', '.join(CUSTOM)}"
    kinds.add_argument("operator", nargs="*", type=_operator, metavar="OPERATOR", help=names)
    commands.add_parser("kubeconfig", parents=[shared], help="print the path of the administrator's kubeconfig")
    return parser


def _operator(name: str) -> str:
    if name not in CUSTOM:
        raise argparse.ArgumentTypeError(f"no kinds of {name!r} are known here; known: {', '.join(CUSTOM)}")
    return name


def _status(plane: ControlPlane) -> int:
    table = Table("process", "version", "pid", "port", "health", title=f"Sandbox in {plane.folder}")
    found = plane.status()
    for item in found:
        health = "healthy" if item.healthy else ("unhealthy" if item.pid else "not running")
        table.add_row(item.name, item.version, str(item.pid or "-"), str(item.port or "-"), health)
    Console().print(table)
    return 0 if all(item.healthy for item in found) else 1


def _logs(plane: ControlPlane, name: str, follow: bool) -> int:
    path = plane.log(name)
    if not path.is_file():
        print(f"{name} has no log yet: the sandbox in {plane.folder} was never started.", file=sys.stderr)
        return 1
    command = ["tail", "-n", "+1", *(["-f"] if follow else []), str(path)]
    return subprocess.run(command, check=False).returncode


def _kinds(plane: ControlPlane, wanted: list[str]) -> int:
    if not plane.running():
        print(f"There is no running sandbox in {plane.folder}: run `python -m sandbox start`.", file=sys.stderr)
        return 1
    install(plane.kubeconfig, wanted or None)
    folder = published_folder()
    checked = f"published definitions from {folder}" if folder else "definitions that only admit the kinds"
    print(f"Installed: {', '.join(wanted or CUSTOM)} ({checked}).", file=sys.stderr)
    return 0


def _kubeconfig(plane: ControlPlane) -> int:
    if not plane.kubeconfig.is_file():
        print(f"There is no sandbox in {plane.folder} yet: run `python -m sandbox start`.", file=sys.stderr)
        return 1
    print(plane.kubeconfig)
    return 0


if __name__ == "__main__":
    sys.exit(main())
