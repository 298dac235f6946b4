"""`render`: the stack's manifests for Argo CD."""

from __future__ import annotations

from automation.errors import AutomationError
from automation.session import Session


def run(session: Session) -> None:
    """Write the manifests of `session.options.stack` into `session.options.out`."""
    raise AutomationError(f"Nothing is rendered into {session.options.out} yet.")
