"""What the parts of a stack on Azure are told about the place that they are put into."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from components.cloud.azure.network_settings import AzureNetworkSettings


@dataclass(frozen=True)
class Subnets:
    """Resource ids of the subnets."""

    nodes: pulumi.Output[str]
    database: pulumi.Output[str]
    private_endpoints: pulumi.Output[str]
    gateway: pulumi.Output[str]


@dataclass(frozen=True)
class AzureNetwork:
    """The virtual network."""

    id: pulumi.Output[str]
    subnets: Subnets
    ranges: AzureNetworkSettings
    """Every range of addresses, known when the network policies are written."""


@dataclass(frozen=True)
class Vault:
    """The stack's key vault."""

    id: pulumi.Output[str]
    name: str
    uri: str
    """https://NAME.vault.azure.net/"""


@dataclass(frozen=True)
class Monitoring:
    """Where logs go and who is told."""

    workspace_id: pulumi.Output[str]
    """The Log Analytics workspace."""
    action_group_id: pulumi.Output[str]
    metrics_workspace_id: pulumi.Output[str] | None
    """The Azure Monitor workspace of managed Prometheus; None where the stack has none."""
    cpu_percent: int
    memory_percent: int
    storage_percent: int


@dataclass(frozen=True)
class AzurePlace:
    """A subscription's resource group and its network."""

    provider: pulumi.ProviderResource
    """The `azure-native` provider, which knows one subscription only."""
    subscription_id: str
    tenant_id: str
    location: str
    geo_redundant: bool
    """Whether the region has a pair."""
    environment: str
    resource_group: pulumi.Output[str]
    """Its name, known only once it exists."""
    resource_group_id: pulumi.Output[str]
    network: AzureNetwork
    protect: bool
    """Whether what holds data is kept from being deleted: by Pulumi, and by a lock in Azure."""

    def tags(self, name: str) -> Mapping[str, str]:
        """The guide's tags of the resource of that name."""
        return azure_tags(name, self.environment)

    def child_of(
        self, parent: pulumi.Resource, *depends_on: pulumi.Resource, holds_data: bool = False
    ) -> pulumi.ResourceOptions:
        """Options of a resource that `parent` owns in this subscription."""
        keep = holds_data and self.protect
        return pulumi.ResourceOptions(
            parent=parent,
            provider=self.provider,
            depends_on=[*depends_on] or None,
            protect=keep,
            retain_on_delete=keep,
        )


@dataclass(frozen=True)
class AzureFoundation(AzurePlace):
    """The place with what every service in it hangs on."""

    vault: Vault
    monitoring: Monitoring | None


def azure_tags(name: str, environment: str) -> Mapping[str, str]:
    """The guide's tags (section Cloud)."""
    return {"Name": name, "Environment": environment, "Application": "jarvis"}
