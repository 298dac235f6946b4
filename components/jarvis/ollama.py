"""Ollama, the model server: a Deployment with storage for its models and a Job that pulls them."""

from __future__ import annotations

from typing import Final

import pulumi
from pulumi_kubernetes.apps.v1 import Deployment, DeploymentSpecArgs, DeploymentStrategyArgs
from pulumi_kubernetes.core.v1 import (
    ContainerArgs,
    ContainerPortArgs,
    PodSpecArgs,
    PodTemplateSpecArgs,
    ResourceRequirementsArgs,
    TolerationArgs,
)
from pulumi_kubernetes.meta.v1 import LabelSelectorArgs, ObjectMetaArgs

from components.cluster.contract import ClusterAccess
from components.jarvis import pod
from components.jarvis.environment import NO_VARIABLES
from components.jarvis.jobs import ReleaseJob, ReleaseJobSpec
from components.jarvis.placement import Placement, spread_constraints
from components.jarvis.services import Gpu, JobSettings, OllamaSettings
from components.jarvis.workload import REVISIONS_KEPT
from components.kubernetes.metadata import AppLabels, object_meta
from components.kubernetes.pods import http_probe
from components.kubernetes.services import HTTP_PORT, http_service, service_account
from components.kubernetes.volumes import data_volume
from components.settings.workloads import Resources

_MODELS_PATH: Final = "/models"
_STARTUP_PERIODS: Final = 30
_PULL_SCRIPT: Final = 'for model in "$@"; do ollama pull "$model"; done'


def instance_names(instances: int) -> tuple[str, ...]:
    """`ollama`, `ollama-2`, `ollama-3`, ...: one more instance never renames, and so never replaces, the first."""
    return ("ollama", *(f"ollama-{number}" for number in range(2, instances + 1)))


def pull_job_name(app: str) -> str:
    """`app` label of the Pods that ask an instance to pull its models."""
    return f"{app}-pull"


class Ollama(pulumi.ComponentResource):
    """One Ollama server; models outlive it on a claim, which `protect` guards from deletion."""

    def __init__(
        self,
        app: str,
        settings: OllamaSettings,
        *,
        cluster: ClusterAccess,
        placement: Placement,
        protect: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`app`: name of its objects and `app` label of its Pods."""
        super().__init__("jarvis:jarvis:Ollama", app, None, opts)
        labels = AppLabels(app, "models", cluster.environment)
        account = service_account(f"{app}-account", labels, cluster, cluster.child_of(self))
        models = data_volume(f"{app}-models", settings.storage, labels, cluster, parent=self, protect=protect)
        server = Deployment(
            app,
            metadata=object_meta(app, cluster.namespace, pod.versioned(labels, settings.image)),
            spec=_deployment_spec(settings, labels, placement),
            opts=cluster.child_of(self, account, models, *placement.priorities.resources),
        )
        service = http_service(
            f"{app}-service", labels, settings.port, cluster, cluster.child_of(self, account, models)
        )
        if settings.models:
            ReleaseJob(
                pull_job_name(app),
                _pull(app, settings, placement.priorities.batch),
                cluster=cluster,
                after=[server, service, *placement.priorities.resources],
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.register_outputs({})


def _deployment_spec(settings: OllamaSettings, labels: AppLabels, placement: Placement) -> DeploymentSpecArgs:
    return DeploymentSpecArgs(
        replicas=1,
        revision_history_limit=REVISIONS_KEPT,
        selector=LabelSelectorArgs(match_labels=labels.selector),
        # The claim, and a GPU where there is one, belong to one Pod at a time.
        strategy=DeploymentStrategyArgs(type="Recreate"),
        template=PodTemplateSpecArgs(
            metadata=ObjectMetaArgs(labels=pod.versioned(labels, settings.image).all),
            spec=_pod_spec(settings, labels, placement),
        ),
    )


def _pod_spec(settings: OllamaSettings, labels: AppLabels, placement: Placement) -> PodSpecArgs:
    mounted = pod.scratch((), "256Mi").with_(pod.claim("models", f"{labels.name}-models", _MODELS_PATH))
    server = pod.container(
        "ollama",
        settings.image,
        settings.resources,
        environment=pod.environment_variables(
            NO_VARIABLES, {"OLLAMA_HOST": f"0.0.0.0:{settings.port}", "OLLAMA_MODELS": _MODELS_PATH}
        ),
        mounts=mounted.mounts,
    )
    _add_probes(server, settings.port)
    spec = pod.pod_spec(
        [server],
        mounted.volumes,
        service_account=labels.name,
        user_id=settings.user_id,
        priority_class=placement.priorities.backend,
    )
    spec.termination_grace_period_seconds = settings.termination_grace_seconds
    if settings.instances > 1:
        spec.topology_spread_constraints = spread_constraints(placement.spread, instance_names(settings.instances))
    if settings.gpu is not None:
        _add_gpu(spec, server, settings.resources, settings.gpu)
    return spec


def _add_probes(server: ContainerArgs, port: int) -> None:
    """Ollama answers `Ollama is running` on /; it has neither /health nor /metrics."""
    server.ports = [ContainerPortArgs(name=HTTP_PORT, container_port=port, protocol="TCP")]
    server.startup_probe = http_probe("/", HTTP_PORT, period_seconds=5, failure_threshold=_STARTUP_PERIODS)
    server.readiness_probe = http_probe("/", HTTP_PORT)
    server.liveness_probe = http_probe("/", HTTP_PORT, period_seconds=20, timeout_seconds=5)


def _add_gpu(spec: PodSpecArgs, server: ContainerArgs, resources: Resources, gpu: Gpu) -> None:
    """Extended resources are asked for by their limit and are never overcommitted: request and limit are equal."""
    count = {gpu.resource: str(gpu.count)}
    server.resources = ResourceRequirementsArgs(
        requests={**resources.requests.as_map(), **count}, limits={**resources.limits.as_map(), **count}
    )
    spec.runtime_class_name = gpu.runtime_class
    spec.node_selector = dict(gpu.node_selector) or None
    spec.tolerations = [
        TolerationArgs(key=taint, operator="Exists", effect="NoSchedule") for taint in gpu.tolerated_taints
    ]


def _pull(app: str, settings: OllamaSettings, priority_class: pulumi.Input[str] | None) -> ReleaseJobSpec:
    """Asks the server to pull each model. The server downloads; what is there already is only checked."""
    return ReleaseJobSpec(
        app=pull_job_name(app),
        role="models",
        settings=JobSettings(
            command=("sh", "-ec", _PULL_SCRIPT, "pull", *settings.models),
            deadline_seconds=settings.pull_deadline_seconds,
        ),
        image=settings.image,
        user_id=settings.user_id,
        literals={"OLLAMA_HOST": f"http://{app}:{settings.port}"},
        priority_class=priority_class,
    )
