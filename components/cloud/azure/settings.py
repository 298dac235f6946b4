"""Settings of what a stack on Azure has beside its cluster, its database and its cache."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from components.cloud.azure.network_settings import AzureNetworkSettings
from components.settings.azure_names import (
    ClientRange,
    ContainerName,
    EmailAddress,
    Guid,
    KeyVaultName,
    ResourceGroupName,
    StorageAccountName,
    WorkspaceName,
)
from components.settings.azure_regions import UNPAIRED, Region
from components.settings.section import Section
from components.settings.times import FirstOfMonth

Email = Annotated[tuple[EmailAddress, ...], Field(max_length=50)]


class KeyVault(Section):
    """The vault of the gateway's certificate, and of whatever the cluster's Key Vault provider reads."""

    name: KeyVaultName = "kv-jarvis-production"
    """One of its kind in the whole of Azure: change it where somebody has it already."""
    sku: Literal["standard", "premium"] = "standard"
    """Premium keeps keys in hardware."""
    allowed_ranges: tuple[ClientRange, ...] = ()
    """From where else than the stack's network people put certificates and secrets into it."""
    certificate_officers: tuple[Guid, ...] = ()
    """Object ids of the Entra groups that may do so."""
    soft_delete_days: Annotated[int, Field(ge=7, le=90)] = 90
    """Days in which what was deleted can be brought back; it cannot be purged before. Fixed once the vault is made."""


class MetricsWorkspace(Section):
    """Managed Prometheus: an Azure Monitor workspace that the cluster's add-on writes to."""

    name: WorkspaceName = "amw-jarvis-production"


class AzureMonitor(Section):
    """Log Analytics, who is told of alerts, and the thresholds of those on the managed services."""

    workspace: WorkspaceName = "log-jarvis-production"
    retention_days: Annotated[int, Field(ge=30, le=730)] = 30
    """Days that logs can be searched; the guide's figure for production."""
    daily_quota_gb: Annotated[float, Field(gt=0)] | None = 10
    """Gigabytes a day after which no more are taken until the next; null for no bound, of the bill neither."""
    emails: Email = ()
    """Who is written to when an alert fires."""
    metrics: MetricsWorkspace | None = None
    """Null leaves metrics to the stack's own Prometheus."""
    cpu_percent: Annotated[int, Field(ge=1, le=99)] = 80
    """CPU of nodes, database and cache above which an alert fires (guide, alert rules)."""
    memory_percent: Annotated[int, Field(ge=1, le=99)] = 85
    """Memory likewise (guide, alert rules)."""
    storage_percent: Annotated[int, Field(ge=1, le=99)] = 85
    """The database's storage likewise; the guide gives no figure."""


class BackupStorage(Section):
    """A storage account for what is exported from the stack, in two regions."""

    account: StorageAccountName = "stjarvisproduction"
    """One of its kind in the whole of Azure: change it where somebody has it already."""
    container: ContainerName = "backups"
    redundancy: Literal["Standard_GRS", "Standard_RAGRS", "Standard_GZRS", "Standard_RAGZRS"] = "Standard_GZRS"
    """GZRS keeps three zones and a second region; RA makes the second readable at any time."""
    retention_days: Annotated[int, Field(ge=1, le=3650)] = 30
    """Days until a backup is removed, and until what was deleted is (guide, Disaster Recovery Plan)."""
    immutable: bool = False
    """Whether nobody can change or remove a backup before `retentionDays` have passed. The policy is left unlocked:
    locking it is for ever, so it is done by hand."""


class AzureBudget(Section):
    """What a month may cost before somebody is told. It stops nothing."""

    monthly_amount: Annotated[float, Field(gt=0)]
    """In the currency that the subscription is billed in."""
    start: FirstOfMonth = "2026-12-01"
    """This month's or a later one's; fixed once the budget is made."""
    emails: Annotated[Email, Field(min_length=1)]
    """Who is told."""
    actual_percent: tuple[Annotated[int, Field(ge=1, le=1000)], ...] = (80, 100)
    """Shares of the amount at which what was spent is reported."""
    forecast_percent: Annotated[int, Field(ge=1, le=1000)] | None = 100
    """Share at which what will have been spent is reported; null for none."""


class AzureCloudSettings(Section):
    """The subscription, the region, the resource group and the network of a stack on Azure."""

    kind: Literal["azure"] = "azure"
    subscription_id: Guid
    """The only subscription that the stack is ever deployed to, whichever one is signed in to."""
    tenant_id: Guid
    """The Entra tenant of the subscription."""
    location: Region = "westeurope"
    """The guide's azure_region: one with three availability zones."""
    resource_group: ResourceGroupName = "rg-jarvis-production"
    network: AzureNetworkSettings = AzureNetworkSettings()
    key_vault: KeyVault = KeyVault()
    monitor: AzureMonitor | None = AzureMonitor()
    """Null for none: then nothing tells of what the cloud itself sees."""
    backup_storage: BackupStorage | None = BackupStorage()
    """Null for none."""
    budget: AzureBudget | None = None
    """Null for none."""

    @property
    def geo_redundant(self) -> bool:
        """Whether the region has a pair, without which nothing in it can be geo-redundant."""
        return self.location not in UNPAIRED

    @model_validator(mode="after")
    def _second_region(self) -> Self:
        if self.backup_storage is not None and not self.geo_redundant:
            raise ValueError(
                f"backupStorage must be null in {self.location}: the region has no pair to keep a second copy in"
            )
        return self
