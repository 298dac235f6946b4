"""A real API server judges objects by the stack's admission policies, and people by its roles."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_kubernetes as k8s
import pytest
from kubernetes.client import AuthorizationV1Api

from components.cluster.contract import ClusterAccess
from components.security.security import Security
from components.security.settings import SecuritySettings
from sandbox import kinds
from sandbox.control_plane import ControlPlane
from sandbox.toolchain import Toolchain
from tests.sandbox.test_jarvis_admission import objects
from tests.support.admission import WORKLOADS, Judge, container, pod_spec, workload
from tests.support.inline_stack import InlineStack
from tests.support.kubectl import Kubectl
from tests.support.security_cases import (
    ACCEPTED,
    BROKEN,
    CONTROLLERS,
    REFUSED,
    REGISTRIES_ALLOWED,
    TAGS,
    images,
    owned,
)
from tests.support.security_rights import ASKED, GROUP, PEOPLE
from tests.unit.jarvis.test_app import EVERYTHING

SETTINGS = SecuritySettings.model_validate(
    {
        "access": {
            "operators": {"users": ["olga@jarvis.local"], "groups": [GROUP], "serviceAccounts": ["default/robot"]},
            "viewers": {"users": ["viktor@jarvis.local"]},
        },
        "admission": {
            "imageTags": {"allowed": ["jarvis-*:staging"]},
            "registries": {"allowed": REGISTRIES_ALLOWED},
            "services": {"allowed": ["named"]},
        },
    }
)
OLD = workload("Deployment", pod_spec(container(image="quay.io/prometheus/prometheus:latest")), "old")
WEB = workload("Deployment", pod_spec(), "web")
DUMP = workload("CronJob", pod_spec(), "dump")
CLEAN = workload("CronJob", pod_spec(), "clean")


def program(namespace: str, settings: SecuritySettings = SETTINGS) -> Callable[[], None]:
    def build() -> None:
        cluster = ClusterAccess(k8s.Provider("cluster"), pulumi.Output.from_input(namespace), "test")
        Security("security", settings, cluster=cluster, exposed_services=["own"], cron_jobs=["dump"])

    return build


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, toolchain: Toolchain, control_plane: ControlPlane) -> InlineStack:
    root = tmp_path_factory.mktemp("security")
    return InlineStack(root / "project", toolchain.ensure("pulumi")["pulumi"], control_plane.kubeconfig)


@pytest.fixture(scope="module")
def judge(stack: InlineStack, control_plane: ControlPlane, kubectl: Kubectl) -> Judge:
    """A namespace whose policies the API server has taken up."""
    judge = Judge(control_plane, f"security-{uuid.uuid4().hex[:8]}")
    kubectl("create", "namespace", judge.namespace)
    kinds.install(kubectl.plane.kubeconfig, ["argo-rollouts"])
    for item in (OLD, WEB, DUMP, CLEAN):
        assert judge.create(item, dry_run=False) == ""
    stack.up(program(judge.namespace))
    for item, _ in REFUSED.values():
        until(lambda item=item: judge.create(item) != "")
    return judge


@pytest.fixture(scope="module")
def operator(judge: Judge) -> Judge:
    operator = Judge(judge.plane, judge.namespace, "anna@jarvis.local", GROUP)
    change = {"spec": {"minReadySeconds": 7}}
    until(lambda: operator.patch(WEB, change) != "" and operator.create(job(None)) != "")
    return operator


def until(true: Callable[[], bool], seconds: float = 30) -> None:
    """Wait for what the API server's caches take a moment to know."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "still not true"
        time.sleep(0.2)


@pytest.mark.parametrize("case", REFUSED)
def test_what_breaks_a_promise_is_refused_with_its_sentence(judge: Judge, case: str) -> None:
    item, sentence = REFUSED[case]
    refusal = judge.create(item)
    assert f"ValidatingAdmissionPolicy '{judge.namespace}-" in refusal
    assert sentence in refusal


@pytest.mark.parametrize("case", ACCEPTED)
def test_what_keeps_the_promises_is_let_in(judge: Judge, case: str) -> None:
    assert judge.create(ACCEPTED[case]) == ""


@pytest.mark.parametrize("kind", WORKLOADS)
@pytest.mark.parametrize("promise", BROKEN)
def test_every_kind_that_makes_pods_is_judged(judge: Judge, kind: str, promise: str) -> None:
    name = f"{judge.namespace}-{promise}"
    assert f"ValidatingAdmissionPolicy '{name}' with binding '{name}' denied" in judge.create(
        workload(kind, BROKEN[promise])
    )


@pytest.mark.parametrize("kind", WORKLOADS)
def test_every_kind_that_makes_pods_is_let_in(judge: Judge, kind: str) -> None:
    assert judge.create(workload(kind, pod_spec())) == ""


@pytest.mark.parametrize("case", REFUSED)
def test_other_namespaces_are_free(judge: Judge, case: str) -> None:
    assert judge.create(REFUSED[case][0], namespace="default") == ""


def test_the_api_server_has_no_warning_about_the_policies(judge: Judge, kubectl: Kubectl) -> None:
    def mine() -> list[dict[str, Any]]:
        items = kubectl.get("validatingadmissionpolicies")["items"]
        return [item for item in items if item["metadata"]["name"].startswith(f"{judge.namespace}-")]

    until(lambda: all("typeChecking" in item.get("status", {}) for item in mine()))
    assert len(mine()) == 8
    assert {item["metadata"]["name"]: item["status"]["typeChecking"] for item in mine()} == {
        item["metadata"]["name"]: {} for item in mine()
    }


@pytest.mark.parametrize("case", CONTROLLERS)
def test_what_controllers_make_is_let_in(judge: Judge, case: str) -> None:
    assert judge.create(CONTROLLERS[case]) == ""


def test_an_owner_is_no_excuse_for_a_pod(judge: Judge) -> None:
    for promise, spec in BROKEN.items():
        pod = owned(workload("Pod", spec), "postgresql.cnpg.io/v1", "Cluster")
        assert f"'{judge.namespace}-{promise}'" in judge.create(pod)


@pytest.mark.parametrize("promise", BROKEN)
def test_rollouts_are_judged_but_for_those_that_take_a_deployments_template(judge: Judge, promise: str) -> None:
    deployment = workload("Deployment", BROKEN[promise])
    rollout = {**deployment, "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout"}
    assert f"'{judge.namespace}-{promise}'" in judge.create(rollout)
    borrowed = {"workloadRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}}
    spec = {"selector": deployment["spec"]["selector"], **borrowed}
    assert judge.create({**rollout, "spec": spec}) == ""


@pytest.mark.parametrize("changes", [{}, EVERYTHING], ids=["smallest", "everything"])
def test_the_applications_own_objects_keep_the_promises(judge: Judge, changes: dict[str, Any]) -> None:
    kinds = {"Deployment", "Job", "CronJob", "StatefulSet", "Service"}
    items = [item for item in objects(changes, judge.namespace) if item["kind"] in kinds]
    assert len(items) > 8
    assert {item["metadata"]["name"]: judge.create(item) for item in items if judge.create(item)} == {}


def test_what_stood_before_can_be_scaled_and_labelled_but_not_made_worse(judge: Judge) -> None:
    assert judge.patch(OLD, {"spec": {"replicas": 2}}) == ""
    assert judge.patch(OLD, {"metadata": {"labels": {"a": "b"}}}) == ""
    worse = workload("Deployment", images("quay.io/prometheus/prometheus:edge"))["spec"]["template"]
    assert "moved from build to build" in judge.patch(OLD, {"spec": {"template": {"spec": worse["spec"]}}})
    better = pod_spec()
    assert judge.patch(OLD, {"spec": {"template": {"spec": better}}}) == ""


def test_debug_containers_are_judged_but_need_no_resources(judge: Judge, kubectl: Kubectl) -> None:
    assert judge.create(workload("Pod", pod_spec(), "debugged"), dry_run=False) == ""

    def add(image: str) -> str:
        arguments = ["debug", "debugged", f"--image={image}", "--profile=restricted", "-n", judge.namespace]
        return kubectl.run(*arguments, "--", "true").stderr

    assert "The image of debug container debugger-" in add("redis:latest")
    assert "is from no allowed registry" in add("evil.example/a:1")
    assert "denied" not in add("redis:8.10.2")


def job(cron_job: str | None, **changes: Any) -> dict[str, Any]:
    """What `kubectl create job --from` sends for a CronJob like `dump`, but for the changes; None for nobody's Job."""
    item = workload("Job", {**DUMP["spec"]["jobTemplate"]["spec"]["template"]["spec"], **changes}, "started")
    if cron_job is not None:
        reference = {"apiVersion": "batch/v1", "kind": "CronJob", "name": cron_job, "uid": str(uuid.uuid4())}
        item["metadata"]["ownerReferences"] = [reference]
    return item


def restarted(**changes: Any) -> dict[str, Any]:
    annotations = {"kubectl.kubernetes.io/restartedAt": "2026-01-01T00:00:00Z"}
    return {"spec": {"template": {"metadata": {"annotations": annotations, **changes}}}}


@pytest.mark.parametrize(
    "change",
    [
        {"spec": {"template": {"spec": {"containers": [container(image="redis:8.10.2")]}}}},
        {"spec": {"template": {"spec": {"serviceAccountName": "other"}}}},
        {"spec": {"template": {"spec": {"volumes": [{"name": "s", "secret": {"secretName": "s"}}]}}}},
        {"spec": {"template": {"metadata": {"annotations": {"a": "b"}}}}},
        {"spec": {"template": {"metadata": {"labels": {"a": "b"}}}}},
        {"spec": {"paused": True}},
        {"spec": {"replicas": 3}},
        {"metadata": {"finalizers": ["a.example/b"]}},
    ],
    ids=lambda change: str(change)[:60],
)
def test_operators_change_no_workload(judge: Judge, operator: Judge, change: dict[str, Any]) -> None:
    assert "An operator may restart and scale a workload, not change it" in operator.patch(WEB, change)
    assert judge.patch(WEB, change) == ""


def test_operators_restart_and_scale(judge: Judge, operator: Judge, kubectl: Kubectl) -> None:
    acting = [f"--as={operator.user}", f"--as-group={GROUP}", "-n", judge.namespace]
    assert operator.patch(WEB, restarted()) == ""
    assert "restarted" in kubectl("rollout", "restart", "deployment/web", *acting)
    time.sleep(1)  # kubectl's stamp is in seconds
    assert "restarted" in kubectl("rollout", "restart", "deployment/web", *acting)
    assert "scaled" in kubectl("scale", "deployment/web", "--replicas=2", *acting)


def test_operators_start_cron_jobs_as_they_are(judge: Judge, operator: Judge, kubectl: Kubectl) -> None:
    acting = [f"--as={operator.user}", f"--as-group={GROUP}", "-n", judge.namespace]
    assert "created" in kubectl("create", "job", "now", "--from=cronjob/dump", *acting)
    assert operator.create(job("dump")) == ""


@pytest.mark.parametrize(
    "item",
    [
        job("dump", containers=[container(command=["sh"])]),
        job("dump", serviceAccountName="other"),
        job("clean"),
        job("ghost"),
        job(None),
    ],
    ids=["another command", "another account", "not on the list", "not there", "no CronJob's"],
)
def test_operators_write_no_jobs_of_their_own(judge: Judge, operator: Judge, item: dict[str, Any]) -> None:
    assert "An operator may start a CronJob" in operator.create(item)
    assert judge.create(item) == ""


def rights(judge: Judge, namespace: str) -> set[tuple[str, str]]:
    """Those of ASKED that the sender has in a namespace: what `kubectl auth can-i` asks, without a process for each."""
    api = AuthorizationV1Api(judge.client())

    def may(verb: str, kind: str) -> bool:
        name, _, part = kind.partition("/")
        resource, _, group = name.partition(".")
        asked = {"namespace": namespace, "verb": verb, "group": group, "resource": resource, "subresource": part}
        review = {"spec": {"resourceAttributes": asked}}
        return bool(api.create_self_subject_access_review(review).status.allowed)

    return {(verb, kind) for verb, kind in ASKED if may(verb, kind)}


@pytest.mark.parametrize("person", PEOPLE)
def test_people_may_do_exactly_what_their_role_says(judge: Judge, person: str) -> None:
    user, group, expected = PEOPLE[person]
    acting = Judge(judge.plane, judge.namespace, user, group)
    assert rights(acting, judge.namespace) == expected


@pytest.mark.parametrize("person", PEOPLE)
def test_people_may_do_nothing_elsewhere(judge: Judge, person: str) -> None:
    user, group, _ = PEOPLE[person]
    assert rights(Judge(judge.plane, judge.namespace, user, group), "default") == set()


@pytest.mark.parametrize(
    ("person", "question", "answer"),
    [
        ("olga@jarvis.local", ["create", "pods/exec"], "yes"),
        ("olga@jarvis.local", ["get", "secrets"], "no"),
        ("olga@jarvis.local", ["escalate", "roles.rbac.authorization.k8s.io"], "no"),
        ("viktor@jarvis.local", ["get", "pods"], "yes"),
        ("viktor@jarvis.local", ["get", "pods/log"], "no"),
    ],
)
def test_kubectl_says_the_same(judge: Judge, kubectl: Kubectl, person: str, question: list[str], answer: str) -> None:
    verb, _, part = question[1].partition("/")
    arguments = [question[0], verb, *([f"--subresource={part}"] if part else [])]
    done = kubectl.run("auth", "can-i", *arguments, f"--as={person}", "-n", judge.namespace)
    assert done.stdout.strip() == answer, done.stderr


def test_operators_cannot_give_themselves_more(judge: Judge, operator: Judge, kubectl: Kubectl) -> None:
    acting = [f"--as={operator.user}", f"--as-group={GROUP}", "-n", judge.namespace]
    done = kubectl.run("create", "rolebinding", "mine", "--clusterrole=admin", f"--user={operator.user}", *acting)
    assert "forbidden" in done.stderr.lower()


def test_the_second_run_changes_nothing(stack: InlineStack, judge: Judge) -> None:
    assert set(stack.up(program(judge.namespace))) == {"same"}


def test_jobs_of_others_need_no_cron_job(judge: Judge, operator: Judge, kubectl: Kubectl) -> None:
    """A policy with parameters must not refuse everybody's Jobs where there is no CronJob yet."""
    kubectl("delete", "cronjobs", "--all", "-n", judge.namespace)
    time.sleep(1)  # until the API server's caches know
    assert judge.create(workload("Job", pod_spec())) == ""
    assert "An operator may start a CronJob" in operator.create(job("ghost"))


def test_pods_without_resources_are_let_in_where_the_namespace_gives_them_some(judge: Judge, kubectl: Kubectl) -> None:
    bare = workload("Pod", BROKEN["resources"])
    assert "Resources are missing" in judge.create(bare)
    limit = {"type": "Container", "default": {"cpu": "1", "memory": "1Gi"}}
    metadata = {"name": "defaults", "namespace": judge.namespace}
    item = {"apiVersion": "v1", "kind": "LimitRange", "metadata": metadata, "spec": {"limits": [limit]}}
    kubectl("apply", "-f", "-", manifest=item)
    until(lambda: judge.create(bare) == "")


def test_actions_take_effect_and_everything_goes(stack: InlineStack, judge: Judge, kubectl: Kubectl) -> None:
    """Last, for it changes what the others rely on."""
    whole = SETTINGS.model_dump()
    whole["admission"]["image_tags"]["action"] = "Warn"
    whole["admission"]["privileges"]["action"] = "Off"
    done = stack.up(program(judge.namespace, SecuritySettings.model_validate(whole)))
    assert (done["update"], done["delete"]) == (1, 2)
    warned, free = workload("Deployment", images("redis:latest")), workload("Deployment", pod_spec(hostPID=True))
    until(lambda: judge.create(warned) == "" and judge.create(free) == "")
    arguments = ["create", "--dry-run=server", "-n", judge.namespace, "-f", "-"]
    assert f"The image of container c0 (redis:latest) {TAGS}" in kubectl.run(*arguments, manifest=warned).stderr
    stack.destroy(program(judge.namespace))
    names = kubectl("get", "validatingadmissionpolicies,validatingadmissionpolicybindings", "-o", "name")
    assert judge.namespace not in names
