"""One stack's settings, whole: the only thing that differs between environments."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import model_validator

from components.cache.settings import CacheSettings, ContainerCache
from components.cluster.settings import ClusterSettings, ExistingCluster
from components.database.settings import ContainerDatabase, DatabaseSettings
from components.exposure.settings import ExposureSettings, PortForwardExposure
from components.jarvis.settings import AppSettings
from components.monitoring.settings import MonitoringSettings, StandaloneMonitoring
from components.secrets.settings import GeneratedSecrets, SecretsSettings
from components.settings.section import Section
from infra.settings.rules import broken_rules, rules_error

Environment = Literal["development", "staging", "production"]


class StackSettings(Section):
    """The keys `jarvis:...` of a stack file."""

    environment: Environment
    """The guide's ENVIRONMENT: what the application and every label are told."""
    protect: bool = False
    """Whether resources that hold data are protected from deletion."""
    cluster: ClusterSettings = ExistingCluster()
    """The Kubernetes cluster and the stack's namespace in it."""
    secrets: SecretsSettings = GeneratedSecrets()
    """Where passwords and keys come from."""
    database: DatabaseSettings = ContainerDatabase()
    """PostgreSQL."""
    cache: CacheSettings = ContainerCache()
    """Redis."""
    app: AppSettings
    """The Jarvis application."""
    exposure: ExposureSettings = PortForwardExposure()
    """How people reach the stack."""
    monitoring: MonitoringSettings = StandaloneMonitoring()
    """Prometheus and Grafana."""

    @model_validator(mode="after")
    def _keeps_the_rules(self) -> Self:
        broken = broken_rules(self, frozenset(type(self).model_fields))
        if broken:
            raise rules_error(broken)
        return self
