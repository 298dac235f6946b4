"""Data is encrypted on its way."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final, cast

from policies.demands import Demand, is_not_false, is_one_of, is_there, is_true, keeps, types_of
from policies.rule import Config, Rule
from policies.seen import UNKNOWN, Seen, at, each

_TLS: Final = 'allows TLS below 1.2: set it to "{}"'
_MODERN_ELB: Final = re.compile(r"ELBSecurityPolicy-(TLS13-1-[23]-|TLS-1-2-)")
"""Policies without TLS 1.0 and 1.1. Source (2026-11-24):
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html."""
_MODERN_CLOUDFRONT: Final = re.compile(r"TLSv1\.2_20(19|2\d)|TLSv1\.3_20\d\d")
_VIEWERS: Final = 'lets plain HTTP through: set it to "redirect-to-https" or "https-only"'
_HTTPS_VIEWERS: Final = is_one_of("redirect-to-https", "https-only")

DEMANDS: Final = (
    Demand("aws:elasticache/replicationGroup:ReplicationGroup", "transitEncryptionEnabled", is_true,
           "is not true: set it to true"),
    Demand("aws:elasticache/replicationGroup:ReplicationGroup", "transitEncryptionMode", is_one_of(None, "required"),
           'lets plain connections in: set it to "required"'),
    Demand("aws:cloudfront/distribution:Distribution", "defaultCacheBehavior.viewerProtocolPolicy", _HTTPS_VIEWERS,
           _VIEWERS),
    Demand("aws:cloudfront/distribution:Distribution", "orderedCacheBehaviors[].viewerProtocolPolicy", _HTTPS_VIEWERS,
           _VIEWERS),
    Demand("aws:cloudfront/distribution:Distribution", "origins[].customOriginConfig.originProtocolPolicy",
           is_one_of(None, "https-only"), 'fetches from the origin in the clear: set it to "https-only"'),
    Demand("aws:cloudfront/distribution:Distribution", "viewerCertificate.minimumProtocolVersion",
           lambda value, _: isinstance(value, str) and _MODERN_CLOUDFRONT.match(value) is not None,
           _TLS.format("TLSv1.2_2021"),
           unless=lambda item: at(item.get("viewerCertificate"), "cloudfrontDefaultCertificate") is True),
    Demand("azure-native:redisenterprise:RedisEnterprise", "minimumTlsVersion", is_one_of("1.2", "1.3"),
           _TLS.format("1.2")),
    Demand("azure-native:redisenterprise:Database", "clientProtocol", is_one_of(None, "Encrypted"),
           'lets plain connections in: set it to "Encrypted"'),
    Demand("azure-native:redis:Redis", "enableNonSslPort", lambda value, _: value is not True,
           "opens the port without TLS: set it to false"),
    Demand("azure-native:storage:StorageAccount", "enableHttpsTrafficOnly", is_not_false,
           "is false: set it to true"),
    Demand("azure-native:storage:StorageAccount", "minimumTlsVersion", is_one_of("TLS1_2", "TLS1_3"),
           _TLS.format("TLS1_2")),
    Demand("azure-native:network:ApplicationGateway", "sslPolicy", is_there,
           "is not given, and the default has TLS 1.0: name AppGwSslPolicy20220101S or a later one"),
    Demand("azure-native:cdn:Route", "httpsRedirect", is_one_of("Enabled"), 'is not "Enabled"'),
    Demand("azure-native:cdn:Route", "forwardingProtocol", is_one_of("HttpsOnly"),
           'fetches from the origin in the clear: set it to "HttpsOnly"'),
    Demand("azure-native:trafficmanager:Profile", "monitorConfig.protocol", is_one_of("HTTPS"),
           'asks in the clear: set it to "HTTPS"'),
    Demand("azure-native:cdn:AFDCustomDomain", "tlsSettings.minimumTlsVersion", is_one_of(None, "TLS12", "TLS13"),
           _TLS.format("TLS12")),
)  # fmt: skip
_LISTENERS: Final = ("aws:lb/listener:Listener", "aws:alb/listener:Listener")
_PARAMETERS: Final = "aws:rds/parameterGroup:ParameterGroup"
_SETTING: Final = "azure-native:dbforpostgresql:Configuration"
_INGRESS: Final = "kubernetes:networking.k8s.io/v1:Ingress"
_POSTGRES: Final = "kubernetes:postgresql.cnpg.io/v1:Cluster"
_by_table: Final = keeps(DEMANDS)
_in_table: Final = types_of(DEMANDS)


def _check(resource: Seen, config: Config) -> Iterator[str]:
    yield from _by_table(resource, config)
    if resource.type in _LISTENERS:
        yield from _listener(resource)
    elif resource.type == _PARAMETERS:
        yield from _forced_by_parameters(resource)
    elif resource.type == _SETTING:
        if resource.get("configurationName") == "require_secure_transport" and not _is_on(resource.get("value")):
            yield 'the server parameter require_secure_transport is off: leave it "on".'
    elif resource.type == _INGRESS:
        yield from _ingress(resource)
    elif resource.type == _POSTGRES:
        lines = resource.get("spec", "postgresql", "pg_hba")
        if lines is not UNKNOWN and not any(
            re.match(r"hostnossl\s+all\s+all\s+all\s+reject", str(line)) for line in each(lines)
        ):
            yield 'plain connections are not refused: begin spec.postgresql.pg_hba with "hostnossl all all all reject".'


def _listener(listener: Seen) -> Iterator[str]:
    protocol = listener.get("protocol")
    if protocol in ("HTTP", "TCP", None):
        actions = each(listener.get("defaultActions"))
        redirects = actions and all(at(action, "redirect", "protocol") in ("HTTPS", UNKNOWN) for action in actions)
        if not redirects:
            yield f"it answers in the clear ({protocol or 'no protocol'}): redirect to HTTPS with status HTTP_301."
    elif protocol in ("HTTPS", "TLS"):
        policy = listener.get("sslPolicy")
        if policy is not UNKNOWN and not _MODERN_ELB.match(str(policy)):
            yield "sslPolicy allows TLS below 1.2: use ELBSecurityPolicy-TLS13-1-2-2021-06 or a later one."


def _forced_by_parameters(group: Seen) -> Iterator[str]:
    parameters = group.get("parameters")
    if parameters is UNKNOWN or not str(group.get("family")).startswith("postgres"):
        return
    forced = [item for item in each(parameters) if at(item, "name") == "rds.force_ssl"]
    if not any(str(at(item, "value")) == "1" for item in forced):
        yield 'rds.force_ssl is not "1": the server takes plain connections without it.'


def _is_on(value: object) -> bool:
    return value is UNKNOWN or str(value).lower() == "on"


def _ingress(ingress: Seen) -> Iterator[str]:
    """Redirects to HTTPS are what plain Ingresses are for; a controller knows them by an annotation."""
    annotations = ingress.get("metadata", "annotations")
    if ingress.get("spec", "tls") or annotations is UNKNOWN:
        return
    given = cast("Mapping[str, object]", annotations or {})
    if not any(value is UNKNOWN or "redirect" in f"{key}={value}" for key, value in given.items()):
        yield "it has no TLS: give spec.tls a host and a Secret, or make it redirect to HTTPS."


RULES: Final = (
    Rule(
        name="encryption-in-transit",
        title="Data is encrypted on its way.",
        reason="Passwords, tokens and what people say to the assistant cross networks that others share.",
        fix="Require TLS 1.2 or later, and let plain HTTP only redirect.",
        check=_check,
        applies=lambda type_: _in_table(type_) or type_ in (*_LISTENERS, _PARAMETERS, _SETTING, _INGRESS, _POSTGRES),
    ),
)
