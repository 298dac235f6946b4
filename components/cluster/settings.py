"""Which cluster a stack lives in, one model a kind."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from components.cluster.aks_settings import AksCluster
from components.cluster.eks_settings import EksCluster
from components.cluster.namespace_settings import NamespaceSettings
from components.settings.text import Matching

FilePath = Annotated[str, Matching(r"[^\s\x00-\x1f](.*\S)?", "a path, such as ~/.kube/config", max_length=4096)]
ContextName = Annotated[str, Matching(r"[^\s\x00-\x1f](.*\S)?", "the name of a context", max_length=253)]


class ExistingCluster(NamespaceSettings):
    """A cluster that is there already: whatever a kubeconfig reaches."""

    kind: Literal["existing"] = "existing"
    kubeconfig: FilePath | None = None
    """Path of the kubeconfig, `~` for the home directory; KUBECONFIG or else ~/.kube/config where absent."""
    context: ContextName | None = None
    """Context of the kubeconfig; its current one where absent."""
    force_conflicts: bool = False
    """Whether a deployment takes back fields that somebody else has set since, by `kubectl` for example.

    Otherwise such a field is a conflict, which the run reports in the API server's words.
    """


ClusterSettings = Annotated[ExistingCluster | EksCluster | AksCluster, Field(discriminator="kind")]
"""A further kind is one more model here and one more case in `kinds.py`."""
