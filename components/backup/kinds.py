"""Where a stack's backups go."""

from __future__ import annotations

import pulumi

from components.backup.contract import BackupTarget, ObjectLocation, ObjectStorageTarget, Plan, VolumeTarget
from components.backup.s3_settings import S3Backup
from components.backup.settings import BackupSettings, NoBackup, ObjectStorageBackup, VolumeBackup
from components.backup.settings import ObjectLocation as LocationSettings
from components.certificates.contract import TrustAnchor
from components.cloud.contract import Cloud, require_aws
from components.network.contract import CidrPeer
from components.secrets.contract import Credential, Credentials


def create_backup(
    settings: BackupSettings, *, credentials: Credentials, cloud: Cloud | None = None, protect: bool = False
) -> BackupTarget | None:
    """The stack's backup target; None where it has none. Only a cloud's kind registers anything: else the database
    makes what it needs.

    Raises pulumi.RunError where object storage lacks its key, or the kind of backup needs another kind of cloud.
    """
    match settings:
        case NoBackup():
            return None
        case VolumeBackup():
            return VolumeTarget(
                plan=Plan(settings.schedule, settings.retention_days),
                storage=settings.storage,
                deadline_seconds=settings.deadline_seconds,
                resources=settings.resources,
            )
        case ObjectStorageBackup():
            key = _given("backupAccessKeyId", credentials.backup_access_key_id)
            secret = _given("backupSecretAccessKey", credentials.backup_secret_access_key)
            return ObjectStorageTarget(
                plan=Plan(settings.schedule, settings.retention_days),
                location=_location(settings.location, key, secret),
                second=None if settings.second is None else _location(settings.second, key, secret),
            )
        case S3Backup():
            from components.backup.s3 import BackupBuckets

            account = require_aws(cloud, "jarvis:backup of kind s3")
            return BackupBuckets("backup", settings, cloud=account, protect=protect).target


def backup_cron_jobs(settings: BackupSettings) -> tuple[str, ...]:
    """The CronJobs that operators may start by hand; restoring is left to those who deploy."""
    return ("postgres-backup",) if isinstance(settings, VolumeBackup) else ()


def _given(name: str, credential: Credential | None) -> Credential:
    if credential is None:
        raise pulumi.RunError(
            f"jarvis:backup of kind object-storage needs jarvis:secrets.{name}: the storage asks for a key."
        )
    return credential


def _location(settings: LocationSettings, key: Credential, secret: Credential) -> ObjectLocation:
    return ObjectLocation(
        url=f"s3://{settings.bucket}/{settings.path}",
        endpoint_url=settings.endpoint_url,
        region=settings.region,
        trust=None if settings.ca_secret is None else TrustAnchor(settings.ca_secret),
        encryption=settings.encryption,
        access_key_id=key,
        secret_access_key=secret,
        peers=tuple(CidrPeer(cidr) for cidr in settings.addresses),
        port=settings.port,
    )
