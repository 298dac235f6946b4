"""Wrong settings of stacks on Azure: each gives its exact sentence, and only that."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.settings.stacks import ABSENT, Case, assert_refused, production_azure

HELM = {"kind": "helm"}
LARGE = {"requests": {"cpu": "4", "memory": "8Gi"}, "limits": {"cpu": "8", "memory": "16Gi"}}

CASES: dict[str, Case] = {
    # kinds, their cloud and their cluster
    "cluster without its cloud": (
        production_azure,
        {"cloud": ABSENT},
        "jarvis:cloud.kind must be azure: jarvis:cluster of kind aks, jarvis:database of kind flexible-server, "
        "jarvis:cache of kind managed-redis and jarvis:exposure of kind application-gateway need it.",
    ),
    "cluster that is elsewhere": (
        production_azure,
        {"cluster": {"kind": "existing", "quota": None}, "platform.metricsServer": HELM},
        "jarvis:cluster.kind must be aks: jarvis:database of kind flexible-server, jarvis:cache of kind "
        "managed-redis and jarvis:exposure of kind application-gateway reach no cluster but that of jarvis:cloud.",
    ),
    "cache of another cloud": (
        production_azure,
        {"cache": {"kind": "elasticache"}},
        "jarvis:cache.kind must not be elasticache, which needs jarvis:cloud.kind aws.",
    ),
    "dumps of what Azure backs up": (
        production_azure,
        {"backup": {"kind": "volume"}},
        "jarvis:backup.kind must be none with jarvis:database.kind flexible-server, which Azure backs up "
        "(backupRetentionDays, geoRedundantBackup).",
    ),
    "certificate that the gateway cannot verify": (
        production_azure,
        {
            "app.tls": {
                "certificatePath": "/etc/ssl/certs/jarvis-prod.crt",
                "keyPath": "/etc/ssl/private/jarvis-prod.key",
                "secretName": "jarvis-tls",
            }
        },
        "jarvis:app.tls must be absent with jarvis:exposure.kind application-gateway, which cannot verify the "
        "certificate.",
    ),
    # what backups outlive
    "kept a week": (
        production_azure,
        {"database.backupRetentionDays": 7},
        "jarvis:database.backupRetentionDays must be 30 or more in production, not 7.",
    ),
    "kept a day": (
        production_azure,
        {"database.backupRetentionDays": 1},
        "jarvis:database.backupRetentionDays is the number 1; it must be a whole number from 7 to 35.",
    ),
    "backups in one region": (
        production_azure,
        {"database.geoRedundantBackup": False},
        "jarvis:database.geoRedundantBackup must be true in production: backups must outlive the loss of the "
        "region that they are in.",
    ),
    "region without a pair": (
        production_azure,
        {"cloud.location": "italynorth", "cloud.backupStorage": None},
        "jarvis:cloud.location must be a region with a pair in production, not italynorth: backups must outlive "
        "its loss.",
    ),
    "region without a pair in staging": (
        production_azure,
        {"environment": "staging", "cloud.location": "italynorth", "cloud.backupStorage": None},
        "jarvis:database.geoRedundantBackup must be false in italynorth: the region has no pair.",
    ),
    "exports in one region": (
        production_azure,
        {"cloud.location": "italynorth"},
        "jarvis:cloud: backupStorage must be null in italynorth: the region has no pair to keep a second copy in.",
    ),
    "exports in one copy": (
        production_azure,
        {"cloud.backupStorage.redundancy": "Standard_LRS"},
        'jarvis:cloud.backupStorage.redundancy is "Standard_LRS"; it must be Standard_GRS, Standard_RAGRS, '
        "Standard_GZRS or Standard_RAGZRS (did you mean Standard_GRS?).",
    ),
    # what the stack outlives
    "no standby": (
        production_azure,
        {"database.highAvailability": None},
        "jarvis:database.highAvailability must not be null in production: the database would be lost with its zone.",
    ),
    "standby in one zone": (
        production_azure,
        {"database.highAvailability": {"mode": "same-zone", "standbyZone": "1"}},
        "jarvis:database.highAvailability.mode must be zone-redundant in production, not same-zone: the database "
        "would be lost with its zone.",
    ),
    "standby beside the server": (
        production_azure,
        {"database.highAvailability": {"standbyZone": "1"}},
        "jarvis:database: highAvailability.standbyZone 1 must not be zone 1: with mode zone-redundant the standby "
        "outlives the loss of the server's zone.",
    ),
    "cache of one": (
        production_azure,
        {"cache.highAvailability": False},
        "jarvis:cache.highAvailability must be true in production: the cache would be lost with its node.",
    ),
    "two zones for three": (
        production_azure,
        {"cluster.pool.zones": ["1", "2"]},
        "jarvis:app.availability.spread.minZones must be 2 or less, the number of jarvis:cluster.pool.zones, not "
        "3: second Pods would wait for ever.",
    ),
    "fewer nodes than zones": (
        production_azure,
        {"cluster.pool.minCount": 2},
        "jarvis:cluster.pool: minCount 2 must be 3 at least: a node in each of zones.",
    ),
    "region without zones": (
        production_azure,
        {"cloud.location": "westus"},
        'jarvis:cloud.location is "westus"; it must be ...',
    ),
    "alerts for nobody": (
        production_azure,
        {"cloud.monitor.emails": []},
        "jarvis:cloud.monitor.emails is empty: in production somebody must be told of alerts.",
    ),
    "no alerts": (
        production_azure,
        {"cloud.monitor": None, "cluster.defender": False},
        "jarvis:cloud.monitor must not be null in production: nothing would tell of what Azure itself sees.",
    ),
    "Defender that reports nowhere": (
        production_azure,
        {"environment": "staging", "cloud.monitor": None},
        "jarvis:cluster.defender must be false without jarvis:cloud.monitor, which it reports to.",
    ),
    # networks
    "addresses for fewer nodes": (
        production_azure,
        {"cluster.pool.maxCount": 185, "cloud.network.nodes": "10.20.0.0/24"},
        "jarvis:cloud.network.nodes is 10.20.0.0/24, with addresses for 239 nodes: jarvis:cluster.pool.maxCount "
        "185 grows to 247 while AKS renews them.",
    ),
    "Pods' addresses for fewer nodes": (
        production_azure,
        {"cluster.pool.maxCount": 20, "cloud.network.pods": "10.244.0.0/20"},
        "jarvis:cloud.network.pods is 10.244.0.0/20, with a /24 for 16 nodes: jarvis:cluster.pool.maxCount 20 "
        "grows to 27 while AKS renews them.",
    ),
    "nodes' range too small": (
        production_azure,
        {"cloud.network.nodes": "10.20.0.0/25"},
        "jarvis:cloud.network: nodes 10.20.0.0/25 is too small: it must be a /24 or larger.",
    ),
    "services among the Pods": (
        production_azure,
        {"cloud.network.services": "10.244.128.0/17"},
        "jarvis:cloud.network: pods 10.244.0.0/16 and services 10.244.128.0/17 overlap.",
    ),
    "subnet outside of the network": (
        production_azure,
        {"cloud.network.gateway": "10.21.18.0/24"},
        "jarvis:cloud.network: gateway 10.21.18.0/24 must lie within addressSpace 10.20.0.0/16.",
    ),
    "services in AKS' own range": (
        production_azure,
        {"cloud.network.services": "172.30.0.0/16"},
        "jarvis:cloud.network: services 172.30.0.0/16 overlaps 172.30.0.0/16, which AKS keeps for itself.",
    ),
    "API server open to the world": (
        production_azure,
        {"cluster.apiServer.authorizedRanges": ["0.0.0.0/0"]},
        'jarvis:cluster.apiServer.authorizedRanges[0] is "0.0.0.0/0"; it must be an IPv4 network with no host bits '
        "set and not the whole internet, such as 203.0.113.0/24.",
    ),
    "API server open to nobody says whom": (
        production_azure,
        {"cluster.apiServer": {"kind": "public"}},
        "jarvis:cluster.apiServer.authorizedRanges is missing: From where it is reached, CI included. The "
        "cluster's own way out is let in by Azure itself.\n    pulumi config set --path "
        "'jarvis:cluster.apiServer.authorizedRanges' VALUE --stack dev",
    ),
    "vault open to the world": (
        production_azure,
        {"cloud.keyVault.allowedRanges": ["0.0.0.0/0"]},
        'jarvis:cloud.keyVault.allowedRanges[0] is "0.0.0.0/0"; it must be an IPv4 network with no host bits set '
        "and not the whole internet, such as 203.0.113.0/24.",
    ),
    "host outside of the zone": (
        production_azure,
        {"exposure.dns.zone": "jarvis.org"},
        "jarvis:exposure: host app.jarvis.com must lie in dns.zone jarvis.org.",
    ),
    "TLS of ten years ago": (
        production_azure,
        {"database.minimumTls": "TLSv1.0"},
        'jarvis:database.minimumTls is "TLSv1.0"; it must be TLSv1.2 or TLSv1.3 (did you mean TLSv1.3?).',
    ),
    "firewall off": (
        production_azure,
        {"exposure.firewall": {"mode": "off"}},
        'jarvis:exposure.firewall.mode is "off"; it must be prevention or detection.',
    ),
    # nodes and disks
    "disk of on premises": (
        production_azure,
        {"app.ollama.storage.storageClass": "fast-ssd"},
        "jarvis:app.ollama.storage.storageClass is fast-ssd, which a cluster of kind aks does not have: it must be "
        "managed-csi-premium, managed-csi or default.",
    ),
    "disk of another cloud": (
        production_azure,
        {"monitoring.prometheus.storage.storageClass": "gp3"},
        "jarvis:monitoring.prometheus.storage.storageClass is gp3, which a cluster of kind aks does not have: it "
        "must be managed-csi-premium, managed-csi or default.",
    ),
    "a share of files": (
        production_azure,
        {"monitoring.logs.loki.storage.storageClass": "azurefile-csi"},
        "jarvis:monitoring.logs.loki.storage.storageClass is azurefile-csi, which a cluster of kind aks does not "
        "have: it must be managed-csi-premium, managed-csi or default.",
    ),
    "Pod larger than a node": (
        production_azure,
        {"app.ollama.resources": LARGE},
        "jarvis:app.ollama.resources.requests.cpu is 4, but the largest node of jarvis:cluster has 4000m, of which "
        "the system takes a part: the Pod would wait for ever.",
    ),
    "nodes too few": (
        production_azure,
        {"cluster.pool.maxCount": 3},
        "jarvis:cluster.pool.maxCount gives 12000m of cpu at the most, but the containers' requests are 15125m "
        "together: not all of their Pods could start.",
    ),
    "nodes too small": (
        production_azure,
        {"cluster.pool.vmSize": "Standard_D2s_v5"},
        "jarvis:cluster.pool: vmSize Standard_D2s_v5 has 2 CPUs: nodes need 4 at least.",
    ),
    "nodes burstable": (
        production_azure,
        {"cluster.pool.vmSize": "Standard_B4ms"},
        'jarvis:cluster.pool.vmSize is "Standard_B4ms"; it must be a size of the D, E or F series, version 3 or '
        "later, with premium storage (an s), such as Standard_D4s_v5.",
    ),
    # versions, sizes and names
    "Kubernetes of the guide": (
        production_azure,
        {"cluster.version": "1.28"},
        'jarvis:cluster.version is "1.28"; it must be 1.35, 1.36 or 1.37.',
    ),
    "storage of the guide": (
        production_azure,
        {"database.storageGb": 100},
        "jarvis:database.storageGb is the number 100; it must be 32, 64, 128, 256, 512, 1024, 2048, 4095, 4096, "
        "8192, 16384 or 32767.",
    ),
    "size burstable": (
        production_azure,
        {"database.size": "Standard_B2s"},
        'jarvis:database.size is "Standard_B2s"; it must be a size of the D or E series that Flexible Server has, '
        "such as Standard_D4ds_v5 (burstable sizes have no standby).",
    ),
    "cache of the guide": (
        production_azure,
        {"cache.sku": "Standard_C2"},
        'jarvis:cache.sku is "Standard_C2"; it must be a size of Azure Managed Redis, such as Balanced_B3 (about '
        "as many GB as the number says); those of the tiers Basic, Standard, Premium and Enterprise are retired.",
    ),
    "cache too large for one node": (
        production_azure,
        {"cache.sku": "Balanced_B50"},
        "jarvis:cache: clustering must be enterprise with sku Balanced_B50: without it 25 GB is the most.",
    ),
    "server with underscores": (
        production_azure,
        {"database.name": "psql_jarvis"},
        'jarvis:database.name is "psql_jarvis"; it must be a server\'s name: 3 to 63 lower-case letters, digits '
        "and hyphens, no hyphen first or last, such as psql-jarvis-production.",
    ),
    "user of Azure": (
        production_azure,
        {"database.username": "azure_superuser"},
        "jarvis:database: username azure_superuser is one that Azure keeps for itself: choose another.",
    ),
    "user of PostgreSQL": (
        production_azure,
        {"database.username": "pg_jarvis"},
        "jarvis:database: username pg_jarvis is one that Azure keeps for itself: choose another.",
    ),
    "database of PostgreSQL": (
        production_azure,
        {"database.database": "postgres"},
        "jarvis:database: database postgres is one that every server has already: choose another.",
    ),
    "replica by the server's name": (
        production_azure,
        {"database.replica": {"name": "psql-jarvis-production"}},
        "jarvis:database: replica.name psql-jarvis-production must not be the server's own.",
    ),
    "storage account with hyphens": (
        production_azure,
        {"cloud.backupStorage.account": "st-jarvis-production"},
        'jarvis:cloud.backupStorage.account is "st-jarvis-production"; it must be a storage account\'s name: 3 to '
        "24 lower-case letters and digits, such as stjarvisproduction.",
    ),
    "vault's name too long": (
        production_azure,
        {"cloud.keyVault.name": "kv-jarvis-production-paris"},
        'jarvis:cloud.keyVault.name is "kv-jarvis-production-paris"; it must be a key vault\'s name: 3 to 24 '
        "letters, digits and hyphens, a letter first, no hyphen last and no two together, such as "
        "kv-jarvis-production.",
    ),
    "region in words": (
        production_azure,
        {"cloud.location": "West Europe"},
        'jarvis:cloud.location is "West Europe"; it must be ...',
    ),
    "subscription by name": (
        production_azure,
        {"cloud.subscriptionId": "jarvis"},
        'jarvis:cloud.subscriptionId is "jarvis"; it must be an id such as 00000000-0000-0000-0000-000000000000.',
    ),
    "nobody may do anything": (
        production_azure,
        {"cluster.administrators": []},
        "jarvis:cluster.administrators is an empty list; it must be a list of 1 or more.",
    ),
    "somebody by name": (
        production_azure,
        {"cluster.administrators.0.principalId": "platform-admins"},
        'jarvis:cluster.administrators[0].principalId is "platform-admins"; it must be an id such as '
        "00000000-0000-0000-0000-000000000000.",
    ),
    "key misspelt": (
        production_azure,
        {"database.backupRetention": 30},
        "jarvis:database.backupRetention is not a setting (did you mean backupRetentionDays?); allowed here are ...",
    ),
    # secrets
    "secrets that only the cluster knows": (
        production_azure,
        {"secrets": {"kind": "external-secrets", "store": {"name": "vault"}}, "platform.externalSecrets": HELM},
        "jarvis:secrets.kind must be config: jarvis:database of kind flexible-server needs its password, which "
        "only the cluster would know.",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_sentence(name: str, tmp_path: Path) -> None:
    assert_refused(tmp_path, *CASES[name])
