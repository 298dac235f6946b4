"""The production stack has the figures of the guide's production environment: .env.production and what follows it."""

from __future__ import annotations

from pathlib import Path

import pytest

from components.backup.settings import ObjectStorageBackup
from components.cache.settings import SentinelCache
from components.certificates.settings import CertManagerCertificates
from components.database.settings import CloudNativePgDatabase
from components.exposure.gateway_settings import GatewayExposure, OwnGateway
from components.monitoring.settings import StandaloneMonitoring
from components.settings.workloads import Resources, Storage
from infra.settings.errors import SettingsError
from infra.settings.load import load_stack_file
from infra.settings.model import StackSettings
from tests.unit.settings.stacks import PRODUCTION, PRODUCTION_SECRETS, ROOT, production, written


@pytest.fixture
def stack(tmp_path: Path) -> StackSettings:
    return load_stack_file(written(tmp_path, production()))


def test_cluster(stack: StackSettings) -> None:
    assert stack.environment == "production"
    assert stack.cluster.namespace is None, "jarvis-production by its environment"
    assert stack.protect is True


def test_application(stack: StackSettings) -> None:
    app = stack.app
    assert (app.debug, app.log_level) == (False, "WARNING")
    assert app.image.of("backend").reference == "jarvis:1.9.0"
    assert (app.backend_url, app.frontend_url) == ("https://api.jarvis.com", "https://app.jarvis.com")
    assert app.cors_origins == ("https://app.jarvis.com", "https://admin.jarvis.com")
    assert app.jwt_expire_minutes == 60
    assert app.tls is not None
    assert app.tls.certificate_path == "/etc/ssl/certs/jarvis-prod.crt"
    assert app.tls.key_path == "/etc/ssl/private/jarvis-prod.key"
    assert app.ollama.instances == 2, "the guide's OLLAMA_CLUSTER_URLS"


def test_performance(stack: StackSettings) -> None:
    performance = stack.app.performance
    assert performance.max_workers == 8
    assert performance.worker_connections == 1000
    assert performance.keepalive_timeout_seconds == 65


def test_scale(stack: StackSettings) -> None:
    for service in (stack.app.backend, stack.app.frontend):
        assert service.autoscaling is not None
        assert service.autoscaling.min_replicas == 3, "one in each zone of the guide's HA"
        assert service.autoscaling.max_replicas >= 10
        assert service.autoscaling.cpu_utilization == 70
    assert stack.app.backend.resources == Resources.of(requests=("500m", "1Gi"), limits=("1000m", "2Gi"))
    assert stack.app.frontend.resources == Resources.of(requests=("250m", "512Mi"), limits=("500m", "1Gi"))


def test_database(stack: StackSettings) -> None:
    database = stack.database
    assert isinstance(database, CloudNativePgDatabase)
    assert database.instances == 3
    assert (database.database, database.username) == ("jarvis_production", "jarvis_prod")
    assert database.parameters.max_connections == 200
    assert database.parameters.shared_buffers == "256MB"
    assert database.parameters.effective_cache_size == "1GB"
    assert database.storage == Storage(size="100Gi", storage_class="fast-ssd")
    assert {"postgres-cluster.jarvis.local", "postgres-replica.jarvis.local"} <= set(database.dns_names)
    assert database.bootstrap.kind == "initdb"


def test_cache(stack: StackSettings) -> None:
    cache = stack.cache
    assert isinstance(cache, SentinelCache)
    assert (cache.replicas, cache.sentinel.replicas, cache.sentinel.quorum) == (3, 3, 2)
    assert {f"redis-{number}.jarvis.local" for number in (1, 2, 3)} <= set(cache.dns_names)
    assert (cache.max_memory, cache.max_memory_policy) == ("2gb", "allkeys-lru")
    assert [(point.seconds, point.changes) for point in cache.save_points] == [(900, 1), (300, 10), (60, 10000)]
    assert isinstance(stack.certificates, CertManagerCertificates)


def test_backup(stack: StackSettings) -> None:
    backup = stack.backup
    assert isinstance(backup, ObjectStorageBackup)
    assert backup.schedule == "0 */6 * * *", "the Disaster Recovery Plan: every 6 hours"
    assert backup.retention_days == 30
    assert backup.second is not None
    assert backup.second.endpoint_url != backup.location.endpoint_url, "the Disaster Recovery Plan: multi-region"


def test_exposure(stack: StackSettings) -> None:
    exposure = stack.exposure
    assert isinstance(exposure, GatewayExposure)
    assert isinstance(exposure.gateway, OwnGateway)
    assert exposure.hosts.all == ("app.jarvis.com", "api.jarvis.com", "admin.jarvis.com")
    assert exposure.load_balancer is not None, "the guide's jarvis-loadbalancer, 443 to 8000"
    assert stack.app.backend.port == 8000


def test_monitoring(stack: StackSettings) -> None:
    monitoring = stack.monitoring
    assert isinstance(monitoring, StandaloneMonitoring)
    prometheus = monitoring.prometheus
    assert (prometheus.retention_days, prometheus.replicas) == (30, 2)
    assert prometheus.resources == Resources.of(requests=("1000m", "2Gi"), limits=("2000m", "4Gi"))
    assert monitoring.alertmanager is not None
    assert monitoring.alertmanager.replicas == 3
    assert monitoring.alertmanager.webhook_url == "http://webhook-handler:5000/alerts"
    assert monitoring.logs is not None
    assert (monitoring.logs.loki.storage.size, monitoring.logs.loki.retention_hours) == ("20Gi", 744)
    assert monitoring.traces is not None
    assert monitoring.exporters is not None
    assert monitoring.cluster_name is None, "jarvis-production by its environment"


def test_every_volume_is_on_the_guides_class(stack: StackSettings) -> None:
    assert isinstance(stack.database, CloudNativePgDatabase)
    assert isinstance(stack.monitoring, StandaloneMonitoring)
    assert stack.monitoring.alertmanager is not None
    assert stack.monitoring.logs is not None
    for storage in (
        stack.database.storage,
        stack.cache.storage,
        stack.app.ollama.storage,
        stack.monitoring.prometheus.storage,
        stack.monitoring.alertmanager.storage,
        stack.monitoring.logs.loki.storage,
    ):
        assert storage.storage_class == "fast-ssd"


def test_the_file_as_it_is_lacks_its_secrets_and_nothing_else() -> None:
    """All of them in one run, each with the command that gives it."""
    with pytest.raises(SettingsError) as caught:
        load_stack_file(ROOT / "Pulumi.production.yaml")
    names = PRODUCTION_SECRETS.keys() - PRODUCTION["jarvis:secrets"].keys()
    assert names == PRODUCTION_SECRETS.keys() - {"kind"}
    problems = {problem.path: problem for problem in caught.value.problems}
    assert problems.keys() == {f"jarvis:secrets.{name}" for name in names}
    for path, problem in problems.items():
        assert problem.missing_secret
        assert problem.fix == f"pulumi config set --secret --path '{path}' --stack production"
