"""Tasks that run once in every release: the database migration, the first administrator, the pull of models."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

import pulumi
from pulumi_kubernetes.batch.v1 import (
    Job,
    JobSpecArgs,
    PodFailurePolicyArgs,
    PodFailurePolicyOnPodConditionsPatternArgs,
    PodFailurePolicyRuleArgs,
)
from pulumi_kubernetes.core.v1 import PodTemplateSpecArgs
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from components.cluster.contract import ClusterAccess
from components.jarvis import pod
from components.jarvis.environment import NO_VARIABLES, AppEnvironment
from components.jarvis.images import Image
from components.jarvis.services import JobSettings
from components.jarvis.tls import NO_TRUST, Trust
from components.kubernetes.metadata import AppLabels
from components.kubernetes.services import service_account

REPLACE_UNREADY: Final = MappingProxyType({"pulumi.com/replaceUnready": "true"})
"""A Job that failed is run anew by the next update instead of being waited for."""
_PROVIDER_SLACK_SECONDS: Final = 60
"""The provider waits longer than the Job's deadline, so that the Job's own reason is what the user reads."""


_DRAINS_ARE_NO_FAILURES: Final = PodFailurePolicyArgs(
    rules=[
        PodFailurePolicyRuleArgs(
            action="Ignore",
            on_pod_conditions=[PodFailurePolicyOnPodConditionsPatternArgs(type="DisruptionTarget", status="True")],
        )
    ]
)
"""A Pod that had to leave its node is replaced, once it has ended, without using up a try."""


@dataclass(frozen=True)
class ReleaseJobSpec:
    """What one job runs."""

    app: str
    """Start of the Job's name, and `app` label of its Pods."""
    role: str
    """Value of the `app.kubernetes.io/component` label."""
    settings: JobSettings
    image: Image
    user_id: int
    environment: AppEnvironment = NO_VARIABLES
    literals: Mapping[str, pulumi.Input[str]] = field(default_factory=dict[str, pulumi.Input[str]])
    """Variables that are no part of the application's environment, or take the place of one that is."""
    trust: Trust = NO_TRUST
    """What it verifies the servers that it calls by."""
    pull_secrets: tuple[str, ...] = ()
    priority_class: pulumi.Input[str] | None = None


class ReleaseJob(pulumi.ComponentResource):
    """A Job that runs once for every release, and its ServiceAccount.

    Its name ends with a hash of what it runs (image, command, limits, configuration), so every release makes a new Job,
    waits for it, and only then removes the last one. Secrets are left out of the hash: a name is public.

    Finished Jobs have no time to live: Kubernetes would remove them, the next refresh would miss them, and the next
    update would run the task again although nothing changed.
    """

    def __init__(
        self,
        name: str,
        spec: ReleaseJobSpec,
        *,
        cluster: ClusterAccess,
        after: Sequence[pulumi.Resource] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`after`: what must stand before the task starts."""
        super().__init__("jarvis:jarvis:ReleaseJob", name, None, opts)
        labels = AppLabels(spec.app, spec.role, cluster.environment)
        account = service_account(f"{name}-account", labels, cluster, cluster.child_of(self))
        wait = f"{spec.settings.deadline_seconds + _PROVIDER_SLACK_SECONDS}s"
        Job(
            name,
            metadata=ObjectMetaArgs(
                name=pulumi.Output.concat(spec.app, "-", _release_hash(spec)),
                namespace=cluster.namespace,
                labels=pod.versioned(labels, spec.image).all,
                annotations=dict(REPLACE_UNREADY),
            ),
            spec=_job_spec(spec, pod.versioned(labels, spec.image)),
            opts=pulumi.ResourceOptions.merge(
                cluster.child_of(self, account, *after),
                pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(create=wait, update=wait)),
            ),
        )
        self.register_outputs({})


def _job_spec(spec: ReleaseJobSpec, labels: AppLabels) -> JobSpecArgs:
    mounted = pod.scratch((), "256Mi").with_(pod.trust_files(spec.trust))
    task = pod.container(
        spec.app,
        spec.image,
        spec.settings.resources,
        environment=pod.environment_variables(spec.environment, {**spec.trust.variables, **spec.literals}),
        mounts=mounted.mounts,
        command=spec.settings.command,
    )
    pod_spec = pod.pod_spec(
        [task],
        mounted.volumes,
        service_account=spec.app,
        user_id=spec.user_id,
        pull_secrets=spec.pull_secrets,
        priority_class=spec.priority_class,
    )
    pod_spec.restart_policy = "Never"
    return JobSpecArgs(
        backoff_limit=spec.settings.backoff_limit,
        active_deadline_seconds=spec.settings.deadline_seconds,
        pod_failure_policy=_DRAINS_ARE_NO_FAILURES,
        template=PodTemplateSpecArgs(metadata=ObjectMetaArgs(labels=labels.all), spec=pod_spec),
    )


def _release_hash(spec: ReleaseJobSpec) -> pulumi.Output[str]:
    """8 hexadecimal digits over everything that shapes the Job except secrets."""
    trusted = {file: [anchor.secret_name, anchor.key] for file, anchor in spec.trust.anchors.items()}
    fixed: list[object] = [
        spec.image.model_dump(mode="json"),
        spec.settings.model_dump(mode="json"),
        [dict(spec.trust.variables), trusted],
        sorted(spec.environment.secret),
        [spec.user_id, *spec.pull_secrets],
    ]

    def digest(variables: dict[str, str]) -> str:
        return hashlib.sha256(json.dumps([*fixed, variables], sort_keys=True).encode()).hexdigest()[:8]

    return pulumi.Output.all(**{**spec.environment.config, **spec.literals}).apply(digest)
