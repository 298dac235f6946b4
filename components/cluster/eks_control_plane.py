"""The control plane of an EKS cluster: what it logs, encrypts and lets in."""

from __future__ import annotations

from typing import Final

import pulumi
from pulumi_aws import eks, iam

from components.aws.iam import grant, service_role
from components.aws.logs import log_group
from components.cloud.aws.contract import AwsCloud
from components.cluster.eks_settings import EksCluster

_ADMIN: Final = "AmazonEKSClusterAdminPolicy"
_VIEWER: Final = "AmazonEKSViewPolicy"
"""Source: https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html (2026-11-24)."""


def control_plane(settings: EksCluster, *, cloud: AwsCloud, protect: bool, parent: pulumi.Resource) -> eks.Cluster:
    """The cluster without nodes, its role, and its log group, which else EKS would make without an end or a key."""
    role = service_role("control-plane", "eks.amazonaws.com", cloud=cloud, parent=parent)
    uses_key = {
        "Effect": "Allow",
        "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ListGrants", "kms:DescribeKey"],
        "Resource": cloud.key_arn,
    }
    granted = grant("control-plane", role, ["AmazonEKSClusterPolicy"], [uses_key], cloud=cloud, parent=parent)
    logs = log_group("control-plane", f"/aws/eks/{settings.name}/cluster", cloud=cloud, parent=parent)
    return eks.Cluster(
        "cluster",
        name=settings.name,
        version=settings.version,
        role_arn=role.arn,
        upgrade_policy=eks.ClusterUpgradePolicyArgs(support_type=settings.support),
        access_config=eks.ClusterAccessConfigArgs(
            authentication_mode="API",
            # Whoever happens to create it gets no rights for life: the settings name the administrators.
            bootstrap_cluster_creator_admin_permissions=False,
        ),
        # Else EKS would install these itself first, and the managed add-ons would meet them.
        bootstrap_self_managed_addons=False,
        vpc_config=_endpoint(settings, cloud),
        kubernetes_network_config=eks.ClusterKubernetesNetworkConfigArgs(
            ip_family="ipv4", service_ipv4_cidr=settings.service_cidr
        ),
        encryption_config=eks.ClusterEncryptionConfigArgs(
            provider=eks.ClusterEncryptionConfigProviderArgs(key_arn=cloud.key_arn), resources=["secrets"]
        ),
        enabled_cluster_log_types=list(settings.control_plane_logs),
        zonal_shift_config=eks.ClusterZonalShiftConfigArgs(enabled=True),
        deletion_protection=protect,
        tags=cloud.named(settings.name),
        opts=pulumi.ResourceOptions.merge(
            cloud.child_of(parent, *granted, logs), pulumi.ResourceOptions(protect=protect)
        ),
    )


def _endpoint(settings: EksCluster, cloud: AwsCloud) -> eks.ClusterVpcConfigArgs:
    """The API server is in the network, and open to other ranges only where settings name them."""
    return eks.ClusterVpcConfigArgs(
        subnet_ids=list(cloud.private_subnet_ids),
        endpoint_private_access=True,
        endpoint_public_access=bool(settings.public_access),
        public_access_cidrs=list(settings.public_access) or None,
    )


def access_entries(
    settings: EksCluster, cluster: eks.Cluster, *, cloud: AwsCloud, parent: pulumi.Resource
) -> list[pulumi.Resource]:
    """Who may use the cluster; what comes back has to stand before they can."""
    entitled = [*((arn, _ADMIN) for arn in settings.admins), *((arn, _VIEWER) for arn in settings.viewers)]
    made: list[pulumi.Resource] = []
    for principal, granted_policy in entitled:
        name = principal.rpartition(":")[2]
        entry = eks.AccessEntry(
            name,
            cluster_name=cluster.name,
            principal_arn=principal,
            type="STANDARD",
            tags=cloud.named(name),
            opts=cloud.child_of(parent),
        )
        made.append(
            eks.AccessPolicyAssociation(
                name,
                cluster_name=cluster.name,
                principal_arn=principal,
                policy_arn=f"arn:{cloud.partition}:eks::aws:cluster-access-policy/{granted_policy}",
                access_scope=eks.AccessPolicyAssociationAccessScopeArgs(type="cluster"),
                opts=cloud.child_of(parent, entry),
            )
        )
    return made


def identity_provider(cluster: eks.Cluster, *, cloud: AwsCloud, parent: pulumi.Resource) -> iam.OpenIdConnectProvider:
    """What lets roles trust ServiceAccounts (IRSA); AWS itself knows the certificate of its issuers."""
    issuer = cluster.identities.apply(lambda identities: ((identities[0].oidcs or [])[0].issuer) or "")
    return iam.OpenIdConnectProvider(
        "oidc",
        url=issuer,
        client_id_lists=["sts.amazonaws.com"],
        tags=cloud.named(cloud.name),
        opts=cloud.child_of(parent),
    )


def kubeconfig(cluster: eks.Cluster, settings: EksCluster, cloud: AwsCloud) -> pulumi.Output[str]:
    """How the cluster is reached: with a token that `aws` fetches for each run, and none that is kept.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/create-kubeconfig.html (2026-11-24).
    """
    fetch = {
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "command": "aws",
        "args": ["--region", cloud.region, "eks", "get-token", "--cluster-name", settings.name, "--output", "json"],
        "env": [] if cloud.profile is None else [{"name": "AWS_PROFILE", "value": cloud.profile}],
        "interactiveMode": "Never",
    }
    authority = cluster.certificate_authority.apply(lambda authority: authority.data)
    name = settings.name
    return pulumi.Output.json_dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [
                {"name": name, "cluster": {"server": cluster.endpoint, "certificate-authority-data": authority}}
            ],
            "users": [{"name": name, "user": {"exec": fetch}}],
            "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
            "current-context": name,
        }
    )
