"""Settings of where a Flexible Server's data comes from, when it does not begin empty."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from components.settings.section import Section
from components.settings.text import Matching
from components.settings.times import UtcTime

ServerId = Annotated[
    str,
    Matching(
        r"/subscriptions/[0-9a-fA-F-]{36}/resourceGroups/[A-Za-z0-9_().-]{1,90}/providers"
        r"/Microsoft\.DBforPostgreSQL/flexibleServers/[a-z0-9-]{3,63}",
        "a server's resource id: /subscriptions/ID/resourceGroups/GROUP/providers/Microsoft.DBforPostgreSQL"
        "/flexibleServers/NAME",
    ),
]


class FollowedServer(Section):
    """A server of another stack, most often in another region, that this one follows until it is promoted.

    Both networks must be peered (`jarvis:cloud.network.peers`, on either side), and this server's size and storage must
    be the followed one's or larger. Its administrator, its database and its passwords are the followed one's.

    Source: https://learn.microsoft.com/azure/postgresql/read-replica/concepts-read-replicas-promote (2026-11-24).
    """

    kind: Literal["replica"] = "replica"
    server_id: ServerId
    """Resource id of the server that is followed."""
    promotion: Literal["planned", "forced", "done"] | None = None
    """Null follows, and answers reads only. `planned` waits for the last write and then stands alone; `forced` does so
    at once, for the day that the other region is lost: what had not arrived is lost too. Nothing leads back to
    following. Once it stands alone, `done` gives it a standby, backups and a password of its own: also after a
    promotion by hand (az postgres flexible-server replica promote)."""


class GeoRestore(Section):
    """Another server's backups in the region that is paired with its own, up to an hour behind.

    Source: https://learn.microsoft.com/azure/postgresql/backup-restore/concepts-backup-restore (2026-11-24).
    """

    kind: Literal["geo-restore"] = "geo-restore"
    server_id: ServerId
    """Resource id of the server whose backups are read; it must have had `geoRedundantBackup`. Size and storage are
    its."""
    time: UtcTime
    """UTC. The last backup that has arrived is taken, whatever the time."""


class PointInTime(Section):
    """Another server of the same region, as it was at some time."""

    kind: Literal["point-in-time"] = "point-in-time"
    server_id: ServerId
    """Resource id of the server whose backups are read; it need not exist any more."""
    time: UtcTime
    """UTC; at the earliest `backupRetentionDays` ago."""


ServerSource = Annotated[FollowedServer | GeoRestore | PointInTime, Field(discriminator="kind")]
