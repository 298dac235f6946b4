"""A cluster of kind `eks`."""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pytest
from pydantic import ValidationError

from components.cloud.aws.contract import AwsCloud
from components.cluster.eks_settings import EksCluster, is_arm
from components.cluster.kinds import create_cluster
from tests.support.mocks import Graph, Registered
from tests.unit.cloud.aws.support import by_name, cloud_settings, on_aws, tagless

ADMIN = "arn:aws:iam::123456789012:role/platform-admin"
GIVEN: dict[str, Any] = {"kind": "eks", "admins": [ADMIN]}


def eks(**changed: Any) -> EksCluster:
    return EksCluster.model_validate({**GIVEN, **changed})


def cluster_graph(settings: EksCluster | None = None, *, protect: bool = True, profile: str | None = None) -> Graph:
    def build(cloud: AwsCloud) -> None:
        access = create_cluster(settings or eks(), environment="production", protect=protect, cloud=cloud)
        assert access.environment == "production"

    return on_aws(build, cloud_settings(profile=profile))


@pytest.fixture(scope="module")
def graph() -> Graph:
    return cluster_graph()


def one(graph: Graph, type_: str) -> Registered:
    (found,) = by_name(graph, type_).values()
    return found


def test_the_cluster_is_the_guides_in_a_version_that_is_supported(graph: Graph) -> None:
    cluster = one(graph, "eks/cluster:Cluster")
    assert cluster.inputs["name"] == "jarvis-production"
    assert cluster.inputs["version"] == "1.35"
    assert cluster.inputs["upgradePolicy"] == {"supportType": "STANDARD"}
    assert cluster.inputs["bootstrapSelfManagedAddons"] is False
    assert cluster.inputs["deletionProtection"] is True
    assert cluster.protect


def test_the_api_server_is_private_until_somebody_is_let_in(graph: Graph) -> None:
    config = one(graph, "eks/cluster:Cluster").inputs["vpcConfig"]
    assert (config["endpointPrivateAccess"], config["endpointPublicAccess"]) == (True, False)
    assert config["subnetIds"] == [f"private-{zone}-id" for zone in "abc"]
    open_ = one(cluster_graph(eks(publicAccess=["203.0.113.0/24"])), "eks/cluster:Cluster").inputs["vpcConfig"]
    assert open_["endpointPublicAccess"] is True
    assert open_["publicAccessCidrs"] == ["203.0.113.0/24"]


def test_secrets_are_encrypted_and_everything_is_logged(graph: Graph) -> None:
    inputs = one(graph, "eks/cluster:Cluster").inputs
    assert inputs["encryptionConfig"]["resources"] == ["secrets"]
    assert inputs["encryptionConfig"]["provider"]["keyArn"].endswith(":data-key")
    assert set(inputs["enabledClusterLogTypes"]) == {
        "api",
        "audit",
        "authenticator",
        "controllerManager",
        "scheduler",
    }
    group = by_name(graph, ":LogGroup")["control-plane"]
    assert group.inputs["name"] == "/aws/eks/jarvis-production/cluster"
    assert group.urn in one(graph, "eks/cluster:Cluster").dependencies


def test_only_those_named_may_use_it() -> None:
    viewer = "arn:aws:iam::123456789012:role/support"
    graph = cluster_graph(eks(viewers=[viewer]))
    access = one(graph, "eks/cluster:Cluster").inputs["accessConfig"]
    assert access == {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": False}
    granted = {
        item.inputs["principalArn"]: item.inputs["policyArn"].rpartition("/")[2]
        for item in by_name(graph, ":AccessPolicyAssociation").values()
    }
    assert granted == {ADMIN: "AmazonEKSClusterAdminPolicy", viewer: "AmazonEKSViewPolicy"}
    assert {item.inputs["principalArn"] for item in by_name(graph, ":AccessEntry").values()} == set(granted)


def test_nodes_are_the_guides(graph: Graph) -> None:
    group = one(graph, ":NodeGroup")
    assert group.inputs["scalingConfig"] == {"minSize": 3, "maxSize": 10, "desiredSize": 3}
    assert group.inputs["instanceTypes"] == ["m5.xlarge"]
    assert group.inputs["labels"] == {"Environment": "production", "Application": "jarvis"}
    assert group.inputs["amiType"] == "AL2023_x86_64_STANDARD"
    assert group.inputs["subnetIds"] == [f"private-{zone}-id" for zone in "abc"]
    assert group.ignore_changes == ("scalingConfig.desiredSize",)


def test_nodes_keep_their_number_where_nobody_else_scales_them() -> None:
    assert one(cluster_graph(eks(autoscaler="none")), ":NodeGroup").ignore_changes == ()


def test_graviton_nodes_get_an_image_for_arm() -> None:
    group = one(cluster_graph(eks(nodes={"instanceTypes": ["m7g.xlarge"]})), ":NodeGroup")
    assert group.inputs["amiType"] == "AL2023_ARM_64_STANDARD"
    assert [is_arm(text) for text in ("m5.xlarge", "m7i-flex.large", "r6gd.large", "c7gn.large", "i4i.large")] == [
        False,
        False,
        True,
        True,
        False,
    ]


def test_pods_cannot_take_the_nodes_rights_and_disks_are_encrypted(graph: Graph) -> None:
    template = one(graph, ":LaunchTemplate").inputs
    assert template["metadataOptions"] == {
        "httpEndpoint": "enabled",
        "httpTokens": "required",
        "httpPutResponseHopLimit": 1,
    }
    (disk,) = template["blockDeviceMappings"]
    assert (disk["ebs"]["encrypted"], disk["ebs"]["volumeType"], disk["ebs"]["volumeSize"]) == ("true", "gp3", 100)
    assert template["vpcSecurityGroupIds"] == ["sg-cluster", "nodes-id"]
    assert {item["resourceType"] for item in template["tagSpecifications"]} == {
        "instance",
        "volume",
        "network-interface",
    }
    attached = {
        item.inputs["policyArn"].rpartition("/")[2]
        for item in by_name(graph, ":RolePolicyAttachment").values()
        if item.inputs["role"] == "jarvis-production-nodes"
    }
    assert attached == {
        "AmazonEKSWorkerNodePolicy",
        "AmazonEC2ContainerRegistryPullOnly",
        "AmazonSSMManagedInstanceCore",
    }


def test_nodes_find_their_network_before_they_join_and_dns_comes_after(graph: Graph) -> None:
    addons = by_name(graph, "eks/addon:Addon")
    nodes = one(graph, ":NodeGroup")
    for name in ("vpc-cni", "kube-proxy", "eks-pod-identity-agent"):
        assert addons[name].urn in nodes.dependencies
    for name in ("coredns", "aws-ebs-csi-driver", "metrics-server", "amazon-cloudwatch-observability"):
        assert nodes.urn in addons[name].dependencies
    assert json.loads(addons["vpc-cni"].inputs["configurationValues"])["enableNetworkPolicy"] == "true"


def test_container_insights_may_be_left_out() -> None:
    assert "amazon-cloudwatch-observability" not in by_name(cluster_graph(eks(containerInsights=False)), ":Addon")


def trust(graph: Graph, role: str) -> dict[str, Any]:
    (statement,) = json.loads(by_name(graph, "iam/role:Role")[role].inputs["assumeRolePolicy"])["Statement"]
    return statement


def test_each_role_is_for_one_service_account_of_this_cluster(graph: Graph) -> None:
    accounts = {
        "vpc-cni": ("kube-system", "aws-node"),
        "aws-ebs-csi-driver": ("kube-system", "ebs-csi-controller-sa"),
        "amazon-cloudwatch-observability": ("amazon-cloudwatch", "cloudwatch-agent"),
        "load-balancer-controller": ("kube-system", "aws-load-balancer-controller"),
        "cluster-autoscaler": ("kube-system", "cluster-autoscaler"),
    }
    for role, (namespace, name) in accounts.items():
        statement = trust(graph, role)
        assert statement["Principal"] == {"Service": "pods.eks.amazonaws.com"}
        equal = statement["Condition"]["StringEquals"]
        assert equal["aws:RequestTag/kubernetes-namespace"] == namespace
        assert equal["aws:RequestTag/kubernetes-service-account"] == name
        assert statement["Condition"]["ArnEquals"]["aws:SourceArn"].endswith(":cluster")
    associated = {
        (item.inputs["namespace"], item.inputs["serviceAccount"])
        for item in by_name(graph, ":PodIdentityAssociation").values()
    }
    assert associated == {accounts["load-balancer-controller"], accounts["cluster-autoscaler"]}


def statements(graph: Graph, name: str) -> list[dict[str, Any]]:
    return json.loads(by_name(graph, ":RolePolicy")[name].inputs["policy"])["Statement"]


def test_no_controller_may_change_what_is_not_the_stacks(graph: Graph) -> None:
    for name in ("load-balancer-controller", "cluster-autoscaler"):
        for statement in statements(graph, name):
            changes = [one for one in statement["Action"] if not one.split(":")[1].startswith(("Describe", "Get"))]
            assert not changes or statement["Resource"] != "*" or "Condition" in statement, changes
    (secrets, _) = statements(cluster_graph(eks(externalSecrets=True)), "external-secrets")
    assert secrets["Resource"] == "arn:aws:secretsmanager:us-east-1:123456789012:secret:jarvis-production/*"


def test_service_accounts_may_have_roles_by_oidc_too(graph: Graph) -> None:
    oidc = one(graph, ":OpenIdConnectProvider").inputs
    assert oidc["url"] == "https://oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE"
    assert oidc["clientIdLists"] == ["sts.amazonaws.com"]


def test_the_cluster_is_reached_with_a_token_that_is_never_kept() -> None:
    graph = cluster_graph(profile="jarvis")
    (provider,) = [item for item in graph.resources if item.type == "pulumi:providers:kubernetes"]
    assert "kubeconfig" not in provider.secret_inputs, "whoever asks the cluster reads it in the state"
    config = json.loads(provider.inputs["kubeconfig"])
    assert config["clusters"][0]["cluster"] == {
        "server": "https://EXAMPLE.gr7.us-east-1.eks.amazonaws.com",
        "certificate-authority-data": "Y2E=",
    }
    (user,) = config["users"]
    assert list(user["user"]) == ["exec"]
    assert user["user"]["exec"]["args"][:4] == ["--region", "us-east-1", "eks", "get-token"]
    assert user["user"]["exec"]["env"] == [{"name": "AWS_PROFILE", "value": "jarvis"}]


def test_whatever_is_put_into_the_cluster_waits_for_its_nodes_and_add_ons(graph: Graph) -> None:
    (provider,) = [item for item in graph.resources if item.type == "pulumi:providers:kubernetes"]
    for name in ("coredns", "aws-ebs-csi-driver"):
        assert by_name(graph, "eks/addon:Addon")[name].urn in provider.dependencies
    assert {item.urn for item in by_name(graph, ":AccessPolicyAssociation").values()} <= provider.dependencies


def test_the_namespace_is_the_same_as_in_every_cluster(graph: Graph) -> None:
    namespace = graph.one("Namespace", "jarvis-production")
    assert namespace.inputs["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    assert namespace.protect
    assert graph.one("ResourceQuota", "jarvis")
    storage = graph.one("StorageClass", "gp3")
    assert storage.inputs["parameters"] == {"type": "gp3", "encrypted": "true"}


def test_every_resource_says_whose_it_is(graph: Graph) -> None:
    assert tagless(graph) == []


def test_it_needs_an_account() -> None:
    with pytest.raises(pulumi.RunError, match=r"jarvis:cluster of kind eks needs jarvis:cloud of kind aws\."):
        create_cluster(eks(), environment="production", protect=True)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": "jarvis.production"}, "must be letters, digits, hyphens and underscores"),
        ({"name": "x" * 101}, "100 at most"),
        ({"version": "1.28"}, "version 1.28 is out of support"),
        ({"version": "1.33"}, "version 1.33 leaves standard support on 2026-07-29"),
        ({"version": "1.34"}, "version 1.34 leaves standard support on 2026-12-02: take 1.35"),
        ({"version": "latest"}, "must be a minor version"),
        ({"admins": []}, "at least 1 item"),
        ({"admins": ["platform-admin"]}, "must be the ARN of an IAM role or user"),
        ({"viewers": [ADMIN]}, "which is among admins already"),
        ({"publicAccess": ["0.0.0.0/0"]}, "not the whole internet"),
        ({"serviceCidr": "172.20.0.0/8"}, "must be a private IPv4 network"),
        ({"serviceCidr": "10.0.0.0/28"}, "from /12 to /24"),
        ({"controlPlaneLogs": ["kubelet"]}, "'api', 'audit'"),
        ({"nodes": {"minSize": 4}}, "desiredSize 3 must lie between minSize 4 and maxSize 10"),
        ({"nodes": {"instanceTypes": ["m5.xlarge", "m7g.xlarge"]}}, "mix Arm and x86"),
        ({"nodes": {"instanceTypes": ["g5.xlarge"]}}, "accelerator"),
        ({"nodes": {"instanceTypes": ["m5"]}}, "must be an instance type"),
        ({"nodes": {"diskGib": 8}}, "greater than or equal to 20"),
        ({"addonVersions": {"vpc-cni": "latest"}}, "must be an add-on's version"),
        ({"addonVersions": {"calico": "v1.0.0-eksbuild.1"}}, "'vpc-cni'"),
    ],
)
def test_wrong_settings_are_refused(wrong: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        EksCluster.model_validate({**GIVEN, **wrong})


def test_an_old_version_may_be_paid_for() -> None:
    assert eks(version="1.33", support="EXTENDED").version == "1.33"
