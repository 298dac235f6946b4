"""A rehearsal: a run of a stack in the sandbox, which the offline providers recognize by their environment.

Only in one may a provider that plans pretend to create; and all Kubernetes objects go into the sandbox's cluster,
whichever one the program's own kubeconfigs name, because a planned cluster has no API server behind its endpoint.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

KUBECONFIG: Final = "JARVIS_REHEARSAL_KUBECONFIG"
"""Environment variable: the kubeconfig of the sandbox."""
CONTEXT: Final = "JARVIS_REHEARSAL_CONTEXT"
"""Environment variable: its context."""


@dataclass(frozen=True)
class RehearsalCluster:
    """The cluster of a rehearsal."""

    kubeconfig: str
    """Its kubeconfig's path."""
    context: str | None = None


def environment(kubeconfig: Path, context: str | None) -> dict[str, str]:
    """What makes a run a rehearsal in the cluster that the kubeconfig reaches."""
    chosen = {KUBECONFIG: str(kubeconfig.resolve())}
    return chosen if context is None else {**chosen, CONTEXT: context}


def cluster() -> RehearsalCluster | None:
    """The cluster of the rehearsal that this process serves; None where it serves none."""
    kubeconfig = os.environ.get(KUBECONFIG)
    return RehearsalCluster(kubeconfig, os.environ.get(CONTEXT) or None) if kubeconfig else None
