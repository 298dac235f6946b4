"""What a stack asks of its namespace, counted: Pods that autoscaling may add, and nothing that runs elsewhere."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from infra.settings.capacity import containers, total, total_storage
from infra.settings.load import load_stack_file
from infra.settings.model import StackSettings
from tests.unit.settings.stacks import ABSENT, DEV, Config, changed, production, staging, written

GIB = 2**30


@pytest.fixture
def load(tmp_path: Path) -> Any:
    def loaded(config: Config, changes: dict[str, Any] | None = None) -> StackSettings:
        return load_stack_file(written(tmp_path, changed(config, {"cluster.quota": None, **(changes or {})})))

    return loaded


def _copies(stack: StackSettings) -> dict[str, int]:
    return {".".join(map(str, path[:-1])): copies for path, _, copies in containers(stack) if path[-1] == "resources"}


def test_dev(load: Any) -> None:
    copies = _copies(load(DEV))
    assert copies.pop("app.migration") == copies.pop("app.admin") == 0, "Jobs end"
    assert set(copies.values()) == {1}
    assert copies.keys() >= {"app.backend", "app.ollama", "database", "database.exporter", "cache", "cache.exporter"}


def test_staging(load: Any) -> None:
    stack = load(staging())
    copies = _copies(stack)
    assert (copies["app.backend"], copies["app.frontend"], copies["app.stt"]) == (10, 10, 1), "autoscaling's most"
    assert copies["backup"] == 0, "a Job's"
    volumes = {"database": 20, "backup": 40, "cache": 5, "ollama": 20, "prometheus": 50, "alertmanager": 1,
               "loki": 20, "tempo": 10}  # fmt: skip
    assert total_storage(stack) == sum(volumes.values()) * GIB


def test_production(load: Any) -> None:
    stack = load(production())
    copies = _copies(stack)
    assert copies["database"] == 4, "three, and the one that archives into the second place"
    assert copies["database.pooler"] == 2
    assert (copies["cache"], copies["cache.exporter"], copies["cache.sentinel"]) == (3, 3, 3)
    assert (copies["monitoring.prometheus"], copies["monitoring.alertmanager"]) == (2, 3)
    assert (copies["monitoring.logs.alloy"], copies["monitoring.logs.loki"]) == (2, 1)
    assert (copies["app.ollama"], copies["app.interface"]) == (2, 6)
    assert {path: number for path, _, number in containers(stack)}[("database", "sidecarResources")] == 4
    volumes = {"database": 4 * 100, "cache": 3 * 5, "sentinel": 3 * 1, "ollama": 2 * 50, "prometheus": 2 * 50,
               "alertmanager": 3 * 1, "loki": 20, "tempo": 10}  # fmt: skip
    assert total_storage(stack) == sum(volumes.values()) * GIB


def test_a_second_place_costs_one_instance_with_its_volumes(load: Any) -> None:
    logs = {"database.walStorage": {"size": "10Gi"}, "environment": "staging"}
    two, one = load(production(), logs), load(production(), {**logs, "backup.second": ABSENT})
    assert total_storage(two) - total_storage(one) == 110 * GIB
    assert total(two, "requests", "cpu") - total(one, "requests", "cpu") == Decimal("1.05"), "server and archiver"


def test_archivers_are_there_where_something_is_archived(load: Any) -> None:
    stack = load(production(), {"environment": "staging", "backup": {"kind": "none"}})
    assert ("database", "sidecarResources") not in {path for path, _, _ in containers(stack)}


def test_exporters_that_are_off_or_elsewhere(load: Any) -> None:
    def exporters(changes: dict[str, Any]) -> set[str]:
        copies = _copies(load(staging(), {"monitoring.exporters": changes}))
        return {name for name in copies if name.startswith("monitoring.exporters")}

    assert exporters({}) == {"monitoring.exporters.kubeStateMetrics"}
    assert exporters({"kubeStateMetrics": {"enabled": False}}) == set()
    assert exporters({"nodeExporter": {"enabled": True}}) == {"monitoring.exporters.kubeStateMetrics"}


def test_proxies_and_controllers_have_namespaces_of_their_own(load: Any) -> None:
    many = {"exposure.gateway.proxies": {"replicas": 50}, "platform.certManager": {"kind": "helm", "replicas": 5}}
    plain, more = load(production()), load(production(), many)
    assert total(plain, "limits", "memory") == total(more, "limits", "memory")


@pytest.mark.parametrize("stack", [DEV, staging(), production()], ids=["dev", "staging", "production"])
def test_the_quota_leaves_room_for_a_rollout(stack: Config, tmp_path: Path) -> None:
    """Of the largest service's Pods, one more than there may be; Jobs of a release run at the same time."""
    settings = load_stack_file(written(tmp_path, stack))
    quota = settings.cluster.quota
    assert quota is not None
    spare = {"requests": Decimal(2), "limits": Decimal(4)}
    for side, given in (("requests", quota.requests.cpu), ("limits", quota.limits.cpu)):
        assert Decimal(given) - total(settings, side, "cpu") >= spare[side]  # type: ignore[arg-type]
