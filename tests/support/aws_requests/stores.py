"""The requests of databases and caches: RDS's and ElastiCache's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tests.support.aws_requests.call import Call, Item, Row

INSTANCE = {
    "identifier": "DBInstanceIdentifier",
    "instanceClass": "DBInstanceClass",
    "username": "MasterUsername",
    "password": "MasterUserPassword",
    "parameterGroupName": "DBParameterGroupName",
    "backupWindow": "PreferredBackupWindow",
    "maintenanceWindow": "PreferredMaintenanceWindow",
    "caCertIdentifier": "CACertificateIdentifier",
    "performanceInsightsEnabled": "EnablePerformanceInsights",
    "enabledCloudwatchLogsExports": "EnableCloudwatchLogsExports",
    "iamDatabaseAuthenticationEnabled": "EnableIAMDatabaseAuthentication",
    "replicateSourceDb": "SourceDBInstanceIdentifier",
}
MADE = {"id": "DBInstance.DBInstanceIdentifier", "arn": "DBInstance.DBInstanceArn"}
GROUP = {"name": "DBParameterGroupName", "family": "DBParameterGroupFamily"}
CACHE = {
    "description": "ReplicationGroupDescription",
    "nodeType": "CacheNodeType",
    "parameterGroupName": "CacheParameterGroupName",
    "subnetGroupName": "CacheSubnetGroupName",
    "maintenanceWindow": "PreferredMaintenanceWindow",
}
CACHE_GROUP = {"name": "CacheParameterGroupName", "family": "CacheParameterGroupFamily"}
MOST_PARAMETERS = 20
"""Parameters of a group in one request. Source: the API references of both services."""


def instance(item: Item) -> Iterator[Call]:
    deletion = ("skipFinalSnapshot", "finalSnapshotIdentifier", "deleteAutomatedBackups")
    item.leave(*deletion, "allowMajorVersionUpgrade", "applyImmediately", to="updates and the deletion")
    if item.has("replicateSourceDb"):
        yield from _replica(item)
    else:
        yield item.request("rds", "CreateDBInstance", {"Tags": item.pairs()}, renamed=INSTANCE, answers=MADE)


def _replica(item: Item) -> Iterator[Call]:
    """The operation takes no parameter group of PostgreSQL within a region: the provider changes the replica then."""
    item.leave("storageEncrypted", to="nothing: a replica is encrypted as its source is")
    identifier, group = item.take("identifier"), item.take("parameterGroupName")
    itself = {"DBInstanceIdentifier": identifier}
    operation = "CreateDBInstanceReadReplica"
    yield item.request("rds", operation, {"Tags": item.pairs(), **itself}, renamed=INSTANCE, answers=MADE)
    changes = {**itself, "ApplyImmediately": True, **({"DBParameterGroupName": group} if group else {})}
    yield item.request("rds", "ModifyDBInstance", changes, renamed=INSTANCE)
    if group:
        yield item.call("rds", "RebootDBInstance", itself)


def database_parameter_group(item: Item) -> Iterator[Call]:
    answers = {"arn": "DBParameterGroup.DBParameterGroupArn"}
    name, parameters = item.take("name"), item.take("parameters", [])
    changed = [
        {"ParameterName": each["name"], "ParameterValue": each["value"], "ApplyMethod": each["applyMethod"]}
        for each in parameters
    ]
    yield item.request(
        "rds",
        "CreateDBParameterGroup",
        {"DBParameterGroupName": name, "Tags": item.pairs()},
        renamed=GROUP,
        answers=answers,
    )
    for start in range(0, len(changed), MOST_PARAMETERS):
        part = changed[start : start + MOST_PARAMETERS]
        yield item.call("rds", "ModifyDBParameterGroup", {"DBParameterGroupName": name, "Parameters": part})


def database_subnet_group(item: Item) -> Iterator[Call]:
    renamed = {"name": "DBSubnetGroupName", "description": "DBSubnetGroupDescription"}
    yield item.request("rds", "CreateDBSubnetGroup", {"Tags": item.pairs()}, renamed=renamed)


def backups_replication(item: Item) -> Iterator[Call]:
    """Asked for in the region that the backups go to."""
    renamed = {"retentionPeriod": "BackupRetentionPeriod"}
    yield item.request("rds", "StartDBInstanceAutomatedBackupsReplication", renamed=renamed)


def replication_group(item: Item) -> Iterator[Call]:
    item.leave("authTokenUpdateStrategy", "finalSnapshotIdentifier", "applyImmediately", to="updates and the deletion")
    logs = [
        {
            "LogType": each["logType"],
            "LogFormat": each["logFormat"],
            "DestinationType": each["destinationType"],
            "DestinationDetails": {"CloudWatchLogsDetails": {"LogGroup": each["destination"]}},
        }
        for each in item.take("logDeliveryConfigurations", [])
    ]
    yield item.request(
        "elasticache",
        "CreateReplicationGroup",
        {"LogDeliveryConfigurations": logs},
        renamed=CACHE,
        answers={"arn": "ReplicationGroup.ARN"},
    )


def cache_parameter_group(item: Item) -> Iterator[Call]:
    name = item.take("name")
    changed = [{"ParameterName": each["name"], "ParameterValue": each["value"]} for each in item.take("parameters", [])]
    operation = "CreateCacheParameterGroup"
    yield item.request("elasticache", operation, {"CacheParameterGroupName": name}, renamed=CACHE_GROUP)
    for start in range(0, len(changed), MOST_PARAMETERS):
        change = {"CacheParameterGroupName": name, "ParameterNameValues": changed[start : start + MOST_PARAMETERS]}
        yield item.call("elasticache", "ModifyCacheParameterGroup", change)


def cache_subnet_group(item: Item) -> Iterator[Call]:
    renamed = {"name": "CacheSubnetGroupName", "description": "CacheSubnetGroupDescription"}
    yield item.request("elasticache", "CreateCacheSubnetGroup", renamed=renamed)


ROWS: Mapping[str, Row] = {
    "aws:rds/instance:Instance": instance,
    "aws:rds/parameterGroup:ParameterGroup": database_parameter_group,
    "aws:rds/subnetGroup:SubnetGroup": database_subnet_group,
    "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication": backups_replication,
    "aws:elasticache/replicationGroup:ReplicationGroup": replication_group,
    "aws:elasticache/parameterGroup:ParameterGroup": cache_parameter_group,
    "aws:elasticache/subnetGroup:SubnetGroup": cache_subnet_group,
}
