"""The command line of `python -m automation`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NoReturn, cast

from automation.errors import AutomationError, ExitCode
from automation.options import Command, Format, Options

if TYPE_CHECKING:
    from pathlib import Path

    from automation.display import Display
    from automation.project import Project
    from automation.report import Result
    from automation.session import Session

_COMMANDS: Final[tuple[tuple[Command, str], ...]] = (
    ("up", "deploy the stack and show its endpoints and their health"),
    ("preview", "show what `up` would change"),
    ("refresh", "read the real state of every resource into the stack's state"),
    ("destroy", "delete everything that the stack deployed"),
    ("outputs", "print what the stack exports; secrets are masked"),
    ("status", "show what is deployed, how ready it is, and whether anything is under way"),
    ("env", "print shell lines that let plain `pulumi` work on the stack"),
    ("port-forward", "let the interface, the API and Grafana answer on this machine"),
    ("render", "write the stack's manifests, without secrets, for Argo CD to sync"),
    ("images", "list every image and chart that the stack pulls, and where its mirror has them"),
)
_ENGINE_RUNS: Final = ("up", "preview", "refresh", "destroy")
_EPILOG: Final = """exit codes: 0 done; 1 failed or interrupted; 2 wrong settings, stack, file or option;
3 changes found where --expect-no-changes was given"""


def parser() -> argparse.ArgumentParser:
    """The parser of the command line."""
    root = argparse.ArgumentParser(
        prog="python -m automation",
        description="Deploy Jarvis with the real Pulumi engine.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = root.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, summary in _COMMANDS:
        command = commands.add_parser(name, help=summary, description=summary[0].upper() + summary[1:] + ".")
        command.add_argument("stack", metavar="STACK", help="the stack's name, as in Pulumi.STACK.yaml")
        _add_options(command, name)
    return root


def _add_options(command: argparse.ArgumentParser, name: Command) -> None:
    flag = command.add_argument
    if name == "render":
        flag("--out", required=True, metavar="DIR", help="the folder to write: new, empty, or of an earlier render")
        flag("--json", dest="format", action="store_const", const="json", default="table", help="print one object")
        return
    if name == "images":
        flag("--sandbox", action="store_true", help="let secrets that the stack file lacks be missing")
        flag("--json", dest="format", action="store_const", const="json", default="table", help="print one object")
        return
    flag("--sandbox", action="store_true", help="put the stack into the embedded sandbox, with state of its own")
    if name not in ("status", "port-forward"):
        flag("--offline", action="store_true", help="use the offline providers even where official ones can be had")
    if name != "env":
        formats = ["table", "json", "markdown"] if name in _ENGINE_RUNS else ["table", "json"]
        flag("--format", choices=formats, default="table", help="how the result is printed")
        flag("--json", dest="format", action="store_const", const="json", help="the same as --format json")
    if name in ("up", "preview", "refresh"):
        flag(
            "--expect-no-changes",
            action="store_true",
            help="compare with the real state, change nothing, exit 3 on changes",
        )
    if name in ("up", "preview", "destroy"):
        flag("--refresh", action="store_true", help="read the real state of every resource first")
    if name == "outputs":
        flag("--show-secrets", action="store_true", help="print secrets in the clear")
    if name == "destroy":
        flag("--yes", action="store_true", help="do not ask")
        flag(
            "--unprotect",
            action="store_true",
            help="end a protected stack too; what holds its data is taken out of the state and stays",
        )


def main(arguments: list[str], project: Project | None = None) -> int:
    """Run one command; returns its exit code."""
    given = cast("dict[str, object]", vars(parser().parse_args(arguments)))
    options = Options(**given)  # pyright: ignore[reportArgumentType] (argparse has checked each)
    from automation.display import Display
    from automation.interrupts import Interrupts

    display = Display(results_on_stderr=options.format != "table" and options.command in _ENGINE_RUNS)
    interrupts = Interrupts(display.say)
    log: Path | None = None
    try:
        with interrupts.handled():
            from automation.session import Session, check_input, start_log

            if project is None:
                from automation.default_project import default_project

                project = default_project()
            log = start_log(project, options)
            check_input(project, options)
            return _run(Session(project, options, display, interrupts, log))
    except AutomationError as error:
        return _ended(options, display, str(error), error.exit_code)
    except Exception as error:
        import logging

        logging.getLogger("automation").exception("Unexpected")
        where = f"; the log has more: {log}" if log is not None else ""
        return _ended(options, display, f"Unexpected {type(error).__name__}{where}", ExitCode.FAILED)


def leave(code: int) -> NoReturn:
    """End the process now: after an interrupt, the program may still be at work in a thread that nothing can stop."""
    import logging

    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _run(session: Session) -> int:
    match session.options.command:
        case "outputs":
            from automation.commands import outputs as command
        case "status":
            from automation.commands import status as command
        case "env":
            from automation.commands import env as command
        case "port-forward":
            from automation.commands import port_forward as command
        case "render":
            from automation.commands import render as command
        case "images":
            from automation.commands import images as command
        case _:
            return _run_engine(session)
    command.run(session)
    return ExitCode.DONE


def _run_engine(session: Session) -> int:
    from automation.commands import update

    report = update.run(session)
    session.display.report(report)
    if report.result == "failed":
        session.display.say(f"The log has more: {session.log}")
    _print(session.options.format, report.as_json, report.as_markdown)
    return exit_code(report.result)


def _print(wanted: Format, as_json: Callable[[], str], as_markdown: Callable[[], str]) -> None:
    if wanted == "json":
        print(as_json())
    elif wanted == "markdown":
        print(as_markdown(), end="")


def exit_code(result: Result) -> ExitCode:
    """The exit code of a run's result."""
    match result:
        case "succeeded":
            return ExitCode.DONE
        case "changes-found":
            return ExitCode.CHANGES_FOUND
        case "invalid":
            return ExitCode.BAD_INPUT
        case "failed" | "interrupted":
            return ExitCode.FAILED


def _ended(options: Options, display: Display, sentence: str, code: ExitCode) -> int:
    """Say why a command ended; whoever wanted an object or a comment gets it."""
    display.say(sentence, "bold red")
    if options.command in _ENGINE_RUNS and options.format != "table":
        from automation.report import Diagnostic, Report

        report = Report(options.command, options.stack, "invalid" if code == ExitCode.BAD_INPUT else "failed")
        report.diagnostics = [Diagnostic("error", line) for line in sentence.splitlines()]
        _print(options.format, report.as_json, report.as_markdown)
    return code
