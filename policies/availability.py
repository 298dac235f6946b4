"""What production cannot do without survives the loss of a node or a zone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, cast

from pulumi_policy import Severity

from policies.demands import Demand, is_at_least, is_one_of, is_true, keeps, types_of
from policies.replicas import follows
from policies.rule import Config, Rule
from policies.seen import UNKNOWN, Seen, at, each

_ON: Final = "is not true: set it to true"

DEMANDS: Final = (
    Demand("aws:rds/instance:Instance", "multiAz", is_true, _ON, unless=follows),
    Demand("aws:elasticache/replicationGroup:ReplicationGroup", "automaticFailoverEnabled", is_true, _ON),
    Demand("aws:elasticache/replicationGroup:ReplicationGroup", "multiAzEnabled", is_true, _ON),
    Demand("azure-native:dbforpostgresql:Server", "highAvailability.mode", is_one_of("ZoneRedundant"),
           'is not "ZoneRedundant"',
           # A promoted one was made so too, and has it.
           unless=lambda server: server.get("createMode") == "Replica" and server.get("highAvailability") is None),
    Demand("azure-native:redisenterprise:RedisEnterprise", "highAvailability", is_one_of(None, "Enabled"),
           'is not "Enabled"'),
    Demand("azure-native:containerservice:ManagedCluster", "agentPoolProfiles[].availabilityZones",
           lambda value, _: len(each(value)) > 1, "names fewer than two zones"),
    Demand("kubernetes:postgresql.cnpg.io/v1:Cluster", "spec.instances", is_at_least("minInstances"),
           "is below the instances that are wanted (high-availability, minInstances)",
           unless=lambda cluster: cluster.get("spec", "replica", "enabled") is True),
)  # fmt: skip

_REPLICATED: Final = ("kubernetes:apps/v1:Deployment", "kubernetes:apps/v1:StatefulSet")
_BUDGET: Final = "kubernetes:policy/v1:PodDisruptionBudget"
_GATEWAY: Final = "aws:ec2/natGateway:NatGateway"
_SUBNET: Final = "aws:ec2/subnet:Subnet"
_SCALER: Final = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"


def _budgets(resources: Sequence[Seen], _: Config) -> Iterator[tuple[Seen | None, str]]:
    budgets = [item for item in resources if item.type == _BUDGET]
    scaled = {
        (item.get("metadata", "namespace"), item.get("spec", "scaleTargetRef", "name"))
        for item in resources
        if item.type == _SCALER and _number(item.get("spec", "minReplicas")) > 1
    }
    for workload in resources:
        if workload.type not in _REPLICATED:
            continue
        place = (workload.get("metadata", "namespace"), workload.get("metadata", "name"))
        replicated = _number(workload.get("spec", "replicas")) > 1 or place in scaled
        if replicated and not any(_covers(budget, workload) for budget in budgets):
            yield workload, "no PodDisruptionBudget covers it: a drained node may take all its replicas at once."


def _covers(budget: Seen, workload: Seen) -> bool:
    labels = workload.get("spec", "template", "metadata", "labels")
    if UNKNOWN in (labels, budget.get("spec", "selector")):
        return True
    if budget.get("metadata", "namespace") != workload.get("metadata", "namespace"):
        return False
    given = cast("Mapping[str, object]", labels or {})
    wanted = cast("Mapping[str, object]", budget.get("spec", "selector", "matchLabels") or {})
    expressions = each(budget.get("spec", "selector", "matchExpressions"))
    return all(given.get(key) == value for key, value in wanted.items()) and all(
        at(item, "operator") != "In" or given.get(str(at(item, "key"))) in each(at(item, "values"))
        for item in expressions
    )


def _ways_out(resources: Sequence[Seen], _: Config) -> Iterator[tuple[Seen | None, str]]:
    gateways = [item for item in resources if item.type == _GATEWAY]
    zones = [item.get("availabilityZone") for item in resources if item.type == _SUBNET]
    if UNKNOWN in zones:
        return
    places = {zone for zone in zones if isinstance(zone, str)}
    if gateways and len(gateways) < len(places):
        yield (
            gateways[0],
            f"NAT gateways for {len(places)} zones: {len(gateways)}. What leaves goes down with its zone.",
        )


def _number(value: object) -> float:
    return value if isinstance(value, int | float) else 0


RULES: Final = (
    Rule(
        name="high-availability",
        title="Databases and caches have a second zone to go on in.",
        reason="A zone fails about once a year, and a node whenever it is replaced.",
        fix="Switch the service's own failover on.",
        check=keeps(DEMANDS),
        applies=types_of(DEMANDS),
        options={"minInstances": {"type": "integer", "default": 3}},
    ),
    Rule(
        name="disruption-budgets",
        title="Replicas are not taken down all at once.",
        reason="Upgrades of nodes evict Pods, and stop only where a PodDisruptionBudget says so.",
        fix="Add a PodDisruptionBudget that selects the workload's Pods.",
        stack_check=_budgets,
        applies=lambda type_: type_ in (*_REPLICATED, _BUDGET, _SCALER),
        level="advisory",
        severity=Severity.MEDIUM,
    ),
    Rule(
        name="ways-out",
        title="Every zone has a NAT gateway of its own.",
        reason="With the only one, every zone loses registries, models and webhooks.",
        fix="Make one in each zone, or take into account that all zones fail together.",
        stack_check=_ways_out,
        applies=lambda type_: type_ in (_GATEWAY, _SUBNET),
        level="advisory",
        severity=Severity.MEDIUM,
    ),
)
