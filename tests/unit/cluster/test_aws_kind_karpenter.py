"""A cluster of kind `eks` whose nodes Karpenter makes."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from components.cloud.aws.contract import AwsCloud
from components.cluster.eks_settings import EksCluster
from components.cluster.kinds import create_cluster, create_node_pools
from components.platform.kinds import create_platform
from components.platform.settings import PlatformSettings
from sandbox.providers.aws.provider import AwsProvider
from tests.support.mocks import Graph
from tests.unit.cloud.aws.support import ACCOUNT, by_name, on_aws, tagless

GIVEN: dict[str, Any] = {
    "kind": "eks",
    "admins": [f"arn:aws:iam::{ACCOUNT}:role/platform-admin"],
    "autoscaler": "karpenter",
}
INLINE_LIMIT = 10_240
"""Characters that IAM lets a role's inline policies have together, white space aside."""


def stack_graph(**changed: Any) -> Graph:
    settings = EksCluster.model_validate({**GIVEN, **changed})
    platform = PlatformSettings.model_validate({"karpenter": {"kind": "helm"}})

    def build(cloud: AwsCloud) -> None:
        cluster = create_cluster(settings, environment="production", protect=True, cloud=cloud)
        controllers = create_platform(platform, cluster=cluster)
        ready = create_node_pools(settings, cluster=replace(cluster, prerequisites=controllers.resources))
        assert len(ready.prerequisites) == len(controllers.resources) + 1

    return on_aws(build)


@pytest.fixture(scope="module")
def graph() -> Graph:
    return stack_graph()


def spec(graph: Graph, kind: str) -> dict[str, Any]:
    return graph.one(kind, "jarvis").inputs["spec"]


def statements(graph: Graph) -> list[dict[str, Any]]:
    return json.loads(by_name(graph, ":RolePolicy")["karpenter"].inputs["policy"])["Statement"]


def test_the_node_group_stays_as_small_as_it_is(graph: Graph) -> None:
    (group,) = by_name(graph, ":NodeGroup").values()
    assert group.inputs["scalingConfig"] == {"minSize": 3, "maxSize": 3, "desiredSize": 3}
    assert group.ignore_changes == ()
    assert "cluster-autoscaler" not in by_name(graph, "iam/role:Role")


def test_instances_are_made_as_those_of_the_node_group(graph: Graph) -> None:
    made = spec(graph, "EC2NodeClass")
    template = by_name(graph, ":LaunchTemplate")["nodes"].inputs
    assert made["amiSelectorTerms"] == [{"alias": "al2023@latest"}]
    assert [term["id"] for term in made["securityGroupSelectorTerms"]] == template["vpcSecurityGroupIds"]
    assert [term["id"] for term in made["subnetSelectorTerms"]] == [f"private-{zone}-id" for zone in "abc"]
    assert made["associatePublicIPAddress"] is False
    for option in ("httpTokens", "httpPutResponseHopLimit"):
        assert made["metadataOptions"][option] == template["metadataOptions"][option]
    (disk,) = made["blockDeviceMappings"]
    assert (disk["ebs"]["volumeType"], disk["ebs"]["encrypted"], disk["ebs"]["volumeSize"]) == ("gp3", True, "100Gi")
    assert made["tags"]["Application"] == "jarvis"
    (group,) = by_name(graph, ":NodeGroup").values()
    assert spec(graph, "NodePool")["template"]["metadata"]["labels"] == group.inputs["labels"]


def test_nodes_join_with_a_profile_that_stands(graph: Graph) -> None:
    profile = by_name(graph, ":InstanceProfile")["karpenter-nodes"]
    assert (
        spec(graph, "EC2NodeClass")["instanceProfile"] == profile.inputs["name"] == "jarvis-production-karpenter-nodes"
    )
    entry = by_name(graph, ":AccessEntry")["karpenter-nodes"]
    assert entry.inputs["type"] == "EC2_LINUX"
    assert entry.inputs["principalArn"].endswith(":karpenter-nodes")
    attached = {
        item.inputs["policyArn"].rpartition("/")[2]
        for item in by_name(graph, ":RolePolicyAttachment").values()
        if item.inputs["role"] == "jarvis-production-karpenter-nodes"
    }
    assert attached == {
        "AmazonEKSWorkerNodePolicy",
        "AmazonEC2ContainerRegistryPullOnly",
        "AmazonSSMManagedInstanceCore",
    }


def test_the_pool_has_limits_and_renews_itself_with_care(graph: Graph) -> None:
    pool = spec(graph, "NodePool")
    assert pool["limits"] == {"nodes": "7", "cpu": "28", "memory": "112Gi"}
    assert pool["template"]["spec"]["expireAfter"] == "720h"
    assert "terminationGracePeriod" not in pool["template"]["spec"]
    assert pool["disruption"] == {
        "consolidationPolicy": "WhenEmptyOrUnderutilized",
        "consolidateAfter": "5m",
        "budgets": [{"nodes": "1", "reasons": ["Drifted", "Underutilized"]}, {"nodes": "100%", "reasons": ["Empty"]}],
    }
    asked = {one["key"]: (one["operator"], one["values"]) for one in pool["template"]["spec"]["requirements"]}
    assert asked["kubernetes.io/arch"] == ("In", ["amd64"])
    assert asked["karpenter.sh/capacity-type"] == ("In", ["on-demand"])
    assert asked["karpenter.k8s.aws/instance-generation"] == ("Gt", ["4"])
    assert asked["karpenter.k8s.aws/instance-cpu"] == ("Lt", ["17"])


def test_the_settings_decide_what_nodes_there_are() -> None:
    nodes = {
        "limits": {"nodes": 20, "cpu": "80", "memory": "320Gi"},
        "capacity": ["spot", "on-demand"],
        "imageVersion": "v20260811",
        "drainLimitHours": 24,
        "expireAfterHours": 168,
    }
    graph = stack_graph(karpenter=nodes, nodes={"instanceTypes": ["m7g.xlarge"], "minSize": 2})
    pool = spec(graph, "NodePool")
    assert pool["limits"]["nodes"] == "20"
    assert (pool["template"]["spec"]["expireAfter"], pool["template"]["spec"]["terminationGracePeriod"]) == (
        "168h",
        "24h",
    )
    asked = {one["key"]: one["values"] for one in pool["template"]["spec"]["requirements"]}
    assert asked["kubernetes.io/arch"] == ["arm64"]
    assert asked["karpenter.sh/capacity-type"] == ["spot", "on-demand"]
    assert spec(graph, "EC2NodeClass")["amiSelectorTerms"] == [{"alias": "al2023@v20260811"}]
    assert any(one["Resource"][-1].endswith(":spot-instances-request/*") for one in statements(graph))


def test_everything_stands_in_the_order_in_which_it_is_needed(graph: Graph) -> None:
    """Rights before the controller, the controller before its kinds; and the other way round when they go."""
    (provider,) = [item for item in graph.resources if item.type == "pulumi:providers:kubernetes"]
    assert by_name(graph, ":PodIdentityAssociation")["karpenter"].urn in provider.dependencies
    assert by_name(graph, ":AccessEntry")["karpenter-nodes"].urn in provider.dependencies
    (release,) = graph.of_kind("Release")
    node_class, pool = graph.one("EC2NodeClass", "jarvis"), graph.one("NodePool", "jarvis")
    assert release.urn in node_class.dependencies
    assert node_class.urn in pool.dependencies
    for item in (node_class, pool):
        assert item.inputs["metadata"]["annotations"]["pulumi.com/waitFor"] == "condition=Ready"
    assert release.inputs["values"]["settings"]["interruptionQueue"] == "jarvis-production-karpenter"


def test_only_the_rules_may_write_to_the_queue_and_only_encrypted(graph: Graph) -> None:
    queue = by_name(graph, "sqs/queue:Queue")["interruptions"]
    assert queue.inputs["sqsManagedSseEnabled"] is True
    assert queue.inputs["messageRetentionSeconds"] == 300
    told, in_the_clear = json.loads(by_name(graph, ":QueuePolicy")["interruptions"].inputs["policy"])["Statement"]
    rules = by_name(graph, ":EventRule")
    assert told["Principal"] == {"Service": "events.amazonaws.com"}
    events = ["health", "spot", "rebalance", "state", "reservation"]
    assert sorted(rules) == sorted(events)
    assert told["Condition"]["ArnEquals"]["aws:SourceArn"] == [
        f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:{key}" for key in events
    ]
    assert (in_the_clear["Effect"], in_the_clear["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
    patterns = [json.loads(rule.inputs["eventPattern"]) for rule in rules.values()]
    assert {"source": ["aws.ec2"], "detail-type": ["EC2 Spot Instance Interruption Warning"]} in patterns
    targets = by_name(graph, ":EventTarget")
    assert targets.keys() == rules.keys()
    assert {item.inputs["arn"] for item in targets.values()} == {told["Resource"]}
    assert all(len(rule.inputs["name"]) <= 64 for rule in rules.values())


READS = ("Describe", "Get", "List", "Receive")


def test_it_changes_nothing_but_its_own(graph: Graph) -> None:
    """Whatever it makes, changes or ends is in the nodes' subnets and groups, or carries the cluster's tags."""
    mine = {"fleet", "instance", "launch-template", "network-interface", "volume"}
    for one in statements(graph):
        changes = [action for action in one["Action"] if not action.split(":")[1].startswith(READS)]
        resources = [one["Resource"]] if isinstance(one["Resource"], str) else one["Resource"]
        if not changes or changes == ["sqs:DeleteMessage"]:
            continue
        assert "*" not in resources
        if changes == ["iam:PassRole"]:
            assert resources == [f"arn:aws:iam:us-east-1:{ACCOUNT}:karpenter-nodes"]
            assert one["Condition"] == {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}
            continue
        wide = {arn.split(":")[-1].removesuffix("/*") for arn in resources if arn.endswith("/*")}
        if wide & mine:
            assert "kubernetes.io/cluster/jarvis-production" in json.dumps(one["Condition"])
        else:
            assert wide == {"image", "snapshot"}
            assert {arn.split(":")[-1] for arn in resources} - {"image/*", "snapshot/*"} == {
                *(f"subnet/private-{zone}-id" for zone in "abc"),
                "security-group/sg-cluster",
                "security-group/nodes-id",
            }


def test_it_makes_no_profiles_and_its_policy_fits(graph: Graph) -> None:
    text = by_name(graph, ":RolePolicy")["karpenter"].inputs["policy"]
    assert "CreateInstanceProfile" not in text
    assert len("".join(text.split())) < INLINE_LIMIT


def test_every_input_is_what_the_sdk_takes_and_says_whose_it_is(graph: Graph) -> None:
    provider = AwsProvider()
    kinds = ("sqs/", "cloudwatch/event", "iam/instanceProfile", "eks/accessEntry")
    found = [item for item in graph.resources if item.type.removeprefix("aws:").startswith(kinds)]
    assert len(found) == 15
    mistakes = [
        sentence
        for item in found
        for _, sentence in provider.checker.problems(
            item.type, provider.types.resource(item.type).inputs, whole(item.inputs)
        )
    ]
    assert mistakes == []
    assert tagless(graph) == []


def whole(inputs: dict[str, Any]) -> dict[str, Any]:
    """Numbers as they were: on the wire every one is a float."""
    return {key: int(value) if isinstance(value, float) else value for key, value in inputs.items()}


def test_without_karpenter_there_is_no_pool() -> None:
    settings = EksCluster.model_validate({**GIVEN, "autoscaler": "none"})

    def build(cloud: AwsCloud) -> None:
        cluster = create_cluster(settings, environment="production", protect=True, cloud=cloud)
        assert create_node_pools(settings, cluster=cluster) is cluster

    graph = on_aws(build)
    assert not graph.of_kind("NodePool")
    assert not by_name(graph, "sqs/queue:Queue")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"autoscaler": "none", "karpenter": {}}, "karpenter is for autoscaler karpenter; it is none"),
        (
            {"nodes": {"maxSize": 10}},
            "nodes.maxSize is 10, but with autoscaler karpenter the node group stays at minSize 3",
        ),
        ({"nodes": {"minSize": 2, "desiredSize": 3}}, "nodes.desiredSize is 3"),
        ({"karpenter": {"imageVersion": "2026"}}, "must be latest, or a release of Amazon's image"),
        ({"karpenter": {"capacity": ["reserved"]}}, "'on-demand' or 'spot'"),
        ({"karpenter": {"families": []}}, "at least 1 item"),
        ({"karpenter": {"limits": {"nodes": 0}}}, "greater than or equal to 1"),
        ({"karpenter": {"expireAfterHours": 1}}, "greater than or equal to 24"),
    ],
)
def test_wrong_settings_are_refused(wrong: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        EksCluster.model_validate({**GIVEN, **wrong})
