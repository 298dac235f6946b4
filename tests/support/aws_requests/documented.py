"""Limits that AWS's models state in words only: in the text of a parameter.

Source of every pattern: the text of that parameter in botocore 1.44.8's models, read 2026-11-24.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from tests.support.aws_requests.models import Model

IDENTIFIER: Final = r"(?!.*--)[A-Za-z][A-Za-z0-9-]*(?<!-)"
_WORDS: Final = r"[A-Za-z0-9 ._\-:/()#,@\[\]+=&;{}!$*]{0,255}"
_BALANCER: Final = r"(?=.{1,32}$)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_CLOCK: Final = r"(?:[01]\d|2[0-3]):[0-5]\d"
_DAY: Final = r"(?:mon|tue|wed|thu|fri|sat|sun)"
_WEEKLY: Final = f"{_DAY}:{_CLOCK}-{_DAY}:{_CLOCK}"
_IN_RULES: Final = ("IpPermissions.IpRanges.Description", "IpPermissions.UserIdGroupPairs.Description")

PATTERNS: Final[Mapping[str, Mapping[str, str]]] = {
    "rds:CreateDBInstance": {
        "DBInstanceIdentifier": f"(?=.{{1,63}}$){IDENTIFIER}",
        "DBName": r"[A-Za-z][A-Za-z0-9_]{0,62}",
        "MasterUsername": r"[A-Za-z]\w{0,15}",
        "MasterUserPassword": r"[!#-.0-?A-~]{8,128}",
        "PreferredBackupWindow": f"{_CLOCK}-{_CLOCK}",
        "PreferredMaintenanceWindow": _WEEKLY,
    },
    "rds:CreateDBInstanceReadReplica": {"DBInstanceIdentifier": f"(?=.{{1,63}}$){IDENTIFIER}"},
    "rds:CreateDBParameterGroup": {"DBParameterGroupName": f"(?=.{{1,255}}$){IDENTIFIER}"},
    "rds:CreateDBSubnetGroup": {"DBSubnetGroupName": r"(?!default$)[A-Za-z][A-Za-z0-9._ -]{0,254}"},
    "elasticache:CreateReplicationGroup": {
        "ReplicationGroupId": f"(?=.{{1,40}}$){IDENTIFIER}",
        "AuthToken": r"[A-Za-z0-9!&#$^<>-]{16,128}",
        "SnapshotWindow": f"{_CLOCK}-{_CLOCK}",
        "PreferredMaintenanceWindow": _WEEKLY,
    },
    "elasticache:CreateCacheSubnetGroup": {"CacheSubnetGroupName": r"[A-Za-z0-9-]{1,255}"},
    "elbv2:CreateLoadBalancer": {"Name": f"(?!internal-){_BALANCER}"},
    "elbv2:CreateTargetGroup": {"Name": _BALANCER},
    "ec2:CreateSecurityGroup": {"GroupName": f"(?!sg-){_WORDS}", "Description": _WORDS},
    "ec2:AuthorizeSecurityGroupIngress": dict.fromkeys(_IN_RULES, _WORDS),
    "ec2:AuthorizeSecurityGroupEgress": dict.fromkeys(_IN_RULES, _WORDS),
    "secretsmanager:CreateSecret": {"Name": r"[\w/+=.@-]+(?<!-......)"},
    "sns:CreateTopic": {"Name": r"[\w-]{1,256}"},
    "kms:CreateAlias": {"AliasName": r"alias/(?!aws/)[\w/-]+"},
    "cloudfront:CreateDistributionWithTags": {"DistributionConfigWithTags.DistributionConfig.Comment": r".{0,128}"},
}
"""By operation and parameter."""

NAMED: Final = {
    "rds:CreateDBInstance": {"MonitoringInterval", "EnableCloudwatchLogsExports"},
    "elasticache:CreateReplicationGroup": {"Engine"},
    "elasticache:CreateCacheParameterGroup": {"CacheParameterGroupFamily"},
    "elbv2:ModifyLoadBalancerAttributes": {"Attributes.Key"},
    "elbv2:ModifyTargetGroupAttributes": {"Attributes.Key"},
    "elbv2:ModifyListenerAttributes": {"Attributes.Key"},
    "ec2:CreateFlowLogs": {"MaxAggregationInterval"},
    "logs:PutRetentionPolicy": {"retentionInDays"},
    "cloudwatch:PutMetricAlarm": {"TreatMissingData"},
}
"""Parameters whose text lists all the values that there are."""


SECRET: Final = {"MasterUserPassword", "AuthToken"}
"""Parameters that no sentence shows."""


def undocumented(operation: str, path: str, value: Any, model: Model) -> Iterator[str]:
    """What is wrong with one value, by the text on it; `path` is without places in lists."""
    limit = PATTERNS.get(operation, {}).get(path)
    if limit is not None and isinstance(value, str) and not re.fullmatch(limit, value):
        shown = "what is given" if path in SECRET else repr(value)
        yield f"{path}: {shown} is not what its text allows ({limit})"
    if path in NAMED.get(operation, ()):
        values = cast("list[Any]", value) if isinstance(value, list) else [value]
        yield from (
            f"{path} is {each!r}, which its text does not name" for each in values if str(each) not in model.words
        )
