"""The Pod of the only Redis server: the server and its exporter, under the `restricted` profile."""

from __future__ import annotations

from math import ceil
from typing import Final

from pulumi_kubernetes.core.v1 import (
    ContainerArgs,
    ContainerPortArgs,
    EnvVarArgs,
    PersistentVolumeClaimVolumeSourceArgs,
    PodSpecArgs,
    VolumeArgs,
)

from components.cache.containers import (
    AUTH_KEY,
    CONFIG_KEY,
    NAME,
    PROBE_SECONDS,
    SERVER_PORT_NAME,
    command_probe,
    exporter,
    mounts,
    password,
    volumes,
)
from components.cache.redis_conf import CA_FILE, PORT, ping
from components.cache.settings import ContainerCache
from components.cache.shell import CONFIG_DIRECTORY, START, run_script
from components.certificates.contract import ServerCertificate
from components.kubernetes.pods import requirements, restricted_container, restricted_pod

CLAIM: Final = "data-redis-0"


def redis_pod(settings: ContainerCache, certificate: ServerCertificate | None) -> PodSpecArgs:
    """The Pod's specification; with a certificate it speaks TLS only."""
    tls = certificate is not None
    return PodSpecArgs(
        service_account_name=NAME,
        automount_service_account_token=False,
        enable_service_links=False,  # would set REDIS_PORT and the like
        security_context=restricted_pod(settings.user_id),
        termination_grace_period_seconds=settings.termination_grace_seconds,
        containers=[_server(settings, tls=tls), exporter(settings.exporter, PORT, tls=tls)],
        volumes=[
            VolumeArgs(name="data", persistent_volume_claim=PersistentVolumeClaimVolumeSourceArgs(claim_name=CLAIM)),
            *volumes(AUTH_KEY, certificate),
        ],
    )


def _server(settings: ContainerCache, *, tls: bool) -> ContainerArgs:
    """The server; on SIGTERM it writes its data to disk and leaves."""
    probe = ping(tls=tls)
    return ContainerArgs(
        name=NAME,
        image=settings.image,
        image_pull_policy="IfNotPresent",
        # The program itself: the image's entry point only serves to leave root, which this Pod never is.
        command=run_script(START) if tls else ["redis-server", f"{CONFIG_DIRECTORY}/{CONFIG_KEY}"],
        env=[password("REDISCLI_AUTH"), *([EnvVarArgs(name="CA_FILE", value=CA_FILE)] if tls else [])],
        ports=[ContainerPortArgs(name=SERVER_PORT_NAME, container_port=PORT, protocol="TCP")],
        startup_probe=command_probe(probe, ceil(settings.startup_seconds / PROBE_SECONDS)),
        readiness_probe=command_probe(probe, 3),
        liveness_probe=command_probe(probe, 12),
        resources=requirements(settings.resources),
        security_context=restricted_container(),
        volume_mounts=mounts(tls=tls),
    )
