"""Identities of Azure's own services, by which they act on others."""

from __future__ import annotations

import pulumi
from pulumi_azure_native import managedidentity

from components.cloud.azure.contract import AzurePlace


def own_identity(
    of: str, *, cloud: AzurePlace, parent: pulumi.Resource, known_as: str | None = None
) -> managedidentity.UserAssignedIdentity:
    """The identity `id-<of>` of the service of that name, which can have rights before the service is made.

    `known_as` is its name in Pulumi, where that is another.
    """
    name = f"id-{of}"
    return managedidentity.UserAssignedIdentity(
        known_as or name,
        location=cloud.location,
        resource_group_name=cloud.resource_group,
        resource_name_=name,
        tags=cloud.tags(name),
        opts=cloud.child_of(parent),
    )
