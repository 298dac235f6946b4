"""The stack's key vault, reached inside the network only."""

from __future__ import annotations

import pulumi
from pulumi_azure_native import keyvault

from components.azure.locks import lock
from components.azure.private_access import private_endpoint
from components.azure.roles import assign
from components.cloud.azure.contract import AzurePlace, Vault
from components.cloud.azure.settings import KeyVault


class KeyVaultStore(pulumi.ComponentResource):
    """A vault whose access is judged by Azure's roles, and that nobody can purge."""

    vault: Vault
    resource: keyvault.Vault

    def __init__(
        self, name: str, settings: KeyVault, *, cloud: AzurePlace, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("jarvis:cloud:AzureKeyVault", name, None, opts)
        self.resource = keyvault.Vault(
            "vault",
            location=cloud.location,
            properties=_properties(settings, cloud.tenant_id),
            resource_group_name=cloud.resource_group,
            tags=cloud.tags(settings.name),
            vault_name=settings.name,
            opts=cloud.child_of(self, holds_data=True),
        )
        lock("vault-lock", self.resource, cloud=cloud, parent=self)
        private_endpoint("vault", f"pe-{settings.name}", self.resource.id, cloud=cloud, parent=self)
        for place, group in enumerate(settings.certificate_officers):
            assign(
                f"certificate-officer-{place}",
                "key-vault-certificates-officer",
                group,
                on=self.resource.id,
                cloud=cloud,
                parent=self,
                principal_type="Group",
            )
        self.vault = Vault(id=self.resource.id, name=settings.name, uri=f"https://{settings.name}.vault.azure.net/")
        self.register_outputs({"id": self.resource.id})


def _properties(settings: KeyVault, tenant_id: str) -> keyvault.VaultPropertiesArgs:
    return keyvault.VaultPropertiesArgs(
        enable_purge_protection=True,
        enable_rbac_authorization=True,
        enable_soft_delete=True,
        network_acls=keyvault.NetworkRuleSetArgs(
            # Application Gateway reads the certificate as one of Azure's own trusted services.
            bypass=keyvault.NetworkRuleBypassOptions.AZURE_SERVICES,
            default_action=keyvault.NetworkRuleAction.DENY,
            ip_rules=[keyvault.IPRuleArgs(value=cidr) for cidr in settings.allowed_ranges],
        ),
        public_network_access="Enabled" if settings.allowed_ranges else "Disabled",
        sku=keyvault.SkuArgs(
            family=keyvault.SkuFamily.A,
            name=keyvault.SkuName.PREMIUM if settings.sku == "premium" else keyvault.SkuName.STANDARD,
        ),
        soft_delete_retention_in_days=settings.soft_delete_days,
        tenant_id=tenant_id,
    )
