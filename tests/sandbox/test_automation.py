"""The automation over Kubernetes objects: the real engine, the offline providers, a real API server; and SIGKILL."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from automation.checkpoints import Checkpoint
from automation.pending import object_id
from sandbox.control_plane import ControlPlane
from tests.support.kubectl import Kubectl

ROOT = Path(__file__).resolve().parents[2]
KINDS = "configmaps,secrets,deployments,services"
OBJECTS = 26
"""What the project registers, with its stack and its providers."""


class Cluster:
    """The project of Kubernetes objects in a folder and a namespace of its own."""

    def __init__(self, root: Path, plane: ControlPlane, kubectl: Kubectl, namespace: str) -> None:
        self.root, self.plane, self.kubectl, self.namespace = root, plane, kubectl, namespace
        (root / "Pulumi.yaml").write_text("name: jarvis\nruntime: python\n")
        (root / "Pulumi.dev.yaml").write_text(f"config:\n  jarvis:namespace: {namespace}\n")
        self.checkpoint = Checkpoint(root / ".state/sandbox-stacks/.pulumi", "jarvis", "dev")

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        module = [sys.executable, "-m", "tests.support.cluster_project", str(self.root), str(self.plane.kubeconfig)]
        return subprocess.Popen(
            [*module, *arguments, "--sandbox", *([] if arguments[0] == "status" else ["--offline"])],
            cwd=ROOT, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        process = self.start(*arguments)
        output, errors = process.communicate(timeout=240)
        assert "Traceback" not in output + errors
        return subprocess.CompletedProcess(arguments, process.returncode, output, errors)

    def json(self, *arguments: str) -> dict[str, Any]:
        done = self.run(*arguments, "--json")
        return {"code": done.returncode, **json.loads(done.stdout), "said": done.stderr}

    def state(self) -> dict[str, Any]:
        return self.checkpoint.deployment() if self.checkpoint.exists else {}

    def count(self) -> int:
        return len(self.state().get("resources", []))

    def engine(self) -> int | None:
        locks = list((self.checkpoint.folder / "locks").rglob("*.json"))
        return int(json.loads(locks[0].read_text())["pid"]) if locks and locks[0].read_text() else None

    def recorded(self) -> set[str]:
        """The names of namespaced objects in the state."""
        return {
            str(item["id"]).partition("/")[2]
            for item in self.state().get("resources", [])
            if object_id(item) is not None and "/" in item["id"]
        }

    def existing(self) -> set[str]:
        """The names of the objects in the cluster, without those that the cluster makes by itself."""
        items = self.kubectl.get(KINDS, "-n", self.namespace)["items"]
        return {item["metadata"]["name"] for item in items} - {"kube-root-ca.crt"}

    def cluster_wide(self) -> set[str]:
        """The names of cluster-wide objects of this project that are in the cluster."""
        names = self.kubectl("get", "namespaces,clusterroles", "-o", "name").split()
        mine = {f"namespace/{self.namespace}", f"clusterrole.rbac.authorization.k8s.io/{self.namespace}-reader"}
        return mine & set(names)


@pytest.fixture
def cluster(tmp_path: Path, control_plane: ControlPlane, kubectl: Kubectl, request: pytest.FixtureRequest) -> Cluster:
    number = abs(hash(request.node.name)) % 10**8
    return Cluster(tmp_path, control_plane, kubectl, f"automation-{number}")


def _until(reached: Callable[[], object], process: subprocess.Popen[str]) -> bool:
    """Wait until it holds; false where the process ended first."""
    deadline = time.monotonic() + 120
    while not reached():
        if process.poll() is not None:
            print(process.communicate()[1])
            return False
        assert time.monotonic() < deadline
        time.sleep(0.005)
    return True


def _kill(cluster: Cluster, process: subprocess.Popen[str], victims: str) -> None:
    engine = cluster.engine()
    if victims == "everything":
        process.kill()
    if engine is not None:
        os.kill(engine, signal.SIGKILL)
    process.communicate(timeout=60)


def _changes(report: dict[str, Any]) -> int:
    return sum(count for kind, count in report["changes"].items() if kind != "same")


def test_up_drift_and_destroy(cluster: Cluster) -> None:
    first = cluster.json("up", "dev")
    assert (first["code"], first["changes"]["create"]) == (0, OBJECTS), first
    assert first["offline"] == ["kubernetes", "random"]
    assert first["said"].count("offline provider") == 1
    assert [item for item in first["diagnostics"] if item["severity"] != "info"] == []
    assert "worker-0" in first["said"], "the table of workloads"
    assert "1/1" in first["said"]
    second = cluster.json("up", "dev")
    assert (second["code"], _changes(second), second["changes"]["same"]) == (0, 0, OBJECTS)
    assert cluster.json("refresh", "dev", "--expect-no-changes")["code"] == 0

    patch = json.dumps({"data": {"index": "drifted"}})
    cluster.kubectl("patch", "configmap", "settings-3", "-n", cluster.namespace, "--type=merge", "-p", patch)
    for command in ("preview", "refresh", "up"):
        drifted = cluster.json(command, "dev", "--expect-no-changes")
        assert (drifted["code"], drifted["result"], _changes(drifted)) == (3, "changes-found", 1), command
    assert cluster.kubectl.get("configmap", "settings-3", "-n", cluster.namespace)["data"]["index"] == "drifted"
    assert cluster.json("up", "dev", "--refresh")["code"] == 0
    assert cluster.kubectl.get("configmap", "settings-3", "-n", cluster.namespace)["data"]["index"] == "3"

    status = cluster.json("status", "dev")
    assert status["cluster"] == "reachable"
    assert {item["ready"] for item in status["workloads"]} == {1}
    gone = cluster.json("destroy", "dev")
    assert (gone["code"], gone["changes"]["delete"]) == (0, OBJECTS)
    assert cluster.cluster_wide() == set()


def test_a_secret_is_in_the_cluster_and_nowhere_else(cluster: Cluster) -> None:
    cluster.run("up", "dev")
    done = cluster.run("outputs", "dev", "--json", "--show-secrets")
    password = json.loads(done.stdout)["password"]
    assert len(password) == 32
    said = ""
    for arguments in (("up", "dev", "--json"), ("preview", "dev", "--format", "markdown"), ("outputs", "dev")):
        done = cluster.run(*arguments)
        said += done.stdout + done.stderr
    assert password not in said
    holding = [path for path in cluster.root.rglob("*") if path.is_file() and password.encode() in path.read_bytes()]
    assert holding == []


def test_an_interrupt_ends_cleanly_and_the_next_up_converges(cluster: Cluster) -> None:
    process = cluster.start("up", "dev", "--json")
    assert _until(lambda: cluster.count() > 8, process)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, json.loads(output)["result"]) == (1, "interrupted"), errors
    assert cluster.engine() is None, "the lock is released"
    assert cluster.json("up", "dev")["code"] == 0
    assert cluster.recorded() == cluster.existing()


MOMENTS = (0, 1, 3, 5, 8, 11, 14, 18, 22, 25)
"""Numbers of resources in the state at which everything stops; 0 is before the first checkpoint."""


@pytest.mark.parametrize("moment", MOMENTS)
def test_sigkill_in_the_middle_of_up(cluster: Cluster, moment: int) -> None:
    """The state stays readable, the next run goes on from it, and nothing exists that the state does not know."""
    process = cluster.start("up", "dev")
    reached = _until((lambda: cluster.count() >= moment) if moment else cluster.engine, process)
    _kill(cluster, process, "engine" if moment % 2 else "everything")
    assert reached
    cluster.state()  # raises where it is unreadable
    converged = cluster.json("up", "dev")
    assert converged["code"] == 0, converged["said"]
    assert cluster.state().get("pending_operations", []) == []
    assert cluster.recorded() == cluster.existing()
    assert _changes(cluster.json("up", "dev", "--expect-no-changes")) == 0


@pytest.mark.parametrize("moment", [2, 7, 12, 20])
def test_destroy_after_a_sigkill_leaves_nothing(cluster: Cluster, moment: int) -> None:
    process = cluster.start("up", "dev")
    assert _until(lambda: cluster.count() >= moment, process)
    _kill(cluster, process, "everything")
    destroyed = cluster.json("destroy", "dev")
    assert destroyed["code"] == 0, destroyed["said"]
    assert cluster.state().get("resources", []) == []
    assert cluster.cluster_wide() == set()


def test_up_after_a_sigkill_in_the_middle_of_destroy(cluster: Cluster) -> None:
    cluster.run("up", "dev")
    before = cluster.count()
    process = cluster.start("destroy", "dev")
    assert _until(lambda: cluster.count() <= before - 6, process)
    _kill(cluster, process, "everything")
    converged = cluster.json("up", "dev")
    assert converged["code"] == 0, converged["said"]
    assert cluster.recorded() == cluster.existing()
    assert _changes(cluster.json("up", "dev", "--expect-no-changes")) == 0
