"""Stacks in clouds that are unlike the committed ones and right all the same: no rule may refuse them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from components.backup.settings import BackupSettings
from components.cache.settings import CacheSettings
from components.cluster.settings import ClusterSettings
from components.database.settings import DatabaseSettings
from components.exposure.settings import ExposureSettings
from infra.settings.cloud_rules import CLOUD_KINDS
from infra.settings.load import load_stack_file
from tests.unit.settings.stacks import (
    ABSENT,
    changed,
    production,
    production_aws,
    production_azure,
    recovery_aws,
    recovery_azure,
    written,
)

STORE = {"kind": "external-secrets", "store": {"name": "vault"}}
GENERATED = {"environment": "staging", "secrets": {"kind": "generated"}}
IN_CLUSTER = {"kind": "sentinel", "storage": {"size": "5Gi", "storageClass": "managed-csi-premium"}}

CASES: dict[str, tuple[Any, dict[str, Any]]] = {
    "a cloud that nothing uses": (production, {"cloud": production_aws()["jarvis:cloud"]}),
    "no exports": (production_aws, {"backup": {"kind": "none"}}),
    "no authority where clouds serve the data": (
        production_aws,
        {"certificates": ABSENT, "app.tls": ABSENT, "platform.certManager": ABSENT},
    ),
    "one way out": (production_aws, {"cloud.vpc.nat": "single"}),
    "two zones": (production_aws, {"cloud.vpc.zones": ["a", "b"], "app.availability.spread.minZones": 2}),
    "disks of the cluster's default": (production_aws, {"app.ollama.storage.storageClass": ABSENT}),
    "nodes of which nothing is known": (production_aws, {"cluster.nodes.instanceTypes": ["t3.xlarge"]}),
    "Graviton": (production_aws, {"cluster.nodes.instanceTypes": ["m7g.xlarge", "m8g.xlarge"]}),
    "a staging stack that saves": (
        production_aws,
        {
            "environment": "staging",
            "database.multiAz": False,
            "database.backupRetentionDays": 7,
            "database.replicateBackups": False,
            "cache.nodes": 2,
            "cloud.recoveryRegion": None,
        },
    ),
    "a stack that stands by": (recovery_aws, {"database.multiAz": False, "cache.nodes": 2}),
    "secrets made by the way": (production_azure, GENERATED),
    "a cache in the cluster": (
        production_azure,
        {"cache": IN_CLUSTER, "certificates": {"kind": "cert-manager"}, "platform.certManager": {"kind": "helm"}},
    ),
    "standard disks": (production_azure, {"app.ollama.storage.storageClass": "managed-csi"}),
    "as many nodes as there are addresses": (
        production_azure,
        {"cluster.pool.maxCount": 12, "cloud.network.pods": "10.244.0.0/20"},
    ),
    "a region without a pair for staging": (
        production_azure,
        {
            "environment": "staging",
            "cloud.location": "italynorth",
            "cloud.backupStorage": None,
            "database.geoRedundantBackup": False,
        },
    ),
    "a replica without geo-redundant backups": (recovery_azure, {}),
}


@pytest.mark.parametrize("name", CASES)
def test_what_fits_is_not_refused(name: str, tmp_path: Path) -> None:
    stack, changes = CASES[name]
    load_stack_file(written(tmp_path, changed(stack(), changes)))


@pytest.mark.parametrize("cache", [{"kind": "managed-redis"}, IN_CLUSTER])
def test_only_what_lies_in_the_cluster_reads_a_store_of_secrets(cache: dict[str, Any], tmp_path: Path) -> None:
    """Here the database does, too: nothing outside of the cluster needs a password of the stack's own."""
    database = {
        "kind": "cloudnative-pg",
        "storage": {"size": "100Gi", "storageClass": "managed-csi-premium"},
    }
    changes = {
        "environment": "staging",
        "secrets": STORE,
        "cache": cache,
        "database": database,
        "platform": {
            "metricsServer": {"kind": "external"},
            "externalSecrets": {"kind": "external"},
            "cloudnativePg": {"kind": "helm"},
        },
    }
    load_stack_file(written(tmp_path, changed(production_azure(), changes)))


OF_NO_CLOUD = {
    *("existing", "container", "cloudnative-pg", "sentinel", "none", "volume", "object-storage"),
    *("port-forward", "node-port", "ingress", "gateway"),
}


def test_every_kind_is_one_of_some_cloud_or_of_none() -> None:
    """A further kind would need no cloud, as far as the rules know, were it forgotten there."""
    unions = (ClusterSettings, DatabaseSettings, CacheSettings, ExposureSettings, BackupSettings)
    kinds: list[type[BaseModel]] = [kind for union in unions for kind in get_args(get_args(union)[0])]
    names = {str(kind.model_fields["kind"].default) for kind in kinds}
    assert names == OF_NO_CLOUD | CLOUD_KINDS.keys()
