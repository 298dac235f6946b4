"""The pinned kubectl against a sandbox."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from typing import Any

from sandbox.control_plane import ControlPlane
from sandbox.toolchain import Toolchain


@dataclass(frozen=True)
class Kubectl:
    """kubectl with the kubeconfig of one control plane."""

    plane: ControlPlane
    toolchain: Toolchain

    def run(self, *arguments: str, manifest: object = None) -> subprocess.CompletedProcess[str]:
        """Run kubectl; `manifest`, where given, is its standard input as JSON (use `-f -`)."""
        program = self.toolchain.ensure("kubectl")["kubectl"]
        return subprocess.run(
            [program, f"--kubeconfig={self.plane.kubeconfig}", *arguments],
            input=json.dumps(manifest) if manifest is not None else None,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def __call__(self, *arguments: str, manifest: object = None) -> str:
        """The output of a run that has to succeed."""
        done = self.run(*arguments, manifest=manifest)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def get(self, *arguments: str) -> Any:
        """The object or list that `kubectl get` answers."""
        return json.loads(self("get", *arguments, "-o", "json"))
