"""Identities of Azure's own services, by which they act on others."""

from __future__ import annotations

import pulumi
from pulumi_azure_native import managedidentity

from components.cloud.azure.contract import AzurePlace


def own_identity(of: str, *, cloud: AzurePlace, parent: pulumi.Resource) -> managedidentity.UserAssignedIdentity:
    """The identity `id-<of>` of the service of that name, which can have rights before the service is made."""
    name = f"id-{of}"
    return managedidentity.UserAssignedIdentity(
        name,
        location=cloud.location,
        resource_group_name=cloud.resource_group,
        resource_name_=name,
        tags=cloud.tags(name),
        opts=cloud.child_of(parent),
    )
