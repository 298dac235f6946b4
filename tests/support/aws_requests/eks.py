"""The requests of a cluster: EKS's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tests.support.aws_requests.call import Call, Item, Row

UNIQUE = "20260101000000000000000001"
"""What the provider puts behind a name's prefix: the time, and a number."""


def cluster(item: Item) -> Iterator[Call]:
    logs = [{"enabled": True, "types": item.take("enabledClusterLogTypes")}]
    yield item.request(
        "eks",
        "CreateCluster",
        {"logging": {"clusterLogging": logs}},
        renamed={"vpcConfig": "resourcesVpcConfig"},
        answers={"arn": "cluster.arn"},
    )


def node_group(item: Item) -> Iterator[Call]:
    name = item.take("nodeGroupName") or f"{item.take('nodeGroupNamePrefix')}{UNIQUE}"
    renamed = {"subnetIds": "subnets", "nodeRoleArn": "nodeRole"}
    yield item.request("eks", "CreateNodegroup", {"nodegroupName": name}, renamed=renamed)


def addon(item: Item) -> Iterator[Call]:
    item.leave("resolveConflictsOnUpdate", to="updates")
    yield item.request("eks", "CreateAddon", renamed={"resolveConflictsOnCreate": "resolveConflicts"})


def access_entry(item: Item) -> Iterator[Call]:
    yield item.request("eks", "CreateAccessEntry")


def access_policy_association(item: Item) -> Iterator[Call]:
    yield item.request("eks", "AssociateAccessPolicy")


def pod_identity_association(item: Item) -> Iterator[Call]:
    yield item.request("eks", "CreatePodIdentityAssociation")


ROWS: Mapping[str, Row] = {
    "aws:eks/cluster:Cluster": cluster,
    "aws:eks/nodeGroup:NodeGroup": node_group,
    "aws:eks/addon:Addon": addon,
    "aws:eks/accessEntry:AccessEntry": access_entry,
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": access_policy_association,
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": pod_identity_association,
}
