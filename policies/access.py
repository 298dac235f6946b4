"""Who may do what: least privilege, in the clouds and in the cluster."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from policies.demands import (
    Demand,
    holds_all,
    is_not_true,
    is_one_of,
    is_there,
    is_true,
    keeps,
    types_of,
)
from policies.rule import Config, Rule
from policies.seen import UNKNOWN, Seen, at, each

_EKS: Final = "aws:eks/cluster:Cluster"
_AKS: Final = "azure-native:containerservice:ManagedCluster"
_TEMPLATE: Final = "aws:ec2/launchTemplate:LaunchTemplate"
_ON: Final = "is not true: set it to true"
_WORLD: Final = "0.0.0.0/0"

CLUSTERS: Final = (
    Demand(_EKS, "accessConfig.authenticationMode", is_one_of("API"),
           'is not "API": rights in the aws-auth ConfigMap are seen by no audit'),
    Demand(_EKS, "vpcConfig.endpointPrivateAccess", is_true, _ON),
    Demand(_EKS, "enabledClusterLogTypes", holds_all("api", "audit", "authenticator"),
           "lacks api, audit or authenticator"),
    Demand(_TEMPLATE, "metadataOptions.httpTokens", is_one_of("required"),
           'is not "required": any Pod reads the node\'s credentials by IMDSv1'),
    Demand("aws:elasticache/replicationGroup:ReplicationGroup", "authToken", is_there,
           "is not given, nor are user groups: whoever reaches the port is in",
           unless=lambda group: group.get("userGroupIds") is not None or group.get("authTokenWo") is not None),
    Demand(_AKS, "disableLocalAccounts", is_true, _ON),
    Demand(_AKS, "enableRBAC", is_one_of(None, True), "is false: set it to true"),
    Demand(_AKS, "aadProfile.enableAzureRBAC", is_true, _ON),
    Demand(_AKS, "agentPoolProfiles[].enableNodePublicIP", is_not_true, "is true: set it to false"),
    Demand("azure-native:storage:StorageAccount", "allowSharedKeyAccess", is_one_of(False),
           "is not false: such keys open everything and expire never"),
    Demand("azure-native:keyvault:Vault", "properties.enableRbacAuthorization", is_true, _ON),
)  # fmt: skip
_POLICIES: Final = (
    "aws:iam/policy:Policy",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:iam/role:Role",
    "aws:iam/userPolicy:UserPolicy",
)
_ROLES: Final = (
    "kubernetes:rbac.authorization.k8s.io/v1:Role",
    "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole",
)
_BINDING: Final = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding"
_RIGHTS: Final = (
    "azure-native:authorization:RoleDefinition",
    *_POLICIES,
    *_ROLES,
    _BINDING,
)
_by_table: Final = keeps(CLUSTERS)
_in_table: Final = types_of(CLUSTERS)


def _clusters(resource: Seen, config: Config) -> Iterator[str]:
    yield from _by_table(resource, config)
    if resource.type == _EKS and resource.get("vpcConfig", "endpointPublicAccess") is not False:
        ranges = resource.get("vpcConfig", "publicAccessCidrs")
        if ranges is not UNKNOWN and (not each(ranges) or _WORLD in each(ranges)):
            yield "the API server answers to the world: name vpcConfig.publicAccessCidrs, or close the public endpoint."
    if resource.type == _AKS:
        access = resource.get("apiServerAccessProfile")
        ranges = at(access, "authorizedIPRanges")
        closed = at(access, "enablePrivateCluster") is True or (each(ranges) and _WORLD not in each(ranges))
        if UNKNOWN not in (access, ranges) and not closed:
            yield "the API server answers to the world: name authorizedIPRanges, or make it a private cluster."


def _rights(resource: Seen, _: Config) -> Iterator[str]:
    if resource.type in _POLICIES:
        documents = [resource.get("policy"), *(at(item, "policy") for item in each(resource.get("inlinePolicies")))]
        if any(_grants_all(document) for document in documents):
            yield "a statement allows every action on every resource: name the actions."
    elif resource.type in _ROLES:
        if any(
            {"*"} <= {*each(at(rule, "verbs"))} & {*each(at(rule, "resources"))} for rule in each(resource.get("rules"))
        ):
            yield "a rule gives every verb on every resource: name them."
    elif resource.type == _BINDING:
        if resource.get("roleRef", "name") == "cluster-admin":
            yield "it makes its subjects cluster-admin: bind a role with what they need."
    elif any("*" in each(at(item, "actions")) for item in each(resource.get("permissions"))):
        yield "it gives every action: name them."


def _grants_all(document: object) -> bool:
    """Whether an IAM policy document allows everything; what is no JSON yet is not judged."""
    try:
        read = json.loads(document) if isinstance(document, str) else document
    except ValueError:
        return False
    return any(
        at(item, "Effect") == "Allow" and "*" in _listed(at(item, "Action")) and "*" in _listed(at(item, "Resource"))
        for item in _listed(at(read, "Statement"))
    )


def _listed(value: object) -> list[object]:
    return each(value) or [value]


RULES: Final = (
    Rule(
        name="cluster-access",
        title="Clusters, nodes and stores are opened by identities, from known places, and it is written down.",
        reason="A key in a file is copied; an identity is asked each time.",
        fix="Use the cloud's identities and name the networks that reach the API server.",
        check=_clusters,
        applies=lambda type_: _in_table(type_) or type_ == _AKS,
    ),
    Rule(
        name="least-privilege",
        title="No role may do everything.",
        reason="Whoever gets hold of such a role has the account or the cluster.",
        fix="Name actions and resources, or verbs and kinds.",
        check=_rights,
        applies=lambda type_: type_ in _RIGHTS,
    ),
)
