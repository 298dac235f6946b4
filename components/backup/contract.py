"""What databases are told about their backups."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from components.certificates.contract import TrustAnchor
from components.network.contract import CidrPeer
from components.secrets.contract import Credential
from components.settings.workloads import Resources, Storage


@dataclass(frozen=True)
class Plan:
    """How often backups are made and how long they are kept."""

    schedule: str
    """A cron schedule of five fields, UTC."""
    retention_days: int


@dataclass(frozen=True)
class VolumeTarget:
    """A volume in the cluster, which the database makes beside its own."""

    plan: Plan
    storage: Storage
    deadline_seconds: int
    resources: Resources


@dataclass(frozen=True)
class ObjectLocation:
    """A path in S3-compatible object storage and the key that opens it."""

    url: str
    """s3://bucket/path"""
    endpoint_url: str | None
    """None for Amazon's own of the region."""
    region: str
    trust: TrustAnchor | None
    """What its certificate is verified by; None for the authorities that every machine trusts."""
    encryption: str | None
    """Server-side encryption that uploads ask for, `AES256` or `aws:kms`."""
    access_key_id: Credential
    secret_access_key: Credential
    peers: tuple[CidrPeer, ...]
    """Where its traffic goes, for network policies."""
    port: int


@dataclass(frozen=True)
class ObjectStorageTarget:
    """Object storage outside of the cluster, in one place or two."""

    plan: Plan
    location: ObjectLocation
    second: ObjectLocation | None


@dataclass(frozen=True)
class ManagedTarget:
    """Where the database's own service, which backs it up by itself, can export to."""

    plan: Plan
    bucket: pulumi.Output[str]
    """A bucket for exports of snapshots."""
    export_role_arn: pulumi.Output[str]
    """The role with which the service writes into it."""
    every_snapshot: bool
    """Whether each automated snapshot is exported; else only what somebody has exported by hand."""


BackupTarget = VolumeTarget | ObjectStorageTarget | ManagedTarget
