"""What of an EKS cluster somebody is told of, and what there is to see of it."""

from __future__ import annotations

from typing import Final

import pulumi

from components.cloud.aws.contract import Alarm, AwsCloud, Chart, Line

_NAMESPACE: Final = "ContainerInsights"
"""Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-enhanced-EKS.html
(2026-11-24)."""
_DISK_PERCENT: Final = 80


def observe(cluster: pulumi.Output[str], *, cloud: AwsCloud, parent: pulumi.Resource) -> None:
    """Nodes and Pods, as the add-on amazon-cloudwatch-observability counts them."""
    whole = {"ClusterName": cluster}
    for alarm in (
        Alarm(
            "cluster-nodes-failed",
            "A node has been in trouble for 15 minutes: `kubectl describe nodes` says in which.",
            _NAMESPACE,
            "cluster_failed_node_count",
            whole,
            threshold=0,
            statistic="Maximum",
        ),
        Alarm(
            "cluster-nodes-disk",
            f"More than {_DISK_PERCENT} % of a node's disk is full: it evicts Pods soon. Raise nodes.diskGib.",
            _NAMESPACE,
            "node_filesystem_utilization",
            whole,
            threshold=_DISK_PERCENT,
            statistic="Maximum",
        ),
    ):
        cloud.alarms.watch(alarm, parent=parent)
    cloud.alarms.show(
        Chart("Nodes", _NAMESPACE, (Line("cluster_node_count", whole),)),
        Chart(
            "Percent of the nodes",
            _NAMESPACE,
            (Line("node_cpu_utilization", whole, "CPU"), Line("node_memory_utilization", whole, "Memory")),
        ),
        Chart("Pods that run", _NAMESPACE, (Line("namespace_number_of_running_pods", whole),)),
    )
