"""The engine's plan for a stack that stands nowhere: no cluster, no state, and a placeholder for every secret.

A preview makes nothing anywhere, of no provider, and its plan has what the program registers in full: inputs that the
providers have checked, dependencies, protection. The offline providers serve it on every machine, so that the bytes do
not depend on the plugins that one happens to have. No real secret is decrypted, so none can get into a file.
"""

from __future__ import annotations

import contextlib
import json
import logging
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, cast

import pulumi
from pulumi.automation import ConfigValue, LocalWorkspace, Stack
from pulumi.automation.errors import CommandError

from automation.backend import Backend, own_backend
from automation.engine import Engine, find_engine
from automation.errors import AutomationError, InterruptedRunError
from automation.events import Progress, readable
from automation.plugins import Plugins, choose_plugins
from automation.rehearsal import Rehearsal, SandboxCluster, derive
from automation.rendering.plan import Planned, read_plan
from automation.rendering.scratch import scratch
from automation.session import Session, engine_environment, guarded, log_line

_NO_CLUSTER: Final[Mapping[str, object]] = {"apiVersion": "v1", "kind": "Config", "clusters": [], "contexts": []}
_ADDRESS: Final = ("kubeconfig", "context")
_SECRET: Final = "kubernetes:core/v1:Secret"  # noqa: S105 (a type token)


def plan_of(session: Session) -> list[Planned]:
    """Every resource that the stack's program registers.

    Raises AutomationError, with the engine's or the program's own sentences, where there is no plan.
    """
    place = session.project.layout.state / "renderings"
    place.mkdir(parents=True, exist_ok=True)
    with scratch(place, session.options.stack) as own:
        own.mkdir(mode=0o700)
        return _planned_in(own, session)


def _planned_in(folder: Path, session: Session) -> list[Planned]:
    project, layout = session.project, session.project.layout
    kubeconfig = folder / "kubeconfig"
    kubeconfig.write_text(json.dumps(_NO_CLUSTER))
    derived = derive(
        layout,
        session.options.stack,
        SandboxCluster(kubeconfig, None),
        project.needed_secrets,
        folder=folder / "project",
        given=True,
    )
    backend = own_backend(folder / "state")
    engine = find_engine(lambda: project.tools.pulumi(session.display.say), session.interrupts, backend.dropped)
    plugins = choose_plugins(
        project.providers_of(session.options.stack),
        insist_offline=True,
        pulumi=Path(engine.command),
        layout=layout,
        write_plugins=project.tools.write_plugins,
        say=session.display.say,
    )
    program = _rendered(project.program, folder / "manifests")
    plan = folder / "plan.json"
    _preview(session, engine, _workspace(derived, backend, plugins, engine, program), derived, plan)
    return read_plan(plan)


def _workspace(
    derived: Rehearsal, backend: Backend, plugins: Plugins, engine: Engine, program: Callable[[], None]
) -> LocalWorkspace:
    return LocalWorkspace(
        work_dir=str(derived.folder),
        program=guarded(program),
        env_vars=engine_environment(backend, plugins),
        pulumi_command=engine,
    )


def _preview(session: Session, engine: Engine, workspace: LocalWorkspace, derived: Rehearsal, plan: Path) -> None:
    progress = Progress(lambda _: None, preview=True)
    try:
        stack = Stack.create_or_select(session.options.stack, workspace)
        if derived.placeholders:
            values = {name: ConfigValue(value, secret=True) for name, value in derived.placeholders.items()}
            stack.set_all_config(values, path=True)
        with contextlib.redirect_stdout(sys.stderr):
            stack.preview(plan=str(plan), on_event=progress.on_event, on_output=log_line, on_error=log_line)
    except CommandError as error:
        logging.getLogger("pulumi").info("The engine failed", exc_info=True)
        if session.interrupts.count:
            raise InterruptedRunError("Interrupted; nothing was written.") from error
        said = [item.message for item in progress.diagnostics if item.severity == "error"]
        words = "\n".join(said) or readable("\n".join(engine.last_errors)) or "The engine ended without a word."
        session.display.say(f"The log has more: {session.log}")
        raise AutomationError(words) from error


def _rendered(program: Callable[[], None], folder: Path) -> Callable[[], None]:
    """The program, whose Kubernetes providers render to a folder, which needs no cluster, and not even that here."""

    def changed(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        props = cast("dict[str, Any]", args.props)
        if args.type_ == "pulumi:providers:kubernetes":
            # Nor the kubeconfig of a cluster that the stack makes itself: while the provider waited for it, what it
            # makes of its objects would not be known either.
            kept = {key: value for key, value in props.items() if key not in _ADDRESS}
            return pulumi.ResourceTransformationResult({**kept, "renderYamlToDirectory": str(folder)}, args.opts)
        if args.type_ == _SECRET:
            return pulumi.ResourceTransformationResult({**props, **_only_keys(props)}, args.opts)
        return None

    def run() -> None:
        pulumi.runtime.register_stack_transformation(changed)
        program()

    return run


def _only_keys(props: Mapping[str, Any]) -> dict[str, pulumi.Output[dict[str, str]]]:
    """A Secret's data with empty values: the SDK marks the whole map as a secret, and its keys are none."""

    def emptied(data: Mapping[str, str]) -> dict[str, str]:
        return dict.fromkeys(sorted(data), "")

    given = {key: props[key] for key in ("data", "string_data") if props.get(key) is not None}
    return {key: pulumi.Output.unsecret(pulumi.Output.from_input(value)).apply(emptied) for key, value in given.items()}
