"""The Pods of servers and of Sentinels, under the `restricted` profile."""

from __future__ import annotations

from math import ceil
from typing import Final

from pulumi_kubernetes.core.v1 import (
    ContainerArgs,
    ContainerPortArgs,
    ExecActionArgs,
    LifecycleArgs,
    LifecycleHandlerArgs,
    PodSpecArgs,
    VolumeArgs,
)

from components.cache.containers import (
    AUTH_KEY,
    PROBE_SECONDS,
    SERVER_PORT_NAME,
    command_probe,
    exporter,
    mounts,
    script_variables,
    volumes,
)
from components.cache.redis_conf import PORT, ping
from components.cache.sentinel_conf import (
    REDIS,
    SENTINEL,
    SENTINEL_PORT,
    handover_seconds,
    script_environment,
)
from components.cache.settings import SentinelCache
from components.cache.shell import READY, START_REDIS, START_SENTINEL, STOP_REDIS, run_script
from components.certificates.contract import ServerCertificate
from components.kubernetes.pods import requirements, restricted_container, restricted_pod

SENTINEL_AUTH_KEY: Final = "sentinel-auth.conf"
SENTINEL_PORT_NAME: Final = "sentinel"


def server_pod(settings: SentinelCache, certificate: ServerCertificate | None) -> PodSpecArgs:
    """A Redis server, which asks the Sentinels for its role; `data` comes from the StatefulSet."""
    tls = certificate is not None
    containers = [_server(settings, tls=tls), exporter(settings.exporter, PORT, tls=tls)]
    return _pod(settings, REDIS, containers, volumes(AUTH_KEY, certificate), settings.termination_grace_seconds)


def sentinel_pod(settings: SentinelCache, certificate: ServerCertificate | None) -> PodSpecArgs:
    """A Sentinel; `data` comes from the StatefulSet."""
    tls = certificate is not None
    containers = [_sentinel(settings, tls=tls), exporter(settings.exporter, SENTINEL_PORT, tls=tls)]
    return _pod(settings, SENTINEL, containers, volumes(SENTINEL_AUTH_KEY, certificate), 30)


def _pod(
    settings: SentinelCache, account: str, containers: list[ContainerArgs], found: list[VolumeArgs], grace: int
) -> PodSpecArgs:
    return PodSpecArgs(
        service_account_name=account,
        automount_service_account_token=False,
        enable_service_links=False,  # would set REDIS_PORT and the like
        security_context=restricted_pod(settings.user_id),
        termination_grace_period_seconds=grace,
        containers=containers,
        volumes=found,
    )


def _server(settings: SentinelCache, *, tls: bool) -> ContainerArgs:
    # Alive is who answers at all: a replica that reads the data of its primary answers that it is loading.
    alive = ping(strict=False, tls=tls)
    start_seconds = settings.startup_seconds + handover_seconds(settings)
    return ContainerArgs(
        name=REDIS,
        image=settings.image,
        image_pull_policy="IfNotPresent",
        command=run_script(START_REDIS),
        env=script_variables(script_environment(settings, REDIS), tls=tls),
        ports=[ContainerPortArgs(name=SERVER_PORT_NAME, container_port=PORT, protocol="TCP")],
        lifecycle=LifecycleArgs(pre_stop=LifecycleHandlerArgs(exec_=ExecActionArgs(command=run_script(STOP_REDIS)))),
        startup_probe=command_probe(alive, ceil(start_seconds / PROBE_SECONDS)),
        readiness_probe=command_probe(run_script(READY), 2),
        liveness_probe=command_probe(alive, 12),
        resources=requirements(settings.resources),
        security_context=restricted_container(),
        volume_mounts=mounts(tls=tls),
    )


def _sentinel(settings: SentinelCache, *, tls: bool) -> ContainerArgs:
    # Ready without any server: those wait for the Sentinels.
    probe = ping(SENTINEL_PORT, tls=tls)
    return ContainerArgs(
        name="sentinel",
        image=settings.image,
        image_pull_policy="IfNotPresent",
        command=run_script(START_SENTINEL),
        env=script_variables(script_environment(settings, SENTINEL), tls=tls),
        ports=[ContainerPortArgs(name=SENTINEL_PORT_NAME, container_port=SENTINEL_PORT, protocol="TCP")],
        startup_probe=command_probe(probe, 12),
        readiness_probe=command_probe(probe, 2),
        liveness_probe=command_probe(probe, 12),
        resources=requirements(settings.sentinel.resources),
        security_context=restricted_container(),
        volume_mounts=mounts(tls=tls),
    )
