"""What plan-only providers refuse, make up and keep, without an engine: seeded mistakes, each with its sentence."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from sandbox.providers import rehearsal
from sandbox.providers.aws.provider import AwsProvider
from sandbox.providers.azure_native.provider import AzureProvider
from sandbox.providers.plan.provider import PlanProvider
from sandbox.providers.resource import Naming, Operation, ProviderError, Resource, State
from sandbox.providers.values import UNKNOWN, Properties, Secret

BUCKET = "aws:s3/bucket:Bucket"
CACHE = "aws:elasticache/replicationGroup:ReplicationGroup"
CLUSTER = "aws:eks/cluster:Cluster"
DATABASE = "aws:rds/instance:Instance"
SERVER = "azure-native:dbforpostgresql:Server"
AKS = "azure-native:containerservice:ManagedCluster"
STORAGE = "azure-native:storage:StorageAccount"
VAULT = "azure-native:keyvault:Vault"
GROUP = {"resourceGroupName": "rg-jarvis-production"}

MISTAKES: list[tuple[str, Properties, str, str]] = [
    (DATABASE, {}, "instanceClass", "`instanceClass` is missing: aws:rds/instance:Instance needs it."),
    (DATABASE, {"instanceClass": "db.m6g.large", "allocatedStorage": "100"}, "allocatedStorage",
     "`allocatedStorage` is a whole number, not '100'."),
    (DATABASE, {"instanceClass": "db.m6g.large", "multiAz": "yes"}, "multiAz",
     "`multiAz` is true or false, not 'yes'."),
    (DATABASE, {"instanceClass": "db.m6g.large", "multiAzz": True}, "multiAzz",
     "`multiAzz` is not a property of aws:rds/instance:Instance; did you mean `multiAz`?"),
    (DATABASE, {"instanceClass": "db.m6g.large", "vpcSecurityGroupIds": "sg-1"}, "vpcSecurityGroupIds",
     "`vpcSecurityGroupIds` is a list, not 'sg-1'."),
    (DATABASE, {"instanceClass": "db.m6g.large", "vpcSecurityGroupIds": ["sg-1", 2]}, "vpcSecurityGroupIds[1]",
     "`vpcSecurityGroupIds[1]` is text, not 2."),
    (DATABASE, {"instanceClass": "db.m6g.large", "networkType": "IPV6"}, "networkType",
     "`networkType` is one of IPV4, DUAL, not 'IPV6'. Did you mean 'IPV4'?"),
    (CACHE, {"description": "d", "transitEncryptionMode": "require"}, "transitEncryptionMode",
     "`transitEncryptionMode` is one of preferred, required, not 'require'. Did you mean 'required'?"),
    (CACHE, {"description": "d", "logDeliveryConfigurations": [
        {"destination": "x", "destinationType": "cloudwatch-logs", "logType": "slow-log", "logFormat": "xml"}]},
     "logDeliveryConfigurations[0].logFormat",
     "`logDeliveryConfigurations[0].logFormat` is one of json, text, not 'xml'."),
    (CLUSTER, {"roleArn": "arn:x", "vpcConfig": {}}, "vpcConfig.subnetIds",
     "`vpcConfig.subnetIds` is missing: `vpcConfig` of aws:eks/cluster:Cluster needs it."),
    (CLUSTER, {"roleArn": "arn:x", "vpcConfig": {"subnetIds": ["a"], "endpointPublicAcess": False}},
     "vpcConfig.endpointPublicAcess",
     "`vpcConfig.endpointPublicAcess` is not a property of aws:eks/cluster:Cluster; "
     "did you mean `endpointPublicAccess`?"),
    (BUCKET, {"tags": {"Name": 3}}, "tags.Name", "`tags.Name` is text, not 3."),
    (BUCKET, {"tags": ["Name"]}, "tags", "`tags` is an object, not a list."),
    (SERVER, {**GROUP, "version": "9"}, "version", "`version` is one of"),
    (SERVER, {**GROUP, "highAvailability": {"mode": "ZoneRedundent"}}, "highAvailability.mode",
     "not 'ZoneRedundent'. Did you mean 'ZoneRedundant'?"),
    (SERVER, {**GROUP, "sku": {"name": "Standard_D4s_v5"}}, "sku.tier",
     "`sku.tier` is missing: `sku` of azure-native:dbforpostgresql:Server needs it."),
    (SERVER, {**GROUP, "storage": {"storageSizeGb": 128}}, "storage.storageSizeGb",
     "`storage.storageSizeGb` is not a property of azure-native:dbforpostgresql:Server; did you mean `storageSizeGB`?"),
    (SERVER, {}, "resourceGroupName",
     "`resourceGroupName` is missing: azure-native:dbforpostgresql:Server needs it."),
    (AKS, {**GROUP, "agentPoolProfiles": [{"name": "system", "count": "3"}]}, "agentPoolProfiles[0].count",
     "`agentPoolProfiles[0].count` is a whole number, not '3'."),
    (AKS, {**GROUP, "networkProfile": {"networkPlugin": "azur"}}, "networkProfile.networkPlugin",
     "not 'azur'. Did you mean 'azure'?"),
    (STORAGE, {**GROUP, "kind": "StorageV2", "sku": {"name": "Standard_GSR"}}, "sku.name", "not 'Standard_GSR'."),
    (VAULT, {**GROUP, "properties": {"tenantId": "t", "sku": {"family": "A", "name": "Premium"}}},
     "properties.sku.name",
     "`properties.sku.name` is one of standard, premium, not 'Premium'. Did you mean 'premium'?"),
]  # fmt: skip


@pytest.fixture(scope="module")
def aws() -> AwsProvider:
    provider = AwsProvider()
    provider.configure({"region": "eu-west-3", "defaultTags": json.dumps({"tags": {"Application": "jarvis"}})})
    return provider


@pytest.fixture(scope="module")
def azure() -> AzureProvider:
    provider = AzureProvider()
    provider.configure({"location": "francecentral"})
    return provider


@pytest.fixture
def rehearsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(rehearsal.KUBECONFIG, "/kubeconfig")


def resource(kind: str, name: str = "thing") -> Resource:
    return Resource(f"urn:pulumi:production::jarvis::{kind}::{name}", kind, name)


def checked(provider: PlanProvider, kind: str, inputs: Properties, old: Properties | None = None) -> Properties:
    found = provider.check(resource(kind), old or {}, inputs, b"seed", Naming())
    assert not found.failures
    return found.inputs


def made(provider: PlanProvider, kind: str, inputs: Properties, *, preview: bool = False) -> State:
    return provider.create(Operation(resource(kind), preview=preview), checked(provider, kind, inputs))


def replaces(provider: PlanProvider, kind: str, old: Properties, new: Properties) -> set[str]:
    return set(provider.diff(resource(kind), State("id", {}, old), new).replaces)


@pytest.mark.parametrize(("kind", "inputs", "path", "sentence"), MISTAKES)
def test_a_mistake_has_its_sentence(
    aws: AwsProvider, azure: AzureProvider, kind: str, inputs: Properties, path: str, sentence: str
) -> None:
    provider = aws if kind.startswith("aws:") else azure
    failures = provider.check(resource(kind), {}, inputs, b"seed", Naming()).failures
    assert [where for where, _ in failures] == [path]
    assert sentence in failures[0][1]


def test_types_of_the_same_name_in_two_modules_are_told_apart(azure: AzureProvider) -> None:
    """Python's own cache of annotations mixes up the `SkuArgs` of one module with those of another."""
    checked(azure, STORAGE, {**GROUP, "kind": "StorageV2", "sku": {"name": "Standard_GRS"}})
    checked(azure, VAULT, {**GROUP, "properties": {"tenantId": "t", "sku": {"family": "A", "name": "standard"}}})


def test_a_list_of_known_values_is_not_all_there_is(azure: AzureProvider) -> None:
    flow: Properties = {"streams": ["Microsoft-ContainerInsights-Group-Default"], "destinations": ["logs"]}
    checked(azure, "azure-native:monitor:DataCollectionRule", {**GROUP, "dataFlows": [flow]})


def test_unknown_values_are_taken_on_trust_and_secrets_are_checked_unseen(aws: AwsProvider) -> None:
    checked(aws, DATABASE, {"instanceClass": UNKNOWN, "password": Secret("hidden"), "allocatedStorage": UNKNOWN})
    wrong: Properties = {"instanceClass": "db.m6g.large", "password": Secret(["hidden"])}
    ((path, sentence),) = aws.check(resource(DATABASE), {}, wrong, b"", Naming()).failures
    assert path == "password"
    assert "hidden" not in sentence


def test_a_secret_in_a_list_of_values_is_not_shown(aws: AwsProvider) -> None:
    wrong: Properties = {"description": "d", "engine": Secret("hidden")}
    ((_, sentence),) = aws.check(resource(CACHE), {}, wrong, b"", Naming()).failures or [("", "")]
    assert "hidden" not in sentence


def test_a_type_that_there_is_not_names_the_nearest(aws: AwsProvider) -> None:
    with pytest.raises(ProviderError, match="Did you mean `Bucket`"):
        aws.check(resource("aws:s3/bucket:Buckett"), {}, {}, b"", Naming())
    with pytest.raises(ProviderError, match="no module `s33`"):
        aws.check(resource("aws:s33/bucket:Bucket"), {}, {}, b"", Naming())


@pytest.mark.usefixtures("rehearsed")
def test_outputs_are_what_other_components_expect(aws: AwsProvider) -> None:
    database = made(aws, DATABASE, {"instanceClass": "db.m6g.large", "engine": "postgres", "identifier": "jarvis-db"})
    assert database.id == "jarvis-db"
    assert database.outputs["arn"] == "arn:aws:rds:eu-west-3:000000000000:db:jarvis-db"
    assert database.outputs["endpoint"] == f"{database.outputs['address']}:5432"
    cluster = made(aws, CLUSTER, {"name": "jarvis", "roleArn": "arn:x", "vpcConfig": {"subnetIds": ["subnet-1"]}})
    text = json.dumps(cluster.outputs)
    assert '"endpoint": "https://' in text
    assert '"issuer": "https://oidc.eks.eu-west-3.amazonaws.com/id/' in text
    assert '"subnetIds": ["subnet-1"]' in text
    assert cluster.outputs["tagsAll"] == {"Application": "jarvis"}
    cache = made(aws, CACHE, {"replicationGroupId": "jarvis-redis", "description": "d", "numCacheClusters": 3,
                              "transitEncryptionEnabled": True}).outputs  # fmt: skip
    assert str(cache["primaryEndpointAddress"]).startswith("master.jarvis-redis.")
    assert cache["memberClusters"] == ["jarvis-redis-001", "jarvis-redis-002", "jarvis-redis-003"]


@pytest.mark.parametrize(
    ("kind", "inputs", "arn"),
    [
        (BUCKET, {"bucket": "b"}, "arn:aws:s3:::b"),
        ("aws:iam/role:Role", {"name": "r", "assumeRolePolicy": "{}"}, "arn:aws:iam::000000000000:role/r"),
        ("aws:kms/key:Key", {}, r"arn:aws:kms:eu-west-3:000000000000:key/[0-9a-f-]{36}"),
        ("aws:sns/topic:Topic", {"name": "t"}, "arn:aws:sns:eu-west-3:000000000000:t"),
        ("aws:sqs/queue:Queue", {"name": "q"}, "arn:aws:sqs:eu-west-3:000000000000:q"),
        ("aws:cloudwatch/eventRule:EventRule", {"name": "r", "eventPattern": "{}"},
         "arn:aws:events:eu-west-3:000000000000:rule/r"),
        ("aws:acm/certificate:Certificate", {"domainName": "a.b"},
         r"arn:aws:acm:eu-west-3:000000000000:certificate/[0-9a-f-]{36}"),
        ("aws:lb/loadBalancer:LoadBalancer", {"name": "l"},
         r"arn:aws:elasticloadbalancing:eu-west-3:000000000000:loadbalancer/app/l/[0-9a-f]{16}"),
        ("aws:secretsmanager/secretVersion:SecretVersion", {"secretId": "s", "secretString": "x"},
         r"arn:aws:secretsmanager:eu-west-3:000000000000:secret:[a-z]+"),
        ("aws:ec2/vpc:Vpc", {"region": "eu-west-1"}, r"arn:aws:ec2:eu-west-1:000000000000:vpc/vpc-[0-9a-f]{17}"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("rehearsed")
def test_arns_have_the_form_of_their_service(aws: AwsProvider, kind: str, inputs: Properties, arn: str) -> None:
    assert re.fullmatch(arn, str(made(aws, kind, inputs).outputs["arn"]))


@pytest.mark.usefixtures("rehearsed")
def test_a_queue_and_who_fills_it_know_each_other(aws: AwsProvider) -> None:
    queue = made(aws, "aws:sqs/queue:Queue", {"name": "q"})
    assert queue.outputs["url"] == queue.id == "https://sqs.eu-west-3.amazonaws.com/000000000000/q"
    policy: Properties = {"queueUrl": queue.id, "policy": "{}"}
    assert made(aws, "aws:sqs/queuePolicy:QueuePolicy", policy).id == queue.id
    target: Properties = {"rule": "r", "targetId": "t", "arn": "arn:x"}
    assert made(aws, "aws:cloudwatch/eventTarget:EventTarget", target).id == "r-t"
    assert replaces(aws, "aws:cloudwatch/eventTarget:EventTarget", target, {**target, "rule": "s"}) == {"rule"}


@pytest.mark.usefixtures("rehearsed")
def test_azures_outputs_too(azure: AzureProvider) -> None:
    server = made(azure, SERVER, {**GROUP, "serverName": "psql-jarvis-production"})
    assert server.id == (
        "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-jarvis-production"
        "/providers/Microsoft.DBforPostgreSQL/flexibleServers/psql-jarvis-production"
    )
    assert server.outputs["fullyQualifiedDomainName"] == "psql-jarvis-production.postgres.database.azure.com"
    assert server.outputs["location"] == "francecentral"
    cluster: Any = made(azure, AKS, {**GROUP, "resourceName": "aks", "oidcIssuerProfile": {"enabled": True}}).outputs
    assert cluster["oidcIssuerProfile"]["issuerURL"].startswith("https://francecentral.oic.prod-aks.azure.com/")
    assert cluster["identityProfile"]["kubeletidentity"]["objectId"]
    identity: Any = {"type": "UserAssigned", "userAssignedIdentities": ["/identities/aks"]}
    told: Any = made(azure, AKS, {**GROUP, "identity": identity}).outputs["identity"]
    assert set(told["userAssignedIdentities"]["/identities/aks"]) == {"clientId", "principalId"}
    network: Any = made(azure, "azure-native:network:VirtualNetwork", {**GROUP, "subnets": [{"name": "aks"}]}).outputs
    assert network["subnets"][0]["id"].endswith("/subnets/aks")


def test_a_preview_knows_what_the_program_says_and_nothing_else(aws: AwsProvider, azure: AzureProvider) -> None:
    bucket = made(aws, BUCKET, {"bucket": "b"}, preview=True)
    assert (bucket.id, bucket.outputs["bucket"], bucket.outputs["arn"]) == ("", "b", UNKNOWN)
    cluster: Any = made(azure, AKS, {**GROUP, "oidcIssuerProfile": {"enabled": True}}, preview=True).outputs
    assert cluster["oidcIssuerProfile"] == {"enabled": True, "issuerURL": UNKNOWN}


@pytest.mark.usefixtures("rehearsed")
def test_the_same_is_made_up_again(aws: AwsProvider) -> None:
    vpc = "aws:ec2/vpc:Vpc"
    first = made(aws, vpc, {"cidrBlock": "10.0.0.0/16"})
    assert made(aws, vpc, {"cidrBlock": "10.0.0.0/16"}) == first
    assert made(aws, vpc, {"cidrBlock": "10.1.0.0/16"}).id != first.id, "it would be another network"
    later = aws.update(Operation(resource(vpc)), first, {"cidrBlock": "10.0.0.0/16", "tags": {"Name": "x"}})
    changed = {key for key in first.outputs | later.outputs if first.outputs.get(key) != later.outputs.get(key)}
    assert changed == {"tags", "tagsAll"}


@pytest.mark.usefixtures("rehearsed")
def test_secret_inputs_are_secret_outputs(aws: AwsProvider) -> None:
    outputs = made(aws, DATABASE, {"instanceClass": "db.m6g.large", "password": Secret("hidden")}).outputs
    assert outputs["password"] == Secret("hidden")
    assert "hidden" not in repr(outputs)


def test_names_are_made_as_the_official_providers_make_them(aws: AwsProvider, azure: AzureProvider) -> None:
    bucket = checked(aws, BUCKET, {})
    assert str(bucket["bucket"]).startswith("thing-")
    assert checked(aws, BUCKET, {}, old=bucket) == bucket, "and kept"
    assert "bucket" not in checked(aws, BUCKET, {"bucketPrefix": "x"})
    assert "domainName" not in checked(aws, "aws:acm/certificate:Certificate", {"certificateBody": "x"})
    assert len(str(checked(azure, SERVER, GROUP)["serverName"])) == len("thing") + 8


def test_what_cannot_be_changed_is_replaced(aws: AwsProvider, azure: AzureProvider) -> None:
    assert replaces(aws, BUCKET, {"bucket": "a"}, {"bucket": "b"}) == {"bucket"}
    assert not replaces(aws, BUCKET, {"bucket": "a"}, {"bucket": "a", "tags": {"x": "y"}})
    assert replaces(aws, DATABASE, {"engine": "mysql", "multiAz": True}, {"engine": "postgres"}) == {"engine"}
    assert replaces(aws, CLUSTER, {"bootstrapSelfManagedAddons": True}, {}) == {"bootstrapSelfManagedAddons"}
    assert replaces(azure, SERVER, {**GROUP, "location": "a"}, {"resourceGroupName": "b", "location": "b"}) == {
        "resourceGroupName",
        "location",
    }
    assert not replaces(azure, SERVER, {"sku": {"name": "a"}}, {"sku": {"name": "b"}})


def test_a_database_that_is_promoted_stays_what_it_is(aws: AwsProvider) -> None:
    follower: Properties = {"identifier": "jarvis", "instanceClass": "db.m6g.large", "replicateSourceDb": "arn:one"}
    alone: Properties = {
        "identifier": "jarvis", "instanceClass": "db.m6g.large", "engine": "postgres", "username": "jarvis",
        "dbName": "jarvis",
    }  # fmt: skip
    assert replaces(aws, DATABASE, follower, alone) == set()
    assert replaces(aws, DATABASE, alone, {**alone, "username": "other"}) == {"username"}
    assert replaces(aws, DATABASE, follower, {**alone, "kmsKeyId": "arn:key"}) == {"kmsKeyId"}


def test_records_of_one_name_are_told_apart(aws: AwsProvider, rehearsed: None) -> None:
    record: Properties = {"zoneId": "Z1", "name": "api.jarvis.com", "type": "A"}
    ids = [made(aws, "aws:route53/record:Record", {**record, "setIdentifier": side}).id for side in ("one", "two")]
    assert ids == ["Z1_api.jarvis.com_A_one", "Z1_api.jarvis.com_A_two"]


def test_a_zone_is_looked_up_by_its_name(aws: AwsProvider) -> None:
    found = [
        aws.invoke("aws:route53/getZone:getZone", {"name": name})["zoneId"] for name in ("a.com", "a.com.", "b.com")
    ]
    assert found[0] == found[1] != found[2]
    assert re.fullmatch(r"Z[A-Z0-9]{1,31}", str(found[0]))


@pytest.mark.parametrize("operation", ["create", "update", "delete"])
def test_nothing_is_pretended_in_earnest(aws: AwsProvider, operation: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(rehearsal.KUBECONFIG, raising=False)
    state, how = State("id", {"bucket": "b"}, {"bucket": "b"}), Operation(resource(BUCKET))
    run = {
        "create": lambda: aws.create(how, {"bucket": "b"}),
        "update": lambda: aws.update(how, state, {"bucket": "b"}),
        "delete": lambda: aws.delete(how, state),
    }
    with pytest.raises(ProviderError, match="only plans: nothing was created, changed or deleted"):
        run[operation]()


def test_reading_gives_the_state_back_and_makes_up_what_is_looked_up(aws: AwsProvider) -> None:
    state = State("b", {"bucket": "b", "arn": "kept"}, {"bucket": "b"})
    assert aws.read(Operation(resource(BUCKET)), state) == state
    found = aws.read(Operation(resource(BUCKET)), State("b", {}))
    assert found is not None
    assert found.outputs["arn"] == "arn:aws:s3:::b"


def test_functions(aws: AwsProvider, azure: AzureProvider) -> None:
    zones = aws.invoke("aws:index/getAvailabilityZones:getAvailabilityZones", {"state": "available"})
    assert zones["names"] == ["eu-west-3a", "eu-west-3b", "eu-west-3c"]
    assert zones["zoneIds"] == ["euw3-az1", "euw3-az2", "euw3-az3"]
    assert aws.invoke("aws:index/getCallerIdentity:getCallerIdentity", {})["accountId"] == "000000000000"
    assert azure.invoke("azure-native:authorization:getClientConfig", {})["tenantId"]
    keys: Any = azure.invoke("azure-native:storage:listStorageAccountKeys", {"accountName": "a", **GROUP})
    assert len({key["value"] for key in keys["keys"]}) == 2
    with pytest.raises(ProviderError, match=r"cannot answer .*getVpc.*Give what it looks up in the stack's settings"):
        aws.invoke("aws:ec2/getVpc:getVpc", {"id": "vpc-1"})
    with pytest.raises(ProviderError, match="`state` is text, not 3"):
        aws.invoke("aws:index/getAvailabilityZones:getAvailabilityZones", {"state": 3})
    with pytest.raises(ProviderError, match=r"no function `aws:ec2/getVpcc:getVpcc`"):
        aws.invoke("aws:ec2/getVpcc:getVpcc", {})


def test_a_policy_document_is_the_real_one(aws: AwsProvider) -> None:
    statement: Properties = {
        "sid": "Assume",
        "actions": ["sts:AssumeRoleWithWebIdentity"],
        "principals": [{"type": "Federated", "identifiers": ["arn:x"]}],
        "conditions": [{"test": "StringEquals", "variable": "issuer:sub", "values": ["system:serviceaccount:a:b"]}],
    }
    token = "aws:iam/getPolicyDocument:getPolicyDocument"
    answer = aws.invoke(token, {"statements": [statement]})
    assert json.loads(str(answer["json"])) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Assume",
                "Effect": "Allow",
                "Principal": {"Federated": "arn:x"},
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {"StringEquals": {"issuer:sub": "system:serviceaccount:a:b"}},
            }
        ],
    }
    with pytest.raises(ProviderError, match=r"`statements\[0\].efect` is not a property.*did you mean `effect`"):
        aws.invoke(token, {"statements": [{"efect": "Deny"}]})
    assert aws.invoke(token, {"statements": [{"actions": [UNKNOWN]}]}) == {}


def test_settings_of_the_providers_are_checked(aws: AwsProvider, azure: AzureProvider) -> None:
    assert not aws.check_config({"region": "eu-west-3", "skipMetadataApiCheck": "true", "version": "7.51.1"}).failures
    ((path, sentence),) = aws.check_config({"defaultTags": json.dumps({"tagz": {}})}).failures
    assert (path, "did you mean `tags`?" in sentence) == ("defaultTags.tagz", True)
    ((path, _),) = azure.check_config({"locations": "x"}).failures
    assert path == "locations"
    with pytest.raises(ProviderError, match="has no region"):
        _ = AwsProvider().account
