"""Versions that somebody still repairs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Final

from components.cluster.eks_versions import EXTENDED_SUPPORT, STANDARD_SUPPORT
from policies.rule import Config, Rule
from policies.seen import Seen, at
from policies.workloads import containers, makes_pods, pod_of

Ends = Mapping[str, date]
"""Version to the last day of its support; later versions are let pass, earlier ones are not."""

AKS: Final[Ends] = {
    "1.33": date(2026, 6, 30),
    "1.34": date(2026, 11, 30),
    "1.35": date(2027, 3, 31),
    "1.36": date(2027, 6, 30),
}
"""Source: https://learn.microsoft.com/azure/aks/supported-kubernetes-versions (2026-11-24), which names months."""
POSTGRESQL: Final[Ends] = {
    "14": date(2026, 11, 12),
    "15": date(2027, 11, 11),
    "16": date(2028, 11, 9),
    "17": date(2029, 11, 8),
    "18": date(2030, 11, 14),
}
"""Source: https://www.postgresql.org/support/versioning/ (2026-11-24)."""
REDIS: Final[Ends] = {
    "5": date(2026, 1, 31),
    "6": date(2027, 1, 31),
    "7": date.max,
}
"""Redis OSS on ElastiCache, standard support; there is none after 7.1.
Source: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/engine-versions.html (2026-11-24)."""
VALKEY: Final[Ends] = {"7": date.max}

REMOVED_APIS: Final[dict[str, str]] = {
    "extensions/v1beta1": "apps/v1 or networking.k8s.io/v1",
    "apps/v1beta1": "apps/v1",
    "apps/v1beta2": "apps/v1",
    "batch/v1beta1": "batch/v1",
    "policy/v1beta1": "policy/v1",
    "networking.k8s.io/v1beta1": "networking.k8s.io/v1",
    "rbac.authorization.k8s.io/v1beta1": "rbac.authorization.k8s.io/v1",
    "rbac.authorization.k8s.io/v1alpha1": "rbac.authorization.k8s.io/v1",
    "apiextensions.k8s.io/v1beta1": "apiextensions.k8s.io/v1",
    "admissionregistration.k8s.io/v1beta1": "admissionregistration.k8s.io/v1",
    "autoscaling/v2beta1": "autoscaling/v2",
    "autoscaling/v2beta2": "autoscaling/v2",
    "certificates.k8s.io/v1beta1": "certificates.k8s.io/v1",
    "discovery.k8s.io/v1beta1": "discovery.k8s.io/v1",
    "events.k8s.io/v1beta1": "events.k8s.io/v1",
    "scheduling.k8s.io/v1beta1": "scheduling.k8s.io/v1",
    "storage.k8s.io/v1beta1": "storage.k8s.io/v1",
    "flowcontrol.apiserver.k8s.io/v1beta1": "flowcontrol.apiserver.k8s.io/v1",
    "flowcontrol.apiserver.k8s.io/v1beta2": "flowcontrol.apiserver.k8s.io/v1",
    "flowcontrol.apiserver.k8s.io/v1beta3": "flowcontrol.apiserver.k8s.io/v1",
}
"""API versions that current API servers don't serve, and what does instead.

Source: https://kubernetes.io/docs/reference/using-api/deprecation-guide/ (2026-11-24).
"""
_RETIRED: Final = {
    "azure-native:redis:Redis": "Azure Cache for Redis retires on 2028-09-30 and takes no new tenants since 2026-04-01:"
    " use Azure Managed Redis (redisenterprise).",
    "azure-native:dbforpostgresql:SingleServer": "Single Server was retired in March 2025: use Flexible Server.",
}
_POSTGRES_IMAGE: Final = re.compile(r"(^|/)(postgres|postgresql):(\d+)")


def _runs(resource: Seen) -> Iterator[tuple[str, str, Ends]]:
    """What the resource runs, in which version, and when support of that ends."""
    version = resource.get("engineVersion") or resource.get("version") or resource.get("kubernetesVersion")
    text = version if isinstance(version, str) else ""
    match resource.type:
        case "aws:eks/cluster:Cluster":
            is_extended = resource.get("upgradePolicy", "supportType") == "EXTENDED"
            yield "Kubernetes", _minor(text), EXTENDED_SUPPORT if is_extended else STANDARD_SUPPORT
        case "azure-native:containerservice:ManagedCluster":
            yield "Kubernetes", _minor(text), AKS
        case "aws:rds/instance:Instance" | "aws:rds/cluster:Cluster" if "postgres" in str(resource.get("engine")):
            yield "PostgreSQL", _major(text), POSTGRESQL
        case "azure-native:dbforpostgresql:Server":
            yield "PostgreSQL", _major(text), POSTGRESQL
        case "aws:elasticache/replicationGroup:ReplicationGroup":
            is_valkey = resource.get("engine") == "valkey"
            yield ("Valkey", _major(text), VALKEY) if is_valkey else ("Redis OSS", _major(text), REDIS)
        case "kubernetes:postgresql.cnpg.io/v1:Cluster":
            yield from _image(resource.get("spec", "imageName"))
        case _:
            for container in containers(pod_of(resource)):
                yield from _image(at(container.spec, "image"))


def _image(image: object) -> Iterator[tuple[str, str, Ends]]:
    found = _POSTGRES_IMAGE.search(image) if isinstance(image, str) else None
    if found:
        yield "PostgreSQL", found[3], POSTGRESQL


def _minor(version: str) -> str:
    return ".".join(version.split(".")[:2])


def _major(version: str) -> str:
    return version.partition(".")[0]


def _end(version: str, ends: Ends) -> date | None:
    """The last day of support; None where it is not known."""
    if version in ends:
        return ends[version]
    if not version:
        return None
    return date.min if _numbers(version) < min(map(_numbers, ends)) else None


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)) or (10**9,)


def _today(config: Config) -> date:
    return date.fromisoformat(config["today"]) if config["today"] else date.today()


def _ended(resource: Seen, config: Config) -> Iterator[str]:
    if resource.type in _RETIRED:
        yield _RETIRED[resource.type]
    if resource.is_kubernetes and resource.api in REMOVED_APIS:
        yield f"API servers serve {resource.api} no more: use {REMOVED_APIS[resource.api]}."
    family = resource.get("parameterGroupName")
    for what, version, ends in _runs(resource):
        end = _end(version, ends)
        if end is not None and end < _today(config):
            when = f"support ended on {end}" if end != date.min else "support ended long ago"
            yield f"{what} {version} is out of support ({when}): use a later version."
        default = re.fullmatch(r"default\.(redis|valkey)(\d+)(\.x)?(\.cluster\.on)?", str(family))
        if default and version and default[2] != version:
            yield f"parameterGroupName {family} is of another family than {what} {version}: use that version's."


def _ending(resource: Seen, config: Config) -> Iterator[str]:
    today = _today(config)
    for what, version, ends in _runs(resource):
        end = _end(version, ends)
        if end is not None and today <= end <= today + timedelta(days=config["days"]):
            yield f"support of {what} {version} ends on {end}: plan the upgrade."


def _has_version(type_: str) -> bool:
    return makes_pods(type_) or type_ in (
        "aws:eks/cluster:Cluster",
        "aws:rds/instance:Instance",
        "aws:rds/cluster:Cluster",
        "aws:elasticache/replicationGroup:ReplicationGroup",
        "azure-native:containerservice:ManagedCluster",
        "azure-native:dbforpostgresql:Server",
        "kubernetes:postgresql.cnpg.io/v1:Cluster",
    )


_TODAY: Final = {"type": "string", "default": ""}
"""A date in the place of today's, such as 2026-11-24."""

RULES: Final = (
    Rule(
        name="supported-versions",
        title="Every engine and every API is in a version that somebody repairs.",
        reason="Holes found after the end of support stay open, and clouds then upgrade or bill by themselves.",
        fix="Use a version that is in support.",
        check=_ended,
        applies=lambda type_: _has_version(type_) or type_ in _RETIRED or type_.startswith("kubernetes:"),
        options={"today": _TODAY},
    ),
    Rule(
        name="versions-ending",
        title="An upgrade is planned before support ends.",
        reason="An upgrade of a database or a cluster takes weeks of tests.",
        fix="Plan the upgrade.",
        check=_ending,
        applies=_has_version,
        level="advisory",
        options={"today": _TODAY, "days": {"type": "integer", "default": 90}},
    ),
)
