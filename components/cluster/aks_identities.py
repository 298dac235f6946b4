"""Identities of service accounts of an AKS cluster, which Entra trusts without any password."""

from __future__ import annotations

from typing import Final

import pulumi
from pulumi_azure_native import containerservice, managedidentity

from components.azure.alb_controller import NAMESPACE, SERVICE_ACCOUNT
from components.azure.identities import own_identity
from components.azure.roles import assign
from components.cloud.azure.contract import AzureFoundation
from components.cluster.aks_settings import ServiceAccountIdentity
from components.cluster.contract import AksAccess

_ALB_CONTROLLER: Final = "alb-controller"


def service_account_identity(
    settings: ServiceAccountIdentity,
    cluster: containerservice.ManagedCluster,
    *,
    cloud: AzureFoundation,
    parent: pulumi.Resource,
) -> managedidentity.UserAssignedIdentity:
    """The identity `id-NAME`, which the service account is and nobody else; it has no rights yet."""
    identity = own_identity(settings.name, cloud=cloud, parent=parent, known_as=f"{settings.name}-identity")
    managedidentity.FederatedIdentityCredential(
        f"{settings.name}-trust",
        audiences=["api://AzureADTokenExchange"],
        federated_identity_credential_resource_name=settings.name,
        issuer=cluster.oidc_issuer_profile.apply(lambda profile: profile.issuer_url if profile else ""),
        resource_group_name=cloud.resource_group,
        resource_name_=identity.name,
        subject=f"system:serviceaccount:{settings.namespace}:{settings.service_account}",
        opts=cloud.child_of(parent),
    )
    return identity


def alb_controller_access(
    cluster: containerservice.ManagedCluster, *, cloud: AzureFoundation, parent: pulumi.Resource
) -> AksAccess:
    """The ALB controller's identity, which sees what AKS made of the cluster's nodes; the gateway gives it the rest."""
    account = ServiceAccountIdentity(name=_ALB_CONTROLLER, namespace=NAMESPACE, service_account=SERVICE_ACCOUNT)
    identity = service_account_identity(account, cluster, cloud=cloud, parent=parent)
    nodes = cluster.node_resource_group.apply(
        lambda group: f"/subscriptions/{cloud.subscription_id}/resourceGroups/{group}"
    )
    assign(f"{_ALB_CONTROLLER}-reads-nodes", "reader", identity.principal_id, on=nodes, cloud=cloud, parent=parent)
    return AksAccess(alb_client_id=identity.client_id, alb_principal_id=identity.principal_id)
