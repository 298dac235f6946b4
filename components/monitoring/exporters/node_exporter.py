"""node-exporter: a Pod on every node that reads the node's own files, in a namespace of its own.

The `restricted` profile forbids host paths and the host's network; whoever may make Pods in a namespace that allows
them can take the node over. So that namespace holds nothing else.
"""

from __future__ import annotations

from typing import Final

import pulumi
from pulumi_kubernetes.apps.v1 import DaemonSet, DaemonSetSpecArgs
from pulumi_kubernetes.core.v1 import (
    ContainerArgs,
    ContainerPortArgs,
    HostPathVolumeSourceArgs,
    Namespace,
    PodSpecArgs,
    PodTemplateSpecArgs,
    ServiceAccount,
    TolerationArgs,
    VolumeArgs,
    VolumeMountArgs,
)
from pulumi_kubernetes.meta.v1 import LabelSelectorArgs, ObjectMetaArgs
from pulumi_kubernetes.rbac.v1 import PolicyRuleArgs, Role, RoleBinding, RoleRefArgs, SubjectArgs

from components.cluster.contract import ClusterAccess
from components.kubernetes.metadata import AppLabels, object_meta
from components.kubernetes.pods import http_probe, requirements, restricted_container, restricted_pod
from components.kubernetes.rbac import API_GROUP, WATCH
from components.kubernetes.services import HTTP_PORT as HTTP
from components.monitoring.exporters.jobs import NODE_EXPORTER as APP
from components.monitoring.exporters.jobs import NODE_EXPORTER_PORT as PORT
from components.monitoring.exporters.jobs import nodes_namespace
from components.monitoring.exporters.settings import NodeExporterSettings
from components.monitoring.flows import PROMETHEUS_APP
from components.monitoring.server_pod import go_environment

_USER_ID: Final = 65534
"""The image's own user, `nobody`."""
_HOST_PATHS: Final = {"proc": "/proc", "sys": "/sys", "root": "/"}
_POD_SECURITY: Final = {f"pod-security.kubernetes.io/{mode}": "privileged" for mode in ("enforce", "audit", "warn")}
_NO_DISKS: Final = "^/(dev|proc|run|sys|var/lib/(containerd|docker|kubelet)/.+)($|/)"
"""Mounts of the kernel and of containers, which are no disks."""


class NodeExporter(pulumi.ComponentResource):
    """The namespace `<stack's namespace>-nodes`, the DaemonSet in it and Prometheus' right to find its Pods."""

    def __init__(
        self,
        name: str,
        settings: NodeExporterSettings,
        *,
        cluster: ClusterAccess,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("jarvis:monitoring:NodeExporter", name, None, opts)
        self._settings = settings
        self._cluster = cluster
        self._labels = AppLabels(APP, "exporter", cluster.environment)
        own_name = cluster.namespace.apply(nodes_namespace)
        namespace = Namespace(
            "nodes-namespace",
            metadata=ObjectMetaArgs(name=own_name, labels={**self._labels.all, **_POD_SECURITY}),
            opts=cluster.child_of(self),
        )
        self._namespace = namespace.metadata.name
        account = ServiceAccount(
            APP, metadata=self._meta(APP), automount_service_account_token=False, opts=cluster.child_of(self)
        )
        self._grant_discovery()
        self._daemon_set(account)
        self.register_outputs({"namespace": own_name})

    def _meta(self, name: str) -> ObjectMetaArgs:
        return object_meta(name, self._namespace, self._labels)

    def _grant_discovery(self) -> None:
        """To the stack's Prometheus, which lives in another namespace."""
        name = f"{APP}-discovery"
        rule = PolicyRuleArgs(api_groups=[""], resources=["pods"], verbs=list(WATCH))
        role = Role(name, metadata=self._meta(name), rules=[rule], opts=self._cluster.child_of(self))
        RoleBinding(
            name,
            metadata=self._meta(name),
            role_ref=RoleRefArgs(api_group=API_GROUP, kind="Role", name=role.metadata.name),
            subjects=[
                SubjectArgs(kind="ServiceAccount", name=PROMETHEUS_APP, namespace=self._cluster.namespace),
            ],
            opts=self._cluster.child_of(self),
        )

    def _daemon_set(self, account: ServiceAccount) -> None:
        DaemonSet(
            APP,
            metadata=self._meta(APP),
            spec=DaemonSetSpecArgs(
                selector=LabelSelectorArgs(match_labels=self._labels.selector),
                template=PodTemplateSpecArgs(
                    metadata=ObjectMetaArgs(labels=self._labels.all),
                    spec=PodSpecArgs(
                        service_account_name=account.metadata.name,
                        automount_service_account_token=False,
                        enable_service_links=False,
                        host_network=True,
                        security_context=restricted_pod(_USER_ID),
                        # On every node, those with taints too: they fill up like others.
                        tolerations=[TolerationArgs(operator="Exists")],
                        containers=[self._container()],
                        volumes=[
                            VolumeArgs(name=name, host_path=HostPathVolumeSourceArgs(path=path))
                            for name, path in _HOST_PATHS.items()
                        ],
                    ),
                ),
            ),
            opts=self._cluster.child_of(self),
        )

    def _container(self) -> ContainerArgs:
        resources = self._settings.resources
        return ContainerArgs(
            name=APP,
            image=self._settings.image,
            image_pull_policy="IfNotPresent",
            args=node_arguments(),
            env=go_environment(resources),
            ports=[ContainerPortArgs(name=HTTP, container_port=PORT, host_port=PORT)],
            readiness_probe=http_probe("/", HTTP),
            liveness_probe=http_probe("/", HTTP, period_seconds=30, timeout_seconds=5, failure_threshold=4),
            resources=requirements(resources),
            security_context=restricted_container(),
            volume_mounts=[
                VolumeMountArgs(
                    name=name,
                    mount_path=f"/host/{name}",
                    read_only=True,
                    # Else disks that the node mounts later stay unseen.
                    mount_propagation="HostToContainer" if name == "root" else None,
                )
                for name in _HOST_PATHS
            ],
        )


def node_arguments(host: str = "/host") -> list[str]:
    """The command line; `host` is where the node's file systems are mounted."""
    return [
        f"--path.procfs={host}/proc",
        f"--path.sysfs={host}/sys",
        f"--path.rootfs={host}/root",
        f"--web.listen-address=:{PORT}",
        f"--collector.filesystem.mount-points-exclude={_NO_DISKS}",
        # A series for each container's virtual network device would say nothing of the node.
        "--collector.netdev.device-exclude=^(veth|cali|cni|flannel|lxc).*$",
        "--collector.netclass.ignored-devices=^(veth|cali|cni|flannel|lxc).*$",
    ]
