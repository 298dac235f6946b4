"""`python -m sandbox start|stop|status|logs|kubeconfig`: the embedded Kubernetes control plane."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from sandbox.control_plane import START_ORDER, ControlPlane
from sandbox.errors import SandboxError

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
    commands.add_parser("kubeconfig", parents=[shared], help="print the path of the administrator's kubeconfig")
    return parser


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


def _kubeconfig(plane: ControlPlane) -> int:
    if not plane.kubeconfig.is_file():
        print(f"There is no sandbox in {plane.folder} yet: run `python -m sandbox start`.", file=sys.stderr)
        return 1
    print(plane.kubeconfig)
    return 0


if __name__ == "__main__":
    sys.exit(main())
