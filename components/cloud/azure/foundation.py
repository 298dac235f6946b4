"""Cloud of kind `azure`: one subscription, one resource group, one network, and what hangs on them."""

from __future__ import annotations

import pulumi
import pulumi_azure_native as azure
from pulumi_azure_native import resources

from components.azure.alerts import keep_logs
from components.cloud.azure.backup_storage import BackupStorageAccount
from components.cloud.azure.budget import create_budget
from components.cloud.azure.contract import AzureFoundation, AzurePlace, azure_tags
from components.cloud.azure.key_vault import KeyVaultStore
from components.cloud.azure.monitor import MonitorWorkspaces
from components.cloud.azure.network import VirtualNetwork
from components.cloud.azure.settings import AzureCloudSettings


class AzureResources(pulumi.ComponentResource):
    """The guide's resource group and everything of the stack in it that is no cluster, no database and no cache."""

    foundation: AzureFoundation

    def __init__(
        self,
        name: str,
        settings: AzureCloudSettings,
        *,
        environment: str,
        protect: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("jarvis:cloud:AzureResources", name, None, opts)
        place = self._place(settings, environment, protect=protect)
        monitoring = None
        if settings.monitor is not None:
            monitoring = MonitorWorkspaces(
                "monitor", settings.monitor, cloud=place, opts=pulumi.ResourceOptions(parent=self)
            ).monitoring
        store = KeyVaultStore("key-vault", settings.key_vault, cloud=place, opts=pulumi.ResourceOptions(parent=self))
        self.foundation = AzureFoundation(**vars(place), vault=store.vault, monitoring=monitoring)
        keep_logs("vault", store.resource, cloud=self.foundation, parent=store)
        if settings.backup_storage is not None:
            BackupStorageAccount(
                "backup-storage",
                settings.backup_storage,
                cloud=self.foundation,
                opts=pulumi.ResourceOptions(parent=self),
            )
        if settings.budget is not None:
            create_budget(settings.budget, cloud=place, parent=self)
        self.register_outputs({"resourceGroup": place.resource_group})

    def _place(self, settings: AzureCloudSettings, environment: str, *, protect: bool) -> AzurePlace:
        provider = azure.Provider(
            "azure",
            location=settings.location,
            subscription_id=settings.subscription_id,
            tenant_id=settings.tenant_id,
            opts=pulumi.ResourceOptions(parent=self),
        )
        group = resources.ResourceGroup(
            "group",
            location=settings.location,
            resource_group_name=settings.resource_group,
            tags=azure_tags(settings.resource_group, environment),
            # Whoever deletes the group deletes all that is in it.
            opts=pulumi.ResourceOptions(parent=self, provider=provider, protect=protect, retain_on_delete=protect),
        )
        network = VirtualNetwork(
            "network",
            settings.network,
            resource_group=group.name,
            location=settings.location,
            environment=environment,
            opts=pulumi.ResourceOptions(parent=self, providers=[provider]),
        ).network
        return AzurePlace(
            provider=provider,
            subscription_id=settings.subscription_id,
            tenant_id=settings.tenant_id,
            location=settings.location,
            geo_redundant=settings.geo_redundant,
            environment=environment,
            resource_group=group.name,
            resource_group_id=group.id,
            network=network,
            protect=protect,
        )
