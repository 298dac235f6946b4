"""A place in object storage, and the backups that go there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pulumi

from components.backup.contract import ObjectLocation
from components.cluster.contract import ClusterAccess
from components.database.cluster_specs import (
    ACCESS_KEY_ID,
    REGION,
    SECRET_ACCESS_KEY,
    object_store,
    scheduled_backup,
)
from components.kubernetes.custom import custom_resource
from components.kubernetes.metadata import AppLabels, object_meta
from components.kubernetes.secrets import secret_object
from components.network.contract import Flow, PodPeer
from components.settings.workloads import Resources

_API: Final = "barmancloud.cnpg.io/v1"


@dataclass(frozen=True)
class Store:
    """An ObjectStore that clusters may name."""

    name: str
    resource: pulumi.Resource
    location: ObjectLocation

    def flows(self, app: str) -> tuple[Flow, ...]:
        """The traffic of the Pods that use it."""
        return tuple(Flow(PodPeer(app), peer, self.location.port) for peer in self.location.peers)


def make_store(
    name: str,
    location: ObjectLocation,
    retention_days: int,
    sidecar: Resources,
    *,
    labels: AppLabels,
    cluster: ClusterAccess,
    parent: pulumi.Resource,
) -> Store:
    """The ObjectStore `name` and the Secret with its key."""
    entries = {
        ACCESS_KEY_ID: location.access_key_id,
        SECRET_ACCESS_KEY: location.secret_access_key,
        REGION: location.region,
    }
    secret = secret_object(f"{name}-credentials", entries, labels=labels, cluster=cluster, parent=parent)
    resource = custom_resource(
        name,
        api_version=_API,
        kind="ObjectStore",
        metadata=object_meta(name, cluster.namespace, labels),
        spec=object_store(location, secret_name=secret.name, retention_days=retention_days, sidecar=sidecar),
        opts=cluster.child_of(parent, secret.resource),
    )
    return Store(name, resource, location)


def schedule_backups(
    database: str,
    schedule: str,
    *,
    labels: AppLabels,
    cluster: ClusterAccess,
    parent: pulumi.Resource,
    after: pulumi.Resource,
) -> None:
    """Base backups of the cluster `database` from now on."""
    name = f"{database}-backup"
    custom_resource(
        name,
        api_version="postgresql.cnpg.io/v1",
        kind="ScheduledBackup",
        metadata=object_meta(name, cluster.namespace, labels),
        spec=scheduled_backup(database, schedule),
        opts=cluster.child_of(parent, after),
    )
