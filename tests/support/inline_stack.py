"""A stack of one test: an inline program, the real engine, the offline providers, a state folder of its own."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pulumi import automation as auto

from sandbox.plugins import write_plugins

Program = Callable[[], None]


class InlineStack:
    """Runs programs against one stack; the last run's text is in `text`."""

    def __init__(
        self, root: Path, pulumi_cli: Path, kubeconfig: Path, environment: Mapping[str, str] | None = None
    ) -> None:
        (root / "bin").mkdir(parents=True)
        (root / "bin" / "pulumi").symlink_to(pulumi_cli)
        (root / "state").mkdir()
        plugins = write_plugins(root / "plugins", Path(sys.executable))
        self.root = root
        self.text = ""
        self.events: list[Any] = []
        self._environment = {
            "PATH": f"{plugins}{os.pathsep}{os.environ['PATH']}",
            "PULUMI_HOME": str(root / "home"),
            "PULUMI_BACKEND_URL": f"file://{root / 'state'}",
            "PULUMI_CONFIG_PASSPHRASE": "test",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "KUBECONFIG": str(kubeconfig),
            **(environment or {}),
        }

    def _stack(self, program: Program) -> auto.Stack:
        return auto.create_or_select_stack(
            "test",
            project_name="inline",
            program=program,
            opts=auto.LocalWorkspaceOptions(
                pulumi_command=auto.PulumiCommand(str(self.root)),
                env_vars=self._environment,
                work_dir=str(self.root),
            ),
        )

    def _run(self, operation: str, program: Program, **options: Any) -> dict[str, int]:
        lines: list[str] = []
        self.events = []
        stack = self._stack(program)
        run = getattr(stack, operation)
        try:
            result = run(on_output=lines.append, on_event=self.events.append, color="never", **options)
        except auto.CommandError as error:
            self.text = "\n".join(lines) + str(error)
            raise
        self.text = "\n".join(lines)
        self.outputs = {name: output.value for name, output in getattr(result, "outputs", {}).items()}
        changes = result.change_summary if operation == "preview" else result.summary.resource_changes
        return {getattr(kind, "value", kind): count for kind, count in (changes or {}).items()}

    def up(self, program: Program, **options: Any) -> dict[str, int]:
        """Number of resources by what was done to them (`create`, `same`, `update`, `replace`, ...)."""
        return self._run("up", program, **options)

    def preview(self, program: Program, **options: Any) -> dict[str, int]:
        """Number of resources by what would be done to them."""
        return self._run("preview", program, **options)

    def refresh(self, program: Program) -> dict[str, int]:
        """Number of resources by what was found about them."""
        return self._run("refresh", program)

    def destroy(self, program: Program) -> dict[str, int]:
        """Number of resources by what was done to them."""
        return self._run("destroy", program)

    def failing(self, operation: str, program: Program, **options: Any) -> str:
        """The text of a run that has to fail; without a traceback."""
        try:
            self._run(operation, program, **options)
        except auto.CommandError:
            assert "Traceback" not in self.text
            return self.text
        raise AssertionError(f"{operation} did not fail:\n{self.text}")

    def forget(self, name: str) -> None:
        """Take a resource out of the state, as if the run that made it had been killed before it could say so."""
        stack = self._stack(lambda: None)
        deployment = stack.export_stack()
        kept = [item for item in deployment.deployment["resources"] if not item["urn"].endswith(f"::{name}")]
        deployment.deployment["resources"] = kept
        stack.import_stack(deployment)

    @property
    def state(self) -> str:
        """The checkpoint as it lies on the disk."""
        return next((self.root / "state").rglob("stacks/**/test.json")).read_text("utf-8")

    def resource(self, name: str) -> dict[str, Any]:
        """A resource of the checkpoint by the last part of its URN."""
        resources = json.loads(self.state)["checkpoint"]["latest"].get("resources") or []
        return next(item for item in resources if item["urn"].endswith(f"::{name}"))

    def steps(self) -> dict[str, str]:
        """The last run's operation on each resource, by the last part of its URN."""
        done: dict[str, str] = {}
        for event in self.events:
            if event.resource_pre_event is not None:
                step = event.resource_pre_event.metadata
                done[step.urn.rsplit("::", 1)[-1]] = getattr(step.op, "value", step.op)
        return done
