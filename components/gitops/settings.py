"""How Argo CD syncs a stack from a Git repository."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from components.settings.section import Section
from components.settings.text import Matching
from components.settings.workloads import DnsLabel

IN_CLUSTER = "https://kubernetes.default.svc"
"""The cluster that Argo CD itself runs in."""

RepositoryUrl = Annotated[
    str,
    Matching(
        r"https://[^\s/@]+/\S+|ssh://([A-Za-z0-9._-]+@)?[^\s/@:]+(:[0-9]+)?/\S+|[A-Za-z0-9._-]+@[^\s/@:]+:[^\s/]\S*",
        "the https or ssh address of a Git repository, with no password in it, "
        "such as https://git.example.com/jarvis/deployments.git",
        max_length=2048,
    ),
]
RepositoryPath = Annotated[
    str,
    Matching(
        r"[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*",
        "a folder of the repository, without a slash first or last, such as clusters/staging",
        max_length=512,
    ),
]
Revision = Annotated[
    str, Matching(r"[A-Za-z0-9][A-Za-z0-9._/-]*", "a branch, a tag or a commit, such as main", max_length=255)
]
ServerUrl = Annotated[str, Matching(r"https://[^\s/@]+(/\S*)?", "the https address of an API server", max_length=2048)]
Seconds = Annotated[int, Field(ge=1, le=86_400)]


class Destination(Section):
    """The cluster that the objects go to, by the address or the name under which Argo CD knows it."""

    server: ServerUrl | None = None
    """Address of its API server; Argo CD's own cluster where `name` is absent too."""
    name: DnsLabel | None = None
    """Its name in Argo CD."""

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if self.server is not None and self.name is not None:
            raise ValueError("server and name mean the same cluster: give one of them")
        return self


class Retry(Section):
    """How often, and after which pauses, a sync that failed is tried again.

    The figures are those of Argo CD's own specification page.
    Source: https://argo-cd.readthedocs.io/en/stable/operator-manual/application.yaml
    """

    limit: Annotated[int, Field(ge=0, le=100)] = 5
    """Further attempts; 0 for none."""
    backoff_seconds: Seconds = 5
    """The first pause."""
    factor: Annotated[int, Field(ge=1, le=10)] = 2
    """Each pause is so many times the one before."""
    max_backoff_seconds: Seconds = 180
    """The longest pause."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.max_backoff_seconds < self.backoff_seconds:
            raise ValueError(
                f"maxBackoffSeconds {self.max_backoff_seconds} is below backoffSeconds {self.backoff_seconds}"
            )
        return self


class SyncPolicy(Section):
    """When Argo CD acts by itself."""

    automated: bool = True
    """Whether a commit is synced without anybody asking for it."""
    prune: bool = True
    """Whether an automated sync deletes what the repository no longer has; never what the stack protects."""
    self_heal: bool = True
    """Whether what somebody changed in the cluster is set back."""
    retry: Retry = Retry()


class GitopsSettings(Section):
    """The repository that holds the rendered manifests, and the Argo CD that syncs them."""

    repo_url: RepositoryUrl
    """The Git repository that `automation render` is committed to; Argo CD has its own credentials for it."""
    path: RepositoryPath
    """The folder in it that `--out` named."""
    target_revision: Revision = "main"
    """What Argo CD follows."""
    namespace: DnsLabel = "argocd"
    """Where Argo CD runs."""
    project: DnsLabel | None = None
    """Name of the AppProject and the Application; the name of the stack's namespace where absent."""
    destination: Destination = Destination()
    sync_policy: SyncPolicy = SyncPolicy()
    cascade_delete: bool = False
    """Whether deleting the Application deletes the stack with it; otherwise everything goes on running."""
