"""The Redis Pod: the server and its exporter, under the `restricted` profile."""

from __future__ import annotations

from math import ceil
from typing import Final

from pulumi_kubernetes.core.v1 import (
    ConfigMapVolumeSourceArgs,
    ContainerArgs,
    ContainerPortArgs,
    EmptyDirVolumeSourceArgs,
    EnvVarArgs,
    EnvVarSourceArgs,
    ExecActionArgs,
    KeyToPathArgs,
    PersistentVolumeClaimVolumeSourceArgs,
    PodSpecArgs,
    ProbeArgs,
    ResourceRequirementsArgs,
    SecretKeySelectorArgs,
    SecretVolumeSourceArgs,
    VolumeArgs,
    VolumeMountArgs,
)

from components.cache.redis_conf import AUTH_FILE, DATA_DIRECTORY, PING, PORT
from components.cache.settings import ContainerCache, RedisExporter
from components.kubernetes.pods import http_probe, restricted_container, restricted_pod
from components.settings.workloads import Resources

NAME: Final = "redis"
"""Name of the StatefulSet, the Service and the ServiceAccount, and `app` label of the Pod."""
CONFIG_MAP: Final = "redis-config"
"""The guide's name."""
CONFIG_KEY: Final = "redis.conf"
SECRET: Final = "redis-credentials"  # noqa: S105 - the object's name, not its content
AUTH_KEY: Final = "auth.conf"
PASSWORD_KEY: Final = "password"  # noqa: S105 - the key, not its value
CLAIM: Final = "data-redis-0"
SERVER_PORT_NAME: Final = "redis"
EXPORTER_PORT: Final = 9121
_METRICS_PORT_NAME: Final = "metrics"
_CONFIG_DIRECTORY: Final = "/etc/redis"
_PROBE_SECONDS: Final = 5


def redis_pod(settings: ContainerCache) -> PodSpecArgs:
    """The Pod's specification."""
    return PodSpecArgs(
        service_account_name=NAME,
        automount_service_account_token=False,
        enable_service_links=False,  # would set REDIS_PORT and the like
        security_context=restricted_pod(settings.user_id),
        termination_grace_period_seconds=settings.termination_grace_seconds,
        containers=[_server(settings), _exporter(settings.exporter)],
        volumes=[
            VolumeArgs(name="data", persistent_volume_claim=PersistentVolumeClaimVolumeSourceArgs(claim_name=CLAIM)),
            VolumeArgs(name="config", config_map=ConfigMapVolumeSourceArgs(name=CONFIG_MAP)),
            VolumeArgs(
                name="auth",
                secret=SecretVolumeSourceArgs(
                    secret_name=SECRET, default_mode=0o440, items=[KeyToPathArgs(key=AUTH_KEY, path=AUTH_KEY)]
                ),
            ),
            VolumeArgs(name="tmp", empty_dir=EmptyDirVolumeSourceArgs(size_limit="16Mi")),
        ],
    )


def _server(settings: ContainerCache) -> ContainerArgs:
    """The server; on SIGTERM it writes its data to disk and leaves."""
    return ContainerArgs(
        name=NAME,
        image=settings.image,
        image_pull_policy="IfNotPresent",
        # The program itself: the image's entry point only serves to leave root, which this Pod never is.
        command=["redis-server", f"{_CONFIG_DIRECTORY}/{CONFIG_KEY}"],
        env=[_password("REDISCLI_AUTH")],
        ports=[ContainerPortArgs(name=SERVER_PORT_NAME, container_port=PORT, protocol="TCP")],
        startup_probe=_ping(ceil(settings.startup_seconds / _PROBE_SECONDS)),
        readiness_probe=_ping(3),
        liveness_probe=_ping(12),
        resources=_requirements(settings.resources),
        security_context=restricted_container(),
        volume_mounts=[
            VolumeMountArgs(name="data", mount_path=DATA_DIRECTORY),
            VolumeMountArgs(name="config", mount_path=_CONFIG_DIRECTORY, read_only=True),
            VolumeMountArgs(name="auth", mount_path=AUTH_FILE.rpartition("/")[0], read_only=True),
            VolumeMountArgs(name="tmp", mount_path="/tmp"),  # noqa: S108 - a mount point, not a file
        ],
    )


def _ping(failures: int) -> ProbeArgs:
    return ProbeArgs(
        exec_=ExecActionArgs(command=list(PING)),
        period_seconds=_PROBE_SECONDS,
        timeout_seconds=5,
        failure_threshold=failures,
    )


def _exporter(settings: RedisExporter) -> ContainerArgs:
    return ContainerArgs(
        name="exporter",
        image=settings.image,
        image_pull_policy="IfNotPresent",
        env=[EnvVarArgs(name="REDIS_ADDR", value=f"redis://127.0.0.1:{PORT}"), _password("REDIS_PASSWORD")],
        ports=[ContainerPortArgs(name=_METRICS_PORT_NAME, container_port=EXPORTER_PORT, protocol="TCP")],
        # No readiness probe: without its metrics the cache still serves.
        liveness_probe=http_probe("/health", _METRICS_PORT_NAME, period_seconds=20, timeout_seconds=5),
        resources=_requirements(settings.resources),
        security_context=restricted_container(),
    )


def _password(variable: str) -> EnvVarArgs:
    source = SecretKeySelectorArgs(name=SECRET, key=PASSWORD_KEY)
    return EnvVarArgs(name=variable, value_from=EnvVarSourceArgs(secret_key_ref=source))


def _requirements(resources: Resources) -> ResourceRequirementsArgs:
    return ResourceRequirementsArgs(requests=resources.requests.as_map(), limits=resources.limits.as_map())
