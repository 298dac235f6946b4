"""The composition: what a stack is made of. An environment is one stack file over this one program."""

from __future__ import annotations

import pulumi

from components.cache.kinds import create_cache
from components.cluster.kinds import create_cluster
from components.database.kinds import create_database
from components.exposure.kinds import create_exposure
from components.jarvis.app import Jarvis
from components.monitoring.kinds import create_monitoring
from components.network.policies import NetworkPolicies
from components.secrets.kinds import create_credentials
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
    credentials = create_credentials(settings.secrets)
    cluster = create_cluster(settings.cluster, environment=settings.environment, protect=protect)
    database = create_database(
        settings.database, cluster=cluster, password=credentials.postgres_password, protect=protect
    )
    cache = create_cache(settings.cache, cluster=cluster, password=credentials.redis_password, protect=protect)
    jarvis = Jarvis(
        "jarvis",
        settings.app,
        cluster=cluster,
        database=database,
        cache=cache,
        credentials=credentials,
        protect=protect,
    ).endpoints
    monitoring = create_monitoring(
        settings.monitoring,
        cluster=cluster,
        jarvis=jarvis,
        database=database,
        cache=cache,
        credentials=credentials,
        protect=protect,
    )
    exposed = create_exposure(settings.exposure, cluster=cluster, jarvis=jarvis, grafana=monitoring.grafana)
    NetworkPolicies("network", [*jarvis.flows, *monitoring.flows, *exposed.flows], cluster=cluster)
    pulumi.export("namespace", cluster.namespace)
    pulumi.export("environment", settings.environment)
    pulumi.export("endpoints", exposed.urls)
