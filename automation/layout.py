"""Where things are: the repository's own files, and what runs leave under `.state/`."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

from sandbox import private_files


@dataclass(frozen=True)
class Layout:
    """Folders and files of one clone. Nothing outside `.state` is ever written."""

    root: Path

    @property
    def state(self) -> Path:
        """Everything that runs leave; ignored by git."""
        return self.root / ".state"

    @property
    def logs(self) -> Path:
        """One file a run."""
        return self.state / "logs"

    @property
    def stacks(self) -> Path:
        """The default file backend, for users who chose no other."""
        return self.state / "stacks"

    @property
    def rehearsal_stacks(self) -> Path:
        """The file backend of `--sandbox` runs, never shared with real ones."""
        return self.state / "sandbox-stacks"

    @property
    def sandbox(self) -> Path:
        """The embedded control plane's own state."""
        return self.state / "sandbox"

    def rehearsal(self, stack: str) -> Path:
        """The derived project of `--sandbox` runs of `stack`."""
        return self.state / "rehearsals" / stack

    def kubeconfig(self, stack: str) -> Path:
        """How the cluster that `stack` has made is reached, written anew whenever it is asked for."""
        return self.state / "kubeconfigs" / stack

    def backups(self, stack: str, *, sandbox: bool) -> Path:
        """Copies of the stack's state, newest last by name."""
        return self.state / ("sandbox-backups" if sandbox else "backups") / stack

    def stack_file(self, stack: str) -> Path:
        """The tracked settings of `stack`."""
        return self.root / f"Pulumi.{stack}.yaml"

    def stack_names(self) -> list[str]:
        """Every stack that has a stack file."""
        return sorted(
            path.name.removeprefix("Pulumi.").removesuffix(".yaml") for path in self.root.glob("Pulumi.*.yaml")
        )


def own_passphrase(folder: Path) -> Path:
    """The file with the generated passphrase of a file backend of our own; only its owner may read it."""
    path = folder / "passphrase"
    if not path.exists():
        write_private(path, secrets.token_urlsafe(32))
    return path


def write_private(path: Path, text: str) -> None:
    """Write `text`, whole or not at all, into a file that only its owner may read."""
    private_files.write_private(path, text.encode())
