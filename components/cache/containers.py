"""What the containers of every Redis and Sentinel Pod share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    ObjectFieldSelectorArgs,
    ProbeArgs,
    SecretKeySelectorArgs,
    SecretVolumeSourceArgs,
    VolumeArgs,
    VolumeMountArgs,
)

from components.cache.redis_conf import AUTH_FILE, CA_FILE, DATA_DIRECTORY, TLS_DIRECTORY
from components.cache.settings import RedisExporter
from components.cache.shell import CONFIG_DIRECTORY
from components.certificates.contract import ServerCertificate
from components.kubernetes.pods import http_probe, requirements, restricted_container

NAME: Final = "redis"
"""Name of the StatefulSet, the Service and the ServiceAccount, and `app` label of the Pods."""
CONFIG_MAP: Final = "redis-config"
"""The guide's name."""
CONFIG_KEY: Final = "redis.conf"
SECRET: Final = "redis-credentials"  # noqa: S105 - the object's name, not its content
AUTH_KEY: Final = AUTH_FILE.rpartition("/")[2]
PASSWORD_KEY: Final = "password"  # noqa: S105 - the key, not its value
CERTIFICATE: Final = "redis-tls"
"""Name of the Secret with the certificate of servers and Sentinels."""
SERVER_PORT_NAME: Final = "redis"
EXPORTER_PORT: Final = 9121
PROBE_SECONDS: Final = 5
_METRICS_PORT_NAME: Final = "metrics"
_AUTHORITY_VOLUME: Final = "authority"
_CERTIFICATE_VOLUME: Final = "certificate"


def command_probe(command: Sequence[str], failures: int) -> ProbeArgs:
    """A probe by a command every PROBE_SECONDS."""
    return ProbeArgs(
        exec_=ExecActionArgs(command=list(command)),
        period_seconds=PROBE_SECONDS,
        timeout_seconds=5,
        failure_threshold=failures,
    )


def password(variable: str) -> EnvVarArgs:
    """The password as an environment variable."""
    source = SecretKeySelectorArgs(name=SECRET, key=PASSWORD_KEY)
    return EnvVarArgs(name=variable, value_from=EnvVarSourceArgs(secret_key_ref=source))


def script_variables(environment: Mapping[str, str], *, tls: bool) -> list[EnvVarArgs]:
    """What the scripts read, after the Pod's own names, to which it may refer."""
    own = [
        EnvVarArgs(
            name=name, value_from=EnvVarSourceArgs(field_ref=ObjectFieldSelectorArgs(field_path=f"metadata.{field}"))
        )
        for name, field in (("POD_NAME", "name"), ("POD_NAMESPACE", "namespace"))
    ]
    given = {**environment, **({"CA_FILE": CA_FILE} if tls else {})}
    return [password("REDISCLI_AUTH"), *own, *(EnvVarArgs(name=key, value=text) for key, text in given.items())]


def mounts(*, tls: bool) -> list[VolumeMountArgs]:
    """What a server or a Sentinel reads and writes."""
    certificate = [VolumeMountArgs(name=_CERTIFICATE_VOLUME, mount_path=TLS_DIRECTORY, read_only=True)]
    return [
        VolumeMountArgs(name="data", mount_path=DATA_DIRECTORY),
        VolumeMountArgs(name="config", mount_path=CONFIG_DIRECTORY, read_only=True),
        VolumeMountArgs(name="auth", mount_path=AUTH_FILE.rpartition("/")[0], read_only=True),
        *(certificate if tls else []),
        VolumeMountArgs(name="tmp", mount_path="/tmp"),  # noqa: S108 - a mount point, not a file
    ]


def volumes(auth_key: str, certificate: ServerCertificate | None) -> list[VolumeArgs]:
    """The volumes of `mounts` and of the exporter, without the Pod's own `data`."""
    found = [
        VolumeArgs(name="config", config_map=ConfigMapVolumeSourceArgs(name=CONFIG_MAP)),
        _secret_volume("auth", SECRET, auth_key),
        VolumeArgs(name="tmp", empty_dir=EmptyDirVolumeSourceArgs(size_limit="16Mi")),
    ]
    if certificate is not None:
        found += [
            _secret_volume(_CERTIFICATE_VOLUME, certificate.secret_name, "tls.crt", "tls.key", "ca.crt"),
            _secret_volume(_AUTHORITY_VOLUME, certificate.secret_name, "ca.crt"),
        ]
    return found


def _secret_volume(name: str, secret: str, *keys: str) -> VolumeArgs:
    items = [KeyToPathArgs(key=key, path=key) for key in keys]
    return VolumeArgs(name=name, secret=SecretVolumeSourceArgs(secret_name=secret, default_mode=0o440, items=items))


def exporter(settings: RedisExporter, port: int, *, tls: bool) -> ContainerArgs:
    """The sidecar with the metrics of the server or Sentinel at `port`."""
    address = f"rediss://localhost:{port}" if tls else f"redis://127.0.0.1:{port}"
    authority = [EnvVarArgs(name="REDIS_EXPORTER_TLS_CA_CERT_FILE", value=CA_FILE)]
    return ContainerArgs(
        name="exporter",
        image=settings.image,
        image_pull_policy="IfNotPresent",
        env=[EnvVarArgs(name="REDIS_ADDR", value=address), *(authority if tls else []), password("REDIS_PASSWORD")],
        ports=[ContainerPortArgs(name=_METRICS_PORT_NAME, container_port=EXPORTER_PORT, protocol="TCP")],
        # No readiness probe: without its metrics the cache still serves.
        liveness_probe=http_probe("/health", _METRICS_PORT_NAME, period_seconds=20, timeout_seconds=5),
        resources=requirements(settings.resources),
        security_context=restricted_container(),
        volume_mounts=[VolumeMountArgs(name=_AUTHORITY_VOLUME, mount_path=TLS_DIRECTORY, read_only=True)]
        if tls
        else None,
    )
