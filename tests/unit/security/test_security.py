"""What the security component registers."""

from __future__ import annotations

from functools import cache
from typing import Any

import pulumi
import pytest
from pulumi_kubernetes.core.v1 import ConfigMap

from components.cluster.contract import ClusterAccess
from components.security.promises import allowed_registries, promises
from components.security.publishers import PUBLISHERS
from components.security.roles import HELD_OPERATOR, OPERATOR, VIEWER, Right
from components.security.security import Security
from components.security.settings import Admission, RegistryPolicy, SecuritySettings
from tests.support.mocks import Graph, cluster_access, registered

NAMESPACE = "jarvis-test"
PROMISES = ["image-tags", "registries", "privileges", "resources", "services"]
OF_OPERATORS = ["operator-restarts", "operator-jobs", "operator-job-pods"]


def security(cluster: ClusterAccess | None = None, mirror: str | None = None, **sections: Any) -> Security:
    return Security(
        "security",
        SecuritySettings.model_validate(sections),
        cluster=cluster or cluster_access(NAMESPACE),
        mirror=mirror,
        exposed_services=["jarvis-loadbalancer"],
        cron_jobs=["postgres-backup"],
    )


def graph(**arguments: Any) -> Graph:
    return registered(lambda: security(**arguments))


@cache
def default_graph() -> Graph:
    return graph()


def names(graph: Graph, kind: str) -> list[str]:
    return sorted(item.object_name for item in graph.of_kind(kind))


def test_a_policy_and_a_binding_for_each_promise() -> None:
    found = default_graph()
    expected = sorted(f"{NAMESPACE}-{name}" for name in PROMISES + OF_OPERATORS)
    assert names(found, "ValidatingAdmissionPolicy") == expected
    assert names(found, "ValidatingAdmissionPolicyBinding") == expected


def test_every_component_registers_its_outputs_and_parents_its_children() -> None:
    found = default_graph()
    components = {item.urn for item in found.resources if item.type.startswith("jarvis:security:")}
    assert len(components) == 3
    assert components <= found.completed


@pytest.mark.parametrize("promise", PROMISES + OF_OPERATORS)
def test_a_binding_holds_its_policy_to_the_stacks_namespace(promise: str) -> None:
    name = f"{NAMESPACE}-{promise}"
    found = default_graph()
    spec = found.one("ValidatingAdmissionPolicyBinding", name).inputs["spec"]
    assert spec["policyName"] == name
    assert spec["validationActions"] == ["Deny", "Audit"]
    assert spec["matchResources"] == {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": NAMESPACE}}}
    policy = found.one("ValidatingAdmissionPolicy", name)
    assert policy.urn in found.one("ValidatingAdmissionPolicyBinding", name).dependencies
    assert policy.inputs["spec"]["failurePolicy"] == "Fail"


@pytest.mark.parametrize("promise", PROMISES + OF_OPERATORS)
def test_every_check_has_a_sentence(promise: str) -> None:
    policy = default_graph().one("ValidatingAdmissionPolicy", f"{NAMESPACE}-{promise}").inputs
    assert policy["metadata"]["annotations"].keys() == {"jarvis.io/promise", "jarvis.io/reason"}
    for validation in policy["spec"]["validations"]:
        assert validation["message"].endswith(".")
        assert "\n" not in validation["message"]


@pytest.mark.parametrize(
    ("action", "actions"), [("Deny", ["Deny", "Audit"]), ("Warn", ["Warn", "Audit"]), ("Audit", ["Audit"])]
)
def test_actions_of_one_policy_leave_the_others(action: str, actions: list[str]) -> None:
    found = graph(admission={"registries": {"action": action}})
    given = {
        item.object_name: item.inputs["spec"]["validationActions"]
        for item in found.of_kind("ValidatingAdmissionPolicyBinding")
    }
    assert given.pop(f"{NAMESPACE}-registries") == actions
    assert set(map(tuple, given.values())) == {("Deny", "Audit")}


def test_off_makes_no_policy() -> None:
    found = graph(admission={"registries": {"action": "Off"}, "operators": {"action": "Off"}})
    expected = sorted(f"{NAMESPACE}-{name}" for name in PROMISES if name != "registries")
    assert names(found, "ValidatingAdmissionPolicy") == expected
    assert names(found, "ValidatingAdmissionPolicyBinding") == expected


def test_without_admission_nothing_of_the_cluster_is_touched() -> None:
    kinds = {item.type.rsplit(":", 1)[-1] for item in graph(admission=None).resources}
    assert kinds == {"kubernetes", "Security", "PeopleAccess", "Role"}


def test_what_is_judged_waits_for_every_binding() -> None:
    def build() -> None:
        before = cluster_access(NAMESPACE)
        owner = pulumi.ComponentResource("test:test:Owner", "owner")
        ConfigMap("judged", metadata={"name": "judged"}, opts=security(before).cluster.child_of(owner))

    found = registered(build)
    bindings = {item.urn for item in found.of_kind("ValidatingAdmissionPolicyBinding")}
    assert len(bindings) == 8
    assert bindings <= found.one("ConfigMap", "judged").dependencies


def test_prerequisites_of_the_cluster_are_kept() -> None:
    kept: list[bool] = []

    def build() -> None:
        first = pulumi.ComponentResource("test:test:Controller", "controller")
        access = cluster_access(NAMESPACE)
        guarded = security(ClusterAccess(access.provider, access.namespace, "test", (first,))).cluster
        kept.append(guarded.prerequisites[0] is first)

    registered(build)
    assert kept == [True]


def test_roles_are_there_without_people() -> None:
    found = default_graph()
    assert names(found, "Role") == ["jarvis-operator", "jarvis-viewer"]
    assert found.of_kind("RoleBinding") == []


def test_people_get_their_role() -> None:
    people = {"users": ["marie"], "groups": ["ops"], "serviceAccounts": ["ci/robot"]}
    binding = graph(access={"operators": people}).one("RoleBinding", "jarvis-operator").inputs
    api_group = "rbac.authorization.k8s.io"
    assert binding["roleRef"] == {"apiGroup": api_group, "kind": "Role", "name": "jarvis-operator"}
    assert binding["subjects"] == [
        {"apiGroup": api_group, "kind": "User", "name": "marie"},
        {"apiGroup": api_group, "kind": "Group", "name": "ops"},
        {"kind": "ServiceAccount", "namespace": "ci", "name": "robot"},
    ]


@pytest.mark.parametrize("rights", [HELD_OPERATOR, OPERATOR, VIEWER], ids=["held", "operator", "viewer"])
def test_no_role_has_a_wildcard_a_secret_or_a_way_to_more(rights: tuple[Right, ...]) -> None:
    assert not any("*" in (*right.verbs, *right.resources, right.group) for right in rights)
    assert not any(resource.partition("/")[0] == "secrets" for right in rights for resource in right.resources)
    verbs = {verb for right in rights for verb in right.verbs}
    assert verbs.isdisjoint({"escalate", "bind", "impersonate", "deletecollection"})
    writing = {right.group for right in rights if set(right.verbs) & {"create", "update", "patch", "delete"}}
    assert "rbac.authorization.k8s.io" not in writing


@pytest.mark.parametrize(
    ("admission", "held"),
    [({}, True), (None, False), *(({"operators": {"action": action}}, False) for action in ("Warn", "Audit", "Off"))],
)
def test_operators_change_workloads_and_start_jobs_only_where_policies_hold_them(admission: Any, held: bool) -> None:
    rules = graph(admission=admission).one("Role", "jarvis-operator").inputs["rules"]
    writing = {(verb, resource) for rule in rules for verb in rule["verbs"] for resource in rule["resources"]} & {
        ("patch", "deployments"),
        ("patch", "statefulsets"),
        ("patch", "daemonsets"),
        ("create", "jobs"),
    }
    assert len(writing) == (4 if held else 0)


def test_roles_wait_for_the_policies_that_hold_them() -> None:
    found = default_graph()
    bindings = {item.urn for item in found.of_kind("ValidatingAdmissionPolicyBinding")}
    assert bindings <= found.one("Role", "jarvis-operator").dependencies


def test_viewers_only_look() -> None:
    assert {verb for right in VIEWER for verb in right.verbs} == {"get", "list", "watch"}


def test_the_list_of_registries_is_the_mirror_where_there_is_one() -> None:
    own = RegistryPolicy(allowed=("quay.io",))
    assert allowed_registries(RegistryPolicy(), None) == tuple(PUBLISHERS)
    assert allowed_registries(RegistryPolicy(), "mirror.local:5000/jarvis") == ("mirror.local:5000/jarvis",)
    assert allowed_registries(own, "mirror.local") == ("quay.io",)


def test_the_list_of_promises_can_be_shown_without_a_cluster() -> None:
    kept = promises(Admission(), mirror=None, exposed_services=[], cron_jobs=[])
    assert [promise.name for promise in kept] == PROMISES + OF_OPERATORS
    for promise in kept:
        assert promise.title.endswith(".")
        assert promise.reason.endswith(".")


def test_cluster_wide_objects_of_two_stacks_do_not_meet() -> None:
    def named(namespace: str) -> set[str]:
        found = registered(lambda: security(cluster_access(namespace)))
        return {item.object_name for item in found.resources if "admissionregistration" in item.type}

    assert named("jarvis-staging").isdisjoint(named("jarvis-production"))
