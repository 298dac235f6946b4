"""Every stack that is deployed by the real engine, one after the other."""

from __future__ import annotations

import pytest

from tests.contract.support import STACKS, Deployed


@pytest.fixture(scope="session", params=sorted(STACKS))
def deployed(request: pytest.FixtureRequest) -> Deployed:
    """Each stack in turn, deployed once a session."""
    return Deployed(request.param, request.getfixturevalue(f"{request.param}_stack"))


@pytest.fixture(scope="session")
def resources(deployed: Deployed) -> list[dict[str, object]]:
    """What the engine recorded of it."""
    return deployed.resources
