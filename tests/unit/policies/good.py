"""Inputs of resources, as providers get them, that keep to every policy."""

from __future__ import annotations

import copy
import json
from typing import Any

from policies.seen import Seen, plain_type
from tests.support.changes import with_changes

TAGS = {"Environment": "production", "Application": "jarvis"}
LABELS = {
    "app": "jarvis-backend",
    "app.kubernetes.io/name": "jarvis-backend",
    "app.kubernetes.io/part-of": "jarvis",
    "app.kubernetes.io/managed-by": "pulumi",
    "environment": "production",
}
METADATA = {"name": "jarvis-backend", "namespace": "jarvis-production", "labels": LABELS}
POD = {
    "containers": [
        {
            "name": "api",
            "image": "ghcr.io/cloudnative-pg/postgresql:17.12",
            "env": [
                {"name": "LOG_LEVEL", "value": "INFO"},
                {"name": "JWT_TOKEN_EXPIRE_MINUTES", "value": "60"},
                {"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}},
                {"name": "DB_PASSWORD_FILE", "value": "/run/secrets/db"},
            ],
            "resources": {
                "requests": {"cpu": "1", "memory": "1Gi"},
                "limits": {"cpu": "1", "memory": "1Gi"},
            },
            "ports": [{"containerPort": 8000}],
        }
    ],
    "volumes": [{"name": "tmp", "emptyDir": {}}],
}

AWS: dict[str, dict[str, Any]] = {
    "aws:rds/instance:Instance": {
        "engine": "postgres",
        "engineVersion": "17.6",
        "storageEncrypted": True,
        "kmsKeyId": "arn:aws:kms:eu-west-1:1:key/1",
        "publiclyAccessible": False,
        "dbSubnetGroupName": "jarvis",
        "backupRetentionPeriod": 7,
        "skipFinalSnapshot": False,
        "finalSnapshotIdentifier": "jarvis-final",
        "copyTagsToSnapshot": True,
        "deletionProtection": True,
        "multiAz": True,
        "password": "a-secret-that-the-sdk-marks",
        "tags": TAGS,
    },
    "aws:rds/parameterGroup:ParameterGroup": {
        "family": "postgres17",
        "parameters": [{"name": "rds.force_ssl", "value": "1"}],
        "tags": TAGS,
    },
    "aws:rds/clusterInstance:ClusterInstance": {"publiclyAccessible": False},
    "aws:elasticache/replicationGroup:ReplicationGroup": {
        "engine": "valkey",
        "engineVersion": "8.1",
        "parameterGroupName": "default.valkey8",
        "atRestEncryptionEnabled": True,
        "transitEncryptionEnabled": True,
        "transitEncryptionMode": "required",
        "kmsKeyId": "arn:aws:kms:eu-west-1:1:key/1",
        "subnetGroupName": "jarvis",
        "authToken": "a-secret-that-the-sdk-marks",
        "automaticFailoverEnabled": True,
        "multiAzEnabled": True,
        "snapshotRetentionLimit": 7,
        "tags": TAGS,
    },
    "aws:eks/cluster:Cluster": {
        "version": "1.35",
        "upgradePolicy": {"supportType": "STANDARD"},
        "deletionProtection": True,
        "accessConfig": {"authenticationMode": "API"},
        "enabledClusterLogTypes": ["api", "audit", "authenticator", "scheduler"],
        "encryptionConfig": {"provider": {"keyArn": "arn:aws:kms:eu-west-1:1:key/1"}, "resources": ["secrets"]},
        "vpcConfig": {
            "subnetIds": ["subnet-1"],
            "endpointPrivateAccess": True,
            "endpointPublicAccess": True,
            "publicAccessCidrs": ["203.0.113.0/24"],
        },
        "tags": TAGS,
    },
    "aws:ec2/launchTemplate:LaunchTemplate": {
        "blockDeviceMappings": [{"ebs": {"encrypted": "true"}}],
        "metadataOptions": {"httpTokens": "required"},
        "tags": TAGS,
    },
    "aws:ebs/volume:Volume": {"encrypted": True},
    "aws:kms/key:Key": {"enableKeyRotation": True, "tags": TAGS},
    "aws:sns/topic:Topic": {"kmsMasterKeyId": "alias/jarvis", "tags": TAGS},
    "aws:cloudwatch/logGroup:LogGroup": {"kmsKeyId": "arn:aws:kms:eu-west-1:1:key/1", "tags": TAGS},
    "aws:secretsmanager/secret:Secret": {"kmsKeyId": "arn:aws:kms:eu-west-1:1:key/1", "tags": TAGS},
    "aws:ssm/parameter:Parameter": {"name": "/jarvis/password", "type": "SecureString", "value": "marked"},
    "aws:s3/bucket:Bucket": {"bucket": "jarvis-backups", "tags": TAGS},
    "aws:s3/bucketAcl:BucketAcl": {"acl": "private"},
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": {
        "blockPublicAcls": True,
        "blockPublicPolicy": True,
        "ignorePublicAcls": True,
        "restrictPublicBuckets": True,
    },
    "aws:s3/bucketVersioning:BucketVersioning": {"versioningConfiguration": {"status": "Enabled"}},
    "aws:lb/loadBalancer:LoadBalancer": {
        "enableDeletionProtection": True,
        "accessLogs": {"bucket": "jarvis-logs", "enabled": True},
        "tags": TAGS,
    },
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": {
        "redactedFields": [{"singleHeader": {"name": "authorization"}}, {"singleHeader": {"name": "cookie"}}],
    },
    "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication": {
        "retentionPeriod": 7,
        "kmsKeyId": "arn:aws:kms:eu-central-1:1:key/1",
    },
    "aws:lb/listener:Listener": {
        "protocol": "HTTPS",
        "sslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
        "defaultActions": [{"type": "forward"}],
    },
    "aws:cloudfront/distribution:Distribution": {
        "defaultCacheBehavior": {"viewerProtocolPolicy": "redirect-to-https"},
        "orderedCacheBehaviors": [{"viewerProtocolPolicy": "https-only"}],
        "origins": [{"customOriginConfig": {"originProtocolPolicy": "https-only"}}],
        "viewerCertificate": {"minimumProtocolVersion": "TLSv1.2_2021"},
        "tags": TAGS,
    },
    "aws:ec2/securityGroup:SecurityGroup": {
        "name": "jarvis-alb",
        "description": "Load balancer",
        "ingress": [{"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["0.0.0.0/0"]}],
        "tags": TAGS,
    },
    "aws:ec2/securityGroupRule:SecurityGroupRule": {
        "type": "egress",
        "protocol": "-1",
        "fromPort": 0,
        "toPort": 0,
        "cidrBlocks": ["0.0.0.0/0"],
    },
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": {
        "description": "The load balancer's HTTPS",
        "ipProtocol": "tcp",
        "fromPort": 443,
        "toPort": 443,
        "cidrIpv4": "0.0.0.0/0",
    },
    "aws:ec2/vpc:Vpc": {"cidrBlock": "10.0.0.0/16", "tags": TAGS},
    "aws:iam/policy:Policy": {
        "policy": json.dumps({"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}),
        "tags": TAGS,
    },
}

AZURE: dict[str, dict[str, Any]] = {
    "azure-native:dbforpostgresql:Server": {
        "version": "17",
        "network": {"delegatedSubnetResourceId": "/subscriptions/1/subnets/database"},
        "backup": {"backupRetentionDays": 7, "geoRedundantBackup": "Enabled"},
        "highAvailability": {"mode": "ZoneRedundant"},
        "administratorLoginPassword": "a-secret-that-the-sdk-marks",
        "tags": TAGS,
    },
    "azure-native:dbforpostgresql:Configuration": {"configurationName": "require_secure_transport", "value": "on"},
    "azure-native:dbforpostgresql:FirewallRule": {"startIpAddress": "10.0.0.1", "endIpAddress": "10.0.0.1"},
    "azure-native:redisenterprise:RedisEnterprise": {
        "minimumTlsVersion": "1.2",
        "publicNetworkAccess": "Disabled",
        "highAvailability": "Enabled",
        "tags": TAGS,
    },
    "azure-native:redisenterprise:Database": {"clientProtocol": "Encrypted"},
    "azure-native:storage:StorageAccount": {
        "sku": {"name": "Standard_GRS"},
        "enableHttpsTrafficOnly": True,
        "minimumTlsVersion": "TLS1_2",
        "allowBlobPublicAccess": False,
        "allowSharedKeyAccess": False,
        "publicNetworkAccess": "Disabled",
        "tags": TAGS,
    },
    "azure-native:storage:BlobServiceProperties": {
        "isVersioningEnabled": True,
        "deleteRetentionPolicy": {"enabled": True, "days": 30},
    },
    "azure-native:storage:BlobContainer": {"publicAccess": "None"},
    "azure-native:keyvault:Vault": {
        "properties": {
            "enablePurgeProtection": True,
            "enableRbacAuthorization": True,
            "networkAcls": {"defaultAction": "Deny"},
        },
        "tags": TAGS,
    },
    "azure-native:containerservice:ManagedCluster": {
        "kubernetesVersion": "1.36",
        "disableLocalAccounts": True,
        "enableRBAC": True,
        "aadProfile": {"enableAzureRBAC": True},
        "apiServerAccessProfile": {"authorizedIPRanges": ["203.0.113.0/24"]},
        "agentPoolProfiles": [{"enableEncryptionAtHost": True, "availabilityZones": ["1", "2", "3"]}],
        "tags": TAGS,
    },
    "azure-native:network:ApplicationGateway": {"sslPolicy": {"policyName": "AppGwSslPolicy20220101S"}, "tags": TAGS},
    "azure-native:network:NetworkSecurityGroup": {
        "networkSecurityGroupName": "nsg-gateway",
        "securityRules": [
            {
                "name": "web",
                "direction": "Inbound",
                "access": "Allow",
                "sourceAddressPrefix": "Internet",
                "destinationPortRanges": ["80", "443"],
            }
        ],
        "tags": TAGS,
    },
    "azure-native:network:SecurityRule": {
        "direction": "Inbound",
        "access": "Allow",
        "sourceAddressPrefix": "10.0.0.0/16",
        "destinationPortRange": "5432",
    },
    "azure-native:trafficmanager:Profile": {"monitorConfig": {"protocol": "HTTPS", "port": 443}, "tags": TAGS},
    "azure-native:servicenetworking:TrafficControllerInterface": {"tags": TAGS},
    "azure-native:cdn:Route": {"httpsRedirect": "Enabled", "forwardingProtocol": "HttpsOnly"},
    "azure-native:cdn:AFDCustomDomain": {"tlsSettings": {"minimumTlsVersion": "TLS12"}},
    "azure-native:web:WebApp": {"siteConfig": {"appSettings": [{"name": "LOG_LEVEL", "value": "INFO"}]}},
    "azure-native:authorization:RoleDefinition": {"permissions": [{"actions": ["Microsoft.Storage/*/read"]}]},
}

KUBERNETES: dict[str, dict[str, Any]] = {
    "kubernetes:apps/v1:Deployment": {"metadata": METADATA, "spec": {"template": {"spec": POD}}},
    "kubernetes:batch/v1:CronJob": {
        "metadata": METADATA,
        "spec": {"jobTemplate": {"spec": {"template": {"spec": POD}}}},
    },
    "kubernetes:core/v1:ConfigMap": {"metadata": METADATA, "data": {"LOG_LEVEL": "INFO", "a.conf": "password_file: x"}},
    "kubernetes:core/v1:Secret": {"metadata": METADATA, "stringData": {"password": "kept-as-a-secret"}},
    "kubernetes:core/v1:Service": {"metadata": METADATA, "spec": {"type": "ClusterIP"}},
    "kubernetes:core/v1:PersistentVolumeClaim": {"metadata": METADATA, "spec": {}},
    "kubernetes:core/v1:Namespace": {
        "metadata": {
            "name": "jarvis-production",
            "labels": {**LABELS, "pod-security.kubernetes.io/enforce": "restricted"},
        }
    },
    "kubernetes:networking.k8s.io/v1:Ingress": {"metadata": METADATA, "spec": {"tls": [{"hosts": ["api.jarvis.com"]}]}},
    "kubernetes:networking.k8s.io/v1:NetworkPolicy": {
        "metadata": METADATA,
        "spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"], "ingress": [{"from": [{"podSelector": {}}]}]},
    },
    "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole": {
        "metadata": METADATA,
        "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}],
    },
    "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding": {"metadata": METADATA, "roleRef": {"name": "view"}},
    "kubernetes:storage.k8s.io/v1:StorageClass": {
        "metadata": METADATA,
        "provisioner": "ebs.csi.aws.com",
        "parameters": {"encrypted": "true"},
    },
    "kubernetes:postgresql.cnpg.io/v1:Cluster": {
        "metadata": METADATA,
        "spec": {
            "instances": 3,
            "imageName": "ghcr.io/cloudnative-pg/postgresql:17.12-standard-trixie",
            "postgresql": {"pg_hba": ["hostnossl all all all reject"]},
            "bootstrap": {"initdb": {"secret": {"name": "credentials"}}},
        },
    },
    "kubernetes:barmancloud.cnpg.io/v1:ObjectStore": {"metadata": METADATA, "spec": {"retentionPolicy": "30d"}},
    "kubernetes:helm.sh/v3:Release": {"chart": "cert-manager", "values": {"webhook": {"replicaCount": 2}}},
    "kubernetes:traefik.io/v1alpha1:ServersTransport": {
        "metadata": METADATA,
        "spec": {"rootCAs": [{"secret": "jarvis-ca"}]},
    },
}

GOOD = {**AWS, **AZURE, **KUBERNETES}


def good(type_: str) -> Seen:
    """A resource of the type that keeps to everything."""
    return Seen(plain_type(type_), "it", copy.deepcopy(GOOD[plain_type(type_)]), protect=True)


def changed(type_: str, changes: dict[str, Any], *, protect: bool = True) -> Seen:
    """The same with other values, by path: slashes between the keys (`~1` for one in a key), numbers in lists."""
    inputs = with_changes(copy.deepcopy(GOOD[plain_type(type_)]), changes)
    return Seen(plain_type(type_), "it", inputs, protect=protect)
