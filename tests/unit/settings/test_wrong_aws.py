"""Wrong settings of stacks on AWS: each gives its exact sentence, and only that."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.settings.stacks import ABSENT, Case, Config, assert_refused, changed, production_aws

HELM = {"kind": "helm"}
LARGE = {"requests": {"cpu": "4", "memory": "8Gi"}, "limits": {"cpu": "8", "memory": "16Gi"}}
IN_CLUSTER = {"kind": "cloudnative-pg", "storage": {"size": "100Gi", "storageClass": "gp3"}}


def karpenter() -> Config:
    """With the nodes that Karpenter makes."""
    nodes = {"instanceTypes": ["m5.xlarge"], "minSize": 3}
    changes = {"platform.clusterAutoscaler": ABSENT, "platform.karpenter": HELM}
    return changed(production_aws(), {**changes, "cluster.autoscaler": "karpenter", "cluster.nodes": nodes})


CASES: dict[str, Case] = {
    # kinds, their cloud and their cluster
    "cluster without its cloud": (
        production_aws,
        {"cloud": ABSENT},
        "jarvis:cloud.kind must be aws: jarvis:cluster of kind eks, jarvis:database of kind rds, jarvis:cache of "
        "kind elasticache, jarvis:exposure of kind alb and jarvis:backup of kind s3 need it.",
    ),
    "cache without its cloud": (
        production_aws,
        {
            "cloud": ABSENT,
            "cluster": {"kind": "existing", "quota": None},
            "platform.metricsServer": HELM,
            "platform.awsLoadBalancerController": ABSENT,
            "platform.clusterAutoscaler": ABSENT,
            "database": IN_CLUSTER,
            "platform.cloudnativePg": HELM,
            "backup": {"kind": "none"},
            "environment": "staging",
            "exposure": {"kind": "node-port"},
            "app.backendUrl": ABSENT,
            "app.frontendUrl": ABSENT,
            "app.corsOrigins": ["http://localhost:30300"],
        },
        "jarvis:cloud.kind must be aws: jarvis:cache of kind elasticache needs it.",
    ),
    "cluster that is elsewhere": (
        production_aws,
        {
            "cluster": {"kind": "existing", "quota": None},
            "platform.awsLoadBalancerController": ABSENT,
            "platform.clusterAutoscaler": ABSENT,
        },
        "jarvis:cluster.kind must be eks: jarvis:database of kind rds, jarvis:cache of kind elasticache and "
        "jarvis:exposure of kind alb reach no cluster but that of jarvis:cloud.",
    ),
    "cache of another cloud": (
        production_aws,
        {"cache": {"kind": "managed-redis"}},
        "jarvis:cache.kind must not be managed-redis, which needs jarvis:cloud.kind azure.",
    ),
    "backed up to a volume": (
        production_aws,
        {"backup": {"kind": "volume"}},
        "jarvis:backup.kind must be s3 or none with jarvis:database.kind rds, which Amazon backs up "
        "(backupRetentionDays, replicateBackups).",
    ),
    "exports of a database in the cluster": (
        production_aws,
        {"database": IN_CLUSTER, "platform.cloudnativePg": HELM},
        "jarvis:backup.kind must be object-storage with jarvis:database.kind cloudnative-pg: s3 is for exports of "
        "what Amazon backs up.",
    ),
    # what backups outlive
    "kept a week": (
        production_aws,
        {"database.backupRetentionDays": 7},
        "jarvis:database.backupRetentionDays must be 30 or more in production, not 7.",
    ),
    "kept a week, and exports nowhere": (
        production_aws,
        {"backup": {"kind": "none"}, "database.backupRetentionDays": 7},
        "jarvis:database.backupRetentionDays must be 30 or more in production, not 7.",
    ),
    "kept longer than there is": (
        production_aws,
        {"database.backupRetentionDays": 36},
        "jarvis:database.backupRetentionDays is the number 36; it must be a whole number from 1 to 35.",
    ),
    "exports kept a week": (
        production_aws,
        {"backup.retentionDays": 7},
        "jarvis:backup.retentionDays must be 30 or more in production, not 7.",
    ),
    "no second region": (
        production_aws,
        {"cloud.recoveryRegion": None},
        "jarvis:cloud.recoveryRegion must not be null in production: backups must outlive the loss of the region "
        "that they are in.",
    ),
    "backups in one region": (
        production_aws,
        {"database.replicateBackups": False},
        "jarvis:database.replicateBackups must be true in production: backups must outlive the loss of the region "
        "that they are in.",
    ),
    "second region the first": (
        production_aws,
        {"cloud.recoveryRegion": "us-east-1"},
        "jarvis:cloud: recoveryRegion us-east-1 is region again: both would be lost together.",
    ),
    "locked longer than kept": (
        production_aws,
        {"backup.lockDays": 60},
        "jarvis:backup: lockDays 60 must not exceed retentionDays 30.",
    ),
    # what the stack outlives
    "database in one zone": (
        production_aws,
        {"database.multiAz": False},
        "jarvis:database.multiAz must be true in production: the database would be lost with its zone.",
    ),
    "cache of two": (
        production_aws,
        {"cache.nodes": 2},
        "jarvis:cache.nodes must be 3 or more in production, not 2: after the loss of one there must be two.",
    ),
    "cache of one": (
        production_aws,
        {"cache.nodes": 1},
        "jarvis:cache.nodes is the number 1; it must be a whole number from 2 to 6.",
    ),
    "nodes in two of three zones": (
        production_aws,
        {"cluster.nodes.minSize": 2, "cluster.nodes.desiredSize": 2},
        "jarvis:cluster.nodes.minSize must be 3 or more in production, not 2: a node in each of "
        "jarvis:cloud.vpc.zones.",
    ),
    "two zones for three": (
        production_aws,
        {"cloud.vpc.zones": ["a", "b"]},
        "jarvis:app.availability.spread.minZones must be 2 or less, the number of jarvis:cloud.vpc.zones, not 3: "
        "second Pods would wait for ever.",
    ),
    "a zone twice": (
        production_aws,
        {"cloud.vpc.zones": ["a", "a", "b"]},
        "jarvis:cloud.vpc: zones has a twice.",
    ),
    "zone by its whole name": (
        production_aws,
        {"cloud.vpc.zones": ["us-east-1a", "b", "c"]},
        'jarvis:cloud.vpc.zones[0] is "us-east-1a"; it must be the letter of an availability zone, such as a for '
        "us-east-1a.",
    ),
    "alarms for nobody": (
        production_aws,
        {"cloud.alarmEmails": [], "cloud.budget": None},
        "jarvis:cloud.alarmEmails is empty: in production somebody must be told of alarms.",
    ),
    "budget for nobody": (
        production_aws,
        {"cloud.alarmEmails": []},
        "jarvis:cloud: alarmEmails is empty, so nobody would hear of the budget: name somebody, or set budget to null.",
    ),
    # networks
    "services among the Pods": (
        production_aws,
        {"cluster.serviceCidr": "10.40.128.0/20"},
        "jarvis:cluster.serviceCidr is 10.40.128.0/20, which overlaps jarvis:cloud.vpc.cidr 10.40.0.0/16: Services "
        "would take addresses of nodes and Pods.",
    ),
    "network too small": (
        production_aws,
        {"cloud.vpc.cidr": "10.40.0.0/22"},
        "jarvis:cloud.vpc: cidr 10.40.0.0/22 is a /22; it must be between /16, the largest that AWS has, and /20, "
        "the smallest with room for 1,000 Pods in a zone.",
    ),
    "network of somebody else": (
        production_aws,
        {"cloud.vpc.cidr": "8.8.0.0/16"},
        'jarvis:cloud.vpc.cidr is "8.8.0.0/16"; it must be a private IPv4 network with no host bits set (RFC '
        "1918), such as 10.20.0.0/16.",
    ),
    "nat of no kind": (
        production_aws,
        {"cloud.vpc.nat": "double"},
        'jarvis:cloud.vpc.nat is "double"; it must be per-zone or single.',
    ),
    "API server open to the world": (
        production_aws,
        {"cluster.publicAccess": ["0.0.0.0/0"]},
        'jarvis:cluster.publicAccess[0] is "0.0.0.0/0"; it must be an IPv4 network that is not the whole internet, '
        "such as 203.0.113.0/24.",
    ),
    "host outside of the zone": (
        production_aws,
        {
            "exposure.hosts.admin": "admin.jarvis.org",
            "app.corsOrigins": ["https://app.jarvis.com", "https://admin.jarvis.org"],
        },
        "jarvis:exposure: host admin.jarvis.org is not in zone.name jarvis.com, so no record can lead to it.",
    ),
    "silent for two hours": (
        production_aws,
        {"exposure.idleTimeoutSeconds": 7200},
        "jarvis:exposure: idleTimeoutSeconds 7200 must be 4000 or less with kind alb.",
    ),
    "TLS of ten years ago": (
        production_aws,
        {"exposure.sslPolicy": "ELBSecurityPolicy-2016-08"},
        'jarvis:exposure.sslPolicy is "ELBSecurityPolicy-2016-08"; it must be '
        "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09, ELBSecurityPolicy-TLS13-1-2-Res-2021-06, "
        "ELBSecurityPolicy-TLS13-1-2-2021-06 or "
        "ELBSecurityPolicy-TLS13-1-3-2021-06 (did you mean ELBSecurityPolicy-TLS13-1-3-2021-06?).",
    ),
    # nodes and disks
    "disk of on premises": (
        production_aws,
        {"app.ollama.storage.storageClass": "fast-ssd"},
        "jarvis:app.ollama.storage.storageClass is fast-ssd, which a cluster of kind eks does not have: it must be "
        "gp3.",
    ),
    "disk that nothing encrypts": (
        production_aws,
        {"monitoring.logs.loki.storage.storageClass": "gp2"},
        "jarvis:monitoring.logs.loki.storage.storageClass is gp2, which a cluster of kind eks does not have: it "
        "must be gp3.",
    ),
    "Pod larger than a node": (
        production_aws,
        {"app.ollama.resources": LARGE},
        "jarvis:app.ollama.resources.requests.cpu is 4, but the largest node of jarvis:cluster has 4000m, of which "
        "the system takes a part: the Pod would wait for ever.",
    ),
    "nodes too few": (
        production_aws,
        {"cluster.nodes.maxSize": 3},
        "jarvis:cluster.nodes.maxSize gives 12000m of cpu at the most, but the containers' requests are 15125m "
        "together: not all of their Pods could start.",
    ),
    "two sorts of processors": (
        production_aws,
        {"cluster.nodes.instanceTypes": ["m5.xlarge", "m7g.xlarge"]},
        "jarvis:cluster.nodes: instanceTypes m5.xlarge, m7g.xlarge mix Arm and x86 processors, which no one image "
        "serves.",
    ),
    # versions, sizes and names
    "Kubernetes of the guide": (
        production_aws,
        {"cluster.version": "1.28"},
        "jarvis:cluster: version 1.28 is out of support: EKS starts no cluster below 1.32.",
    ),
    "Kubernetes past its standard support": (
        production_aws,
        {"cluster.version": "1.33"},
        "jarvis:cluster: version 1.33 leaves standard support on 2026-07-29: take 1.35, or set support to EXTENDED.",
    ),
    "Kubernetes a number": (
        production_aws,
        {"cluster.version": 1.35},
        'jarvis:cluster.version is the number 1.35; it must be a minor version in quotes, such as "1.35".\n    Put '
        'it in quotes: "1.35"',
    ),
    "PostgreSQL past its support": (
        production_aws,
        {"database.version": 14},
        "jarvis:database.version is the number 14; it must be 15, 16, 17 or 18.",
    ),
    "Redis of the guide": (
        production_aws,
        {"cache.engine": "redis", "cache.engineVersion": "6.2"},
        "jarvis:cache: engineVersion 6.2 is none of redis's: it must be 7.0 or 7.1.",
    ),
    "Valkey in a version of Redis": (
        production_aws,
        {"cache.engineVersion": "7.1"},
        "jarvis:cache: engineVersion 7.1 is none of valkey's: it must be 7.2 or 8.0 or 8.1 or 8.2 or 9.0 or 9.1.",
    ),
    "database's class of EC2": (
        production_aws,
        {"database.instanceClass": "r6g.xlarge"},
        'jarvis:database.instanceClass is "r6g.xlarge"; it must be a class of RDS, such as db.r6g.xlarge.',
    ),
    "database's class retired": (
        production_aws,
        {"database.instanceClass": "db.m4.large"},
        "jarvis:database: instanceClass db.m4.large runs no supported version of PostgreSQL: take a class such as "
        "db.r6g.xlarge.",
    ),
    "cache's type a database's": (
        production_aws,
        {"cache.nodeType": "db.r6g.large"},
        'jarvis:cache.nodeType is "db.r6g.large"; it must be a node type, such as cache.r6g.large.',
    ),
    "storage that cannot grow": (
        production_aws,
        {"database.storageGib": 500},
        "jarvis:database: maxStorageGib 500 must be 550 or more: a tenth above storageGib 500, or it cannot grow.",
    ),
    "maintained while backed up": (
        production_aws,
        {"database.maintenanceWindow": "sun:03:30-sun:04:30"},
        "jarvis:database: maintenanceWindow sun:03:30-sun:04:30 overlaps backupWindow 03:00-04:00.",
    ),
    "logs of 45 days": (
        production_aws,
        {"cloud.logRetentionDays": 45},
        "jarvis:cloud.logRetentionDays is the number 45; it must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, "
        "180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653 days.",
    ),
    "no room for the replica's name": (
        production_aws,
        {"database.identifier": "jarvis-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"},
        "jarvis:database: identifier jarvis-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx leaves no room for "
        "-replica-1: 63 characters at most.",
    ),
    "cache's name too long": (
        production_aws,
        {"cache.replicationGroupId": "jarvis-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"},
        'jarvis:cache.replicationGroupId is "jarvis-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"; it must be lower-case '
        "letters, digits and hyphens, 40 at most, a letter first, no hyphen last and no two together.",
    ),
    "stack's name too long": (
        production_aws,
        {"cloud.name": "jarvis-production-of-paris"},
        'jarvis:cloud.name is "jarvis-production-of-paris"; it must be lower-case letters, digits and hyphens, 23 '
        "at most, a letter first, no hyphen last and no two together.",
    ),
    "bucket in capitals": (
        production_aws,
        {"backup.bucket": "Jarvis-Backups"},
        'jarvis:backup.bucket is "Jarvis-Backups"; it must be a bucket\'s name, which nobody else in the world '
        "has: 3 to 63 lower-case letters, digits and hyphens, no hyphen first or last, such as "
        "jarvis-production-backups.",
    ),
    "account with hyphens": (
        production_aws,
        {"cloud.accountId": "1234-5678-9012"},
        'jarvis:cloud.accountId is "1234-5678-9012"; it must be the twelve digits of an AWS account, in quotes, '
        'such as "123456789012".',
    ),
    "account a number": (
        production_aws,
        {"cloud.accountId": 123456789012},
        "jarvis:cloud.accountId is the number 123456789012; it must be the twelve digits of an AWS account, in "
        'quotes, such as "123456789012".\n    Put it in quotes: "123456789012"',
    ),
    "region misspelt": (
        production_aws,
        {"cloud.region": "us-esat-1"},
        'jarvis:cloud.region is "us-esat-1"; it must be a region of AWS, such as us-east-1 or eu-west-3.',
    ),
    "user of RDS": (
        production_aws,
        {"database.username": "rdsadmin"},
        "jarvis:database: username rdsadmin is reserved in RDS.",
    ),
    "user of PostgreSQL": (
        production_aws,
        {"database.username": "pg_jarvis"},
        "jarvis:database: username pg_jarvis is reserved in RDS.",
    ),
    "nobody may do anything": (
        production_aws,
        {"cluster.admins": []},
        "jarvis:cluster.admins is an empty list; it must be a list of 1 or more.",
    ),
    "somebody by name": (
        production_aws,
        {"cluster.admins": ["platform-admin"]},
        'jarvis:cluster.admins[0] is "platform-admin"; it must be the ARN of an IAM role or user, such as '
        "arn:aws:iam::123456789012:role/platform-admin.",
    ),
    "key misspelt": (
        production_aws,
        {"database.multiAZ": True},
        "jarvis:database.multiAZ is not a setting (did you mean multiAz?); allowed here are ...",
    ),
    # secrets
    "secrets that only the cluster knows": (
        production_aws,
        {"secrets": {"kind": "external-secrets", "store": {"name": "aws"}}, "platform.externalSecrets": HELM},
        "jarvis:secrets.kind must be config: jarvis:database of kind rds and jarvis:cache of kind elasticache need "
        "their passwords, which only the cluster would know.",
    ),
    "secrets that ElastiCache refuses": (
        production_aws,
        {"environment": "staging", "secrets": {"kind": "generated"}},
        "jarvis:secrets.kind must be config with jarvis:cache.kind elasticache, which does not take all characters "
        "of generated passwords.",
    ),
    "password in plain text": (
        production_aws,
        {"secrets.postgresPassword": "in-plain-text"},
        "jarvis:secrets.postgresPassword is in plain text; a secret is stored encrypted.\n    pulumi config set "
        "--secret --path 'jarvis:secrets.postgresPassword' --stack dev",
    ),
    # nodes of Karpenter
    "Karpenter's limits too low": (
        karpenter,
        {"cluster.karpenter": {"limits": {"nodes": 1, "cpu": "2", "memory": "8Gi"}}},
        "jarvis:cluster.karpenter.limits gives 14000m of cpu at the most with jarvis:cluster.nodes, but the "
        "containers' requests are 15125m together: not all of their Pods could start.",
    ),
    "Pod larger than Karpenter's nodes": (
        karpenter,
        {
            "app.ollama.instances": 1,
            "app.ollama.resources": {
                "requests": {"cpu": "16", "memory": "8Gi"},
                "limits": {"cpu": "16", "memory": "16Gi"},
            },
        },
        "jarvis:app.ollama.resources.requests.cpu is 16, but the largest node of jarvis:cluster has 16000m, of "
        "which the system takes a part: the Pod would wait for ever.",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_sentence(name: str, tmp_path: Path) -> None:
    assert_refused(tmp_path, *CASES[name])
