"""Mistakes in the code of the two stacks in clouds, each caught before anything is made: who does so, and what it says.

Each stack is planned once by the real engine, with what a component gives its resources changed on the way, so that
the policies judge the very stack that is deployed. What the offline providers catch ends a plan at once: they are asked
on their own, with the inputs of that plan. Mistakes in settings: tests/unit/settings/test_wrong_aws.py and
test_wrong_azure.py.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi.runtime.proto import provider_pb2

from infra.settings.model import StackSettings
from sandbox.plugins import write_policy_pack
from sandbox.providers import values
from sandbox.toolchain import Toolchain
from tests.support.changes import ABSENT, with_changes
from tests.support.inline_stack import InlineStack
from tests.support.jarvis_project import REPOSITORY
from tests.support.provider_process import ProviderProcess, provider_process
from tests.unit.settings.stacks import Config, changed, production_aws, production_azure
from tests.unit.settings.test_managed_passwords import GOOD

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
POLICIES = REPOSITORY / "policies"


@dataclass(frozen=True)
class Seed:
    """A mistake in one resource of a stack."""

    resource: str
    """Its type's last word and its name."""
    changes: dict[str, Any]
    sentence: str
    policy: str | None = None
    """Which policy refuses it; None where the provider does."""


AWS_POLICIES = (
    Seed("Instance postgres", {"publiclyAccessible": True}, "publiclyAccessible is true", "no-public-data"),
    Seed("Instance postgres", {"storageEncrypted": False}, "storageEncrypted is not true", "encryption-at-rest"),
    Seed("Instance postgres", {"backupRetentionPeriod": 1}, "backupRetentionPeriod is absent or below", "backups"),
    Seed("Instance postgres", {"deletionProtection": False}, "deletionProtection is not true", "deletion-protection"),
    Seed("Instance postgres", {"multiAz": False}, "multiAz is not true", "high-availability"),
    Seed("Instance postgres", {"engineVersion": "13.10"}, "PostgreSQL 13 is out of support", "supported-versions"),
    Seed("Instance replica-1", {"kmsKeyId": ABSENT}, "kmsKeyId is not given", "own-keys"),
    Seed("ParameterGroup postgres17", {"parameters": []}, 'rds.force_ssl is not "1"', "encryption-in-transit"),
    Seed("ReplicationGroup redis", {"subnetGroupName": ABSENT}, "into the default VPC", "no-public-data"),
    Seed("ReplicationGroup redis", {"transitEncryptionEnabled": False}, "is not true", "encryption-in-transit"),
    Seed("ReplicationGroup redis", {"parameterGroupName": "default.redis6.x"}, "another family", "supported-versions"),
    Seed("ReplicationGroup redis", {"automaticFailoverEnabled": False}, "is not true", "high-availability"),
    Seed("ReplicationGroup redis", {"snapshotRetentionLimit": 0}, "snapshotRetentionLimit is absent", "backups"),
    Seed("Cluster cluster", {"version": "1.28"}, "Kubernetes 1.28 is out of support", "supported-versions"),
    Seed("Cluster cluster", {"encryptionConfig": ABSENT}, "etcd holds Secrets in the clear", "encryption-at-rest"),
    Seed("Cluster cluster", {"enabledClusterLogTypes": ["api"]}, "lacks api, audit", "cluster-access"),
    Seed("LaunchTemplate nodes", {"metadataOptions/httpTokens": "optional"}, "by IMDSv1", "cluster-access"),
    Seed("LaunchTemplate nodes", {"blockDeviceMappings/0/ebs/encrypted": "false"}, "is not true", "encryption-at-rest"),
    Seed("SecurityGroupIngressRule database-from-nodes", {"referencedSecurityGroupId": ABSENT,
         "cidrIpv4": "0.0.0.0/0"}, "5432 is open to the world", "open-ports"),
    Seed("BucketPublicAccessBlock backups", {"restrictPublicBuckets": False}, "is not true", "no-public-data"),
    Seed("BucketVersioning backups", {"versioningConfiguration/status": "Suspended"}, "Enabled", "backups"),
    Seed("Listener https", {"sslPolicy": "ELBSecurityPolicy-2016-08"}, "allows TLS below 1.2", "encryption-in-transit"),
    Seed("Distribution cdn", {"viewerCertificate/minimumProtocolVersion": "TLSv1"}, "allows TLS below 1.2",
         "encryption-in-transit"),
    Seed("Vpc vpc", {"tags": ABSENT}, "the tags Environment and Application are missing", "tags"),
    Seed("Key data-key", {"enableKeyRotation": False}, "enableKeyRotation is not true", "encryption-at-rest"),
    Seed("RolePolicy snapshot-export", {"policy": '{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'},
         "allows every action on every resource", "least-privilege"),
    Seed("Deployment backend", {"spec/template/spec/containers/0/image": "docker.io/library/jarvis:latest"},
         "name a fixed version", "image-tags"),
    Seed("ConfigMap config", {"data/DATABASE_PASSWORD": "hunter22"}, "holds a secret in the clear",
         "inline-secrets"),
    Seed("NatGateway nat-a", {}, "What leaves goes down with its zone", "ways-out"),  # the settings' doing
)  # fmt: skip

AWS_PROVIDER = (
    Seed("Instance postgres", {"publiclyAccesible": False}, "did you mean `publiclyAccessible`?"),
    Seed("Instance postgres", {"allocatedStorage": "100 GB"}, "`allocatedStorage` is a whole number"),
    Seed("Instance postgres", {"instanceClass": ABSENT}, "`instanceClass` is missing"),
    Seed("Cluster cluster", {"vpcConfig/subnetIds": ABSENT}, "`vpcConfig.subnetIds` is missing"),
    Seed("Cluster cluster", {"vpcConfig/endpointPublicAcess": False}, "did you mean `endpointPublicAccess`?"),
    Seed("NodeGroup main", {"scalingConfig/minSize": "three"}, "`scalingConfig.minSize` is a whole number"),
    Seed("Listener https", {"defaultActions/0/type": "foward"}, "Did you mean 'forward'?"),
    Seed("LoadBalancer load-balancer", {"subnets": "subnet-1"}, "`subnets` is a list"),
    Seed("Vpc vpc", {"enableDnsHostnames": "yes"}, "`enableDnsHostnames` is true or false"),
    Seed("Subnet private-a", {"vpcId": ABSENT}, "`vpcId` is missing"),
    Seed("BucketVersioning backups", {"versioningConfiguration/status": "On"}, "is one of Enabled, Suspended"),
    Seed("ReplicationGroup redis", {"multiAZEnabled": True}, "did you mean `multiAzEnabled`?"),
)
AZURE_POLICIES = (
    Seed("Server server", {"network": {"publicNetworkAccess": "Enabled"}}, "network is open", "no-public-data"),
    Seed("Server server", {"backup/geoRedundantBackup": "Disabled"}, "the region's loss", "backups"),
    Seed("Server server", {"highAvailability/mode": "SameZone"}, 'is not "ZoneRedundant"', "high-availability"),
    Seed("Server server", {"version": "13"}, "PostgreSQL 13 is out of support", "supported-versions"),
    Seed("Server server", {"tags": ABSENT}, "the tags Environment and Application are missing", "tags"),
    Seed("RedisEnterprise cluster", {"publicNetworkAccess": "Enabled"}, "by a private endpoint", "no-public-data"),
    Seed("RedisEnterprise cluster", {"minimumTlsVersion": "1.0"}, "allows TLS below 1.2", "encryption-in-transit"),
    Seed("StorageAccount account", {"allowBlobPublicAccess": True}, "is not false", "no-public-data"),
    Seed("StorageAccount account", {"sku/name": "Standard_LRS"}, "keeps every copy in one region", "backups"),
    Seed("StorageAccount account", {"allowSharedKeyAccess": True}, "such keys open everything", "cluster-access"),
    Seed("BlobServiceProperties blobs", {"isVersioningEnabled": False}, "what is overwritten is gone", "backups"),
    Seed("Vault vault", {"properties/networkAcls": ABSENT}, "answers to every network", "no-public-data"),
    Seed("Vault vault", {"properties/enablePurgeProtection": ABSENT}, "is not true", "deletion-protection"),
    Seed("ManagedCluster cluster", {"kubernetesVersion": "1.28"}, "Kubernetes 1.28 is out", "supported-versions"),
    Seed("ManagedCluster cluster", {"disableLocalAccounts": False}, "is not true", "cluster-access"),
    Seed("ManagedCluster cluster", {"agentPoolProfiles/0/availabilityZones": ["1"]}, "fewer than two zones",
         "high-availability"),
    Seed("ManagedCluster cluster", {"agentPoolProfiles/0/enableEncryptionAtHost": False}, "is not true", "own-keys"),
    Seed("ApplicationGateway gateway", {"sslPolicy": ABSENT}, "has TLS 1.0", "encryption-in-transit"),
    Seed("NetworkSecurityGroup nodes-rules", {"securityRules/0": {"name": "ssh", "access": "Allow", "priority": 100,
         "direction": "Inbound", "protocol": "Tcp", "sourceAddressPrefix": "*", "sourcePortRange": "*",
         "destinationAddressPrefix": "*", "destinationPortRange": "22"}}, "22 is open to the world", "open-ports"),
)  # fmt: skip
AZURE_PROVIDER = (
    Seed("Server server", {"highAvailability/mode": "ZoneRedundent"}, "Did you mean 'ZoneRedundant'?"),
    Seed("Server server", {"version": "9"}, "`version` is one of"),
    Seed("Server server", {"sku/tier": ABSENT}, "`sku.tier` is missing"),
    Seed("Server server", {"storage/storageSizeGB": "128 GB"}, "`storage.storageSizeGB` is a whole number"),
    Seed("Server server", {"resourceGroupName": ABSENT}, "`resourceGroupName` is missing"),
    Seed("ManagedCluster cluster", {"disableLocalAcounts": True}, "did you mean `disableLocalAccounts`?"),
    Seed(
        "ManagedCluster cluster",
        {"agentPoolProfiles/0/count": "three"},
        "`agentPoolProfiles[0].count` is a whole number",
    ),
    Seed("Subnet database-subnet", {"virtualNetworkName": ABSENT}, "`virtualNetworkName` is missing"),
    Seed("StorageAccount account", {"kind": ABSENT}, "`kind` is missing"),
    Seed("Vault vault", {"properties/tenantId": ABSENT}, "`properties.tenantId` is missing"),
    Seed("ApplicationGateway gateway", {"sku/tier": "WAF_v3"}, "Did you mean 'WAF_v2'?"),
)


@dataclass
class Plan:
    """What came of one run of the engine."""

    refused: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    """What policies say, by policy and resource."""
    types: dict[str, str] = field(default_factory=dict[str, str])
    """Types by resource."""
    inputs: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    """Inputs by resource, as the providers took them."""


def _resource(type_: str, name: str) -> str:
    return f"{type_.rpartition(':')[2]} {name}"


def _seeding(seeds: tuple[Seed, ...]) -> Callable[[pulumi.ResourceTransformArgs], Any]:
    changes: dict[str, dict[str, Any]] = {}
    for seed in seeds:
        changes.setdefault(seed.resource, {}).update(seed.changes)

    def seeding(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
        mistakes = changes.get(_resource(args.type_, args.name))
        return (
            None if mistakes is None else pulumi.ResourceTransformResult(with_changes(args.props, mistakes), args.opts)
        )

    return seeding


def _plan(folder: Path, toolchain: Toolchain, config: Config, seeds: tuple[Seed, ...]) -> Plan:
    sections = {key.removeprefix("jarvis:"): value for key, value in config.items()} | {"secrets": GOOD}
    settings = StackSettings.model_validate_json(json.dumps(sections), by_alias=True, by_name=False)

    def program() -> None:
        from infra.program import deploy

        pulumi.runtime.register_resource_transform(_seeding(seeds))
        deploy(settings)

    stack = InlineStack(folder / "stack", toolchain.ensure("pulumi")["pulumi"], folder / "no-kubeconfig")
    pack = write_policy_pack(folder / "pack", Path(sys.executable), POLICIES)
    environment = POLICIES / "environments" / "production.json"
    stack.failing("preview", program, policy_packs=[str(pack)], policy_pack_configs=[str(environment)])
    plan = Plan()
    for event in stack.events:
        if event.policy_event is not None:
            *_, type_, name = (event.policy_event.resource_urn or "::").split("::")
            key = (event.policy_event.policy_name, _resource(type_, name))
            plan.refused[key] = plan.refused.get(key, "") + event.policy_event.message
        elif event.resource_pre_event is not None and event.resource_pre_event.metadata.new is not None:
            new = event.resource_pre_event.metadata.new
            resource = _resource(new.type, new.urn.rpartition("::")[2])
            plan.types[resource], plan.inputs[resource] = new.type, new.inputs
    assert not any(value in stack.text + str(plan.refused) for name, value in GOOD.items() if name != "kind")
    return plan


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory, toolchain: Toolchain) -> Plan:
    config = changed(production_aws(), {"cloud.vpc.nat": "single"})
    return _plan(tmp_path_factory.mktemp("aws"), toolchain, config, AWS_POLICIES)


@pytest.fixture(scope="module")
def azure(tmp_path_factory: pytest.TempPathFactory, toolchain: Toolchain) -> Plan:
    return _plan(tmp_path_factory.mktemp("azure"), toolchain, production_azure(), AZURE_POLICIES)


def _unheard(seeds: tuple[Seed, ...], plan: Plan) -> list[Seed]:
    return [seed for seed in seeds if seed.sentence not in plan.refused.get((str(seed.policy), seed.resource), "")]


def _others(seeds: tuple[Seed, ...], plan: Plan) -> set[tuple[str, str]]:
    return plan.refused.keys() - {(str(seed.policy), seed.resource) for seed in seeds}


def test_policies_catch_mistakes_in_the_stack_on_aws(aws: Plan) -> None:
    assert _unheard(AWS_POLICIES, aws) == []
    assert _others(AWS_POLICIES, aws) == set(), "and nothing else is wrong"


def test_policies_catch_mistakes_in_the_stack_on_azure(azure: Plan) -> None:
    assert _unheard(AZURE_POLICIES, azure) == []
    assert _others(AZURE_POLICIES, azure) == set(), "and nothing else is wrong"


def _said(plugin: ProviderProcess, type_: str, inputs: Mapping[str, Any]) -> list[str]:
    request = provider_pb2.CheckRequest(urn=f"urn:pulumi:test::test::{type_}::seed", news=values.encode(dict(inputs)))
    return [failure.reason for failure in plugin.stub.Check(request).failures]


def _check(plugin: ProviderProcess, seed: Seed, plan: Plan) -> None:
    type_, inputs = plan.types[seed.resource], plan.inputs[seed.resource]
    assert _said(plugin, type_, inputs) == [], "it is right without the mistake"
    said = _said(plugin, type_, with_changes(inputs, seed.changes))
    assert len(said) == 1
    assert seed.sentence in said[0]


@pytest.fixture(scope="module")
def aws_plugin() -> Iterator[ProviderProcess]:
    with provider_process("aws") as plugin:
        yield plugin


@pytest.fixture(scope="module")
def azure_plugin() -> Iterator[ProviderProcess]:
    with provider_process("azure_native") as plugin:
        yield plugin


@pytest.mark.parametrize("seed", AWS_PROVIDER, ids=lambda seed: f"{seed.resource} {next(iter(seed.changes))}")
def test_the_offline_provider_catches_it_on_aws(seed: Seed, aws: Plan, aws_plugin: ProviderProcess) -> None:
    _check(aws_plugin, seed, aws)


@pytest.mark.parametrize("seed", AZURE_PROVIDER, ids=lambda seed: f"{seed.resource} {next(iter(seed.changes))}")
def test_the_offline_provider_catches_it_on_azure(seed: Seed, azure: Plan, azure_plugin: ProviderProcess) -> None:
    _check(azure_plugin, seed, azure)
