"""Seeded mistakes in resources' inputs: each is caught by its policy, with its sentence, and by that one only."""

from __future__ import annotations

from typing import Any

import pytest

from policies.pack import RULES
from policies.seen import UNKNOWN, Seen
from tests.support import one_day
from tests.support.changes import ABSENT
from tests.unit.policies.good import GOOD, changed, good

EVERYWHERE = "0.0.0.0"  # noqa: S104 (an address that is refused)
ALL = '{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'
RDS = "aws:rds/instance:Instance"
COPIES = "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication"
WAF_LOG = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"
GROUP = "aws:rds/parameterGroup:ParameterGroup"
CACHE = "aws:elasticache/replicationGroup:ReplicationGroup"
EKS = "aws:eks/cluster:Cluster"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
LISTENER = "aws:lb/listener:Listener"
CDN = "aws:cloudfront/distribution:Distribution"
FIREWALL = "aws:ec2/securityGroup:SecurityGroup"
OPENING = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
POSTGRES = "azure-native:dbforpostgresql:Server"
REDIS = "azure-native:redisenterprise:RedisEnterprise"
STORAGE = "azure-native:storage:StorageAccount"
BLOBS = "azure-native:storage:BlobServiceProperties"
VAULT = "azure-native:keyvault:Vault"
AKS = "azure-native:containerservice:ManagedCluster"
NSG = "azure-native:network:NetworkSecurityGroup"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"
CRON_JOB = "kubernetes:batch/v1:CronJob"
CONFIG_MAP = "kubernetes:core/v1:ConfigMap"
NAMESPACE = "kubernetes:core/v1:Namespace"
CLUSTER = "kubernetes:postgresql.cnpg.io/v1:Cluster"
CONTAINER = "spec/template/spec/containers/0"

SEEDS: list[tuple[str, str, dict[str, Any], str]] = [
    # encryption at rest
    ("encryption-at-rest", RDS, {"storageEncrypted": False}, "storageEncrypted is not true"),
    ("encryption-at-rest", RDS, {"storageEncrypted": ABSENT}, "storageEncrypted is not true"),
    ("encryption-at-rest", CACHE, {"atRestEncryptionEnabled": False}, "atRestEncryptionEnabled is not true"),
    ("encryption-at-rest", "aws:ebs/volume:Volume", {"encrypted": ABSENT}, "encrypted is not true"),
    ("encryption-at-rest", TEMPLATE, {"blockDeviceMappings/0/ebs/encrypted": "false"}, "encrypted is not true"),
    ("encryption-at-rest", EKS, {"encryptionConfig": ABSENT}, "etcd holds Secrets in the clear"),
    ("encryption-at-rest", "aws:kms/key:Key", {"enableKeyRotation": ABSENT}, "enableKeyRotation is not true"),
    ("encryption-at-rest", "kubernetes:storage.k8s.io/v1:StorageClass", {"parameters": ABSENT}, 'is not "true"'),
    ("own-keys", RDS, {"kmsKeyId": ABSENT}, "kmsKeyId is not given"),
    ("own-keys", "aws:sns/topic:Topic", {"kmsMasterKeyId": ABSENT}, "name a key of the account's own"),
    ("own-keys", AKS, {"agentPoolProfiles/0/enableEncryptionAtHost": False}, "enableEncryptionAtHost is not true"),
    # encryption in transit
    ("encryption-in-transit", CACHE, {"transitEncryptionEnabled": False}, "transitEncryptionEnabled is not true"),
    ("encryption-in-transit", CACHE, {"transitEncryptionMode": "preferred"}, "lets plain connections in"),
    ("encryption-in-transit", GROUP, {"parameters": []}, 'rds.force_ssl is not "1"'),
    ("encryption-in-transit", GROUP, {"parameters/0/value": "0"}, 'rds.force_ssl is not "1"'),
    ("encryption-in-transit", LISTENER, {"protocol": "HTTP"}, "answers in the clear (HTTP)"),
    ("encryption-in-transit", LISTENER, {"sslPolicy": "ELBSecurityPolicy-2016-08"}, "allows TLS below 1.2"),
    ("encryption-in-transit", LISTENER, {"sslPolicy": ABSENT}, "allows TLS below 1.2"),
    ("encryption-in-transit", CDN, {"defaultCacheBehavior/viewerProtocolPolicy": "allow-all"}, "lets plain HTTP"),
    ("encryption-in-transit", CDN, {"viewerCertificate/minimumProtocolVersion": "TLSv1"}, "allows TLS below 1.2"),
    ("encryption-in-transit", CDN, {"origins/0/customOriginConfig/originProtocolPolicy": "http-only"}, "https-only"),
    ("encryption-in-transit", REDIS, {"minimumTlsVersion": "1.0"}, "allows TLS below 1.2"),
    ("encryption-in-transit", "azure-native:redisenterprise:Database", {"clientProtocol": "Plaintext"}, "Encrypted"),
    ("encryption-in-transit", "azure-native:dbforpostgresql:Configuration", {"value": "OFF"}, "is off"),
    ("encryption-in-transit", STORAGE, {"enableHttpsTrafficOnly": False}, "enableHttpsTrafficOnly is false"),
    ("encryption-in-transit", STORAGE, {"minimumTlsVersion": "TLS1_0"}, "allows TLS below 1.2"),
    ("encryption-in-transit", "azure-native:network:ApplicationGateway", {"sslPolicy": ABSENT}, "has TLS 1.0"),
    ("encryption-in-transit", "azure-native:trafficmanager:Profile", {"monitorConfig/protocol": "HTTP"}, "asks in the"),
    ("encryption-in-transit", "azure-native:cdn:Route", {"forwardingProtocol": "HttpOnly"}, "fetches from the origin"),
    ("encryption-in-transit", "kubernetes:networking.k8s.io/v1:Ingress", {"spec": {}}, "it has no TLS"),
    ("encryption-in-transit", CLUSTER, {"spec/postgresql/pg_hba": []}, "plain connections are not refused"),
    # nothing public
    ("no-public-data", RDS, {"publiclyAccessible": True}, "publiclyAccessible is true"),
    ("no-public-data", RDS, {"dbSubnetGroupName": ABSENT}, "into the default VPC"),
    ("no-public-data", CACHE, {"subnetGroupName": ABSENT}, "into the default VPC"),
    ("no-public-data", BLOCK, {"restrictPublicBuckets": False}, "restrictPublicBuckets is not true"),
    ("no-public-data", "aws:s3/bucketAcl:BucketAcl", {"acl": "public-read"}, "opens the bucket"),
    ("no-public-data", POSTGRES, {"network": ABSENT}, "network is open"),
    ("no-public-data", POSTGRES, {"network": {"publicNetworkAccess": "Enabled"}}, "network is open"),
    ("no-public-data", "azure-native:dbforpostgresql:FirewallRule", {"startIpAddress": EVERYWHERE}, "all of Azure"),
    ("no-public-data", REDIS, {"publicNetworkAccess": "Enabled"}, "by a private endpoint"),
    ("no-public-data", STORAGE, {"allowBlobPublicAccess": True}, "allowBlobPublicAccess is not false"),
    ("no-public-data", STORAGE, {"publicNetworkAccess": "Enabled"}, "answers to every network"),
    ("no-public-data", VAULT, {"properties/networkAcls": ABSENT}, "answers to every network"),
    ("open-ports", FIREWALL, {"ingress/0/fromPort": 22, "ingress/0/toPort": 22}, "22 is open to the world"),
    ("open-ports", FIREWALL, {"ingress/0/protocol": "-1"}, "every port is open to the world"),
    ("open-ports", FIREWALL, {"ingress/0/fromPort": 80}, "80-443 is open to the world"),
    ("open-ports", FIREWALL, {"name": "jarvis-nodes", "description": "Nodes"}, "443 is open to the world"),
    ("open-ports", OPENING, {"description": "PostgreSQL", "cidrIpv6": "::/0"}, "443 is open to the world"),
    ("open-ports", "aws:ec2/securityGroupRule:SecurityGroupRule", {"type": "ingress"}, "every port is open"),
    ("open-ports", NSG, {"securityRules/0/destinationPortRanges": ["22"]}, "22 is open to the world"),
    ("open-ports", "azure-native:network:SecurityRule", {"sourceAddressPrefix": "*"}, "5432 is open to the world"),
    # backups, deletion, availability
    ("backups", RDS, {"backupRetentionPeriod": 1}, "backupRetentionPeriod is absent or below the days"),
    ("backups", RDS, {"skipFinalSnapshot": True}, "skipFinalSnapshot is true"),
    ("backups", RDS, {"finalSnapshotIdentifier": ABSENT}, "finalSnapshotIdentifier is not given"),
    ("backups", COPIES, {"retentionPeriod": 3}, "retentionPeriod is absent or below the days"),
    ("own-keys", COPIES, {"kmsKeyId": ABSENT}, "kmsKeyId is not given"),
    ("no-public-data", RDS, {"replicateSourceDb": "arn:aws:rds:us-east-1:1:db:one", "dbSubnetGroupName": ABSENT},
     "puts it into the default VPC"),
    ("request-logs", "aws:lb/loadBalancer:LoadBalancer", {"accessLogs": ABSENT}, "name a bucket"),
    ("request-logs", "aws:lb/loadBalancer:LoadBalancer", {"accessLogs/enabled": False}, "name a bucket"),
    ("request-logs", WAF_LOG, {"redactedFields": [{"singleHeader": {"name": "cookie"}}]}, "authorization or cookie"),
    ("request-logs", WAF_LOG, {"redactedFields": ABSENT}, "authorization or cookie"),
    ("backups", CACHE, {"snapshotRetentionLimit": 0}, "snapshotRetentionLimit is absent or below"),
    ("backups", "aws:s3/bucketVersioning:BucketVersioning", {"versioningConfiguration/status": "Suspended"}, "Enabled"),
    ("backups", POSTGRES, {"backup/geoRedundantBackup": "Disabled"}, "the region's loss"),
    ("backups", POSTGRES, {"backup/backupRetentionDays": 3}, "is absent or below the days"),
    ("backups", BLOBS, {"isVersioningEnabled": False}, "what is overwritten is gone"),
    ("backups", STORAGE, {"sku/name": "Standard_LRS"}, "keeps every copy in one region"),
    ("backups", "kubernetes:barmancloud.cnpg.io/v1:ObjectStore", {"spec/retentionPolicy": "3d"}, "retentionPolicy is"),
    ("deletion-protection", RDS, {"deletionProtection": False}, "deletionProtection is not true"),
    ("deletion-protection", EKS, {"deletionProtection": ABSENT}, "deletionProtection is not true"),
    ("deletion-protection", "aws:lb/loadBalancer:LoadBalancer", {"enableDeletionProtection": ABSENT}, "is not true"),
    ("deletion-protection", "aws:s3/bucket:Bucket", {"forceDestroy": True}, "deletes every object with the bucket"),
    ("deletion-protection", VAULT, {"properties/enablePurgeProtection": ABSENT}, "enablePurgeProtection is not true"),
    ("high-availability", RDS, {"multiAz": False}, "multiAz is not true"),
    ("high-availability", CACHE, {"automaticFailoverEnabled": False}, "automaticFailoverEnabled is not true"),
    ("high-availability", POSTGRES, {"highAvailability/mode": "Disabled"}, 'is not "ZoneRedundant"'),
    ("high-availability", AKS, {"agentPoolProfiles/0/availabilityZones": ["1"]}, "fewer than two zones"),
    ("high-availability", CLUSTER, {"spec/instances": 1}, "below the instances that are wanted"),
    # access
    ("cluster-access", EKS, {"accessConfig/authenticationMode": "CONFIG_MAP"}, 'is not "API"'),
    ("cluster-access", EKS, {"vpcConfig/publicAccessCidrs": ["0.0.0.0/0"]}, "answers to the world"),
    ("cluster-access", EKS, {"vpcConfig/publicAccessCidrs": ABSENT}, "answers to the world"),
    ("cluster-access", EKS, {"enabledClusterLogTypes": ["api"]}, "lacks api, audit or authenticator"),
    ("cluster-access", TEMPLATE, {"metadataOptions/httpTokens": "optional"}, "by IMDSv1"),
    ("cluster-access", CACHE, {"authToken": ABSENT}, "whoever reaches the port is in"),
    ("cluster-access", AKS, {"disableLocalAccounts": False}, "disableLocalAccounts is not true"),
    ("cluster-access", AKS, {"apiServerAccessProfile": ABSENT}, "answers to the world"),
    ("cluster-access", STORAGE, {"allowSharedKeyAccess": True}, "such keys open everything"),
    ("least-privilege", "aws:iam/policy:Policy", {"policy": ALL},
     "allows every action on every resource"),
    ("least-privilege", "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole",
     {"rules": [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}]}, "every verb on every resource"),
    ("least-privilege", "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding",
     {"roleRef": {"name": "cluster-admin"}}, "cluster-admin"),
    ("least-privilege", "azure-native:authorization:RoleDefinition", {"permissions/0/actions": ["*"]}, "every action"),
    # versions
    ("supported-versions", RDS, {"engineVersion": "13.10"}, "PostgreSQL 13 is out of support (support ended long ago)"),
    ("supported-versions", RDS, {"engineVersion": "14.9"}, "out of support (support ended on 2026-11-12)"),
    ("supported-versions", EKS, {"version": "1.28"}, "Kubernetes 1.28 is out of support"),
    ("supported-versions", EKS, {"version": "1.33"}, "out of support (support ended on 2026-07-29)"),
    ("supported-versions", AKS, {"kubernetesVersion": "1.33.2"}, "Kubernetes 1.33 is out of support"),
    ("supported-versions", CACHE, {"engine": "redis", "engineVersion": "5.0.6", "parameterGroupName": "own"},
     "Redis OSS 5 is out of support"),
    ("supported-versions", CACHE, {"parameterGroupName": "default.redis6.x"}, "is of another family"),
    ("supported-versions", CLUSTER, {"spec/imageName": "ghcr.io/cloudnative-pg/postgresql:13.1"}, "out of support"),
    ("versions-ending", EKS, {"version": "1.34"}, "support of Kubernetes 1.34 ends on 2026-12-02"),
    ("versions-ending", AKS, {"kubernetesVersion": "1.34"}, "ends on 2026-11-30"),
    # tags and labels
    ("tags", "azure-native:servicenetworking:TrafficControllerInterface", {"tags": ABSENT}, "are missing"),
    ("tags", RDS, {"tags": ABSENT}, "the tags Environment and Application are missing"),
    ("tags", POSTGRES, {"tags": {"Environment": "production"}}, "the tags Application are missing"),
    ("labels", DEPLOYMENT, {"metadata/labels/environment": ABSENT}, "the labels environment are missing"),
    ("labels", CONFIG_MAP, {"metadata/labels": ABSENT}, "app.kubernetes.io/name"),
    # images
    ("image-tags", DEPLOYMENT, {f"{CONTAINER}/image": "ghcr.io/cloudnative-pg/thing:latest"}, "name a fixed version"),
    ("image-tags", DEPLOYMENT, {f"{CONTAINER}/image": "docker.io/library/redis"}, "name a fixed version"),
    ("registries", DEPLOYMENT, {f"{CONTAINER}/image": "evil.example/redis:8.1"}, "from no allowed registry"),
    # secrets in the clear
    ("inline-secrets", CONFIG_MAP, {"data/DB_PASSWORD": "hunter22"}, "data.DB_PASSWORD holds a secret in the clear"),
    ("inline-secrets", CONFIG_MAP, {"data/key.pem": "-----BEGIN EC PRIVATE KEY-----\nx"}, "holds a private key"),
    ("inline-secrets", CONFIG_MAP, {"data/a.conf": "user: jarvis\npassword: hunter22\n"}, "holds a password"),
    ("inline-secrets", CONFIG_MAP, {"data/url": "postgres://jarvis:hunter22@db/jarvis"}, "a password in a URL"),
    ("inline-secrets", DEPLOYMENT, {f"{CONTAINER}/env/0": {"name": "API_KEY", "value": "hunter22"}},
     "container api has the variable API_KEY in the clear"),
    ("inline-secrets", CRON_JOB, {"spec/jobTemplate/spec/template/spec/containers/0/env/0":
                                  {"name": "dbPassword", "value": "hunter22"}}, "the variable dbPassword"),
    ("inline-secrets", DEPLOYMENT, {f"{CONTAINER}/args": ["--password=hunter22"]}, "a password in an argument"),
    ("inline-secrets", "kubernetes:helm.sh/v3:Release", {"values/adminPassword": "hunter22"}, "values.adminPassword"),
    ("inline-secrets", "aws:ec2/vpc:Vpc", {"tags/apiToken": "hunter22"}, "tags.apiToken"),
    ("inline-secrets", TEMPLATE, {"userData": "ZXhwb3J0IERCX1BBU1NXT1JEPWh1bnRlcjIyCg=="}, "userData holds a password"),
    ("inline-secrets", "aws:ssm/parameter:Parameter", {"type": "String"}, "its value is kept in the clear"),
    ("inline-secrets", "azure-native:web:WebApp",
     {"siteConfig/appSettings/0": {"name": "JWT_SECRET", "value": "hunter22"}}, "the variable JWT_SECRET"),
    # Pods, namespaces, Services, network policies
    ("resources", DEPLOYMENT, {f"{CONTAINER}/resources/limits": ABSENT}, "lacks limits.cpu, limits.memory"),
    ("privileges", DEPLOYMENT, {f"{CONTAINER}/securityContext": {"privileged": True}}, "is privileged"),
    ("privileges", DEPLOYMENT, {"spec/template/spec/hostNetwork": True}, "shares a namespace with the node"),
    ("privileges", DEPLOYMENT, {"spec/template/spec/volumes/0": {"name": "x", "hostPath": {"path": "/"}}}, "hostPath"),
    ("privileges", DEPLOYMENT, {f"{CONTAINER}/ports/0/hostPort": 80}, "takes a port of the node"),
    ("pod-security", NAMESPACE, {"metadata/labels/pod-security.kubernetes.io~1enforce": "privileged"}, "is privileged"),
    ("pod-security", NAMESPACE, {"metadata/labels/pod-security.kubernetes.io~1enforce": ABSENT}, "is absent"),
    ("services", "kubernetes:core/v1:Service", {"spec/type": "NodePort"}, "open to the world outside the cluster"),
    ("services", "kubernetes:core/v1:Service", {"spec/externalIPs": ["203.0.113.1"]}, "takes addresses from others"),
    ("open-network-policies", "kubernetes:networking.k8s.io/v1:NetworkPolicy", {"spec/ingress": [{}]},
     "lets everybody in"),
]  # fmt: skip

REPLICATED_ARN = "arn:aws:rds:us-east-1:123456789012:db:jarvis-postgres-prod"


def judged(resource: Seen) -> list[tuple[str, str]]:
    """Every sentence about a resource, with its policy."""
    return [(rule.name, text) for rule in RULES for text in rule.findings(resource, one_day.OPTIONS.get(rule.name))]


@pytest.mark.parametrize("type_", GOOD)
def test_what_keeps_to_everything_is_let_pass(type_: str) -> None:
    assert judged(good(type_)) == []


@pytest.mark.parametrize(
    ("policy", "type_", "changes", "sentence"),
    SEEDS,
    ids=[f"{policy}-{type_.rpartition(':')[2]}-{'+'.join(changes)}" for policy, type_, changes, _ in SEEDS],
)
def test_a_mistake_is_caught_by_its_policy_alone(
    policy: str, type_: str, changes: dict[str, Any], sentence: str
) -> None:
    found = judged(changed(type_, changes))
    assert {name for name, _ in found} == {policy}
    assert any(sentence in text for _, text in found), found
    assert "hunter22" not in str(found), "a secret is in a sentence"


@pytest.mark.parametrize("type_", ["kubernetes:core/v1:PersistentVolumeClaim", RDS, POSTGRES, "aws:kms/key:Key"])
def test_what_holds_data_is_protected(type_: str) -> None:
    [(policy, text)] = judged(changed(type_, {}, protect=False))
    assert policy == "protected-state"
    assert "protect=True" in text


@pytest.mark.parametrize("began", [{"snapshotIdentifier": "final"}, {"restoreToPointInTime": {"restoreTime": "x"}}])
def test_a_restored_database_keeps_the_key_of_its_backups(began: dict[str, Any]) -> None:
    assert judged(changed(RDS, {**began, "kmsKeyId": ABSENT})) == []


@pytest.mark.parametrize(("source", "free"), [("jarvis-postgres-prod", True), (UNKNOWN, True), (REPLICATED_ARN, False)])
def test_only_a_read_replica_beside_its_source_may_go_at_once(source: object, free: bool) -> None:
    replica = changed(RDS, {"replicateSourceDb": source, "deletionProtection": False}, protect=False)
    found = {policy for policy, _ in judged(replica)} & {"deletion-protection", "protected-state"}
    assert found == (set() if free else {"deletion-protection", "protected-state"})


@pytest.mark.parametrize(
    ("type_", "sentence"),
    [
        ("kubernetes:policy/v1beta1:PodDisruptionBudget", "API servers serve policy/v1beta1 no more: use policy/v1."),
        ("azure-native:redis:Redis", "Azure Cache for Redis retires on 2028-09-30"),
        ("azure-native:dbforpostgresql:SingleServer", "Single Server was retired"),
    ],
)
def test_what_nobody_serves_any_more_is_refused(type_: str, sentence: str) -> None:
    found = [text for policy, text in judged(Seen(type_, "it", {})) if policy == "supported-versions"]
    assert any(sentence in text for text in found)


def test_a_replica_of_another_region_has_no_standby_until_it_is_promoted() -> None:
    absent = {"backup": ABSENT, "highAvailability": ABSENT}
    assert judged(changed(POSTGRES, {"createMode": "Replica", **absent})) == []
    promoted = {"createMode": "Replica", "highAvailability": {"mode": "Disabled"}, "backup/backupRetentionDays": 1}
    found = {policy for policy, _ in judged(changed(POSTGRES, promoted))}
    assert found == {"high-availability", "backups"}


def test_there_are_enough_seeds_and_every_policy_has_one() -> None:
    assert len(SEEDS) > 100
    in_stacks = {"bucket-guards", "database-backups", "default-deny", "disruption-budgets", "ways-out"}
    assert {policy for policy, *_ in SEEDS} | in_stacks | {"protected-state"} == {rule.name for rule in RULES}
