"""The staging stack has the figures of the guide's staging environment: .env.staging and values-staging.yaml."""

from __future__ import annotations

from pathlib import Path

import pytest

from components.backup.settings import VolumeBackup
from components.cache.settings import ContainerCache
from components.certificates.settings import CertManagerCertificates
from components.database.settings import ContainerDatabase
from components.exposure.ingress_settings import IngressExposure
from components.jarvis.services import ServiceSettings
from components.monitoring.settings import StandaloneMonitoring
from components.settings.workloads import Resources, Storage
from infra.settings.load import load_stack_file
from infra.settings.model import StackSettings
from tests.unit.settings.stacks import ROOT, STAGING, changed, staging, written


@pytest.fixture(scope="module")
def stack() -> StackSettings:
    return load_stack_file(ROOT / "Pulumi.staging.yaml")


def test_cluster(stack: StackSettings) -> None:
    assert stack.environment == "staging"
    assert stack.cluster.kubeconfig == "/etc/rancher/k3s/k3s.yaml"
    assert stack.cluster.namespace is None, "jarvis-staging by its environment"
    assert stack.protect is False


def test_images(stack: StackSettings) -> None:
    image = stack.app.image.of("backend")
    assert (image.reference, image.pull_policy) == ("jarvis:staging", "Always")
    assert stack.app.image.of("frontend").reference == "jarvis-frontend:staging"


def test_application(stack: StackSettings) -> None:
    app = stack.app
    assert (app.debug, app.log_level) == (False, "INFO")
    assert app.backend_url == "https://api-staging.jarvis.local"
    assert app.frontend_url == "https://app-staging.jarvis.local"
    assert app.cors_origins == ("https://app-staging.jarvis.local",)
    assert app.jwt_expire_minutes == 480
    assert app.tls is not None
    assert app.tls.certificate_path == "/etc/ssl/certs/jarvis-staging.crt"
    assert app.tls.key_path == "/etc/ssl/private/jarvis-staging.key"
    assert app.tls.dns_names == ("api-staging.jarvis.local",)
    assert app.performance.max_workers is None, "the guide gives it for production only"


def _scale(service: ServiceSettings) -> tuple[int, int, int]:
    scaling = service.autoscaling
    assert scaling is not None
    return scaling.min_replicas, scaling.max_replicas, scaling.cpu_utilization


def test_scale(stack: StackSettings) -> None:
    assert _scale(stack.app.backend) == _scale(stack.app.frontend) == (2, 10, 70)
    assert stack.app.backend.least_replicas == stack.app.frontend.least_replicas == 2


def test_resources(stack: StackSettings) -> None:
    assert stack.app.backend.resources == Resources.of(requests=("500m", "1Gi"), limits=("1000m", "2Gi"))
    assert stack.app.frontend.resources == Resources.of(requests=("250m", "512Mi"), limits=("500m", "1Gi"))


def test_data(stack: StackSettings) -> None:
    database = stack.database
    assert isinstance(database, ContainerDatabase)
    assert (database.database, database.username) == ("jarvis_staging", "jarvis_staging")
    assert database.storage == Storage(size="20Gi", storage_class="fast-ssd")
    assert database.dns_names == ("postgres-staging.jarvis.local",)
    assert isinstance(stack.cache, ContainerCache), "the guide's redis.cluster.enabled is false"
    assert stack.cache.dns_names == ("redis-staging.jarvis.local",)
    assert isinstance(stack.certificates, CertManagerCertificates)


def test_backup(stack: StackSettings) -> None:
    assert isinstance(stack.backup, VolumeBackup)
    assert (stack.backup.schedule, stack.backup.retention_days) == ("0 2 * * *", 30)


def test_exposure(stack: StackSettings) -> None:
    exposure = stack.exposure
    assert isinstance(exposure, IngressExposure)
    assert exposure.controller == "traefik", "K3s's own: the guide's nginx was retired"
    assert (exposure.hosts.frontend, exposure.hosts.backend) == ("app-staging.jarvis.local", "api-staging.jarvis.local")
    assert exposure.tls.secret_name == "jarvis-staging-tls"


def test_the_guides_ingress_class_is_possible(tmp_path: Path) -> None:
    changes = {"exposure.controller": "nginx", "platform.traefik": {"kind": "none"}}
    exposure = load_stack_file(written(tmp_path, changed(staging(), changes))).exposure
    assert isinstance(exposure, IngressExposure)
    assert exposure.ingress_class == "nginx"


def test_monitoring(stack: StackSettings) -> None:
    monitoring = stack.monitoring
    assert isinstance(monitoring, StandaloneMonitoring)
    assert monitoring.prometheus.retention_days == 30
    assert monitoring.prometheus.resources == Resources.of(requests=("1000m", "2Gi"), limits=("2000m", "4Gi"))
    assert monitoring.alertmanager is not None
    assert monitoring.alertmanager.webhook_url == "http://webhook-handler:5000/alerts"
    assert monitoring.logs is not None
    assert (monitoring.logs.loki.storage.size, monitoring.logs.loki.retention_hours) == ("20Gi", 744)
    assert monitoring.traces is not None
    assert monitoring.exporters is not None


def test_no_secret_is_in_the_file(stack: StackSettings) -> None:
    assert stack.secrets.kind == "generated"
    assert "jarvis:secrets" not in STAGING
