"""The composition: what a stack is made of. An environment is one stack file over this one program."""

from __future__ import annotations

from dataclasses import replace

import pulumi

from components.backup.kinds import backup_cron_jobs, create_backup
from components.cache.kinds import create_cache
from components.certificates.kinds import create_certificates
from components.cloud.kinds import create_cloud, show_cloud
from components.cluster.kinds import create_cluster, create_node_pools
from components.database.kinds import create_database
from components.exposure.kinds import create_exposure, exposed_services
from components.jarvis.app import Jarvis
from components.monitoring.kinds import create_monitoring, telemetry_target
from components.network.policies import NetworkPolicies
from components.platform.kinds import create_platform
from components.platform.mirror import install_mirror
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


def deploy(settings: StackSettings) -> None:
    """Compose the components of one stack and export what its users need."""
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
    certificates = create_certificates(settings.certificates, cluster=cluster)
    database = create_database(
        settings.database,
        cluster=cluster,
        password=credentials.postgres_password,
        certificates=certificates,
        backup=backup,
        cloud=cloud,
        protect=protect,
    )
    cache = create_cache(
        settings.cache,
        cluster=cluster,
        password=credentials.redis_password,
        certificates=certificates,
        cloud=cloud,
        protect=protect,
    )
    jarvis = Jarvis(
        "jarvis",
        settings.app,
        cluster=cluster,
        database=database,
        cache=cache,
        credentials=credentials,
        certificates=certificates,
        telemetry=telemetry_target(settings.monitoring, settings.environment),
        backup=backup.plan if backup else None,
        protect=protect,
    )
    monitoring = create_monitoring(
        settings.monitoring,
        cluster=cluster,
        jarvis=jarvis.endpoints,
        database=database,
        cache=cache,
        credentials=credentials,
        protect=protect,
    )
    # An entrance is ready once something answers behind it.
    exposed = create_exposure(
        settings.exposure,
        cluster=replace(cluster, prerequisites=(*cluster.prerequisites, jarvis)),
        jarvis=jarvis.endpoints,
        grafana=monitoring.grafana,
        cloud=cloud,
        protect=protect,
    )
    flows = (database.flows, cache.flows, jarvis.endpoints.flows, monitoring.flows, exposed.flows)
    NetworkPolicies("network", [flow for part in flows for flow in part], cluster=cluster)
    show_cloud(cloud)
    pulumi.export("namespace", cluster.namespace)
    pulumi.export("environment", settings.environment)
    pulumi.export("endpoints", exposed.urls)
    if exposed.name_servers is not None:
        pulumi.export("nameServers", exposed.name_servers)
