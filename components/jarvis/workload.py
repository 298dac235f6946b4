"""One service of the application: a Deployment, its Service and its ServiceAccount."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import ceil
from typing import Final

import pulumi
from pulumi_kubernetes.apps.v1 import (
    Deployment,
    DeploymentSpecArgs,
    DeploymentStrategyArgs,
    RollingUpdateDeploymentArgs,
)
from pulumi_kubernetes.core.v1 import (
    ContainerArgs,
    ContainerPortArgs,
    LifecycleArgs,
    LifecycleHandlerArgs,
    PodTemplateSpecArgs,
    SleepActionArgs,
    VolumeMountArgs,
)
from pulumi_kubernetes.meta.v1 import LabelSelectorArgs, ObjectMetaArgs

from components.cluster.contract import ClusterAccess
from components.jarvis import pod
from components.jarvis.autoscaler import autoscaler
from components.jarvis.environment import AppEnvironment
from components.jarvis.images import Image
from components.jarvis.placement import spread_constraints
from components.jarvis.scale import Availability
from components.jarvis.services import HotReload, ServiceSettings
from components.jarvis.tls import NO_TRUST, ServedCertificate, Trust
from components.kubernetes.availability import disruption_budget
from components.kubernetes.checksum import CHECKSUM_ANNOTATION, config_checksum
from components.kubernetes.metadata import AppLabels, object_meta
from components.kubernetes.pods import http_probe
from components.kubernetes.secrets import credential_marks
from components.kubernetes.services import HTTP_PORT, http_service, service_account
from components.kubernetes.volumes import data_volume

REVISIONS_KEPT: Final = 10
"""The guide's disaster recovery plan: 10 versions of the application."""
_STARTUP_PERIOD_SECONDS: Final = 5
_PROGRESS_DEADLINE_SECONDS: Final = 600
_PULL_SECONDS: Final = 300
"""Room in a longer deadline for scheduling and for pulling the image."""
_PROVIDER_SLACK_SECONDS: Final = 60
_SEED_PATH: Final = "/source"
_SEED_SCRIPT: Final = 'if [ ! -e "$1/.seeded" ]; then cp -R "$2/." "$1/" && touch "$1/.seeded"; fi'


@dataclass(frozen=True)
class WorkloadSpec:
    """What one service runs."""

    app: str
    """Name of its Deployment, Service and ServiceAccount, and `app` label of its Pods."""
    role: str
    """Value of the `app.kubernetes.io/component` label."""
    settings: ServiceSettings
    image: Image
    environment: AppEnvironment
    """The variables that it gets, and no other."""
    availability: Availability
    pull_secrets: tuple[str, ...] = ()
    priority_class: pulumi.Input[str] | None = None
    literals: Mapping[str, pulumi.Input[str]] = field(default_factory=dict[str, pulumi.Input[str]])
    """Variables that are no part of the application's environment."""
    trust: Trust = NO_TRUST
    """What it verifies the servers that it calls by."""
    certificate: ServedCertificate | None = None
    """It serves HTTPS by it, and plain HTTP where there is none."""
    hot_reload: HotReload | None = None


class Workload(pulumi.ComponentResource):
    """A service that rolls out without a gap: a new Pod is ready before an old one drains.

    The drain is the kubelet's own sleep before SIGTERM (Kubernetes 1.30 or later), which needs no shell in the image.
    With autoscaling, the program sets the number of Pods at the first start only: it is the autoscaler's from then on,
    also where autoscaling is switched on for a service that runs.
    """

    def __init__(
        self,
        name: str,
        spec: WorkloadSpec,
        *,
        cluster: ClusterAccess,
        after: Sequence[pulumi.Resource] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`after`: what must stand before the first Pod starts, such as a migration."""
        super().__init__("jarvis:jarvis:Workload", name, None, opts)
        labels = AppLabels(spec.app, spec.role, cluster.environment)
        account = service_account(f"{name}-account", labels, cluster, cluster.child_of(self))
        needed = [account, *after]
        if spec.hot_reload is not None:
            storage = spec.hot_reload.storage
            claim = _source_claim_name(spec.app)
            needed.append(data_volume(claim, storage, labels, cluster, parent=self, protect=False))
        deployment = Deployment(
            name,
            metadata=object_meta(spec.app, cluster.namespace, pod.versioned(labels, spec.image)),
            spec=_deployment_spec(spec, labels),
            opts=pulumi.ResourceOptions.merge(cluster.child_of(self, *needed), _deployment_options(spec)),
        )
        # After the same things as the Deployment: providers wait until a new Service has endpoints.
        http_service(
            f"{name}-service",
            labels,
            spec.settings.port,
            cluster,
            cluster.child_of(self, *needed),
            app_protocol="http" if spec.certificate is None else "https",
        )
        if spec.settings.autoscaling is not None:
            autoscaler(f"{name}-scale", labels, spec.settings.autoscaling, cluster, cluster.child_of(self, deployment))
        if spec.settings.most_replicas > 1:
            disruption_budget(f"{name}-disruptions", labels, cluster, cluster.child_of(self))
        self.register_outputs({})


def _source_claim_name(app: str) -> str:
    return f"{app}-source"


def _progress_deadline_seconds(spec: WorkloadSpec) -> int:
    """Kubernetes' own ten minutes, or more where a Pod may take longer to count."""
    slowest = spec.settings.startup_seconds + spec.availability.min_ready_seconds + _PULL_SECONDS
    return max(_PROGRESS_DEADLINE_SECONDS, slowest)


def _deployment_options(spec: WorkloadSpec) -> pulumi.ResourceOptions:
    # The provider waits longer than the rollout's deadline, so that the rollout's own reason is what the user reads.
    wait = f"{_progress_deadline_seconds(spec) + _PROVIDER_SLACK_SECONDS}s"
    return pulumi.ResourceOptions(
        custom_timeouts=pulumi.CustomTimeouts(create=wait, update=wait),
        ignore_changes=["spec.replicas"] if spec.settings.autoscaling is not None else None,
    )


def _deployment_spec(spec: WorkloadSpec, labels: AppLabels) -> DeploymentSpecArgs:
    # A source volume belongs to one Pod at a time, so a reloading service stops before it starts again.
    strategy = (
        DeploymentStrategyArgs(
            type="RollingUpdate", rolling_update=RollingUpdateDeploymentArgs(max_unavailable=0, max_surge=1)
        )
        if spec.hot_reload is None
        else DeploymentStrategyArgs(type="Recreate")
    )
    return DeploymentSpecArgs(
        replicas=spec.settings.least_replicas,
        revision_history_limit=REVISIONS_KEPT,
        min_ready_seconds=spec.availability.min_ready_seconds,
        progress_deadline_seconds=_progress_deadline_seconds(spec),
        selector=LabelSelectorArgs(match_labels=labels.selector),
        strategy=strategy,
        template=pod_template(spec, labels),
    )


def pod_template(spec: WorkloadSpec, labels: AppLabels) -> PodTemplateSpecArgs:
    """The service's Pods, whatever controller runs them."""
    settings, reload = spec.settings, spec.hot_reload
    mounted = pod.scratch(settings.writable_paths, settings.scratch_size).with_(pod.trust_files(spec.trust))
    if spec.certificate is not None:
        mounted = mounted.with_(pod.tls_files(spec.certificate))
    init_containers: list[ContainerArgs] = []
    if reload is not None:
        mounted = mounted.with_(pod.claim("source", _source_claim_name(spec.app), reload.source_path))
        init_containers.append(_source_seed(spec, reload))
    pod_spec = pod.pod_spec(
        [_server(spec, mounted.mounts)],
        mounted.volumes,
        service_account=spec.app,
        user_id=settings.user_id,
        pull_secrets=spec.pull_secrets,
        priority_class=spec.priority_class,
    )
    pod_spec.init_containers = list(init_containers) or None
    pod_spec.termination_grace_period_seconds = settings.termination_grace_seconds
    pod_spec.topology_spread_constraints = spread_constraints(spec.availability.spread, [spec.app], by_revision=True)
    return PodTemplateSpecArgs(
        metadata=ObjectMetaArgs(
            labels=pod.versioned(labels, spec.image).all,
            annotations={
                CHECKSUM_ANNOTATION: config_checksum(spec.environment.config, credential_marks(spec.environment.secret))
            },
        ),
        spec=pod_spec,
    )


def _server(spec: WorkloadSpec, mounts: Sequence[VolumeMountArgs]) -> ContainerArgs:
    settings = spec.settings
    server = pod.container(
        spec.app,
        spec.image,
        settings.resources,
        environment=pod.environment_variables(spec.environment, {**spec.trust.variables, **spec.literals}),
        mounts=mounts,
        command=spec.hot_reload.command if spec.hot_reload else (),
    )
    server.ports = [ContainerPortArgs(name=HTTP_PORT, container_port=settings.port, protocol="TCP")]
    probe = partial(http_probe, settings.health_path, HTTP_PORT, scheme="HTTP" if spec.certificate is None else "HTTPS")
    server.startup_probe = probe(
        period_seconds=_STARTUP_PERIOD_SECONDS,
        failure_threshold=ceil(settings.startup_seconds / _STARTUP_PERIOD_SECONDS),
    )
    server.readiness_probe = probe()
    # Slower than readiness: a struggling Pod first leaves the Service and only then is restarted.
    server.liveness_probe = probe(period_seconds=20, timeout_seconds=5)
    server.lifecycle = LifecycleArgs(
        pre_stop=LifecycleHandlerArgs(sleep=SleepActionArgs(seconds=settings.drain_seconds))
    )
    return server


def _source_seed(spec: WorkloadSpec, reload: HotReload) -> ContainerArgs:
    """Copies the image's source into an empty volume, so that the service starts before a developer's first sync."""
    return pod.container(
        "source-seed",
        spec.image,
        spec.settings.resources,
        environment=(),
        mounts=[VolumeMountArgs(name="source", mount_path=_SEED_PATH)],
        command=("sh", "-ec", _SEED_SCRIPT, "source-seed", _SEED_PATH, reload.source_path),
    )
