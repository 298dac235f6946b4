"""A stack's whole resource graph, recorded: a difference shows a pull request's effect."""

from __future__ import annotations

import os
from pathlib import Path

from tests.support.graph import snapshot
from tests.support.jarvis_project import Deployed

SNAPSHOTS = Path(__file__).parents[1] / "snapshots"


def test_the_graph_is_the_recorded_one(deployed: Deployed) -> None:
    """`UPDATE_SNAPSHOTS=1` records it anew."""
    recorded, text = SNAPSHOTS / f"{deployed.stack}.txt", snapshot(deployed.resources)
    if os.environ.get("UPDATE_SNAPSHOTS"):
        recorded.write_text(text)
    assert text.splitlines() == recorded.read_text().splitlines()
