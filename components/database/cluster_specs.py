"""Specifications of CloudNativePG's and Barman's objects. Pure: settings and targets in, fields out.

Source: https://cloudnative-pg.io/documentation/current/cloudnative-pg.v1/ and
https://cloudnative-pg.io/plugin-barman-cloud/docs/plugin-barman-cloud.v1/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pulumi

from components.backup.contract import ObjectLocation
from components.database.cluster_settings import CloudNativePgDatabase, Pooler, Recovery
from components.kubernetes.availability import NODE, ZONE
from components.kubernetes.custom import Field
from components.settings.workloads import Resources, Storage

BARMAN_PLUGIN: Final = "barman-cloud.cloudnative-pg.io"
ACCESS_KEY_ID: Final = "ACCESS_KEY_ID"
SECRET_ACCESS_KEY: Final = "ACCESS_SECRET_KEY"  # noqa: S105 - a key's name
REGION: Final = "REGION"
_TEMPORARY_FILES: Final = "1Gi"

Fields = dict[str, Field]


def instances_spec(settings: CloudNativePgDatabase, name: str, instances: int, app: str, environment: str) -> Fields:
    """What the cluster and its second copy have in common."""
    return {
        "instances": instances,
        "imageName": settings.image_reference,
        "enableSuperuserAccess": False,
        # One alone could never be drained from its node.
        "enablePDB": instances > 1,
        "inheritedMetadata": {
            "labels": {"app": app, "app.kubernetes.io/part-of": "jarvis", "environment": environment}
        },
        "storage": _volume(settings.storage),
        "walStorage": None if settings.wal_storage is None else _volume(settings.wal_storage),
        "resources": _resources(settings.resources),
        "ephemeralVolumesSizeLimit": {"shm": settings.shared_memory, "temporaryData": _TEMPORARY_FILES},
        "seccompProfile": {"type": "RuntimeDefault"},
        "affinity": {"enablePodAntiAffinity": True, "podAntiAffinityType": "required", "topologyKey": NODE},
        "topologySpreadConstraints": [
            {
                "maxSkew": 1,
                "topologyKey": ZONE,
                "whenUnsatisfiable": "DoNotSchedule" if settings.zones == "required" else "ScheduleAnyway",
                "labelSelector": {"matchLabels": {"cnpg.io/cluster": name, "cnpg.io/podRole": "instance"}},
            }
        ],
    }


def postgresql(settings: CloudNativePgDatabase, *, synchronous: bool) -> Fields:
    """The servers' configuration: the guide's figures, TLS for everybody, and commits that wait for a standby."""
    parameters = settings.parameters
    return {
        "parameters": {
            "max_connections": str(parameters.max_connections),
            "shared_buffers": parameters.shared_buffers,
            "effective_cache_size": parameters.effective_cache_size,
            # The last changes of a quiet database wait no longer for the archive than this.
            "archive_timeout": "5min",
        },
        # The operator's own last line would let in whoever has a password, TLS or not.
        "pg_hba": ["hostnossl all all all reject", "hostssl all all all scram-sha-256"],
        "synchronous": {
            "method": "any",
            "number": 1,
            "dataDurability": settings.synchronous,
            # A standby is promoted only where it is certain to have every commit.
            "failoverQuorum": settings.synchronous == "required",
        }
        if synchronous and settings.synchronous != "off"
        else None,
    }


def bootstrap(settings: CloudNativePgDatabase, secret_name: str) -> Fields:
    """What a new cluster begins with."""
    owner: Fields = {
        "database": settings.database,
        "owner": settings.username,
        "secret": {"name": secret_name},
    }
    match settings.bootstrap:
        case Recovery() as recovery:
            target = None if recovery.target_time is None else {"targetTime": recovery.target_time}
            return {"recovery": {"source": recovery.source, "recoveryTarget": target, **owner}}
        case _:
            return {"initdb": {**owner, "dataChecksums": True, "encoding": "UTF8"}}


def barman_plugin(store: str, archive: str) -> Fields:
    """Archives every change into the store, under the archive's name."""
    return {
        "name": BARMAN_PLUGIN,
        "isWALArchiver": True,
        "parameters": {"barmanObjectName": store, "serverName": archive},
    }


def archived_cluster(name: str, store: str, archive: str) -> Fields:
    """Another cluster, here called `name`, that is read from its archive in the store."""
    return {
        "name": name,
        "plugin": {"name": BARMAN_PLUGIN, "parameters": {"barmanObjectName": store, "serverName": archive}},
    }


def object_store(
    location: ObjectLocation, *, secret_name: str, retention_days: int, sidecar: Resources
) -> Mapping[str, Field]:
    """Where backups and changes go and how long they stay there."""
    return {
        "retentionPolicy": f"{retention_days}d",
        "configuration": {
            "destinationPath": location.url,
            "endpointURL": location.endpoint_url,
            "endpointCA": None if location.trust is None else _key(location.trust.secret_name, location.trust.key),
            "s3Credentials": {
                "accessKeyId": _key(secret_name, ACCESS_KEY_ID),
                "secretAccessKey": _key(secret_name, SECRET_ACCESS_KEY),
                "region": _key(secret_name, REGION),
            },
            "wal": {"compression": "zstd", "encryption": location.encryption, "maxParallel": 4},
            "data": {"compression": "lz4", "encryption": location.encryption, "jobs": 2},
        },
        "instanceSidecarConfiguration": {"resources": _resources(sidecar)},
    }


def scheduled_backup(cluster: str, schedule: str) -> Fields:
    """Base backups by the plugin; the operator's cron schedules begin with the second."""
    return {
        "schedule": f"0 {schedule}",
        "immediate": True,
        "backupOwnerReference": "self",
        "cluster": {"name": cluster},
        "method": "plugin",
        "target": "prefer-standby",
        "pluginConfiguration": {"name": BARMAN_PLUGIN},
    }


def pooler(settings: Pooler, cluster: str, labels: Mapping[str, str]) -> Fields:
    """PgBouncer in front of the cluster's primary; the operator makes its Pods `restricted` ones itself."""
    return {
        "cluster": {"name": cluster},
        "type": "rw",
        "instances": settings.instances,
        "pgbouncer": {
            "image": settings.image,
            "poolMode": settings.mode,
            "parameters": {
                "client_tls_sslmode": "require",
                "default_pool_size": str(settings.pool_size),
                "max_client_conn": str(settings.max_client_connections),
                "max_prepared_statements": str(settings.max_prepared_statements),
            },
        },
        "deploymentStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}},
        "template": {
            "metadata": {"labels": dict(labels)},
            "spec": {
                "containers": [{"name": "pgbouncer", "resources": _resources(settings.resources)}],
                "topologySpreadConstraints": [_spread(NODE, labels["app"]), _spread(ZONE, labels["app"])],
            },
        },
    }


def names_inside(name: str, namespace: pulumi.Input[str]) -> list[pulumi.Input[str]]:
    """The DNS names of a Service, from the short one to the whole one."""
    qualified = pulumi.Output.concat(name, ".", namespace)
    return [name, qualified, *(pulumi.Output.concat(qualified, end) for end in (".svc", ".svc.cluster.local"))]


def _spread(topology_key: str, app: str) -> Fields:
    return {
        "maxSkew": 1,
        "topologyKey": topology_key,
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": {"app": app}},
    }


def _key(secret_name: str, key: str) -> Fields:
    return {"name": secret_name, "key": key}


def _volume(storage: Storage) -> Fields:
    return {"size": storage.size, "storageClass": storage.storage_class, "resizeInUseVolumes": True}


def _resources(resources: Resources) -> Fields:
    return {"requests": resources.requests.as_map(), "limits": resources.limits.as_map()}
