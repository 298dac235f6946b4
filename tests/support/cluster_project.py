"""A project of Kubernetes objects of several kinds, for tests of the automation with the offline providers.

`python -m tests.support.cluster_project ROOT KUBECONFIG COMMAND STACK ...` is `python -m automation` over it. Its stack
file may set `jarvis:namespace` and `jarvis:replicas`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from automation.cli import leave, main
from automation.default_project import SandboxTools
from automation.layout import Layout
from automation.project import Project, Say
from automation.rehearsal import SandboxCluster

CONFIG_MAPS = 12
WORKLOADS = 4


class RunningSandbox(SandboxTools):
    """The tools of the sandbox package, with a control plane that the test has started."""

    def __init__(self, layout: Layout, kubeconfig: Path) -> None:
        super().__init__(layout)
        self._cluster = SandboxCluster(kubeconfig, None)

    def start_sandbox(self, say: Say) -> SandboxCluster:
        return self._cluster

    def running_sandbox(self) -> SandboxCluster | None:
        return self._cluster


def program() -> None:
    """The program: cluster-wide and namespaced objects, ones that take time, and a secret."""
    import pulumi
    import pulumi_kubernetes as kubernetes
    import pulumi_random as random
    from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

    config = pulumi.Config("jarvis")
    cluster = config.require_object("cluster")
    name = config.get("namespace") or "automation"
    provider = kubernetes.Provider(
        "cluster", kubeconfig=Path(cluster["kubeconfig"]).read_text(), enable_config_map_mutable=True
    )
    direct = pulumi.ResourceOptions(provider=provider)
    namespace = kubernetes.core.v1.Namespace(name, metadata=ObjectMetaArgs(name=name), opts=direct)
    kubernetes.rbac.v1.ClusterRole(
        f"{name}-reader",
        metadata=ObjectMetaArgs(name=f"{name}-reader"),
        rules=[{"api_groups": [""], "resources": ["pods"], "verbs": ["get"]}],
        opts=direct,
    )
    inside = pulumi.ResourceOptions(provider=provider, depends_on=[namespace])

    def metadata(of: str) -> ObjectMetaArgs:
        # What others change by hand is taken back, as the platform's own program does not leave drift standing.
        force = {"pulumi.com/patchForce": "true"}
        return ObjectMetaArgs(name=of, namespace=namespace.metadata.name, annotations=force)

    password = random.RandomPassword("password", length=32, special=False)
    kubernetes.core.v1.Secret(
        "credentials", metadata=metadata("credentials"), string_data={"password": password.result}, opts=inside
    )
    for index in range(CONFIG_MAPS):
        kubernetes.core.v1.ConfigMap(
            f"settings-{index}", metadata=metadata(f"settings-{index}"), data={"index": str(index)}, opts=inside
        )
    for index in range(WORKLOADS):
        _workload(f"worker-{index}", metadata, config.get_int("replicas") or 1, inside)
    pulumi.export("namespace", namespace.metadata.name)
    pulumi.export("password", password.result)


def _workload(name: str, metadata: Callable[[str], Any], replicas: int, inside: Any) -> None:
    import pulumi_kubernetes as kubernetes

    labels = {"app": name}
    kubernetes.apps.v1.Deployment(
        name,
        metadata=metadata(name),
        spec={
            "replicas": replicas,
            "selector": {"match_labels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"containers": [{"name": "main", "image": "example:1"}]},
            },
        },
        opts=inside,
    )
    kubernetes.core.v1.Service(
        name, metadata=metadata(name), spec={"selector": labels, "ports": [{"port": 80}]}, opts=inside
    )


def cluster_project(root: Path, kubeconfig: Path) -> Project:
    """The project, in a folder that holds its Pulumi.yaml and stack files."""
    layout = Layout(root)
    return Project(layout, RunningSandbox(layout, kubeconfig), program, lambda file, placeholders: None)


if __name__ == "__main__":
    leave(main(sys.argv[3:], cluster_project(Path(sys.argv[1]), Path(sys.argv[2]))))
