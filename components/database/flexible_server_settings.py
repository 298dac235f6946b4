"""Settings of a database of kind `flexible-server`: Azure Database for PostgreSQL."""

from __future__ import annotations

from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from components.database.flexible_server_source import FollowedServer, ServerSource
from components.database.server_settings import Identifier, PostgresVersion
from components.settings.azure_regions import Zone
from components.settings.section import Section
from components.settings.text import Matching

ServerName = Annotated[
    str,
    Matching(
        r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]",
        "a server's name: 3 to 63 lower-case letters, digits and hyphens, no hyphen first or last, such as "
        "psql-jarvis-production",
    ),
]
ServerSize = Annotated[
    str,
    Matching(
        "Standard_("
        r"[DE](2|4|8|16|32|48|64)(s_v3|ds_v4|ds_v5|ads_v5|ads_v6|ds_v6)"
        r"|E20(ds_v4|ds_v5|ads_v5|ads_v6|ds_v6)"
        r"|[DE]96(ds_v5|ads_v5|ads_v6|ds_v6)"
        r"|[DE](128|192)ds_v6)",
        "a size of the D or E series that Flexible Server has, such as Standard_D4ds_v5 (burstable sizes have no "
        "standby)",
    ),
]
"""Source: https://learn.microsoft.com/azure/postgresql/compute-storage/concepts-compute, its table of 2026-01-13 (read
2026-11-24)."""
StorageGb = Literal[32, 64, 128, 256, 512, 1024, 2048, 4095, 4096, 8192, 16384, 32767]
"""Sizes that there are, in GiB. Microsoft's pages have no list of them; source: `storage_mb` in
https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/postgresql_flexible_server (2026-11-24).
"""
Extension = Annotated[str, Matching(r"[a-z][a-z0-9_-]*", "an extension's name, such as pg_trgm", max_length=63)]
_RESERVED_USERS: Final = frozenset(
    {"azure_superuser", "azure_pg_admin", "admin", "administrator", "root", "guest", "public", "replication"}
)
_RESERVED_DATABASES: Final = frozenset({"postgres", "azure_maintenance", "azure_sys", "template0", "template1"})


class HighAvailability(Section):
    """A standby that gets every change before it is acknowledged, and takes over when the server fails."""

    mode: Literal["zone-redundant", "same-zone"] = "zone-redundant"
    """Whether the standby is in another availability zone than the server."""
    standby_zone: Zone = "2"
    """Availability zone of the standby."""


class ReadReplica(Section):
    """A server that follows the first one and answers reads only: the guide's POSTGRES_REPLICA_HOST."""

    name: ServerName = "psql-jarvis-production-replica"
    zone: Zone = "3"
    """Availability zone of the replica."""


class MaintenanceWindow(Section):
    """When Azure patches the server, UTC; the guide's window is Sunday 04:00."""

    weekday: Annotated[int, Field(ge=0, le=6)] = 0
    """0 is Sunday."""
    hour: Annotated[int, Field(ge=0, le=23)] = 4
    """Hour at which it begins, UTC."""


class FlexibleServerDatabase(Section):
    """A PostgreSQL server in the network of `jarvis:cloud`, which nothing outside of it reaches."""

    kind: Literal["flexible-server"] = "flexible-server"
    name: ServerName = "psql-jarvis-production"
    """One of its kind in the whole of Azure: change it where somebody has it already."""
    version: PostgresVersion = 17
    """Major version. 14's support ended on 2026-11-12. Raising it upgrades the server in place; it never goes back."""
    database: Identifier = "jarvis_production"
    """The guide's POSTGRES_DB."""
    username: Identifier = "jarvis_prod"
    """The guide's POSTGRES_USER, the server's administrator; fixed once the server is made."""
    size: ServerSize = "Standard_D4ds_v5"
    """4 CPUs and 16 GiB, as the guide's Standard_D4s_v3, which may be given too."""
    storage_gb: StorageGb = 128
    """GiB; the guide's 100 does not exist. It never shrinks: give what it has grown to before any other change."""
    auto_grow: bool = True
    """Whether the storage is doubled when it is nearly full. Not up to 4096 GiB or past it: Azure leaves that to
    people, as the server is offline meanwhile."""
    backup_retention_days: Annotated[int, Field(ge=7, le=35)] = 30
    """Days back to which the database can be restored: 30 in the guide's Disaster Recovery Plan, 7 in its Terraform."""
    geo_redundant_backup: bool = True
    """Whether backups lie in a second region too; fixed once the server is made. A replica never has it, promoted or
    not, nor can a server that is restored while its pair is lost."""
    zone: Zone = "1"
    """Availability zone of the server."""
    high_availability: HighAvailability | None = HighAvailability()
    """Null for one server alone."""
    replica: ReadReplica | None = None
    """Null for none."""
    source: ServerSource | None = None
    """Where the server's data comes from when it is made; null for an empty one. It stays here as long as the server
    does: the database came with it, so the stack makes none."""
    minimum_tls: Literal["TLSv1.2", "TLSv1.3"] = "TLSv1.2"
    """The oldest TLS version that clients may speak."""
    max_connections: Annotated[int, Field(ge=25, le=5000)] | None = None
    """Connections at the same time, all clients together, from the server's next restart on; null for Azure's own
    figure, which goes by the memory and is above the guide's 200."""
    extensions: tuple[Extension, ...] = ()
    """Extensions that may be created."""
    maintenance: MaintenanceWindow = MaintenanceWindow()

    @property
    def tier(self) -> Literal["GeneralPurpose", "MemoryOptimized"]:
        """The tier that the size belongs to."""
        return "GeneralPurpose" if self.size.startswith("Standard_D") else "MemoryOptimized"

    @property
    def follows(self) -> bool:
        """Whether it is another server's replica, or is being promoted right now."""
        return isinstance(self.source, FollowedServer) and self.source.promotion != "done"

    @model_validator(mode="after")
    def _fits_its_source(self) -> Self:
        if self.source is None:
            return self
        if self.source.server_id.rpartition("/")[2] == self.name:
            raise ValueError(f"source.serverId must be another server than {self.name}")
        if isinstance(self.source, FollowedServer) and self.geo_redundant_backup:
            raise ValueError("geoRedundantBackup must be false with source.kind replica: Azure gives it to no replica")
        if self.follows and self.high_availability is not None:
            raise ValueError("highAvailability must be null until source.promotion is done: a replica has no standby")
        if self.follows and self.replica is not None:
            raise ValueError("replica must be null until source.promotion is done: a replica of a replica cannot rise")
        return self

    @model_validator(mode="after")
    def _names_are_free(self) -> Self:
        if self.username in _RESERVED_USERS or self.username.startswith(("pg_", "azure_")):
            raise ValueError(f"username {self.username} is one that Azure keeps for itself: choose another")
        if self.database in _RESERVED_DATABASES:
            raise ValueError(f"database {self.database} is one that every server has already: choose another")
        if self.replica is not None and self.replica.name == self.name:
            raise ValueError(f"replica.name {self.replica.name} must not be the server's own")
        return self

    @model_validator(mode="after")
    def _zones_apart(self) -> Self:
        standby = self.high_availability
        if standby is None:
            return self
        if standby.mode == "zone-redundant" and standby.standby_zone == self.zone:
            raise ValueError(
                f"highAvailability.standbyZone {standby.standby_zone} must not be zone {self.zone}: with mode "
                "zone-redundant the standby outlives the loss of the server's zone"
            )
        if standby.mode == "same-zone" and standby.standby_zone != self.zone:
            raise ValueError(
                f"highAvailability.standbyZone {standby.standby_zone} must be zone {self.zone} with mode same-zone"
            )
        return self
