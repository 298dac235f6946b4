"""`up`, `preview`, `refresh` and `destroy`: runs of the engine."""

from __future__ import annotations

import contextlib
import logging
import sys
import time
from collections.abc import Mapping
from typing import Final

from pulumi.automation import OutputMap, Stack
from pulumi.automation.errors import CommandError

from automation.addons import refuse_installed
from automation.cluster import UnknownClusterError
from automation.errors import AutomationError, BadInputError, InterruptedRunError
from automation.events import Progress, readable
from automation.exports import endpoints_of, namespace_of
from automation.options import Options
from automation.readiness import workloads
from automation.report import Diagnostic, Report, Result
from automation.safety import lift_protection, prepare_to_write, refuse_plan_only, refuse_protected, repair_state
from automation.session import Session, log_line

_LOG: Final = logging.getLogger("pulumi")


def run(session: Session) -> Report:
    """Run the command to its end, whichever that is; raises AutomationError only where the engine did not run."""
    options = session.options
    started = time.monotonic()
    report = Report(options.command, options.stack)
    stack = _stack(session)
    if stack is None:
        session.display.say(f"{options.stack} was never deployed here: nothing to {options.command}.")
        report.seconds = time.monotonic() - started
        return report
    report.offline = session.plugins.offline
    if options.command in ("up", "preview") and not options.sandbox:
        _refuse_installed_addons(session)
    if _writes(options):
        refuse_plan_only(session)
        _prepare(session, stack)
    progress = Progress(session.display.line, preview=not _writes(options))
    session.display.say(f"{_TITLES[options.command]} {options.stack} with pulumi {session.engine.version}.")
    report.result, outputs = _operate(session, stack, progress)
    report.changes = progress.changes or progress.finished
    report.steps, report.diagnostics = progress.steps, progress.diagnostics
    if report.result == "succeeded" and options.expect_no_changes and report.changed:
        report.result = "changes-found"
    if options.command == "up" and report.result == "succeeded":
        _add_health(session, outputs, report)
    report.seconds = time.monotonic() - started
    return report


_TITLES: Final[Mapping[str, str]] = {
    "up": "Deploying",
    "preview": "Previewing",
    "refresh": "Refreshing",
    "destroy": "Destroying",
}


def _writes(options: Options) -> bool:
    """Whether the run may change anything; with --expect-no-changes it only looks."""
    return options.command != "preview" and not (options.expect_no_changes and options.command != "destroy")


def _stack(session: Session) -> Stack | None:
    """The stack, made where `up` or `preview` needs it; its state is repaired first, because nothing works without."""
    options = session.options
    if options.command == "destroy":
        _confirm(options)
    repair_state(session)
    try:
        return session.stack(create=options.command in ("up", "preview"))
    except CommandError as error:
        raise AutomationError(_engine_words(session)) from error


def _refuse_installed_addons(session: Session) -> None:
    """A sandbox's releases are but records, which its stacks may share."""
    project, stack = session.project, session.options.stack
    wanted = project.addon_releases(project.layout.stack_file(stack))
    if wanted:
        refuse_installed(wanted, session.deployment(), session.cluster(), stack)


def _prepare(session: Session, stack: Stack) -> None:
    try:
        with contextlib.redirect_stdout(sys.stderr):
            prepare_to_write(session, stack)
            if session.options.unprotect:
                lift_protection(session, stack)
            elif session.options.command == "destroy":
                refuse_protected(stack)
    except CommandError as error:
        _LOG.info("Settling what a killed run left failed", exc_info=True)
        raise AutomationError(f"What a killed run left could not be settled: {_engine_words(session)}") from error


def _operate(session: Session, stack: Stack, progress: Progress) -> tuple[Result, OutputMap]:
    """Run the engine; the outputs are those of an `up`. What the program prints is for people, so it goes to stderr."""
    try:
        with session.display.progress(progress), contextlib.redirect_stdout(sys.stderr):
            return "succeeded", _run_engine(session, stack, progress)
    except InterruptedRunError:
        return _interrupted(progress), {}
    except CommandError:
        _LOG.info("The engine failed", exc_info=True)
        if session.interrupts.count:
            return _interrupted(progress), {}
        if not any(item.severity == "error" for item in progress.diagnostics):
            progress.diagnostics.append(Diagnostic("error", _engine_words(session)))
            session.display.say(f"  error: {progress.diagnostics[-1].message}", "bold red")
        return "failed", {}


def _run_engine(session: Session, stack: Stack, progress: Progress) -> OutputMap:
    """The Automation API's call for the options; the CLI's own words go into the log."""
    options = session.options
    refresh, see = options.refresh, progress.on_event
    judged = session.policies.options if session.policies is not None else {}
    match options.command, options.expect_no_changes:
        case ("up", False):
            done = stack.up(
                refresh=refresh, show_secrets=False, on_event=see, on_output=log_line, on_error=log_line, **judged
            )
            return done.outputs
        case ("up" | "preview", checked):
            stack.preview(refresh=refresh or checked, on_event=see, on_output=log_line, on_error=log_line, **judged)
        case ("refresh", True):
            stack.preview_refresh(on_event=see, on_output=log_line, on_error=log_line)
        case ("refresh", False):
            stack.refresh(show_secrets=False, on_event=see, on_output=log_line, on_error=log_line)
        case _:
            stack.destroy(refresh=refresh, show_secrets=False, on_event=see, on_output=log_line, on_error=log_line)
    return {}


def _interrupted(progress: Progress) -> Result:
    done = sum(count for kind, count in progress.finished.items() if kind != "same")
    message = f"Interrupted after {done} changes; the state is saved, and the next run continues from it."
    progress.diagnostics.append(Diagnostic("error", message))
    return "interrupted"


def _engine_words(session: Session) -> str:
    """What the CLI said when it failed."""
    return readable("\n".join(session.engine.last_errors)) or "The engine ended without a word."


def _add_health(session: Session, exported: OutputMap, report: Report) -> None:
    """Endpoints and the readiness of workloads; a cluster that does not answer costs the table, not the run."""
    outputs: dict[str, object] = {name: item.value for name, item in exported.items() if not item.secret}
    report.endpoints = endpoints_of(outputs)
    namespace = namespace_of(outputs)
    if namespace is None:
        return
    try:
        report.workloads = workloads(session.cluster(), namespace)
    except (OSError, UnknownClusterError) as error:
        session.display.say(f"The workloads' readiness is not known: {str(error).rstrip('.')}.", "yellow")


def _confirm(options: Options) -> None:
    """Destroying a real stack has to be meant."""
    if options.sandbox or options.yes:
        return
    if not sys.stdin.isatty():
        raise BadInputError(f"Destroying {options.stack} deletes everything that it deployed: add --yes to mean it.")
    print(f"This deletes everything that {options.stack} deployed. Type its name to go on: ", end="", file=sys.stderr)
    if sys.stdin.readline().strip() != options.stack:
        raise BadInputError("Not destroyed: the name was not typed.")
