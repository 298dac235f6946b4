"""The AppProject and the Application of a stack, and those of the Helm releases that it needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from components.gitops.argo import (
    FINALIZER,
    Application,
    ApplicationSpec,
    AppProject,
    Automated,
    Backoff,
    ClusterDestination,
    ClusterObject,
    Helm,
    IgnoredDifference,
    Metadata,
    NamespacedKind,
    ProjectSpec,
    RetryPolicy,
    Source,
    SyncRules,
)
from components.gitops.contract import ChartRelease, OwnedField, SyncedObject
from components.gitops.settings import IN_CLUSTER, GitopsSettings

_LABELS: Final = {"app.kubernetes.io/part-of": "jarvis", "app.kubernetes.io/managed-by": "argocd"}
_WAVE: Final = "argocd.argoproj.io/sync-wave"
_SERVER_SIDE: Final = "ServerSideApply=true"
_COMPARE: Final = {"argocd.argoproj.io/compare-options": "ServerSideDiff=true"}
"""The API server says what a sync would change, so that fields which it fills in are no differences to be healed.

Source: https://argo-cd.readthedocs.io/en/stable/user-guide/diff-strategies/
"""
_CHART_CLUSTER_KINDS: Final = (
    ("", "Namespace"),
    ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"),
    ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy"),
    ("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding"),
    ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
    ("apiextensions.k8s.io", "CustomResourceDefinition"),
    ("apiregistration.k8s.io", "APIService"),
    ("gateway.networking.k8s.io", "GatewayClass"),
    ("networking.k8s.io", "IngressClass"),
    ("rbac.authorization.k8s.io", "ClusterRole"),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"),
    ("scheduling.k8s.io", "PriorityClass"),
)
"""What operators' charts bring beside the objects of their own namespace."""
_REPLICAS: Final = (("apps", "ReplicaSet"), ("", "Pod"))
_MADE_BY_CONTROLLERS: Final[Mapping[tuple[str, str], tuple[tuple[str, str], ...]]] = {
    ("apps", "DaemonSet"): (("", "Pod"),),
    ("apps", "Deployment"): _REPLICAS,
    ("apps", "StatefulSet"): (("", "Pod"),),
    ("argoproj.io", "Rollout"): _REPLICAS,
    ("batch", "CronJob"): (("batch", "Job"), ("", "Pod")),
    ("batch", "Job"): (("", "Pod"),),
    ("postgresql.cnpg.io", "Cluster"): (("", "Pod"),),
}
_SHARED_NAMESPACE: Final = "kube-system"
"""Charts put leader election Roles and the binding of the API aggregation there."""


@dataclass(frozen=True)
class StackDelivery:
    """Everything that makes the objects for one stack."""

    settings: GitopsSettings
    environment: str
    namespace: str
    """The stack's own namespace."""

    @property
    def name(self) -> str:
        """Name of the project and of the stack's Application."""
        return self.settings.project or self.namespace

    @property
    def addons(self) -> str:
        """Name of the project of the Helm releases."""
        return f"{self.name}-addons"

    def project(self, objects: Sequence[SyncedObject]) -> AppProject:
        """Least privilege: one repository, the namespaces and kinds of the objects, cluster objects by their names.

        What controllers make of the objects is allowed too: Argo CD shows neither Pods nor their logs otherwise.
        """
        namespaces = {item.namespace for item in objects if item.namespace is not None} | {self.namespace}
        synced = {(item.group, item.kind) for item in objects if item.namespace is not None}
        kinds = synced | {shown for kind in synced for shown in _MADE_BY_CONTROLLERS.get(kind, ())}
        cluster = {(item.group, item.kind, item.name) for item in objects if item.namespace is None}
        return AppProject(
            metadata=self._metadata(self.name, finalizers=(FINALIZER,)),
            spec=ProjectSpec(
                description=f"Jarvis, {self.environment}",
                source_repos=(self.settings.repo_url,),
                destinations=tuple(self._destination(namespace) for namespace in sorted(namespaces)),
                cluster_resource_whitelist=tuple(
                    ClusterObject(group=group, kind=kind, name=name) for group, kind, name in sorted(cluster)
                ),
                namespace_resource_whitelist=tuple(
                    NamespacedKind(group=group, kind=kind) for group, kind in sorted(kinds)
                ),
            ),
        )

    def application(self, manifests: str, owned: Sequence[OwnedField]) -> Application:
        """The Application over the folder `manifests` of the rendering; it leaves `owned` fields alone."""
        ignored = tuple(
            IgnoredDifference(
                group=item.group,
                kind=item.kind,
                name=item.name,
                namespace=item.namespace,
                json_pointers=(item.pointer,),
            )
            for item in sorted(owned)
        )
        return Application(
            metadata=self._metadata(self.name, annotations=dict(_COMPARE), finalizers=self._cascade()),
            spec=ApplicationSpec(
                project=self.name,
                source=Source(
                    repo_url=self.settings.repo_url,
                    path=f"{self.settings.path}/{manifests}",
                    target_revision=self.settings.target_revision,
                ),
                destination=self._destination(self.namespace),
                sync_policy=self._sync(_SERVER_SIDE, "RespectIgnoreDifferences=true", "PruneLast=true"),
                ignore_differences=ignored or None,
            ),
        )

    def addons_project(self, releases: Sequence[ChartRelease]) -> AppProject:
        """The releases' charts and namespaces; what a chart brings there only the chart knows."""
        namespaces = {release.namespace for release in releases} | {_SHARED_NAMESPACE}
        return AppProject(
            metadata=self._metadata(self.addons, finalizers=(FINALIZER,)),
            spec=ProjectSpec(
                description=f"What Jarvis, {self.environment}, needs in its cluster",
                source_repos=tuple(sorted({release.repository for release in releases})),
                destinations=tuple(self._destination(namespace) for namespace in sorted(namespaces)),
                cluster_resource_whitelist=tuple(
                    ClusterObject(group=group, kind=kind) for group, kind in _CHART_CLUSTER_KINDS
                ),
                namespace_resource_whitelist=(NamespacedKind(group="*", kind="*"),),
            ),
        )

    def addon(self, release: ChartRelease) -> Application:
        """The Application of one release; it is never deleted by the way, because others may use what it brings."""
        options = [_SERVER_SIDE, *(["CreateNamespace=true"] if release.create_namespace else [])]
        return Application(
            metadata=self._metadata(f"{self.name}-{release.name}", annotations={_WAVE: str(release.wave), **_COMPARE}),
            spec=ApplicationSpec(
                project=self.addons,
                source=Source(
                    repo_url=release.repository,
                    chart=release.chart,
                    target_revision=release.version,
                    helm=Helm(
                        release_name=release.name,
                        values_object=dict(release.values) or None,
                        skip_crds=release.skip_crds or None,
                    ),
                ),
                destination=self._destination(release.namespace),
                sync_policy=self._sync(*options),
            ),
        )

    def _destination(self, namespace: str) -> ClusterDestination:
        chosen = self.settings.destination
        server = chosen.server or (IN_CLUSTER if chosen.name is None else None)
        return ClusterDestination(namespace=namespace, server=server, name=chosen.name)

    def _metadata(
        self, name: str, *, annotations: dict[str, str] | None = None, finalizers: tuple[str, ...] | None = None
    ) -> Metadata:
        return Metadata(
            name=name,
            namespace=self.settings.namespace,
            labels={**_LABELS, "environment": self.environment},
            annotations=annotations,
            finalizers=finalizers,
        )

    def _cascade(self) -> tuple[str, ...] | None:
        return (FINALIZER,) if self.settings.cascade_delete else None

    def _sync(self, *options: str) -> SyncRules:
        policy = self.settings.sync_policy
        retry = policy.retry
        return SyncRules(
            automated=Automated(prune=policy.prune, self_heal=policy.self_heal) if policy.automated else None,
            sync_options=options,
            retry=RetryPolicy(
                limit=retry.limit,
                backoff=Backoff(
                    duration=f"{retry.backoff_seconds}s",
                    factor=retry.factor,
                    max_duration=f"{retry.max_backoff_seconds}s",
                ),
            ),
        )
