"""Which exporters of cluster and nodes a stack has. The guide gives no figure: resources are ours."""

from __future__ import annotations

from components.settings.section import Section
from components.settings.workloads import ImageReference, Resources


class KubeStateMetricsSettings(Section):
    """kube-state-metrics over the stack's namespace: replicas, restarts, Jobs, volumes, autoscalers."""

    enabled: bool = True
    """Whether the stack has one."""
    image: ImageReference = "registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.20.0"
    resources: Resources = Resources.of(requests=("50m", "64Mi"), limits=("200m", "256Mi"))


class NodeExporterSettings(Section):
    """node-exporter on every node: memory, disks, CPU.

    It needs the nodes' own network and files, so a namespace of its own, which Pod Security lets do so. Off where
    absent from the stack file: most clusters have one, and nodes serve its port only once.
    """

    enabled: bool = False
    """Whether the stack brings one to every node."""
    image: ImageReference = "quay.io/prometheus/node-exporter:v1.12.1"
    resources: Resources = Resources.of(requests=("50m", "32Mi"), limits=("250m", "128Mi"))


class ExportersSettings(Section):
    """The exporters beside those of database and cache."""

    kube_state_metrics: KubeStateMetricsSettings = KubeStateMetricsSettings()
    node_exporter: NodeExporterSettings = NodeExporterSettings()
