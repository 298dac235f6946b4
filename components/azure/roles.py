"""Azure's built-in roles, and who has them on what.

Source of the ids: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles (2026-11-24).
"""

from __future__ import annotations

from typing import Final, Literal

import pulumi
from pulumi_azure_native import authorization

from components.cloud.azure.contract import AzurePlace

Role = Literal[
    "network-contributor",
    "aks-cluster-admin",
    "aks-cluster-user",
    "key-vault-secrets-user",
    "key-vault-certificates-officer",
    "acr-pull",
    "reader",
    "gateway-for-containers-manager",
]
PrincipalType = Literal["User", "Group", "ServicePrincipal"]
_IDS: Final[dict[Role, str]] = {
    "network-contributor": "4d97b98b-1d4f-4787-a291-c67834d212e7",
    "aks-cluster-admin": "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b",  # Azure Kubernetes Service RBAC Cluster Admin
    "aks-cluster-user": "4abbcc35-e782-43d8-92c5-2d3f1bd2253f",  # Azure Kubernetes Service Cluster User Role
    "key-vault-secrets-user": "4633458b-17de-408a-b874-0445c86b69e6",
    "key-vault-certificates-officer": "a4417e6f-fecd-4de8-b567-7b0420556985",
    "acr-pull": "7f951dda-4ed3-4680-a7ca-43fe172d538d",
    "reader": "acdd72a7-3385-48ef-bd42-f606fba81ae7",
    # AppGw for Containers Configuration Manager.
    "gateway-for-containers-manager": "fbc52c3f-28ad-4303-a892-8a056630b8f1",
}


def assign(
    name: str,
    role: Role,
    principal: pulumi.Input[str],
    *,
    on: pulumi.Input[str],
    cloud: AzurePlace,
    parent: pulumi.Resource,
    principal_type: PrincipalType = "ServicePrincipal",
) -> authorization.RoleAssignment:
    """Give `principal`, an object id, that role on the resource id `on`. Azure's own name of it is a random id."""
    return authorization.RoleAssignment(
        name,
        principal_id=principal,
        principal_type=principal_type,
        role_definition_id=(
            f"/subscriptions/{cloud.subscription_id}/providers/Microsoft.Authorization/roleDefinitions/{_IDS[role]}"
        ),
        scope=on,
        opts=cloud.child_of(parent),
    )
