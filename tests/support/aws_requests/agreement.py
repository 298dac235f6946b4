"""What no single request shows: whether resources of a plan fit one another."""

from __future__ import annotations

from collections.abc import Sequence

from tests.support.aws_requests.plan import PlannedResource


def foreign_families(resources: Sequence[PlannedResource]) -> list[str]:
    """Servers whose parameter group belongs to another engine or version: one sentence each."""
    families = {
        (item.type.split(":")[1].split("/")[0], item.inputs["name"]): item.inputs["family"]
        for item in resources
        if item.type.endswith("/parameterGroup:ParameterGroup")
    }
    versions = {item.inputs.get("identifier"): item for item in resources if item.type == "aws:rds/instance:Instance"}
    found: list[str] = []
    for item in resources:
        if item.type not in {"aws:rds/instance:Instance", "aws:elasticache/replicationGroup:ReplicationGroup"}:
            continue
        service, group = item.type.split(":")[1].split("/")[0], item.inputs.get("parameterGroupName")
        source = versions.get(item.inputs.get("replicateSourceDb"), item)
        if source.inputs.get("engine") is None:
            continue  # it follows an instance of another stack
        wanted = _family(str(source.inputs["engine"]), str(source.inputs["engineVersion"]))
        given = families.get((service, str(group)))
        if group is not None and given != wanted:
            found.append(f"{item.name} is of the family {wanted}, its parameter group {group} of {given}")
    return found


def _family(engine: str, version: str) -> str:
    """As both services name them. Source: the text of `CacheParameterGroupFamily`, and the names of RDS's families."""
    major, _, minor = version.partition(".")
    if engine == "redis" and int(major) < 6:
        return f"redis{major}.{minor.partition('.')[0]}"
    return "redis6.x" if engine == "redis" and major == "6" else f"{engine}{major}"


def unproved_certificates(resources: Sequence[PlannedResource]) -> list[str]:
    """Certificates that are waited for though a name of theirs is proved by no record: one sentence each."""
    records = {item.inputs["name"].rstrip(".") for item in resources if item.type == "aws:route53/record:Record"}
    waited = {
        item.inputs["certificateArn"]
        for item in resources
        if item.type == "aws:acm/certificateValidation:CertificateValidation"
    }
    return [
        f"{item.name}: no record proves {option['domainName']}"
        for item in resources
        if item.type == "aws:acm/certificate:Certificate" and item.outputs["arn"] in waited
        for option in item.outputs["domainValidationOptions"]
        if str(option["resourceRecordName"]).rstrip(".") not in records
    ]
