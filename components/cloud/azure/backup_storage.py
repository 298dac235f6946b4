"""A storage account for backups: versioned, kept for a while when deleted, and copied to a second region."""

from __future__ import annotations

import pulumi
from pulumi_azure_native import storage

from components.azure.alerts import keep_logs
from components.azure.locks import lock
from components.azure.private_access import private_endpoint
from components.cloud.azure.contract import AzureFoundation
from components.cloud.azure.settings import BackupStorage


class BackupStorageAccount(pulumi.ComponentResource):
    """The account, reached inside the network only and by Azure's roles only: it has no keys to lose."""

    account: storage.StorageAccount
    container: storage.BlobContainer

    def __init__(
        self, name: str, settings: BackupStorage, *, cloud: AzureFoundation, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("jarvis:cloud:AzureBackupStorage", name, None, opts)
        self._settings, self._cloud = settings, cloud
        self.account = self._account()
        lock("backup-lock", self.account, cloud=cloud, parent=self)
        private_endpoint("blob", f"pe-{settings.account}", self.account.id, cloud=cloud, parent=self)
        self._blobs()
        self._expiry()
        self.container = self._container()
        keep_logs("backup-storage", self.account, cloud=cloud, parent=self, group=None)
        self.register_outputs({"account": self.account.name, "container": self.container.name})

    def _account(self) -> storage.StorageAccount:
        return storage.StorageAccount(
            "account",
            access_tier=storage.AccessTier.COOL,
            account_name=self._settings.account,
            allow_blob_public_access=False,
            allow_cross_tenant_replication=False,
            allow_shared_key_access=False,
            default_to_o_auth_authentication=True,
            enable_https_traffic_only=True,
            encryption=storage.EncryptionArgs(
                key_source=storage.KeySource.MICROSOFT_STORAGE,
                require_infrastructure_encryption=True,
                services=storage.EncryptionServicesArgs(
                    blob=storage.EncryptionServiceArgs(enabled=True, key_type=storage.KeyType.ACCOUNT)
                ),
            ),
            kind=storage.Kind.STORAGE_V2,
            location=self._cloud.location,
            minimum_tls_version=storage.MinimumTlsVersion.TLS1_2,
            network_rule_set=storage.NetworkRuleSetArgs(
                bypass=storage.Bypass.AZURE_SERVICES, default_action=storage.DefaultAction.DENY
            ),
            public_network_access=storage.PublicNetworkAccess.DISABLED,
            resource_group_name=self._cloud.resource_group,
            sku=storage.SkuArgs(name=self._settings.redundancy),
            tags=self._cloud.tags(self._settings.account),
            opts=self._cloud.child_of(self, holds_data=True),
        )

    def _blobs(self) -> None:
        kept = storage.DeleteRetentionPolicyArgs(days=min(self._settings.retention_days, 365), enabled=True)
        storage.BlobServiceProperties(
            "blobs",
            account_name=self.account.name,
            blob_services_name="default",
            container_delete_retention_policy=kept,
            delete_retention_policy=kept,
            is_versioning_enabled=True,
            resource_group_name=self._cloud.resource_group,
            opts=self._cloud.child_of(self),
        )

    def _expiry(self) -> None:
        days = float(self._settings.retention_days)
        actions = storage.ManagementPolicyActionArgs(
            base_blob=storage.ManagementPolicyBaseBlobArgs(
                delete=storage.DateAfterModificationArgs(days_after_modification_greater_than=days)
            ),
            version=storage.ManagementPolicyVersionArgs(
                delete=storage.DateAfterCreationArgs(days_after_creation_greater_than=days)
            ),
        )
        storage.ManagementPolicy(
            "expiry",
            account_name=self.account.name,
            management_policy_name="default",
            policy=storage.ManagementPolicySchemaArgs(
                rules=[
                    storage.ManagementPolicyRuleArgs(
                        definition=storage.ManagementPolicyDefinitionArgs(
                            actions=actions, filters=storage.ManagementPolicyFilterArgs(blob_types=["blockBlob"])
                        ),
                        enabled=True,
                        name="expire-backups",
                        type=storage.RuleType.LIFECYCLE,
                    )
                ]
            ),
            resource_group_name=self._cloud.resource_group,
            opts=self._cloud.child_of(self),
        )

    def _container(self) -> storage.BlobContainer:
        container = storage.BlobContainer(
            "container",
            account_name=self.account.name,
            container_name=self._settings.container,
            public_access=storage.PublicAccess.NONE,
            resource_group_name=self._cloud.resource_group,
            opts=self._cloud.child_of(self, holds_data=True),
        )
        if self._settings.immutable:
            storage.BlobContainerImmutabilityPolicy(
                "immutability",
                account_name=self.account.name,
                container_name=container.name,
                immutability_period_since_creation_in_days=self._settings.retention_days,
                immutability_policy_name="default",
                resource_group_name=self._cloud.resource_group,
                opts=self._cloud.child_of(self),
            )
        return container
