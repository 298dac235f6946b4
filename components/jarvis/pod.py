"""The parts that the Pods of services, jobs and Ollama are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import pulumi
from pulumi_kubernetes.core.v1 import (
    ConfigMapKeySelectorArgs,
    ContainerArgs,
    EmptyDirVolumeSourceArgs,
    EnvVarArgs,
    EnvVarSourceArgs,
    KeyToPathArgs,
    LocalObjectReferenceArgs,
    PersistentVolumeClaimVolumeSourceArgs,
    PodSpecArgs,
    ProjectedVolumeSourceArgs,
    SecretKeySelectorArgs,
    SecretProjectionArgs,
    SecretVolumeSourceArgs,
    VolumeArgs,
    VolumeMountArgs,
    VolumeProjectionArgs,
)

from components.jarvis.environment import AppEnvironment
from components.jarvis.images import Image
from components.jarvis.tls import TRUST_FOLDER, ServedCertificate, Trust
from components.kubernetes.metadata import AppLabels
from components.kubernetes.pods import requirements, restricted_container, restricted_pod
from components.settings.workloads import Resources

CONFIG_MAP: Final = "jarvis-config"
SECRET: Final = "jarvis-secrets"  # noqa: S105 - the object's name (the guide's), not its content
HOME: Final = "/tmp"  # noqa: S108 - a mount point, not a file
"""Home of every process, so that caches land on a writable volume."""


@dataclass(frozen=True)
class Mounted:
    """Volumes of a Pod and where its container mounts them."""

    volumes: tuple[VolumeArgs, ...] = ()
    mounts: tuple[VolumeMountArgs, ...] = ()

    def with_(self, other: Mounted) -> Mounted:
        """Both."""
        return Mounted(volumes=(*self.volumes, *other.volumes), mounts=(*self.mounts, *other.mounts))


def scratch(paths: Sequence[str], size: str) -> Mounted:
    """A writable directory at /tmp and at each path, empty at each start, of at most `size` bytes."""
    names = {path: path.strip("/").replace("/", "-") for path in (HOME, *paths)}
    return Mounted(
        volumes=tuple(
            VolumeArgs(name=name, empty_dir=EmptyDirVolumeSourceArgs(size_limit=size)) for name in names.values()
        ),
        mounts=tuple(VolumeMountArgs(name=name, mount_path=path) for path, name in names.items()),
    )


def claim(name: str, claim_name: str, path: str) -> Mounted:
    """A persistent volume claim at `path`."""
    return Mounted(
        volumes=(
            VolumeArgs(name=name, persistent_volume_claim=PersistentVolumeClaimVolumeSourceArgs(claim_name=claim_name)),
        ),
        mounts=(VolumeMountArgs(name=name, mount_path=path),),
    )


def tls_files(certificate: ServedCertificate) -> Mounted:
    """A certificate and its key, each mounted as a single file.

    Mounted by subPath, since a whole volume would hide what else is in /etc/ssl/certs, where the guide puts it.
    Kubernetes does not refresh such files: a renewed certificate is read after a restart.
    """
    files = {"tls.crt": certificate.certificate_path, "tls.key": certificate.key_path}
    return Mounted(
        volumes=(
            VolumeArgs(
                name="tls",
                secret=SecretVolumeSourceArgs(
                    secret_name=certificate.secret_name,
                    default_mode=0o440,
                    items=[KeyToPathArgs(key=key, path=key) for key in files],
                ),
            ),
        ),
        mounts=tuple(
            VolumeMountArgs(name="tls", mount_path=path, sub_path=key, read_only=True) for key, path in files.items()
        ),
    )


def trust_files(trust: Trust) -> Mounted:
    """CA certificates, each under its own name in TRUST_FOLDER; Kubernetes refreshes them."""
    if not trust.anchors:
        return Mounted()
    sources = [
        VolumeProjectionArgs(
            secret=SecretProjectionArgs(name=anchor.secret_name, items=[KeyToPathArgs(key=anchor.key, path=file)])
        )
        for file, anchor in trust.anchors.items()
    ]
    return Mounted(
        volumes=(VolumeArgs(name="trust", projected=ProjectedVolumeSourceArgs(sources=sources, default_mode=0o444)),),
        mounts=(VolumeMountArgs(name="trust", mount_path=TRUST_FOLDER, read_only=True),),
    )


def environment_variables(environment: AppEnvironment, literals: Mapping[str, pulumi.Input[str]]) -> list[EnvVarArgs]:
    """Each variable by reference to its own key, so that a container is given nothing that it was not meant to have.

    A literal takes the place of a reference of the same name.
    """
    return [
        EnvVarArgs(name="HOME", value=HOME),
        *(EnvVarArgs(name=name, value=value) for name, value in literals.items()),
        *(
            EnvVarArgs(
                name=name,
                value_from=EnvVarSourceArgs(config_map_key_ref=ConfigMapKeySelectorArgs(name=CONFIG_MAP, key=name)),
            )
            for name in environment.config
            if name not in literals
        ),
        *(
            EnvVarArgs(
                name=name, value_from=EnvVarSourceArgs(secret_key_ref=SecretKeySelectorArgs(name=SECRET, key=name))
            )
            for name in environment.secret
        ),
    ]


def container(
    name: str,
    image: Image,
    resources: Resources,
    *,
    environment: Sequence[EnvVarArgs],
    mounts: Sequence[VolumeMountArgs],
    command: Sequence[str] = (),
) -> ContainerArgs:
    """A container that satisfies the `restricted` profile; the image's own command where none is given."""
    return ContainerArgs(
        name=name,
        image=image.reference,
        image_pull_policy=image.pull_policy,
        command=list(command) or None,
        env=list(environment),
        resources=requirements(resources),
        security_context=restricted_container(),
        volume_mounts=list(mounts),
    )


def pod_spec(
    containers: Sequence[ContainerArgs],
    volumes: Sequence[VolumeArgs],
    *,
    service_account: str,
    user_id: int,
    pull_secrets: Sequence[str] = (),
    priority_class: pulumi.Input[str] | None = None,
) -> PodSpecArgs:
    """A Pod that satisfies the `restricted` profile and has no API token.

    Service links are off: Kubernetes would set a variable such as POSTGRES_PORT=tcp://10.0.0.1:5432 for every Service
    of the namespace, under the names of the guide's own variables.
    """
    return PodSpecArgs(
        service_account_name=service_account,
        automount_service_account_token=False,
        enable_service_links=False,
        priority_class_name=priority_class,
        security_context=restricted_pod(user_id),
        image_pull_secrets=[LocalObjectReferenceArgs(name=name) for name in pull_secrets] or None,
        containers=list(containers),
        volumes=list(volumes),
    )


def versioned(labels: AppLabels, image: Image) -> AppLabels:
    """The labels with the image's tag as version, cut to what a label value may be."""
    return replace(labels, version=image.tag[:63].strip("._-") or None)
