"""One stack's settings, whole: the only thing that differs between environments."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import model_validator

from components.backup.settings import BackupSettings, NoBackup
from components.cache.settings import CacheSettings, ContainerCache
from components.certificates.settings import CertificatesSettings, NoCertificates
from components.cloud.settings import CloudSettings, NoCloud
from components.cluster.settings import ClusterSettings, ExistingCluster
from components.database.settings import ContainerDatabase, DatabaseSettings
from components.exposure.settings import ExposureSettings, PortForwardExposure
from components.gitops.settings import GitopsSettings
from components.jarvis.settings import AppSettings
from components.monitoring.settings import MonitoringSettings, StandaloneMonitoring
from components.platform.settings import PlatformSettings
from components.secrets.settings import GeneratedSecrets, SecretsSettings
from components.security.settings import SecuritySettings
from components.settings.section import Section
from infra.settings.rule import rules_error
from infra.settings.rules import broken_rules

Environment = Literal["development", "staging", "production"]


class StackSettings(Section):
    """The keys `jarvis:...` of a stack file."""

    environment: Environment
    """The guide's ENVIRONMENT: what the application and every label are told."""
    protect: bool = False
    """Whether resources that hold data are protected from deletion."""
    cloud: CloudSettings = NoCloud()
    """The cloud whose network and services the stack's managed kinds stand on."""
    cluster: ClusterSettings = ExistingCluster()
    """The Kubernetes cluster and the stack's namespace in it."""
    platform: PlatformSettings = PlatformSettings()
    """Which controllers the cluster has or gets, and where images and charts come from."""
    security: SecuritySettings = SecuritySettings()
    """Who may do what in the namespace, and what no object in it may be."""
    secrets: SecretsSettings = GeneratedSecrets()
    """Where passwords and keys come from."""
    certificates: CertificatesSettings = NoCertificates()
    """Where the certificates of the stack's own servers come from."""
    backup: BackupSettings = NoBackup()
    """Where PostgreSQL is backed up to."""
    database: DatabaseSettings = ContainerDatabase()
    """PostgreSQL."""
    cache: CacheSettings = ContainerCache()
    """Redis."""
    app: AppSettings
    """The Jarvis application."""
    exposure: ExposureSettings = PortForwardExposure()
    """How people reach the stack."""
    gitops: GitopsSettings | None = None
    """The repository from which Argo CD syncs what `automation render` wrote."""
    monitoring: MonitoringSettings = StandaloneMonitoring()
    """How the stack is observed."""

    @classmethod
    def without_the_rest(cls, **sections: object) -> Self:
        """These sections, valid already, and no others, not even as defaults: for rules that need no others."""
        part = cls.model_construct(None, **sections)
        for name in cls.model_fields.keys() - sections.keys():
            vars(part).pop(name, None)
        return part

    @model_validator(mode="after")
    def _keeps_the_rules(self) -> Self:
        broken = broken_rules(self, frozenset(type(self).model_fields))
        if broken:
            raise rules_error(broken)
        return self
