"""Amazon's controllers where they do not fit the cluster: each gives its exact sentence, and only that."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from infra.settings.load import load_stack_file
from tests.unit.settings.stacks import (
    ABSENT,
    Case,
    Config,
    assert_refused,
    changed,
    production,
    production_aws,
    written,
)

HELM = {"kind": "helm"}
OFFERED = "helm, or external where the cluster has it already"
NODES = {"instanceTypes": ["m5.xlarge"], "minSize": 3}


def aws() -> Config:
    return changed(production_aws(), {"platform.awsLoadBalancerController": HELM, "platform.clusterAutoscaler": HELM})


def karpenter() -> Config:
    changes = {"platform.clusterAutoscaler": ABSENT, "platform.karpenter": HELM}
    return changed(aws(), {**changes, "cluster.autoscaler": "karpenter", "cluster.nodes": NODES})


CASES: dict[str, Case] = {
    "load balancer without its controller": (
        aws,
        {"platform.awsLoadBalancerController": ABSENT},
        f"jarvis:platform.awsLoadBalancerController.kind must be {OFFERED}: jarvis:exposure needs it.",
    ),
    "autoscaler that nobody installs": (
        aws,
        {"platform.clusterAutoscaler": {"kind": "none"}},
        f"jarvis:platform.clusterAutoscaler.kind must be {OFFERED}: jarvis:cluster.autoscaler needs it.",
    ),
    "karpenter that nobody installs": (
        karpenter,
        {"platform.karpenter": ABSENT},
        f"jarvis:platform.karpenter.kind must be {OFFERED}: jarvis:cluster.autoscaler needs it.",
    ),
    "two that scale": (
        karpenter,
        {"platform.clusterAutoscaler": HELM},
        "jarvis:platform.clusterAutoscaler.kind must be none: jarvis:cluster.autoscaler is karpenter, so it would "
        "have no rights on AWS.",
    ),
    "karpenter where another scales": (
        aws,
        {"platform.karpenter": {"kind": "external"}},
        "jarvis:platform.karpenter.kind must be none: jarvis:cluster.autoscaler is cluster-autoscaler, so it would "
        "have no rights on AWS.",
    ),
    "controller without rights": (
        aws,
        {"cluster.loadBalancerController": False},
        "jarvis:cluster.loadBalancerController must be true: jarvis:platform.awsLoadBalancerController would have no "
        "rights on AWS.",
    ),
    "controller where its rights are not": (
        aws,
        {"platform.awsLoadBalancerController": {"kind": "helm", "namespace": "load-balancing"}},
        "jarvis:platform.awsLoadBalancerController.namespace must be kube-system, not load-balancing: only there has "
        "it rights on AWS.",
    ),
    "controller of Amazon's on premises": (
        production,
        {"platform.awsLoadBalancerController": HELM},
        "jarvis:platform.awsLoadBalancerController.kind must be none: it is for clusters of kind eks, and "
        "jarvis:cluster is existing.",
    ),
    "karpenter on premises": (
        production,
        {"platform.karpenter": {"kind": "external"}},
        "jarvis:platform.karpenter.kind must be none: it is for clusters of kind eks, and jarvis:cluster is existing.",
    ),
    "metrics-server twice": (
        aws,
        {"platform.metricsServer": HELM},
        "jarvis:platform.metricsServer.kind must be external, not helm: a cluster of kind eks brings it.",
    ),
    "metrics-server denied": (
        aws,
        {"platform.metricsServer": ABSENT},
        "jarvis:platform.metricsServer.kind must be external, not none: a cluster of kind eks brings it.",
    ),
    "autoscaler of another version": (
        aws,
        {"cluster.version": "1.36"},
        "jarvis:platform.clusterAutoscaler.appVersion is v1.35.2, of Kubernetes 1.35, but jarvis:cluster.version is "
        "1.36: name an image of that, with its chart in version.",
    ),
}

GOOD: dict[str, tuple[Any, dict[str, Any]]] = {
    "installed": (aws, {}),
    "installed by others": (aws, {"platform.awsLoadBalancerController": {"kind": "external"}}),
    "karpenter": (karpenter, {}),
    "nodes by hand": (aws, {"cluster.autoscaler": "none", "platform.clusterAutoscaler": ABSENT}),
    "autoscaler of the cluster's version": (
        aws,
        {
            "cluster.version": "1.36",
            "platform.clusterAutoscaler": {"kind": "helm", "version": "9.59.0", "appVersion": "v1.36.1"},
        },
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_does_not_fit_is_told_of(name: str, tmp_path: Path) -> None:
    stack, changes, sentence = CASES[name]
    assert_refused(tmp_path, stack, changes, sentence)


@pytest.mark.parametrize("name", GOOD)
def test_what_fits_is_not_refused(name: str, tmp_path: Path) -> None:
    stack, changes = GOOD[name]
    load_stack_file(written(tmp_path, changed(stack(), changes)))
