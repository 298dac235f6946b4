"""The two kinds of Argo CD (`argoproj.io/v1alpha1`, 3.5) as typed data: those of their fields that are used here.

Source: https://argo-cd.readthedocs.io/en/stable/operator-manual/declarative-setup/
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

FINALIZER: Final = "resources-finalizer.argocd.argoproj.io"
"""On an Application: what it synced is deleted with it. On an AppProject: it stays while an Application uses it."""


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, validate_by_name=True)


class Metadata(_Data):
    """Names, labels and annotations."""

    name: str
    namespace: str
    labels: dict[str, str] | None = None
    annotations: dict[str, str] | None = None
    finalizers: tuple[str, ...] | None = None


class ClusterDestination(_Data):
    """A cluster, by address or by name, and a namespace in it."""

    namespace: str
    server: str | None = None
    name: str | None = None


class NamespacedKind(_Data):
    """A kind of object that namespaces have."""

    group: str
    kind: str


class ClusterObject(_Data):
    """An object, or a kind of objects where no name is given, that the cluster as a whole has."""

    group: str
    kind: str
    name: str | None = None


class ProjectSpec(_Data):
    """What the project's Applications may do: nothing that is not listed."""

    description: str
    source_repos: tuple[str, ...]
    destinations: tuple[ClusterDestination, ...]
    cluster_resource_whitelist: tuple[ClusterObject, ...]
    namespace_resource_whitelist: tuple[NamespacedKind, ...]


class Helm(_Data):
    """How a chart is rendered."""

    release_name: str
    values_object: dict[str, object] | None = None
    skip_crds: bool | None = None


class Source(_Data):
    """A folder of a Git repository, or a chart of a chart repository."""

    repo_url: Annotated[str, Field(alias="repoURL")]
    target_revision: str
    path: str | None = None
    chart: str | None = None
    helm: Helm | None = None


class Automated(_Data):
    """What happens without anybody asking for it."""

    prune: bool
    self_heal: bool


class Backoff(_Data):
    """Pauses between attempts, as Go writes durations."""

    duration: str
    factor: int
    max_duration: str


class RetryPolicy(_Data):
    """Further attempts at a sync that failed."""

    limit: int
    backoff: Backoff


class SyncRules(_Data):
    """When and how objects are applied."""

    automated: Automated | None
    sync_options: tuple[str, ...]
    retry: RetryPolicy


class IgnoredDifference(_Data):
    """Fields that something in the cluster owns."""

    group: str
    kind: str
    name: str
    namespace: str
    json_pointers: tuple[str, ...]


class ApplicationSpec(_Data):
    """What is synced from where to where."""

    project: str
    source: Source
    destination: ClusterDestination
    sync_policy: SyncRules
    ignore_differences: tuple[IgnoredDifference, ...] | None = None
    revision_history_limit: int = 10


class _Object(_Data):
    api_version: Literal["argoproj.io/v1alpha1"] = "argoproj.io/v1alpha1"
    metadata: Metadata

    def as_manifest(self) -> dict[str, Any]:
        """The object as the API server takes it."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


class AppProject(_Object):
    """A project: the rights of its Applications."""

    kind: Literal["AppProject"] = "AppProject"
    spec: ProjectSpec


class Application(_Object):
    """An application: what is kept in sync."""

    kind: Literal["Application"] = "Application"
    spec: ApplicationSpec
