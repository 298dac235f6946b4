"""The PostgreSQL Pod: the server, its exporter and, with TLS, who watches its certificate; all `restricted`."""

from __future__ import annotations

from math import ceil
from typing import Final

from pulumi_kubernetes.core.v1 import (
    ConfigMapVolumeSourceArgs,
    ContainerArgs,
    ContainerPortArgs,
    EmptyDirVolumeSourceArgs,
    EnvVarArgs,
    ExecActionArgs,
    LifecycleArgs,
    LifecycleHandlerArgs,
    PersistentVolumeClaimVolumeSourceArgs,
    PodSpecArgs,
    ProbeArgs,
    SecretVolumeSourceArgs,
    VolumeArgs,
    VolumeMountArgs,
)

from components.database.configuration import (
    CONFIG_DIRECTORY,
    CREDENTIALS_DIRECTORY,
    INITDB_ARGUMENTS,
    PORT,
    SOCKET_DIRECTORY,
    TLS_DIRECTORY,
    ready_command,
)
from components.database.settings import ContainerDatabase
from components.kubernetes.pods import http_probe, requirements, restricted_container, restricted_pod
from components.settings.workloads import Resources

NAME: Final = "postgres"
"""Name of the StatefulSet, the Service and the ServiceAccount, and `app` label of the Pod."""
SECRET: Final = "postgres-credentials"  # noqa: S105 - the object's name (the guide's), not its content
CONFIG_MAP: Final = "postgres-config"
CLAIM: Final = "data-postgres-0"
SERVER_CONFIG: Final = "postgresql.conf"
PASSWORD_SCRIPT: Final = "apply-password.sh"  # noqa: S105 - a file's name
RELOAD_SCRIPT: Final = "reload-certificate.sh"
SERVER_PORT_NAME: Final = "postgres"
EXPORTER_PORT: Final = 9187
_METRICS_PORT_NAME: Final = "metrics"
_DATA_DIRECTORY: Final = "/var/lib/postgresql/data"
_PROBE_SECONDS: Final = 5
_RELOAD_SECONDS: Final = 60
EXPORTER_APPLICATION: Final = "postgres_exporter"
"""What the exporter's sessions are called, by which a restore tells them from the application's."""


def postgres_pod(
    settings: ContainerDatabase, *, tls_secret: str | None = None, exporter_parameters: str = "sslmode=disable"
) -> PodSpecArgs:
    """The Pod's specification; `tls_secret` holds the server's certificate."""
    containers = [_server(settings, tls=tls_secret is not None), _exporter(settings, exporter_parameters)]
    if tls_secret is not None:
        containers.append(_reloader(settings))
    return PodSpecArgs(
        service_account_name=NAME,
        automount_service_account_token=False,
        enable_service_links=False,  # would set POSTGRES_PORT and the like
        security_context=restricted_pod(settings.user_id),
        termination_grace_period_seconds=settings.termination_grace_seconds,
        containers=containers,
        volumes=_volumes(settings, tls_secret),
    )


def _volumes(settings: ContainerDatabase, tls_secret: str | None) -> list[VolumeArgs]:
    volumes = [
        VolumeArgs(name="data", persistent_volume_claim=PersistentVolumeClaimVolumeSourceArgs(claim_name=CLAIM)),
        VolumeArgs(name="config", config_map=ConfigMapVolumeSourceArgs(name=CONFIG_MAP)),
        VolumeArgs(name="credentials", secret=SecretVolumeSourceArgs(secret_name=SECRET, default_mode=0o440)),
        VolumeArgs(name="socket", empty_dir=EmptyDirVolumeSourceArgs(size_limit="16Mi")),
        VolumeArgs(name="tmp", empty_dir=EmptyDirVolumeSourceArgs(size_limit="64Mi")),
        # A container's own /dev/shm has 64 MiB, which parallel queries run out of.
        VolumeArgs(
            name="shared-memory",
            empty_dir=EmptyDirVolumeSourceArgs(medium="Memory", size_limit=settings.shared_memory),
        ),
    ]
    if tls_secret is not None:
        # The server refuses a key that others may read; the group is the Pod's own.
        certificate = SecretVolumeSourceArgs(secret_name=tls_secret, default_mode=0o440)
        volumes.append(VolumeArgs(name="tls", secret=certificate))
    return volumes


def _server(settings: ContainerDatabase, *, tls: bool) -> ContainerArgs:
    certificate = [VolumeMountArgs(name="tls", mount_path=TLS_DIRECTORY, read_only=True)] if tls else []
    return ContainerArgs(
        name=NAME,
        image=settings.image_reference,
        image_pull_policy="IfNotPresent",
        args=["postgres", "-c", f"config_file={CONFIG_DIRECTORY}/{SERVER_CONFIG}"],
        env=_environment(settings),
        ports=[ContainerPortArgs(name=SERVER_PORT_NAME, container_port=PORT, protocol="TCP")],
        # While a crash is recovered from, the server answers that it does not accept connections yet.
        startup_probe=_ready_probe(settings, failures=ceil(settings.startup_seconds / _PROBE_SECONDS)),
        readiness_probe=_ready_probe(settings, failures=3),
        liveness_probe=_ready_probe(settings, failures=12),
        lifecycle=_lifecycle(settings),
        resources=requirements(settings.resources),
        security_context=restricted_container(),
        volume_mounts=[
            VolumeMountArgs(name="data", mount_path=_DATA_DIRECTORY),
            VolumeMountArgs(name="config", mount_path=CONFIG_DIRECTORY, read_only=True),
            VolumeMountArgs(name="credentials", mount_path=CREDENTIALS_DIRECTORY, read_only=True),
            VolumeMountArgs(name="socket", mount_path=SOCKET_DIRECTORY),
            VolumeMountArgs(name="tmp", mount_path="/tmp"),  # noqa: S108 - a mount point, not a file
            VolumeMountArgs(name="shared-memory", mount_path="/dev/shm"),  # noqa: S108
            *certificate,
        ],
    )


def _environment(settings: ContainerDatabase) -> list[EnvVarArgs]:
    variables = {
        # Below the mount point, which the volume's own lost+found would make no empty directory.
        "PGDATA": f"{_DATA_DIRECTORY}/pgdata",
        "POSTGRES_DB": settings.database,
        "POSTGRES_USER": settings.username,
        "POSTGRES_PASSWORD_FILE": f"{CREDENTIALS_DIRECTORY}/password",
        "POSTGRES_INITDB_ARGS": INITDB_ARGUMENTS,
    }
    return [EnvVarArgs(name=name, value=value) for name, value in variables.items()]


def _lifecycle(settings: ContainerDatabase) -> LifecycleArgs:
    """The password after each start, and a fast shutdown before SIGTERM, which would wait for every client to leave.

    The image's own stop signal asks for the fast shutdown too, but a mirror's or another image's need not.
    """
    script = ["sh", f"{CONFIG_DIRECTORY}/{PASSWORD_SCRIPT}", str(settings.startup_seconds)]
    stop = ["pg_ctl", "stop", "--mode=fast", "--no-wait"]
    return LifecycleArgs(
        post_start=LifecycleHandlerArgs(exec_=ExecActionArgs(command=script)),
        pre_stop=LifecycleHandlerArgs(exec_=ExecActionArgs(command=stop)),
    )


def _ready_probe(settings: ContainerDatabase, *, failures: int) -> ProbeArgs:
    return ProbeArgs(
        exec_=ExecActionArgs(command=ready_command(settings.username, settings.database)),
        period_seconds=_PROBE_SECONDS,
        timeout_seconds=5,
        failure_threshold=failures,
    )


def _reloader(settings: ContainerDatabase) -> ContainerArgs:
    """Tells the server of a renewed certificate, in the seconds after the kubelet has put it into the volume."""
    command = ["sh", f"{CONFIG_DIRECTORY}/{RELOAD_SCRIPT}", TLS_DIRECTORY, str(_RELOAD_SECONDS)]
    variables = {"PGHOST": SOCKET_DIRECTORY, "PGUSER": settings.username, "PGDATABASE": settings.database}
    return ContainerArgs(
        name="reload-certificate",
        image=settings.image_reference,
        image_pull_policy="IfNotPresent",
        command=command,
        env=[EnvVarArgs(name=name, value=value) for name, value in variables.items()],
        resources=requirements(Resources.of(requests=("5m", "16Mi"), limits=("50m", "64Mi"))),
        security_context=restricted_container(),
        volume_mounts=[
            VolumeMountArgs(name="config", mount_path=CONFIG_DIRECTORY, read_only=True),
            VolumeMountArgs(name="socket", mount_path=SOCKET_DIRECTORY),
            VolumeMountArgs(name="tls", mount_path=TLS_DIRECTORY, read_only=True),
        ],
    )


def _exporter(database: ContainerDatabase, parameters: str) -> ContainerArgs:
    settings = database.exporter
    variables = {
        "DATA_SOURCE_URI": f"127.0.0.1:{PORT}/{database.database}?{parameters}",
        "DATA_SOURCE_USER_FILE": f"{CREDENTIALS_DIRECTORY}/username",
        "DATA_SOURCE_PASS_FILE": f"{CREDENTIALS_DIRECTORY}/password",
    }
    return ContainerArgs(
        name="exporter",
        image=settings.image,
        image_pull_policy="IfNotPresent",
        env=[EnvVarArgs(name=name, value=value) for name, value in variables.items()],
        ports=[ContainerPortArgs(name=_METRICS_PORT_NAME, container_port=EXPORTER_PORT, protocol="TCP")],
        # No readiness probe: without its metrics the database still serves.
        liveness_probe=http_probe("/", _METRICS_PORT_NAME, period_seconds=20, timeout_seconds=5),
        resources=requirements(settings.resources),
        security_context=restricted_container(),
        volume_mounts=[VolumeMountArgs(name="credentials", mount_path=CREDENTIALS_DIRECTORY, read_only=True)],
    )
