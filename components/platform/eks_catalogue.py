"""The controllers that only a cluster of Amazon EKS may need.

Sources (2026-11-24), each at the release pinned here: values.yaml, templates and crds of
https://github.com/kubernetes-sigs/aws-load-balancer-controller/tree/v3.5.0/helm/aws-load-balancer-controller,
https://github.com/kubernetes/autoscaler/tree/cluster-autoscaler-chart-9.59.0/cluster-autoscaler/charts/cluster-autoscaler,
https://github.com/aws/karpenter-provider-aws/tree/v1.14.1/charts/karpenter.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from components.platform import chart_values
from components.platform.addon_chart import AddonChart, ChartImage, Kind

_PUBLIC_ECR: Final = "public.ecr.aws"

EKS_CHARTS: Final[Mapping[str, AddonChart]] = {
    "aws_load_balancer_controller": AddonChart(
        name="aws-load-balancer-controller",
        chart="aws-load-balancer-controller",
        repository="https://aws.github.io/eks-charts",
        version="3.5.0",
        app_version="v3.5.0",
        namespace="kube-system",
        images=(
            ChartImage(
                f"{_PUBLIC_ECR}/eks/aws-load-balancer-controller", repository="image.repository", tag_at="image.tag"
            ),
        ),
        values=chart_values.AWS_LOAD_BALANCER_CONTROLLER,
        replicas_at=("replicaCount",),
        kinds=(Kind("elbv2.k8s.aws", "v1beta1", "TargetGroupBinding", "targetgroupbindings"),),
        eks_values={
            "clusterName": lambda eks: eks.name,
            "region": lambda eks: eks.region,
            "vpcId": lambda eks: eks.vpc_id,  # else it would ask the instance metadata, which Pods do not reach
        },
        pod_security=None,
    ),
    "cluster_autoscaler": AddonChart(
        name="cluster-autoscaler",
        chart="cluster-autoscaler",
        repository="https://kubernetes.github.io/autoscaler",
        version="9.59.0",
        app_version="v1.35.2",  # of the minor version of Kubernetes that EksCluster has by default
        namespace="kube-system",
        images=(
            ChartImage(
                "registry.k8s.io/autoscaling/cluster-autoscaler", repository="image.repository", tag_at="image.tag"
            ),
        ),
        values=chart_values.CLUSTER_AUTOSCALER,
        replicas_at=("replicaCount",),
        pull_secrets_at=(),
        pull_secret_names_at=("image.pullSecrets",),
        eks_values={"autoDiscovery.clusterName": lambda eks: eks.name, "awsRegion": lambda eks: eks.region},
        pod_security=None,
    ),
    "karpenter": AddonChart(
        name="karpenter",
        chart=f"oci://{_PUBLIC_ECR}/karpenter/karpenter",
        repository=None,
        version="1.14.1",
        app_version="1.14.1",
        namespace="kube-system",
        images=(
            ChartImage(
                f"{_PUBLIC_ECR}/karpenter/controller",
                repository="controller.image.repository",
                tag_at="controller.image.tag",
            ),
        ),
        values=chart_values.KARPENTER,
        replicas_at=("replicas",),
        kinds=(
            Kind("karpenter.sh", "v1", "NodePool", "nodepools", namespaced=False),
            Kind("karpenter.k8s.aws", "v1", "EC2NodeClass", "ec2nodeclasses", namespaced=False),
        ),
        eks_values={
            "settings.clusterName": lambda eks: eks.name,
            "settings.interruptionQueue": lambda eks: eks.karpenter and eks.karpenter.interruption_queue,
        },
        pod_security=None,
    ),
}
"""By the setting's name in PlatformSettings."""
