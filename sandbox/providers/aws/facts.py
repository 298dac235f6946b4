"""Outputs of planned resources that other components use, in the form in which AWS gives them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from sandbox.providers.aws.account import Account
from sandbox.providers.aws.identities import arn_of
from sandbox.providers.plan.planned import AUTHORITY, Planned
from sandbox.providers.values import Properties, Value, as_list, as_text, reveal

_ENGINE_PORTS: Final = {"postgres": 5432, "aurora-postgresql": 5432, "mysql": 3306, "mariadb": 3306}
_ZONE_OF_BALANCERS: Final = "Z00000000PLANNED00000"
_ZONE_OF_CLOUDFRONT: Final = "Z2FDTNDATAQYW2"
"""The hosted zone of every CloudFront distribution: a constant of AWS's."""

_NUMBERED: Final = {
    "securitygroupid": "sg",
    "networkaclid": "acl",
    "routetableid": "rtb",
    "dhcpoptionsid": "dopt",
    "networkinterfaceid": "eni",
    "subnetid": "subnet",
    "vpcid": "vpc",
    "volumeid": "vol",
    "instanceid": "i",
    "allocationid": "eipalloc",
    "associationid": "assoc",
}
"""How ids begin, by the end of the property's name."""

Facts = Callable[[Planned, str, Account], Properties]


def facts_of(planned: Planned, id: str, account: Account) -> Mapping[str, Value]:
    """Outputs by path."""
    common: Properties = {"ownerId": account.number, "accountId": account.number, "partition": account.partition}
    if "arn" in planned.type.outputs:
        common["arn"] = arn_of(planned, id, account)
    own = _FACTS.get(planned.type.token)
    return {**common, **(own(planned, id, account) if own else {})}


def text_of(planned: Planned, name: str, account: Account) -> str | None:
    """A text for an output of which only its name says what it is."""
    low = name.lower()
    service = planned.type.token.split(":")[1].split("/")[0]
    if low.endswith("arn"):
        return account.arn(service, f"{low.removesuffix('arn') or 'planned'}/{planned.digest(name)}")
    prefix = next((prefix for what, prefix in _NUMBERED.items() if low.endswith(what)), None)
    if prefix is not None:
        return f"{prefix}-{planned.digest(name)}"
    if low in {"status", "state"}:
        return "ACTIVE"
    if low.endswith(("url", "uri")):
        return f"https://{planned.digest(name)}.{service}.{account.region}.{account.domain}"
    if low.endswith(("endpoint", "hostname", "dnsname", "domainname", "address")):
        return f"{planned.name}.{planned.digest(length=12)}.{account.region}.{service}.{account.domain}"
    return None


def _eks_cluster(planned: Planned, id: str, account: Account) -> Properties:
    del id
    number = planned.digest("cluster", 32).upper()
    issuer = f"https://oidc.eks.{account.region}.{account.domain}/id/{number}"
    return {
        "endpoint": f"https://{number}.gr7.{account.region}.eks.{account.domain}",
        "certificateAuthority": {"data": AUTHORITY},
        "certificateAuthorities": [{"data": AUTHORITY}],
        "identities": [{"oidcs": [{"issuer": issuer}]}],
        "status": "ACTIVE",
        "platformVersion": "eks.1",
        "vpcConfig.vpcId": f"vpc-{planned.digest('vpc')}",
        "vpcConfig.clusterSecurityGroupId": f"sg-{planned.digest('security group')}",
    }


def _node_group(planned: Planned, id: str, account: Account) -> Properties:
    del id, account
    group = f"eks-{planned.name}-{planned.uuid()}"
    return {"resources": [{"autoscalingGroups": [{"name": group}], "remoteAccessSecurityGroupId": ""}]}


def _database(planned: Planned, id: str, account: Account) -> Properties:
    del id
    address = f"{planned.name}.{planned.digest('endpoint', 12)}.{account.region}.rds.{account.domain}"
    port = planned.whole("port", _ENGINE_PORTS.get(planned.text("engine") or "", 5432))
    secret = account.arn("secretsmanager", f"secret:rds!db-{planned.uuid('secret')}-{planned.digest('secret', 6)}")
    managed = planned.part("manageMasterUserPassword") is True
    return {
        "address": address,
        "port": port,
        "endpoint": f"{address}:{port}",
        "status": "available",
        "hostedZoneId": _ZONE_OF_BALANCERS,
        "resourceId": f"db-{planned.digest('resource', 26).upper()}",
        "engineVersionActual": planned.text("engineVersion") or "",
        "masterUserSecrets": [{"secretArn": secret, "secretStatus": "active", "kmsKeyId": ""}] if managed else [],
    }


def _cache(planned: Planned, id: str, account: Account) -> Properties:
    del id
    tail = f"{planned.digest('cache', 6)}.{account.short_region}.cache.{account.domain}"
    encrypted = planned.part("transitEncryptionEnabled") is True
    primary, reader = ("master", "replica") if encrypted else (planned.name, f"{planned.name}-ro")
    members = planned.whole("numCacheClusters", 1)
    return {
        "primaryEndpointAddress": f"{primary}.{planned.name}.{tail}" if encrypted else f"{primary}.{tail}",
        "readerEndpointAddress": f"{reader}.{planned.name}.{tail}" if encrypted else f"{reader}.{tail}",
        "configurationEndpointAddress": f"clustercfg.{planned.name}.{tail}",
        "port": planned.whole("port", 6379),
        "memberClusters": [f"{planned.name}-{number:03}" for number in range(1, members + 1)],
        "engineVersionActual": planned.text("engineVersion") or "",
    }


def _bucket(planned: Planned, id: str, account: Account) -> Properties:
    return {
        "bucketDomainName": f"{id}.s3.{account.domain}",
        "bucketRegionalDomainName": f"{id}.s3.{account.region}.{account.domain}",
        "bucketRegion": account.region,
        "hostedZoneId": _ZONE_OF_BALANCERS,
        "arn": arn_of(planned, id, account),
    }


def _certificate(planned: Planned, id: str, account: Account) -> Properties:
    del id, account
    first = planned.text("domainName") or planned.name
    others = [
        name for item in as_list(reveal(planned.inputs.get("subjectAlternativeNames"))) if (name := as_text(item))
    ]
    options: list[Value] = [
        {
            "domainName": name,
            "resourceRecordName": f"_{planned.digest(name, 32)}.{name.removeprefix('*.')}.",
            "resourceRecordType": "CNAME",
            "resourceRecordValue": f"_{planned.digest(name + ' value', 32)}.planned.acm-validations.aws.",
        }
        for name in dict.fromkeys((first, *others))
    ]
    return {"domainValidationOptions": options, "status": "PENDING_VALIDATION", "type": "AMAZON_ISSUED"}


def _balancer(planned: Planned, id: str, account: Account) -> Properties:
    host = f"{planned.name}-{int(planned.digest('dns', 8), 16)}"
    internal = "internal-" if planned.part("internal") is True else ""
    return {
        "dnsName": f"{internal}{host}.{account.region}.elb.{account.domain}",
        "zoneId": _ZONE_OF_BALANCERS,
        "arnSuffix": arn_of(planned, id, account).split(":loadbalancer/")[-1],
    }


def _target_group(planned: Planned, id: str, account: Account) -> Properties:
    return {"arnSuffix": arn_of(planned, id, account).split(":")[-1]}


def _distribution(planned: Planned, id: str, account: Account) -> Properties:
    del id, account
    return {
        "domainName": f"d{planned.digest('domain', 13)}.cloudfront.net",
        "hostedZoneId": _ZONE_OF_CLOUDFRONT,
        "status": "Deployed",
    }


def _zone(planned: Planned, id: str, account: Account) -> Properties:
    del account
    servers: list[Value] = [
        f"ns-{int(planned.digest(end, 2), 16)}.awsdns-{int(planned.digest(end, 1), 16):02}.{end}"
        for end in ("com", "net", "org", "co.uk")
    ]
    return {"zoneId": id, "nameServers": servers, "primaryNameServer": servers[0]}


def _record(planned: Planned, id: str, account: Account) -> Properties:
    del id, account
    return {"fqdn": (planned.text("name") or planned.name).removesuffix(".")}


def _vpc_endpoint(planned: Planned, id: str, account: Account) -> Properties:
    service = (planned.text("serviceName") or "service").rsplit(".", 1)[-1]
    name = f"{id}-{planned.digest('dns', 8)}.{service}.{account.region}.vpce.{account.domain}"
    return {"state": "available", "dnsEntries": [{"dnsName": name, "hostedZoneId": _ZONE_OF_BALANCERS}]}


def _key(planned: Planned, id: str, account: Account) -> Properties:
    del planned, account
    return {"keyId": id}


def _role(planned: Planned, id: str, account: Account) -> Properties:
    del id, account
    return {"uniqueId": f"AROA{planned.digest('role', 17).upper()}"}


def _oidc_provider(planned: Planned, id: str, account: Account) -> Properties:
    del id, account
    return {"thumbprintLists": [planned.digest("ca", 40)]}


def _public_ip(planned: Planned) -> str:
    """203.0.113.0/24 and 198.51.100.0/24 are for documentation (RFC 5737): no host has one."""
    first, second = (int(planned.digest("ip", 4)[start : start + 2], 16) for start in (0, 2))
    return f"198.51.100.{first}" if second % 2 else f"203.0.113.{first}"


def _gateway(planned: Planned, id: str, account: Account) -> Properties:
    del id, account
    return {"publicIp": _public_ip(planned), "networkInterfaceId": f"eni-{planned.digest('interface')}"}


def _subnet(planned: Planned, id: str, account: Account) -> Properties:
    del planned, id
    return {"availabilityZone": f"{account.region}a", "availabilityZoneId": f"{account.short_region}-az1"}


def _launch_template(planned: Planned, id: str, account: Account) -> Properties:
    del planned, id, account
    return {"latestVersion": 1, "defaultVersion": 1}


def _queue(planned: Planned, id: str, account: Account) -> Properties:
    del planned, account
    return {"url": id}


def _address(planned: Planned, id: str, account: Account) -> Properties:
    ip = _public_ip(planned)
    return {
        "allocationId": id,
        "publicIp": ip,
        "publicDns": f"ec2-{ip.replace('.', '-')}.{account.region}.{account.domain}",
    }


_FACTS: Final[Mapping[str, Facts]] = {
    "aws:acm/certificate:Certificate": _certificate,
    "aws:alb/loadBalancer:LoadBalancer": _balancer,
    "aws:cloudfront/distribution:Distribution": _distribution,
    "aws:ec2/eip:Eip": _address,
    "aws:ec2/launchTemplate:LaunchTemplate": _launch_template,
    "aws:ec2/natGateway:NatGateway": _gateway,
    "aws:ec2/subnet:Subnet": _subnet,
    "aws:ec2/vpcEndpoint:VpcEndpoint": _vpc_endpoint,
    "aws:eks/cluster:Cluster": _eks_cluster,
    "aws:eks/nodeGroup:NodeGroup": _node_group,
    "aws:elasticache/replicationGroup:ReplicationGroup": _cache,
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": _oidc_provider,
    "aws:iam/role:Role": _role,
    "aws:kms/key:Key": _key,
    "aws:lb/loadBalancer:LoadBalancer": _balancer,
    "aws:lb/targetGroup:TargetGroup": _target_group,
    "aws:rds/instance:Instance": _database,
    "aws:route53/record:Record": _record,
    "aws:route53/zone:Zone": _zone,
    "aws:s3/bucket:Bucket": _bucket,
    "aws:sqs/queue:Queue": _queue,
}
