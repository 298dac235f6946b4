"""The dev stack has the figures of the guide's development environment (sections Variables and Développement)."""

from __future__ import annotations

from components.exposure.settings import PortForwardExposure
from components.secrets.settings import GeneratedSecrets
from infra.settings.load import load_stack_file
from tests.unit.settings.stacks import ROOT


def test_figures() -> None:
    dev = load_stack_file(ROOT / "Pulumi.dev.yaml")
    assert dev.environment == "development"
    assert (dev.app.debug, dev.app.log_level) == (True, "DEBUG")
    assert dev.app.cors_origins == ("http://localhost:3000", "http://localhost:3001")
    assert dev.app.jwt_expire_minutes == 1440
    features = dev.app.features
    assert (features.brain_memory, features.mcp_search, features.websocket) == (True, True, True)
    assert (dev.database.database, dev.database.username) == ("jarvis_dev", "jarvis")
    assert (dev.app.backend.port, dev.app.frontend.port) == (8000, 3000)
    assert dev.app.backend.hot_reload is not None
    assert dev.app.frontend.hot_reload is not None


def test_defaults_that_dev_relies_on() -> None:
    dev = load_stack_file(ROOT / "Pulumi.dev.yaml")
    assert isinstance(dev.secrets, GeneratedSecrets), "no password of the guide's is in the repository"
    assert isinstance(dev.exposure, PortForwardExposure)
    ports = dev.exposure.local_ports
    assert (ports.frontend, ports.backend, ports.grafana) == (3000, 8000, 3001)
    assert dev.protect is False
