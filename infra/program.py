"""The composition: what a stack is made of. An environment is one stack file over this one program."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pulumi

from components.backup.contract import BackupTarget
from components.backup.kinds import backup_cron_jobs, create_backup
from components.cache.contract import CacheConnection
from components.cache.kinds import create_cache
from components.certificates.contract import CertificateAuthority
from components.certificates.kinds import create_certificates
from components.cloud.contract import Cloud
from components.cloud.kinds import create_cloud, show_cloud
from components.cluster.contract import ClusterAccess
from components.cluster.kinds import create_cluster, create_node_pools
from components.database.contract import DatabaseConnection
from components.database.kinds import create_database
from components.exposure.kinds import create_exposure, exposed_services
from components.jarvis.app import Jarvis
from components.monitoring.kinds import create_monitoring, telemetry_target
from components.network.policies import NetworkPolicies
from components.platform.kinds import create_platform
from components.platform.mirror import install_mirror
from components.secrets.contract import Credentials
from components.secrets.kinds import create_credentials
from components.security.security import Security
from infra.settings.errors import SettingsError
from infra.settings.load import load_running_settings
from infra.settings.model import StackSettings


def program() -> None:
    """Deploy the selected stack.

    Raises pulumi.RunError, one sentence per problem, where its stack file is wrong: before anything is registered.
    """
    try:
        settings = load_running_settings()
    except SettingsError as error:
        raise pulumi.RunError(str(error)) from None
    deploy(settings)


@dataclass(frozen=True)
class Foundation:
    """What everything else of a stack stands on."""

    credentials: Credentials
    cloud: Cloud | None
    cluster: ClusterAccess
    backup: BackupTarget | None
    certificates: CertificateAuthority | None


def deploy(settings: StackSettings) -> None:
    """Compose the components of one stack and export what its users need."""
    base = _foundation(settings)
    database, cache = _stores(settings, base)
    jarvis = _jarvis(settings, base, database, cache)
    monitoring = create_monitoring(
        settings.monitoring,
        cluster=base.cluster,
        jarvis=jarvis.endpoints,
        database=database,
        cache=cache,
        credentials=base.credentials,
        protect=settings.protect,
    )
    exposed = create_exposure(
        settings.exposure,
        # An entrance is ready once something answers behind it.
        cluster=replace(base.cluster, prerequisites=(*base.cluster.prerequisites, jarvis)),
        jarvis=jarvis.endpoints,
        grafana=monitoring.grafana,
        cloud=base.cloud,
        protect=settings.protect,
    )
    flows = (database.flows, cache.flows, jarvis.endpoints.flows, monitoring.flows, exposed.flows)
    NetworkPolicies("network", [flow for part in flows for flow in part], cluster=base.cluster)
    show_cloud(base.cloud)
    pulumi.export("namespace", base.cluster.namespace)
    pulumi.export("environment", settings.environment)
    pulumi.export("endpoints", exposed.urls)
    if exposed.name_servers is not None:
        pulumi.export("nameServers", exposed.name_servers)


def _foundation(settings: StackSettings) -> Foundation:
    """The cluster with what it needs to run workloads, and who may do what in it."""
    protect = settings.protect
    install_mirror(settings.platform.mirror)
    credentials = create_credentials(settings.secrets)
    cloud = create_cloud(settings.cloud, environment=settings.environment, protect=protect)
    cluster = create_cluster(settings.cluster, cloud=cloud, environment=settings.environment, protect=protect)
    platform = create_platform(settings.platform, cluster=cluster)
    cluster = create_node_pools(settings.cluster, cluster=replace(cluster, prerequisites=platform.resources))
    cluster = Security(
        "security",
        settings.security,
        cluster=cluster,
        mirror=settings.platform.mirror.registry if settings.platform.mirror else None,
        exposed_services=exposed_services(settings.exposure),
        cron_jobs=backup_cron_jobs(settings.backup),
    ).cluster
    backup = create_backup(settings.backup, credentials=credentials, cloud=cloud, protect=protect)
    return Foundation(credentials, cloud, cluster, backup, create_certificates(settings.certificates, cluster=cluster))


def _stores(settings: StackSettings, base: Foundation) -> tuple[DatabaseConnection, CacheConnection]:
    database = create_database(
        settings.database,
        cluster=base.cluster,
        password=base.credentials.postgres_password,
        certificates=base.certificates,
        backup=base.backup,
        cloud=base.cloud,
        protect=settings.protect,
    )
    cache = create_cache(
        settings.cache,
        cluster=base.cluster,
        password=base.credentials.redis_password,
        certificates=base.certificates,
        cloud=base.cloud,
        protect=settings.protect,
    )
    return database, cache


def _jarvis(settings: StackSettings, base: Foundation, database: DatabaseConnection, cache: CacheConnection) -> Jarvis:
    return Jarvis(
        "jarvis",
        settings.app,
        cluster=base.cluster,
        database=database,
        cache=cache,
        credentials=base.credentials,
        certificates=base.certificates,
        telemetry=telemetry_target(settings.monitoring, settings.environment),
        backup=base.backup.plan if base.backup else None,
        protect=settings.protect,
    )
