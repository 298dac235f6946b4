"""Locks that keep what holds data from being deleted, by whomever.

A lock of the whole resource group would stop Pulumi too from replacing what holds none, so each of those has its own.
What is part of a locked resource, or attached to it, cannot be deleted either: a zone's records, a store's containers,
rights on a vault, a server's diagnostic settings. Whoever means to, removes the lock first.
Source: https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources (2026-11-24).
"""

from __future__ import annotations

import pulumi
from pulumi_azure_native import authorization

from components.cloud.azure.contract import AzurePlace


def lock(name: str, target: pulumi.CustomResource, *, cloud: AzurePlace, parent: pulumi.Resource) -> None:
    """Keep `target` from being deleted, where the stack protects its data; `name` is the lock's Pulumi name."""
    if not cloud.protect:
        return
    authorization.ManagementLockByScope(
        name,
        level=authorization.LockLevel.CAN_NOT_DELETE,
        lock_name="jarvis-holds-data",
        notes="Holds data of Jarvis. Whoever means to delete it removes this lock first.",
        scope=target.id,
        opts=cloud.child_of(parent, holds_data=True),
    )
