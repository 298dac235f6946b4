"""Whether a run is a rehearsal: only in one may a provider that plans pretend to create."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

KUBECONFIG: Final = "JARVIS_REHEARSAL_KUBECONFIG"
"""Environment variable of a rehearsal's engine: the kubeconfig of the sandbox, where every Kubernetes object goes,
whichever cluster the program's own kubeconfigs name. A planned cluster has no API server behind its endpoint."""
CONTEXT: Final = "JARVIS_REHEARSAL_CONTEXT"
"""Its context."""


def environment(kubeconfig: Path, context: str | None) -> dict[str, str]:
    """What makes a run a rehearsal in the sandbox that the kubeconfig reaches."""
    chosen = {KUBECONFIG: str(kubeconfig.resolve())}
    return chosen if context is None else {**chosen, CONTEXT: context}


def under_way() -> bool:
    """Whether this process serves a rehearsal."""
    return bool(os.environ.get(KUBECONFIG))
