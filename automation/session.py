"""Everything one command needs of its stack: checked settings, a workspace, an engine, plugins, a log."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from pulumi import RunError
from pulumi.automation import ConfigValue, LocalWorkspace, Stack
from pulumi.automation.errors import StackNotFoundError

from automation.backend import Backend, own_backend, users_backend
from automation.checkpoints import Checkpoint
from automation.cluster import (
    ClusterAddress,
    UnknownClusterError,
    cluster_address,
    cluster_section,
    makes_its_cluster,
    own_address,
    own_kubeconfig,
)
from automation.display import Display
from automation.engine import Engine, find_engine
from automation.errors import BadInputError
from automation.interrupts import Interrupts
from automation.options import Options
from automation.plugins import Plugins, choose_plugins
from automation.policies import PolicyPack, configuration
from automation.project import Project
from automation.rehearsal import Rehearsal, derive
from sandbox.providers.rehearsal import environment as of_rehearsal

_KEPT_LOGS: Final = 30
_LOG: Final = logging.getLogger("automation")


@dataclass
class Session:
    """One command on one stack. Its parts are made when first used: `status` starts nothing that it does not need."""

    project: Project
    options: Options
    display: Display
    interrupts: Interrupts
    log: Path
    """What the engine and the program said, whole."""

    @cached_property
    def backend(self) -> Backend:
        """Where the stack's state is."""
        layout = self.project.layout
        if self.options.sandbox:
            return own_backend(layout.rehearsal_stacks)
        return users_backend(layout, self.options.stack, dict(os.environ))

    @cached_property
    def checkpoint(self) -> Checkpoint | None:
        """The state file, where the backend keeps files."""
        folder = self.backend.folder
        return None if folder is None else Checkpoint(folder, self.project.name, self.options.stack)

    @property
    def backups(self) -> Path:
        """Where copies of the state go."""
        return self.project.layout.backups(self.options.stack, sandbox=self.options.sandbox)

    @cached_property
    def rehearsal(self) -> Rehearsal | None:
        """The derived project of a `--sandbox` run; starts the sandbox."""
        if not self.options.sandbox:
            return None
        cluster = self.project.tools.start_sandbox(self.display.say)
        self.interrupts.check()
        projects = self.project.kinds_in_place(self.project.layout.stack_file(self.options.stack))
        if projects:
            self.project.tools.install_kinds(cluster, projects)
        return derive(self.project.layout, self.options.stack, cluster, self.project.needed_secrets)

    @property
    def folder(self) -> Path:
        """The engine's working directory."""
        return self.project.layout.root if self.rehearsal is None else self.rehearsal.folder

    @cached_property
    def engine(self) -> Engine:
        """The CLI."""
        return find_engine(lambda: self.project.tools.pulumi(self.display.say), self.interrupts, self.backend.dropped)

    @cached_property
    def plugins(self) -> Plugins:
        """The provider plugins; says which are offline ones."""
        plugins = choose_plugins(
            self.project.providers_of(self.options.stack),
            insist_offline=self.options.offline,
            rehearsal=self.options.sandbox,
            pulumi=Path(self.engine.command),
            layout=self.project.layout,
            write_plugins=self.project.tools.write_plugins,
            say=self.display.say,
            in_earnest=self.options.command in ("up", "refresh", "destroy"),
        )
        notice = plugins.notice()
        if notice is not None:
            self.display.say(notice)
        return plugins

    @cached_property
    def policies(self) -> PolicyPack | None:
        """What judges a preview and a deployment; None where the project has no policies."""
        pack = self.project.policies
        if pack is None:
            return None
        layout = self.project.layout
        executable = self.project.tools.write_policy_pack(layout.state / "policies", pack)
        return PolicyPack(executable, configuration(pack, layout.stack_file(self.options.stack)))

    @property
    def environment(self) -> dict[str, str]:
        """What the engine's environment has beside this process's own."""
        variables = engine_environment(self.backend, self.plugins)
        if self.rehearsal is None:
            return variables
        return {**variables, **of_rehearsal(self.rehearsal.cluster.kubeconfig, self.rehearsal.cluster.context)}

    def stack(self, *, create: bool) -> Stack | None:
        """The stack in its backend; None where it was never made there and `create` is false."""
        if not create and self.checkpoint is not None and not self.checkpoint.exists:
            return None
        workspace = LocalWorkspace(
            work_dir=str(self.folder),
            program=guarded(self.project.program),
            env_vars=self.environment,
            pulumi_command=self.engine,
        )
        if create:
            stack = Stack.create_or_select(self.options.stack, workspace)
        else:
            try:
                stack = Stack.select(self.options.stack, workspace)
            except StackNotFoundError:
                return None
        self._fill_placeholders(stack)
        return stack

    def deployment(self) -> Mapping[str, Any]:
        """The stack's latest deployment, secrets encrypted; {} where it was never made here."""
        if self.checkpoint is not None:
            return self.checkpoint.deployment() if self.checkpoint.exists else {}
        stack = self.stack(create=False)
        return {} if stack is None else stack.export_stack().deployment or {}

    def cluster(self) -> ClusterAddress:
        """How the stack's cluster is reached; a rehearsal's is the sandbox.

        A cluster that the stack made itself is reached as its state tells, never by kubectl's defaults, which may be
        those of another. Raises UnknownClusterError where it is not made yet.
        """
        if self.rehearsal is not None:
            return ClusterAddress(str(self.rehearsal.cluster.kubeconfig), self.rehearsal.cluster.context)
        section = cluster_section(self.project.layout.stack_file(self.options.stack))
        return self._own_cluster() if makes_its_cluster(section) else cluster_address(section)

    def _own_cluster(self) -> ClusterAddress:
        stack = self.options.stack
        kubeconfig = own_kubeconfig(self.deployment())
        if kubeconfig is None:
            raise UnknownClusterError(f"{stack} makes its cluster itself and is not deployed, so there is none to ask.")
        return own_address(kubeconfig, self.project.layout.kubeconfig(stack).resolve())

    def _fill_placeholders(self, stack: Stack) -> None:
        rehearsal = self.rehearsal
        if rehearsal is None:
            return
        if rehearsal.replaced:
            names = ", ".join(rehearsal.replaced)
            self.display.say(f"In the sandbox these secrets have generated placeholders: {names}.")
        if rehearsal.placeholders:
            values = {name: ConfigValue(value, secret=True) for name, value in rehearsal.placeholders.items()}
            stack.set_all_config(values, path=True)


def engine_environment(backend: Backend, plugins: Plugins) -> dict[str, str]:
    """What the engine's environment has beside this process's own."""
    path = os.environ.get("PATH", "")
    return {
        **backend.environment,
        **plugins.environment,
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PATH": path if plugins.folder is None else os.pathsep.join([str(plugins.folder.resolve()), path]),
    }


def guarded(program: Callable[[], None]) -> Callable[[], None]:
    """The program; an error that it does not explain goes into the log with its traceback."""

    def run() -> None:
        try:
            program()
        except RunError:
            raise
        except Exception as error:
            _LOG.exception("The program failed")
            raise RunError(f"The program failed with {type(error).__name__}: {error}") from None

    return run


def check_input(project: Project, options: Options) -> None:
    """Raise BadInputError, before anything is started, for a stack that there is not or whose settings are wrong."""
    names = project.layout.stack_names()
    if options.stack not in names:
        there = f"There are {', '.join(names)}." if names else "There is no stack file (Pulumi.<stack>.yaml) here."
        raise BadInputError(f"There is no stack {options.stack!r}. {there}")
    # What a plan is only read from needs no secret.
    needs_none = options.sandbox or options.command in ("render", "images")
    project.check(project.layout.stack_file(options.stack), needs_none)


def log_line(line: str) -> None:
    """Put a line of the CLI's own words, in which it has masked secrets, into this run's log."""
    logging.getLogger("pulumi").info("%s", line)


def start_log(project: Project, options: Options) -> Path:
    """Open this run's log file; the oldest beyond 30 go."""
    folder = project.layout.logs
    folder.mkdir(parents=True, exist_ok=True)
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    path = folder / f"{stamp}-{options.command}-{os.getpid()}.log"
    handler = logging.FileHandler(path, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    logging.captureWarnings(capture=True)
    for old in sorted(folder.glob("*Z-*.log"))[:-_KEPT_LOGS]:
        old.unlink(missing_ok=True)
    return path
