"""Custom kinds in a sandbox: the API server admits them, and their objects become what their operators make of them."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox import kinds
from sandbox.control_plane import ControlPlane
from sandbox.definitions import PUBLISHED_VARIABLE
from tests.support.kinds import install_published_kinds
from tests.support.kubectl import Kubectl

NAMESPACE = "kinds-test"
OBJECTS = """
cert-manager.io/v1 Certificate: {secretName: a, dnsNames: [a.example], issuerRef: {name: a}}
cert-manager.io/v1 Issuer: {selfSigned: {}}
postgresql.cnpg.io/v1 Cluster: {instances: 3, storage: {size: 1Gi}}
postgresql.cnpg.io/v1 Pooler: {instances: 2, type: rw, cluster: {name: a}, pgbouncer: {poolMode: session}}
postgresql.cnpg.io/v1 ScheduledBackup: {schedule: "0 0 0 * * *", cluster: {name: a}}
gateway.networking.k8s.io/v1 Gateway:
  gatewayClassName: a
  listeners: [{name: web, port: 80, protocol: HTTP}]
gateway.networking.k8s.io/v1 HTTPRoute:
  parentRefs: [{name: a, sectionName: web}]
  rules: [{backendRefs: [{name: a, port: 80}]}]
external-secrets.io/v1 ExternalSecret:
  secretStoreRef: {name: a}
  target: {name: a}
  data: [{secretKey: a, remoteRef: {key: a}}]
argoproj.io/v1alpha1 Application:
  project: default
  destination: {server: "https://kubernetes.default.svc", namespace: a}
  source: {repoURL: "https://git.example/a.git", path: a, targetRevision: main}
argoproj.io/v1alpha1 Rollout:
  replicas: 3
  selector: {matchLabels: {app: a}}
  template: {metadata: {labels: {app: a}}, spec: {containers: [{name: a, image: "a:1"}]}}
  strategy: {canary: {}}
"""
OPERATORS = ("cert-manager", "cloudnative-pg", "gateway-api", "external-secrets", "argo-cd", "argo-rollouts")


def conditions(status: dict[str, Any]) -> dict[str, str]:
    return {item["type"]: item["status"] for item in status.get("conditions", [])}


EXPECTED = {
    "Certificate": lambda s: conditions(s) == {"Ready": "True"},
    "Issuer": lambda s: conditions(s) == {"Ready": "True"},
    "Cluster": lambda s: s["readyInstances"] == 3 and s["currentPrimary"] == "a-1" and conditions(s)["Ready"] == "True",
    "Pooler": lambda s: s["instances"] == 2,
    "ScheduledBackup": lambda s: "lastCheckTime" in s,
    "Gateway": lambda s: conditions(s)["Programmed"] == "True" and s["listeners"][0]["name"] == "web",
    "HTTPRoute": lambda s: conditions(s["parents"][0])["Accepted"] == "True",
    "ExternalSecret": lambda s: conditions(s) == {"Ready": "True"},
    "Application": lambda s: (s["sync"]["status"], s["health"]["status"]) == ("Synced", "Healthy"),
    "Rollout": lambda s: (s["phase"], s["availableReplicas"]) == ("Healthy", 3),
}


@dataclass(frozen=True)
class Admitted:
    """One object of each kind, in a sandbox whose kinds are defined in one way."""

    kubectl: Kubectl
    objects: list[dict[str, Any]]


@pytest.fixture(scope="module", params=["minimal", "published"])
def admitted(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Admitted]:
    """By the project's definitions, in a sandbox that never saw others; by the published, in the shared one."""
    kubectl: Kubectl = request.getfixturevalue("kubectl")
    with pytest.MonkeyPatch.context() as patch, ExitStack() as started:
        if request.param == "minimal":
            patch.setenv(PUBLISHED_VARIABLE, str(tmp_path_factory.mktemp("nothing")))
            plane = ControlPlane(tmp_path_factory.mktemp("minimal"), kubectl.toolchain)
            plane.start()
            started.callback(plane.stop)
            kubectl = Kubectl(plane, kubectl.toolchain)
            kinds.install(plane.kubeconfig, OPERATORS)
        else:
            install_published_kinds(kubectl, *OPERATORS)
        kubectl("create", "namespace", NAMESPACE)
        yield Admitted(kubectl, _made(kubectl))
        kubectl("delete", "namespace", NAMESPACE)


def _made(kubectl: Kubectl) -> list[dict[str, Any]]:
    found = [
        {
            "apiVersion": name.split()[0],
            "kind": name.split()[1],
            "metadata": {"name": "a", "namespace": NAMESPACE},
            "spec": spec,
        }
        for name, spec in yaml.safe_load(OBJECTS).items()
    ]
    kubectl("apply", "--server-side", "-f", "-", manifest={"apiVersion": "v1", "kind": "List", "items": found})
    return found


def test_objects_become_what_their_operators_make_of_them(admitted: Admitted) -> None:
    names = [
        f"{item['kind']}.{item['apiVersion'].split('/')[1]}.{item['apiVersion'].split('/')[0]}"
        for item in admitted.objects
    ]
    wrong = set(EXPECTED)
    deadline = time.monotonic() + 60
    while wrong and time.monotonic() < deadline:
        live = [admitted.kubectl.get(name, "a", "-n", NAMESPACE) for name in names]
        wrong = {item["kind"] for item in live if not item.get("status") or not EXPECTED[item["kind"]](item["status"])}
    assert not wrong


def test_a_scaled_object_gets_its_new_status(admitted: Admitted) -> None:
    patch = '{"spec": {"instances": 2}}'
    admitted.kubectl("patch", "clusters.postgresql.cnpg.io", "a", "-n", NAMESPACE, "--type=merge", "-p", patch)
    wait = "--for=jsonpath={.status.readyInstances}=2"
    admitted.kubectl("wait", wait, "clusters.postgresql.cnpg.io/a", "-n", NAMESPACE, "--timeout=20s")


def test_installing_again_changes_nothing_and_is_quick(admitted: Admitted) -> None:
    before = admitted.kubectl("get", "crd", "clusters.postgresql.cnpg.io", "-o", "jsonpath={.metadata.resourceVersion}")
    started = time.monotonic()
    kinds.install(admitted.kubectl.plane.kubeconfig, OPERATORS)
    assert time.monotonic() - started < 5
    after = admitted.kubectl("get", "crd", "clusters.postgresql.cnpg.io", "-o", "jsonpath={.metadata.resourceVersion}")
    assert after == before


def test_people_may_install_them_too(kubectl: Kubectl, tmp_path: Path) -> None:
    def run(folder: Path, *names: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "sandbox", "kinds", "--state-dir", str(folder), *names]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)

    done = run(kubectl.plane.folder, "plugin-barman-cloud")
    assert done.returncode == 0, done.stderr
    assert "Installed: plugin-barman-cloud" in done.stderr
    kubectl("get", "crd", "objectstores.barmancloud.cnpg.io")
    assert "There is no running sandbox" in run(tmp_path).stderr
    assert run(tmp_path, "nothing").returncode == 2


def test_a_definition_that_somebody_deleted_comes_back(kubectl: Kubectl) -> None:
    kinds.install(kubectl.plane.kubeconfig, ["traefik"])
    kubectl("delete", "crd", "tlsstores.traefik.io")
    kinds.install(kubectl.plane.kubeconfig, ["traefik"])
    kubectl("get", "crd", "tlsstores.traefik.io")


def test_a_published_definition_checks_every_field(kubectl: Kubectl) -> None:
    install_published_kinds(kubectl, "cert-manager")
    manifest = {
        "apiVersion": "cert-manager.io/v1",
        "kind": "Certificate",
        "metadata": {"name": "b", "namespace": "default"},
        "spec": {"secretName": 5},
    }
    refused = kubectl.run("apply", "--server-side", "-f", "-", manifest=manifest)
    assert refused.returncode != 0
    assert "secretName" in refused.stderr
