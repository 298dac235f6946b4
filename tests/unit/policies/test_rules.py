"""Rules as the engine's policies: levels, configuration, unknown values, what a stack shows only as a whole."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pulumi_policy import (
    EnforcementLevel,
    PolicyCustomTimeouts,
    PolicyProviderResource,
    PolicyResource,
    PolicyResourceOptions,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE, unknown_checking_proxy

from policies.pack import RULES
from policies.rule import Rule, policy
from policies.seen import UNKNOWN, Seen, at, plain
from tests.unit.policies.good import GOOD, LABELS, METADATA, POD, changed, good

ENVIRONMENTS = Path(__file__).parents[3] / "policies" / "environments"
BY_NAME = {rule.name: rule for rule in RULES}
DISABLED = {"development": {"protected-state", "database-backups"}, "staging": {"protected-state"}, "production": set()}
"""What an environment does without: a change here is a change of what is promised."""


def options(*, protect: bool = True) -> PolicyResourceOptions:
    return PolicyResourceOptions(protect, [], None, [], PolicyCustomTimeouts(0, 0, 0), [], None)


def arguments(
    type_: str,
    inputs: dict[str, Any],
    config: dict[str, Any] | None = None,
    provider: PolicyProviderResource | None = None,
) -> ResourceValidationArgs:
    return ResourceValidationArgs(
        type_, unknown_checking_proxy(inputs), "urn", "it", options(), provider, config, {}
    )  # fmt: skip


def violations(rule: Rule, args: ResourceValidationArgs) -> list[str]:
    made = policy(rule)
    assert isinstance(made, ResourceValidationPolicy)
    found: list[str] = []
    made.validate(args, lambda text, _=None: found.append(text))
    return found


def test_policies_have_a_name_a_level_a_reason_and_a_way_out() -> None:
    made = [policy(rule) for rule in RULES]
    assert len({item.name for item in made}) == len(made) >= 20
    for item, rule in zip(made, RULES, strict=True):
        assert item.enforcement_level in (EnforcementLevel.MANDATORY, EnforcementLevel.ADVISORY)
        assert item.description == f"{rule.title} {rule.reason}"
        assert rule.title.endswith(".")
        assert rule.reason.endswith(".")
        assert item.remediation_steps
    advisory = {rule.name for rule in RULES if rule.level == "advisory"}
    assert advisory == {"own-keys", "registries", "versions-ending", "disruption-budgets", "ways-out"}


def test_values_that_are_not_known_yet_are_not_judged() -> None:
    inputs = plain(unknown_checking_proxy({"a": UNKNOWN_STRING_VALUE, "b": [{"c": UNKNOWN_STRING_VALUE}]}))
    assert inputs == {"a": UNKNOWN, "b": [{"c": UNKNOWN}]}
    assert at(inputs, "a", "anything", 3) is UNKNOWN
    for rule in RULES:
        for type_, good_inputs in GOOD.items():
            if rule.stack_check is None and rule.applies(type_):
                for unknown in (set(good_inputs), *({key} for key in good_inputs)):
                    inputs = {**good_inputs, **dict.fromkeys(unknown, UNKNOWN_STRING_VALUE)}
                    assert violations(rule, arguments(type_, inputs)) == [], (rule.name, type_, unknown)


def test_the_version_of_azures_api_does_not_matter() -> None:
    type_ = "azure-native:storage/v20250601:StorageAccount"
    inputs = {**GOOD["azure-native:storage:StorageAccount"], "allowBlobPublicAccess": True}
    [found] = violations(BY_NAME["no-public-data"], arguments(type_, inputs))
    assert found == "storage StorageAccount it: allowBlobPublicAccess is not false: set it to false."


def test_a_providers_own_tags_count() -> None:
    given = unknown_checking_proxy({"defaultTags": {"tags": {"Environment": "production", "Application": "jarvis"}}})
    provider = PolicyProviderResource("pulumi:providers:aws", given, "urn", "aws")
    rule = BY_NAME["tags"]
    assert violations(rule, arguments("aws:kms/key:Key", {}, provider=provider)) == []
    assert len(violations(rule, arguments("aws:kms/key:Key", {}))) == 1


def test_the_configuration_changes_figures_and_lists() -> None:
    type_ = "aws:rds/instance:Instance"
    rule = BY_NAME["backups"]
    assert violations(rule, arguments(type_, GOOD[type_])) == []
    assert len(violations(rule, arguments(type_, GOOD[type_], {"minDays": 30}))) == 1
    moved = changed("kubernetes:apps/v1:Deployment", {"spec/template/spec/containers/0/image": "jarvis:staging"})
    allowed = json.loads((ENVIRONMENTS / "staging.json").read_text())["image-tags"]
    assert len(BY_NAME["image-tags"].findings(moved)) == 1
    assert BY_NAME["image-tags"].findings(moved, allowed) == []


@pytest.mark.parametrize(("today", "found"), [("2026-12-01", 0), ("2027-05-01", 1)])
def test_extended_support_is_support_until_it_ends_too(today: str, found: int) -> None:
    paid = changed("aws:eks/cluster:Cluster", {"version": "1.33", "upgradePolicy/supportType": "EXTENDED"})
    assert BY_NAME["supported-versions"].findings(paid, {"today": today}) == []
    assert len(BY_NAME["versions-ending"].findings(paid, {"today": today})) == found


@pytest.mark.parametrize("environment", DISABLED)
def test_environments_configure_what_there_is(environment: str) -> None:
    given: dict[str, Any] = json.loads((ENVIRONMENTS / f"{environment}.json").read_text())
    assert {name for name, value in given.items() if value == "disabled"} == DISABLED[environment]
    for name, value in given.items():
        rule = BY_NAME[name]
        if isinstance(value, dict):
            assert set(value) <= {*rule.options, "enforcementLevel"}
            assert value.get("enforcementLevel") in (None, "mandatory", "advisory")
        else:
            assert value in ("mandatory", "advisory", "disabled")


def test_every_environment_has_a_file() -> None:
    assert {path.stem for path in ENVIRONMENTS.iterdir()} == set(DISABLED)


def _workload(kind: str = "apps/v1:Deployment", **more: Any) -> Seen:
    spec = {"replicas": 2, "template": {"metadata": {"labels": LABELS}, "spec": POD}, **more}
    return Seen(f"kubernetes:{kind}", "backend", {"metadata": METADATA, "spec": spec}, urn="urn:backend")


def _deny(*directions: str) -> Seen:
    spec = {"podSelector": {}, "policyTypes": list(directions)}
    return Seen("kubernetes:networking.k8s.io/v1:NetworkPolicy", "deny", {"metadata": METADATA, "spec": spec})


def test_a_namespace_with_workloads_denies_by_default() -> None:
    rule = BY_NAME["default-deny"]
    [(urn, text)] = rule.stack_findings([_workload(), _deny("Ingress")])
    assert urn == ""
    assert text.startswith("Namespace jarvis-production has workloads and no NetworkPolicy that denies Egress")
    assert rule.stack_findings([_workload(), _deny("Ingress", "Egress")]) == []
    assert rule.stack_findings([good("kubernetes:core/v1:ConfigMap")]) == []


def test_replicas_have_a_disruption_budget() -> None:
    rule = BY_NAME["disruption-budgets"]
    selector = {"matchLabels": {"app": "jarvis-backend"}}
    budget = Seen(
        "kubernetes:policy/v1:PodDisruptionBudget", "budget", {"metadata": METADATA, "spec": {"selector": selector}}
    )
    assert [urn for urn, _ in rule.stack_findings([_workload()])] == ["urn:backend"]
    assert rule.stack_findings([_workload(), budget]) == []
    elsewhere = replace(budget, inputs={"metadata": {"namespace": "other"}, "spec": {"selector": selector}})
    assert len(rule.stack_findings([_workload(), elsewhere])) == 1
    assert rule.stack_findings([_workload(replicas=1)]) == []
    scaler = Seen(
        "kubernetes:autoscaling/v2:HorizontalPodAutoscaler",
        "scale",
        {"metadata": METADATA, "spec": {"minReplicas": 3, "scaleTargetRef": {"name": "jarvis-backend"}}},
    )
    assert len(rule.stack_findings([_workload(replicas=None), scaler])) == 1


def test_every_zone_has_a_way_out() -> None:
    rule = BY_NAME["ways-out"]
    subnets = [Seen("aws:ec2/subnet:Subnet", f"{sort}-{zone}", {"availabilityZone": f"us-east-1{zone}"})
               for sort in ("public", "private") for zone in "abc"]  # fmt: skip
    gateways = [Seen("aws:ec2/natGateway:NatGateway", f"nat-{zone}", {}, urn=f"urn:{zone}") for zone in "abc"]
    assert rule.stack_findings([*subnets, *gateways]) == []
    [(urn, text)] = rule.stack_findings([*subnets, *gateways[:1]])
    assert urn == "urn:a"
    assert "NAT gateways for 3 zones: 1. What leaves goes down with its zone." in text
    assert rule.stack_findings(subnets) == [], "nothing goes out"
    later = Seen("aws:ec2/subnet:Subnet", "later", {"availabilityZone": UNKNOWN})
    assert rule.stack_findings([*subnets, later, *gateways[:1]]) == [], "zones that are not known yet"


def test_databases_in_the_cluster_have_a_schedule() -> None:
    rule = BY_NAME["database-backups"]
    cluster = good("kubernetes:postgresql.cnpg.io/v1:Cluster")
    [(_, text)] = rule.stack_findings([cluster])
    assert "no ScheduledBackup is of this cluster" in text
    scheduled = Seen(
        "kubernetes:postgresql.cnpg.io/v1:ScheduledBackup", "b", {"spec": {"cluster": {"name": "jarvis-backend"}}}
    )
    assert rule.stack_findings([cluster, scheduled]) == []
    labels = {**LABELS, "app.kubernetes.io/component": "database"}
    server = Seen("kubernetes:apps/v1:StatefulSet", "postgres", {"metadata": {**METADATA, "labels": labels}})
    assert len(rule.stack_findings([server])) == 1
    labels = {**LABELS, "app.kubernetes.io/component": "backup"}
    dump = Seen("kubernetes:batch/v1:CronJob", "dump", {"metadata": {**METADATA, "labels": labels}})
    assert rule.stack_findings([server, dump]) == []


def test_a_bucket_has_its_guards() -> None:
    rule = BY_NAME["bucket-guards"]
    bucket = Seen("aws:s3/bucket:Bucket", "backups", {"bucket": "jarvis-backups"}, urn="urn:bucket")
    kinds = (
        "bucketPublicAccessBlock:BucketPublicAccessBlock",
        "bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        "bucketVersioning:BucketVersioning",
        "bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    )
    by_reference = [Seen(f"aws:s3/{kind}", "guard", {}, uses=frozenset({"urn:bucket"})) for kind in kinds]
    by_name = [Seen(f"aws:s3/{kind}", "guard", {"bucket": "jarvis-backups"}) for kind in kinds]
    assert rule.stack_findings([bucket, *by_reference]) == []
    assert rule.stack_findings([bucket, *by_name]) == []
    [(urn, text)] = rule.stack_findings([bucket, *by_reference[:2]])
    assert urn == "urn:bucket"
    assert "it lacks versions (BucketVersioning), an end of its objects' lives" in text
    elsewhere = [Seen(f"aws:s3/{kind}", "guard", {}, uses=frozenset({"urn:other"})) for kind in kinds]
    assert len(rule.stack_findings([bucket, *elsewhere])) == 1


def test_a_stacks_sentence_is_about_its_resource() -> None:
    made = policy(BY_NAME["disruption-budgets"])
    assert isinstance(made, StackValidationPolicy)
    inputs = _workload().inputs
    resource = PolicyResource(
        "kubernetes:apps/v1:Deployment", unknown_checking_proxy({**inputs}), "urn:x", "backend", options(), None, None,
        [], {},
    )  # fmt: skip
    found: list[tuple[str, str | None]] = []
    made.validate(StackValidationArgs([resource], None, {}), lambda text, urn=None: found.append((text, urn)))
    assert [urn for _, urn in found] == ["urn:x"]
