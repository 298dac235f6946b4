"""Names, ids and ARNs of planned resources, in the form of the example that the SDK's text on their import gives."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from sandbox.providers.aws.account import Account
from sandbox.providers.plan.planned import Planned, kebab
from sandbox.providers.plan.sdk import ResourceType

_NAMES: Final = (
    "name",
    "bucket",
    "identifier",
    "replicationGroupId",
    "clusterIdentifier",
    "clusterId",
    "nodeGroupName",
    "addonName",
    "functionName",
    "domainName",
    "dashboardName",
)
"""Inputs that name a resource in AWS, the first that a type has."""
_AUTOMATIC: Final = frozenset({"name", "bucket", "identifier", "clusterIdentifier", "nodeGroupName"})
"""Those of them that the official provider fills in."""
_ARNS: Final = {
    "aws:s3/bucket:Bucket": "arn:aws:s3:::bucket",
    "aws:rds/instance:Instance": "arn:aws:rds:us-east-1:123456789012:db:name",
    "aws:rds/cluster:Cluster": "arn:aws:rds:us-east-1:123456789012:cluster:name",
    "aws:rds/subnetGroup:SubnetGroup": "arn:aws:rds:us-east-1:123456789012:subgrp:name",
    "aws:rds/parameterGroup:ParameterGroup": "arn:aws:rds:us-east-1:123456789012:pg:name",
    "aws:iam/role:Role": "arn:aws:iam::123456789012:role/name",
    "aws:iam/user:User": "arn:aws:iam::123456789012:user/name",
    "aws:iam/group:Group": "arn:aws:iam::123456789012:group/name",
    "aws:iam/instanceProfile:InstanceProfile": "arn:aws:iam::123456789012:instance-profile/name",
    "aws:eks/cluster:Cluster": "arn:aws:eks:us-east-1:123456789012:cluster/name",
    "aws:kms/key:Key": "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    "aws:kms/replicaKey:ReplicaKey": "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    "aws:kms/alias:Alias": "arn:aws:kms:us-east-1:123456789012:name",
    "aws:cloudwatch/eventRule:EventRule": "arn:aws:events:us-east-1:123456789012:rule/name",
    "aws:cloudwatch/logGroup:LogGroup": "arn:aws:logs:us-east-1:123456789012:log-group:name",
    "aws:cloudwatch/metricAlarm:MetricAlarm": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:name",
    "aws:cloudfront/distribution:Distribution": "arn:aws:cloudfront::123456789012:distribution/EDFDVBD632BHDS5",
    "aws:cloudwatch/dashboard:Dashboard": "arn:aws:cloudwatch::123456789012:dashboard/name",
    "aws:route53/healthCheck:HealthCheck": "arn:aws:route53:::healthcheck/abcdef11-2222-3333-4444-555555fedcba",
    "aws:route53/zone:Zone": "arn:aws:route53:::hostedzone/Z1D633PJN98FT9",
    "aws:elasticache/replicationGroup:ReplicationGroup": (
        "arn:aws:elasticache:us-east-1:123456789012:replicationgroup:name"
    ),
    "aws:elasticache/subnetGroup:SubnetGroup": "arn:aws:elasticache:us-east-1:123456789012:subnetgroup:name",
    "aws:elasticache/parameterGroup:ParameterGroup": "arn:aws:elasticache:us-east-1:123456789012:parametergroup:name",
    "aws:budgets/budget:Budget": "arn:aws:budgets::123456789012:budget/name",
    "aws:sqs/queue:Queue": "arn:aws:sqs:us-east-1:123456789012:name",
    "aws:lambda/function:Function": "arn:aws:lambda:us-east-1:123456789012:function:name",
    "aws:ecr/repository:Repository": "arn:aws:ecr:us-east-1:123456789012:repository/name",
    "aws:backup/vault:Vault": "arn:aws:backup:us-east-1:123456789012:backup-vault:name",
}
"""ARNs of types that are imported by something else. Source: the Service Authorization Reference, read 2026-11-24."""
_SERVICES: Final = {"vpc": "ec2", "lb": "elasticloadbalancing", "alb": "elasticloadbalancing", "cfg": "config"}
"""Services that the SDK's modules call otherwise."""
_EXAMPLE: Final = re.compile(r"pulumi import aws:\S+ \S+ '?([^\s']+)")
_ACCOUNT: Final = re.compile(r"[0-9x]{12}")
_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12,16}")
_PREFIXED: Final = re.compile(r"([a-z]+(?:-[a-z]+)*)-(?=[0-9a-f]*[0-9])[0-9a-f]{8,17}")
_HEXADECIMAL: Final = re.compile(r"(?=[a-f]*[0-9])[0-9a-f]{16,32}")
_CAPITAL: Final = re.compile(r"([EZ])[A-Z0-9]{9,}")


def name_property(kind: ResourceType) -> str | None:
    """The input that names a resource."""
    return next((name for name in _NAMES if name in kind.inputs), None)


def is_named_automatically(kind: ResourceType) -> bool:
    """Whether the official provider makes a name where the program gives none."""
    key = name_property(kind)
    return key in _AUTOMATIC and not kind.inputs[key].required and key in kind.outputs and kind.outputs[key].required


def id_of(planned: Planned, account: Account) -> str:
    """The id, in the form of the SDK's example."""
    own = _IDS.get(planned.type.token)
    if own is not None:
        return own(planned, account)
    found = _EXAMPLE.search(planned.type.documentation)
    if found is None:
        return planned.name if name_property(planned.type) else f"{kebab(planned.type.name)}-{planned.digest()}"
    example = found.group(1)
    if example.startswith("arn:"):
        return _imitated_arn(example, planned, account)
    cluster = planned.text("clusterName")
    if cluster is not None and example.count(":") == 1:
        return f"{cluster}:{planned.name}"
    return planned.name if "/" in planned.name else _imitated(example, planned, account)


def _record_id(planned: Planned, account: Account) -> str:
    del account
    parts = [planned.text(key) or "" for key in ("zoneId", "name", "type")]
    return "_".join([*parts, *([among] if (among := planned.text("setIdentifier")) else [])])


def _queue_id(planned: Planned, account: Account) -> str:
    return f"https://sqs.{account.region}.{account.domain}/{account.number}/{planned.name}"


def _event_target_id(planned: Planned, account: Account) -> str:
    del account
    return "-".join(planned.text(key) or planned.name for key in ("rule", "targetId"))


def _access_entry_id(planned: Planned, account: Account) -> str:
    del account
    return ":".join(planned.text(key) or planned.name for key in ("clusterName", "principalArn"))


def _issuer_id(planned: Planned, account: Account) -> str:
    issuer = (planned.text("url") or planned.name).removeprefix("https://")
    return account.arn("iam", f"oidc-provider/{issuer}", region="")


def _numbered(prefix: str) -> Callable[[Planned, Account], str]:
    return lambda planned, _: f"{prefix}-{planned.digest()}"


_IDS: Final[Mapping[str, Callable[[Planned, Account], str]]] = {
    "aws:cloudwatch/eventRule:EventRule": lambda planned, _: planned.name,
    "aws:cloudwatch/eventTarget:EventTarget": _event_target_id,
    "aws:ec2/route:Route": _numbered("r-rtb"),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": _numbered("rtbassoc"),
    "aws:eks/accessEntry:AccessEntry": _access_entry_id,
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": _numbered("a"),
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": _issuer_id,
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": _numbered("attachment"),
    "aws:route53/record:Record": _record_id,
    "aws:sqs/queue:Queue": _queue_id,
    "aws:sqs/queuePolicy:QueuePolicy": lambda planned, _: planned.text("queueUrl") or planned.name,
    "aws:route53/healthCheck:HealthCheck": lambda planned, _: planned.uuid(),
    "aws:wafv2/webAcl:WebAcl": lambda planned, _: planned.uuid(),
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": lambda planned, _: (
        planned.text("resourceArn") or planned.name
    ),
    "aws:wafv2/webAclAssociation:WebAclAssociation": _numbered("association"),
}
"""Types whose example of an import is not their id."""


def arn_of(planned: Planned, id: str, account: Account) -> str:
    """The ARN."""
    if id.startswith("arn:"):
        return id
    example = _ARNS.get(planned.type.token)
    if example is not None:
        return _imitated_arn(example, planned, account)
    if planned.type.token == "aws:wafv2/webAcl:WebAcl":  # noqa: S105 (a type token)
        where = "regional" if planned.text("scope") == "REGIONAL" else "global"
        return account.arn("wafv2", f"{where}/webacl/{planned.name}/{id}")
    service, kind = planned.type.token.split(":")[1].split("/")
    return account.arn(_SERVICES.get(service, service), f"{kebab(kind)}/{id.replace(':', '/')}")


def _imitated_arn(example: str, planned: Planned, account: Account) -> str:
    parts = example.split(":", 5)
    what = _imitated(parts[5], planned, account) if len(parts) > 5 else planned.name  # noqa: PLR2004 (an ARN's parts)
    region = None if len(parts) > 3 and parts[3] else ""  # noqa: PLR2004
    return account.arn(parts[2], what, region=region, account=None if parts[4:5] != [""] else "")


def _imitated(example: str, planned: Planned, account: Account) -> str:
    """The example with its numbers made anew and this resource's name in the last place that has one."""
    pieces = re.split(r"([:/,])", example)
    fixed = [_number(piece, planned, account) for piece in pieces]
    # The first part of several tells the kind of thing: `role/`, `key/`, `log-group:`.
    named = [index for index in range(0, len(pieces), 2) if fixed[index] is None and (index or len(pieces) == 1)]
    if named:
        fixed[named[-1]] = planned.name
    return "".join(piece if new is None else new for piece, new in zip(pieces, fixed, strict=True))


def _number(piece: str, planned: Planned, account: Account) -> str | None:
    """What takes the place of a part of the example that AWS would have numbered."""
    if _ACCOUNT.fullmatch(piece):
        return account.number
    if _UUID.fullmatch(piece):
        return planned.uuid()
    if found := _PREFIXED.fullmatch(piece):
        return f"{found.group(1)}-{planned.digest()}"
    if _HEXADECIMAL.fullmatch(piece):
        return planned.digest(length=16)
    if found := _CAPITAL.fullmatch(piece):
        return f"{found.group(1)}{planned.digest(length=13).upper()}"
    return None
