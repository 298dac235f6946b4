"""The HorizontalPodAutoscaler of one service.

Source: https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/
"""

from __future__ import annotations

import pulumi
from pulumi_kubernetes.autoscaling.v2 import (
    CrossVersionObjectReferenceArgs,
    HorizontalPodAutoscaler,
    HorizontalPodAutoscalerBehaviorArgs,
    HorizontalPodAutoscalerSpecArgs,
    HPAScalingPolicyArgs,
    HPAScalingRulesArgs,
    MetricSpecArgs,
    MetricTargetArgs,
    ResourceMetricSourceArgs,
)

from components.cluster.contract import ClusterAccess
from components.jarvis.scale import Autoscaling, ScalingRules
from components.kubernetes.metadata import AppLabels, object_meta


def autoscaler(
    name: str, labels: AppLabels, settings: Autoscaling, cluster: ClusterAccess, opts: pulumi.ResourceOptions
) -> HorizontalPodAutoscaler:
    """Changes the replicas of the Deployment of the part's own name."""
    metrics = [_utilization("cpu", settings.cpu_utilization)]
    if settings.memory_utilization is not None:
        metrics.append(_utilization("memory", settings.memory_utilization))
    target = CrossVersionObjectReferenceArgs(api_version="apps/v1", kind="Deployment", name=labels.name)
    return HorizontalPodAutoscaler(
        name,
        metadata=object_meta(labels.name, cluster.namespace, labels),
        spec=HorizontalPodAutoscalerSpecArgs(
            scale_target_ref=target,
            min_replicas=settings.min_replicas,
            max_replicas=settings.max_replicas,
            metrics=metrics,
            behavior=HorizontalPodAutoscalerBehaviorArgs(
                scale_up=_rules(settings.scale_up), scale_down=_rules(settings.scale_down)
            ),
        ),
        opts=opts,
    )


def _utilization(resource: str, percent: int) -> MetricSpecArgs:
    target = MetricTargetArgs(type="Utilization", average_utilization=percent)
    return MetricSpecArgs(type="Resource", resource=ResourceMetricSourceArgs(name=resource, target=target))


def _rules(rules: ScalingRules) -> HPAScalingRulesArgs:
    return HPAScalingRulesArgs(
        stabilization_window_seconds=rules.stabilization_seconds,
        select_policy="Max",
        policies=[
            HPAScalingPolicyArgs(type=policy.type, value=policy.value, period_seconds=policy.period_seconds)
            for policy in rules.policies
        ],
    )
