"""The requests of names: certificates, Route 53's zones and records, and CloudFront."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tests.support.aws_requests.call import Call, Item, Parameters, Row

REFERENCE = "20260101000000000000000001"
"""What makes a repeated request the same one; the provider's is the time."""


def certificate(item: Item) -> Iterator[Call]:
    answers = {"arn": "CertificateArn", "id": "CertificateArn"}
    yield item.request("acm", "RequestCertificate", {"IdempotencyToken": REFERENCE}, answers=answers)


def certificate_validation(item: Item) -> Iterator[Call]:
    """It waits: what it waits for is held against what the certificate asks for, before."""
    item.leave("validationRecordFqdns", to="the comparison with what the certificate asks for")
    yield item.request("acm", "DescribeCertificate")


def hosted_zone(item: Item) -> Iterator[Call]:
    comment = {"Comment": item.take("comment")}
    answers = {"id": "HostedZone.Id", "zoneId": "HostedZone.Id"}
    yield item.request(
        "route53", "CreateHostedZone", {"CallerReference": REFERENCE, "HostedZoneConfig": comment}, answers=answers
    )
    tags = {"ResourceType": "hostedzone", "ResourceId": item.id, "AddTags": item.pairs()}
    yield item.call("route53", "ChangeTagsForResource", tags)


def health_check(item: Item) -> Iterator[Call]:
    tags = item.pairs()
    yield item.request(
        "route53",
        "CreateHealthCheck",
        {"CallerReference": REFERENCE},
        renamed={"fqdn": "FullyQualifiedDomainName", "invertHealthcheck": "Inverted"},
        under="HealthCheckConfig",
        answers={"id": "HealthCheck.Id"},
    )
    change = {"ResourceType": "healthcheck", "ResourceId": item.id, "AddTags": tags}
    yield item.call("route53", "ChangeTagsForResource", change)


def record(item: Item) -> Iterator[Call]:
    records: Parameters = {"Name": item.take("name"), "Type": item.take("type")}
    if item.has("ttl"):
        records["TTL"] = item.take("ttl")
    if item.has("records"):
        records["ResourceRecords"] = [{"Value": value} for value in item.take("records")]
    for alias in item.take("aliases", []):
        records["AliasTarget"] = {
            "DNSName": alias["name"],
            "HostedZoneId": alias["zoneId"],
            "EvaluateTargetHealth": alias["evaluateTargetHealth"],
        }
    if item.has("healthCheckId"):
        records["HealthCheckId"] = item.take("healthCheckId")
    if item.has("setIdentifier"):
        records["SetIdentifier"] = item.take("setIdentifier")
    for policy in item.take("failoverRoutingPolicies", []):
        records["Failover"] = policy["type"]
    action = "UPSERT" if item.take("allowOverwrite", False) else "CREATE"
    batch = {"Changes": [{"Action": action, "ResourceRecordSet": records}]}
    zone = item.take("zoneId")
    yield item.call("route53", "ChangeResourceRecordSets", {"HostedZoneId": zone, "ChangeBatch": batch})


def distribution(item: Item) -> Iterator[Call]:
    behaviour = dict(item.take("defaultCacheBehavior"))
    allowed, cached = behaviour.pop("allowedMethods"), behaviour.pop("cachedMethods")
    restriction = dict(item.take("restrictions")["geoRestriction"])
    places = restriction.pop("locations", [])
    config = item.request(
        "cloudfront",
        "CreateDistribution",
        renamed={"originId": "Id"},
        under="DistributionConfig",
        instead={"defaultCacheBehavior": behaviour, "restrictions": {"geoRestriction": restriction}},
    ).parameters["DistributionConfig"]
    config["DefaultCacheBehavior"]["AllowedMethods"] = {**_counted(allowed), "CachedMethods": _counted(cached)}
    config["Restrictions"]["GeoRestriction"] |= _counted(places)
    whole = {"DistributionConfig": {"CallerReference": REFERENCE, **config}, "Tags": {"Items": item.pairs()}}
    answers = {"id": "Distribution.Id", "arn": "Distribution.ARN", "domainName": "Distribution.DomainName"}
    yield item.call("cloudfront", "CreateDistributionWithTags", {"DistributionConfigWithTags": whole}, answers=answers)


def _counted(items: list[str]) -> Parameters:
    return {"Quantity": len(items), **({"Items": items} if items else {})}


ROWS: Mapping[str, Row] = {
    "aws:acm/certificate:Certificate": certificate,
    "aws:acm/certificateValidation:CertificateValidation": certificate_validation,
    "aws:route53/zone:Zone": hosted_zone,
    "aws:route53/healthCheck:HealthCheck": health_check,
    "aws:route53/record:Record": record,
    "aws:cloudfront/distribution:Distribution": distribution,
}
