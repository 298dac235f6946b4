"""Where the database is backed up to, how often, and for how long: `jarvis:backup` of a stack file."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from components.backup.s3_settings import S3Backup
from components.settings.certificates import ObjectName
from components.settings.schedule import CronSchedule
from components.settings.section import Section
from components.settings.text import Matching
from components.settings.workloads import Resources, Storage

Bucket = Annotated[
    str,
    Matching(
        r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]",
        "a bucket's name: 3 to 63 lower-case letters, digits, hyphens and dots, such as jarvis-backups",
    ),
]
Prefix = Annotated[
    str,
    Matching(
        r"[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*",
        "a path inside the bucket without a slash first or last, such as jarvis/production",
    ),
]
EndpointUrl = Annotated[
    str,
    Matching(
        r"https?://[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?",
        "a scheme, a host and a port without a path, such as https://s3.example.com",
    ),
]
Cidr = Annotated[
    str,
    Matching(
        r"[0-9]{1,3}(\.[0-9]{1,3}){3}/[0-9]{1,2}|[0-9a-f:]*:[0-9a-f:]*/[0-9]{1,3}",
        "a range of addresses, such as 203.0.113.0/24 or 2001:db8::/32",
    ),
]
RetentionDays = Annotated[int, Field(ge=1, le=3650)]
_RETENTION_DAYS = 30
_SIX_HOURS = "0 */6 * * *"


class NoBackup(Section):
    """No backups: for data that may be lost."""

    kind: Literal["none"] = "none"


class VolumeBackup(Section):
    """Dumps on a volume in the cluster, for databases of kind `container`.

    They outlive the database and its volume, but not the cluster's storage.
    """

    kind: Literal["volume"] = "volume"
    schedule: CronSchedule = "0 2 * * *"
    """When dumps are made, UTC; the guide's BACKUP_SCHEDULE."""
    retention_days: RetentionDays = _RETENTION_DAYS
    """Days until a dump is removed, which only a later one that succeeded does; the guide's BACKUP_RETENTION_DAYS."""
    storage: Storage = Storage(size="50Gi")
    """Room for the dumps, which are compressed, of `retentionDays`. The guide gives no figure."""
    deadline_seconds: Annotated[int, Field(ge=60, le=86_400)] = 7_200
    """A dump or a restore that takes longer is stopped and counts as failed."""
    resources: Resources = Resources.of(requests=("100m", "128Mi"), limits=("1000m", "512Mi"))
    """Of the Pod that dumps or restores. The guide gives no figure."""


class ObjectLocation(Section):
    """A path in S3-compatible object storage."""

    bucket: Bucket
    """The bucket, which exists already: nothing here makes or deletes one."""
    path: Prefix = "jarvis"
    """Where in the bucket the backups lie."""
    endpoint_url: EndpointUrl | None = None
    """The storage's address; Amazon's own of the region where absent."""
    ca_secret: ObjectName | None = None
    """A Secret in the stack's namespace whose `ca.crt` the storage's certificate is verified by; null where a public
    authority signed that."""
    region: Annotated[str, Matching(r"[a-z0-9-]+", "a region, such as eu-west-3")] = "us-east-1"
    """Region of the bucket; storage without regions takes the default."""
    encryption: Literal["AES256", "aws:kms"] | None = "AES256"
    """Server-side encryption that each upload asks for; null where the bucket encrypts, or where the storage knows
    no such request."""
    addresses: Annotated[tuple[Cidr, ...], Field(min_length=1)] = ("0.0.0.0/0", "::/0")
    """Where network policies let the traffic go: narrow it to the storage's own addresses where those are known."""

    @property
    def port(self) -> int:
        """TCP port of the storage."""
        if self.endpoint_url is None:
            return 443
        scheme, _, host = self.endpoint_url.partition("://")
        _, colon, port = host.partition(":")
        return int(port) if colon else {"https": 443, "http": 80}[scheme]

    @property
    def encrypted_transport(self) -> bool:
        """Whether the storage is spoken to over HTTPS."""
        return self.endpoint_url is None or self.endpoint_url.startswith("https://")


class ObjectStorageBackup(Section):
    """Base backups and a continuous archive of every change, for databases of kind `cloudnative-pg`."""

    kind: Literal["object-storage"] = "object-storage"
    schedule: CronSchedule = _SIX_HOURS
    """When base backups are made, UTC: every 6 hours (guide, Disaster Recovery Plan). The archive is continuous."""
    retention_days: RetentionDays = _RETENTION_DAYS
    """Days back to which the database can be restored (guide, Disaster Recovery Plan)."""
    location: ObjectLocation
    """Where the backups go."""
    second: ObjectLocation | None = None
    """Another storage, best in another region, that gets backups and an archive of its own: the guide's
    "Multi-region S3"."""

    @model_validator(mode="after")
    def _two_places(self) -> Self:
        if self.second is not None and _place(self.second) == _place(self.location):
            raise ValueError(
                f"second.bucket {self.second.bucket} is location.bucket again: what takes one would take both"
            )
        return self


def _place(location: ObjectLocation) -> tuple[str | None, str]:
    return location.endpoint_url, location.bucket


BackupSettings = Annotated[NoBackup | VolumeBackup | ObjectStorageBackup | S3Backup, Field(discriminator="kind")]
