"""Before anything is written: a readable state, no dead lock, a backup, nothing left pending."""

from __future__ import annotations

import json
from typing import Any, cast

from pulumi.automation import Deployment, Stack

from automation.checkpoints import back_up, drop_broken_sidecars, repair
from automation.errors import AutomationError
from automation.events import Progress
from automation.locks import clear_stale_locks
from automation.pending import pending_operations, settle
from automation.session import Session, log_line


def repair_state(session: Session) -> None:
    """Replace a state file that cannot be read by its newest readable copy."""
    if session.checkpoint is not None:
        drop_broken_sidecars(session.checkpoint.folder)
        repair(session.checkpoint, session.backups, session.display.say)


def prepare_to_write(session: Session, stack: Stack) -> None:
    """Make the stack safe to write to. Raises AutomationError where another run holds its lock."""
    checkpoint = session.checkpoint
    if checkpoint is not None:
        clear_stale_locks(checkpoint.folder, checkpoint.project, checkpoint.stack, session.display.say)
        back_up(checkpoint.path.read_bytes(), session.backups)
        if not pending_operations(checkpoint.deployment()):
            return
        exported = stack.export_stack()
    else:
        exported = stack.export_stack()
        wrapped = {"version": exported.version, "checkpoint": {"stack": stack.name, "latest": exported.deployment}}
        back_up(json.dumps(wrapped).encode(), session.backups)
    if pending_operations(exported.deployment or {}):
        _settle_pending(session, stack, exported)


def refuse_plan_only(session: Session) -> None:
    """Raise AutomationError where a run in earnest would be served by providers that create nothing."""
    planned = session.plugins.plan_only
    if planned and not session.options.sandbox:
        names = " and ".join(planned)
        raise AutomationError(
            f"Only the offline {names} can be had here, which plans and creates nothing, so "
            f"{session.options.command} is refused. Rehearse {session.options.stack} with --sandbox, or run where "
            "Pulumi can fetch its official plugin."
        )


def refuse_protected(stack: Stack) -> None:
    """Raise AutomationError where protected resources would stop a destroy half-way, with the rest already gone."""
    names = [name_of(item) for item in _resources(stack.export_stack()) if item.get("protect")]
    if names:
        raise AutomationError(
            f"{stack.name} has {len(names)} protected resources, so nothing is destroyed: {', '.join(names)}. "
            "If the stack is to end, add --unprotect: what holds data then stays, to be removed by hand."
        )


def lift_protection(session: Session, stack: Stack) -> None:
    """Let a destroy take protected resources too, and say which of them stay.

    The state as it was lies among the backups by then.
    """
    exported = stack.export_stack()
    resources = _resources(exported)
    kept = [name_of(item) for item in resources if item.get("retainOnDelete")]
    for item in resources:
        item.pop("protect", None)
    stack.import_stack(exported)
    if kept:
        session.display.say(f"These stay, with their data: {', '.join(kept)}.", "yellow")


def name_of(resource: dict[str, Any]) -> str:
    """The resource's name in the program."""
    return str(resource["urn"]).rpartition("::")[2]


def _resources(exported: Deployment) -> list[dict[str, Any]]:
    return cast("list[dict[str, Any]]", (exported.deployment or {}).get("resources", []))


def _settle_pending(session: Session, stack: Stack, exported: Deployment) -> None:
    count = len(pending_operations(exported.deployment or {}))
    session.display.say(
        f"A killed run left {count} operations under way; reading from the provider what became of them."
    )
    settled = settle(exported.deployment or {})
    for urn in settled.dropped:
        session.display.say(
            f"  The creation of {urn} cannot be looked up. If it exists, take it over with `pulumi import`.", "yellow"
        )
    stack.import_stack(Deployment(exported.version, settled.deployment))
    if settled.to_read:
        progress = Progress(session.display.line)
        stack.refresh(target=list(settled.to_read), show_secrets=False, on_event=progress.on_event, on_output=log_line)
