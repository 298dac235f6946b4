"""The requests of databases and caches: RDS's and ElastiCache's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tests.support.aws_requests.call import Call, Item, Parameters, Row

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
    """One with data from elsewhere is made by another operation; what that does not take is changed afterwards."""
    deletion = ("skipFinalSnapshot", "finalSnapshotIdentifier", "deleteAutomatedBackups")
    item.leave(*deletion, "allowMajorVersionUpgrade", "applyImmediately", to="updates and the deletion")
    own: Parameters = {"Tags": item.pairs()}
    if item.has("replicateSourceDb"):
        yield from _from_another(item, "CreateDBInstanceReadReplica", own)
    elif item.has("snapshotIdentifier"):
        own["DBSnapshotIdentifier"] = item.take("snapshotIdentifier")
        yield from _from_another(item, "RestoreDBInstanceFromDBSnapshot", own)
    elif item.has("restoreToPointInTime"):
        point = {f"{key[0].upper()}{key[1:]}": value for key, value in item.take("restoreToPointInTime").items()}
        own["TargetDBInstanceIdentifier"] = item.take("identifier")
        own["SourceDBInstanceAutomatedBackupsArn"] = point.pop("SourceDbInstanceAutomatedBackupsArn")
        yield from _from_another(item, "RestoreDBInstanceToPointInTime", {**own, **point})
    else:
        yield item.request("rds", "CreateDBInstance", own, renamed=INSTANCE, answers=MADE)


def _from_another(item: Item, operation: str, parameters: Parameters) -> Iterator[Call]:
    """Data bring their encryption along. A replica of PostgreSQL takes its parameter group afterwards."""
    item.leave("storageEncrypted", to="nothing: AWS knows from the source")
    identifier = {"DBInstanceIdentifier": item.take("identifier")}
    later: Parameters = {**identifier, "ApplyImmediately": True}
    if operation == "CreateDBInstanceReadReplica":
        later["DBParameterGroupName"] = item.take("parameterGroupName")
    own = {} if "TargetDBInstanceIdentifier" in parameters else identifier
    yield item.request("rds", operation, {**own, **parameters}, renamed=INSTANCE, answers=MADE)
    yield item.request("rds", "ModifyDBInstance", later, renamed=INSTANCE)


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
