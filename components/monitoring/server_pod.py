"""The Pods of the servers around Prometheus: one Go program each, told everything by arguments and one file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import pulumi
from pulumi_kubernetes.apps.v1 import (
    Deployment,
    DeploymentSpecArgs,
    DeploymentStrategyArgs,
    RollingUpdateDeploymentArgs,
)
from pulumi_kubernetes.core.v1 import (
    ConfigMapVolumeSourceArgs,
    ContainerArgs,
    ContainerPortArgs,
    EmptyDirVolumeSourceArgs,
    EnvVarArgs,
    PersistentVolumeClaimVolumeSourceArgs,
    PodSpecArgs,
    PodTemplateSpecArgs,
    ProbeArgs,
    VolumeArgs,
    VolumeMountArgs,
)
from pulumi_kubernetes.meta.v1 import LabelSelectorArgs, ObjectMetaArgs

from components.cluster.contract import ClusterAccess
from components.kubernetes.availability import NODE, disruption_budget, spread
from components.kubernetes.checksum import CHECKSUM_ANNOTATION
from components.kubernetes.metadata import AppLabels, object_meta
from components.kubernetes.pods import requirements, restricted_container, restricted_pod
from components.settings.quantities import quantity_value
from components.settings.workloads import Resources

_GO_SHARE: Final = 0.9
"""Of a container's memory limit; the rest is for what Go's runtime does not count."""


@dataclass(frozen=True)
class Probes:
    """How the kubelet asks a server; `startup` gives a slow start its time."""

    readiness: ProbeArgs
    liveness: ProbeArgs
    startup: ProbeArgs | None = None


@dataclass(frozen=True)
class ServerPod:
    """What such Pods differ in. Paths are those inside the container."""

    name: str
    image: str
    arguments: Sequence[pulumi.Input[str]]
    resources: Resources
    user_id: int
    """The image's own user, never 0."""
    ports: Mapping[str, int]
    """Container ports by name."""
    probes: Probes
    config: tuple[pulumi.Input[str], str] | None = None
    """The ConfigMap and the directory where its keys are files."""
    data: tuple[pulumi.Input[str], str] | None = None
    """The PersistentVolumeClaim and where it is mounted."""
    scratch: Mapping[str, str] = field(default_factory=dict[str, str])
    """Writable directories that a restart empties, and the size that each may grow to."""
    environment: Mapping[str, pulumi.Input[str]] = field(default_factory=dict[str, "pulumi.Input[str]"])
    api_token: bool = False
    """Whether the program asks the API server."""
    shutdown_seconds: int = 30


def server_pod(pod: ServerPod, account: pulumi.Input[str]) -> PodSpecArgs:
    """The Pod spec, within the `restricted` profile."""
    mounts = _mounts(pod)
    return PodSpecArgs(
        service_account_name=account,
        automount_service_account_token=pod.api_token,
        enable_service_links=False,
        security_context=restricted_pod(pod.user_id),
        termination_grace_period_seconds=pod.shutdown_seconds,
        containers=[_container(pod, [mount for _, mount in mounts])],
        volumes=[volume for volume, _ in mounts],
    )


def replicated(
    labels: AppLabels,
    pod: PodSpecArgs,
    *,
    replicas: int,
    checksum: pulumi.Input[str],
    cluster: ClusterAccess,
    opts: pulumi.ResourceOptions,
) -> Deployment:
    """The Deployment of the part's own name; several replicas spread over nodes where they can, and stay available."""
    if replicas > 1:
        pod.topology_spread_constraints = [spread(NODE, [labels.name])]
        disruption_budget(labels.name, labels, cluster, opts)
    return Deployment(
        labels.name,
        metadata=object_meta(labels.name, cluster.namespace, labels),
        spec=DeploymentSpecArgs(
            replicas=replicas,
            strategy=DeploymentStrategyArgs(
                type="RollingUpdate", rolling_update=RollingUpdateDeploymentArgs(max_unavailable=0, max_surge=1)
            ),
            selector=LabelSelectorArgs(match_labels=labels.selector),
            template=PodTemplateSpecArgs(
                metadata=ObjectMetaArgs(labels=labels.all, annotations={CHECKSUM_ANNOTATION: checksum}), spec=pod
            ),
        ),
        opts=opts,
    )


def go_environment(resources: Resources, others: Mapping[str, pulumi.Input[str]] | None = None) -> list[EnvVarArgs]:
    """The variable by which Go collects garbage before the kernel kills the container, and `others`."""
    mebibytes = int(float(quantity_value(resources.limits.memory)) * _GO_SHARE / 2**20)
    variables: dict[str, pulumi.Input[str]] = {"GOMEMLIMIT": f"{mebibytes}MiB", **(others or {})}
    return [EnvVarArgs(name=name, value=value) for name, value in variables.items()]


def _mounts(pod: ServerPod) -> list[tuple[VolumeArgs, VolumeMountArgs]]:
    mounts: list[tuple[VolumeArgs, VolumeMountArgs]] = []
    if pod.config is not None:
        name, directory = pod.config
        volume = VolumeArgs(name="config", config_map=ConfigMapVolumeSourceArgs(name=name))
        mounts.append((volume, VolumeMountArgs(name="config", mount_path=directory, read_only=True)))
    if pod.data is not None:
        claim, directory = pod.data
        source = PersistentVolumeClaimVolumeSourceArgs(claim_name=claim)
        volume = VolumeArgs(name="data", persistent_volume_claim=source)
        mounts.append((volume, VolumeMountArgs(name="data", mount_path=directory)))
    for directory, size in pod.scratch.items():
        name = directory.strip("/").replace("/", "-")
        volume = VolumeArgs(name=name, empty_dir=EmptyDirVolumeSourceArgs(size_limit=size))
        mounts.append((volume, VolumeMountArgs(name=name, mount_path=directory)))
    return mounts


def _container(pod: ServerPod, mounts: list[VolumeMountArgs]) -> ContainerArgs:
    return ContainerArgs(
        name=pod.name,
        image=pod.image,
        image_pull_policy="IfNotPresent",
        args=list(pod.arguments),
        env=go_environment(pod.resources, pod.environment),
        ports=[ContainerPortArgs(name=name, container_port=port) for name, port in pod.ports.items()],
        startup_probe=pod.probes.startup,
        readiness_probe=pod.probes.readiness,
        liveness_probe=pod.probes.liveness,
        resources=requirements(pod.resources),
        security_context=restricted_container(),
        volume_mounts=mounts,
    )
