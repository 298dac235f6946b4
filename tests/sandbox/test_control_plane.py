"""The embedded control plane: real servers, repaired and cleaned up whatever happened to them."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox import commands
from sandbox import control_plane as control_plane_module
from sandbox.control_plane import START_ORDER, ControlPlane
from sandbox.errors import SandboxError
from sandbox.toolchain import Toolchain
from tests.support.kubectl import Kubectl


@pytest.fixture(scope="module")
def plane(tmp_path_factory: pytest.TempPathFactory, toolchain: Toolchain) -> Iterator[ControlPlane]:
    """Tests here kill and damage it, so it is not the one that the others share."""
    plane = ControlPlane(tmp_path_factory.mktemp("damaged"), toolchain)
    plane.start()
    yield plane
    plane.stop()


@pytest.fixture(scope="module")
def namespace(kubectl: Kubectl) -> str:
    kubectl("create", "namespace", "control-plane")
    kubectl("label", "namespace", "control-plane", "pod-security.kubernetes.io/enforce=restricted")
    return "control-plane"


def pids(plane: ControlPlane) -> dict[str, int | None]:
    return {item.name: item.pid for item in plane.status()}


def eventually(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "condition not met in time"
        time.sleep(0.2)


def workload(kind: str, name: str, *, restricted: bool = True, **spec: Any) -> dict[str, Any]:
    """A Deployment, StatefulSet or Job with one container."""
    security = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    pod: dict[str, Any] = {"containers": [{"name": "main", "image": "example"}]}
    if restricted:
        pod["containers"][0]["securityContext"] = security
        pod["securityContext"] = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
    pod.update(spec.pop("pod", {}))
    template = {"metadata": {"labels": {"app": name}}, "spec": pod}
    selector = {} if kind == "Job" else {"selector": {"matchLabels": {"app": name}}}
    version = "batch/v1" if kind == "Job" else "apps/v1"
    return {
        "apiVersion": version,
        "kind": kind,
        "metadata": {"name": name},
        "spec": {**selector, **spec, "template": template},
    }


def test_kubectl_reads_the_pinned_version(kubectl: Kubectl, toolchain: Toolchain) -> None:
    versions = json.loads(kubectl("version", "-o", "json"))
    assert versions["serverVersion"]["gitVersion"] == toolchain.version("kube-apiserver")
    assert versions["clientVersion"]["gitVersion"] == toolchain.version("kubectl")


def test_three_nodes_in_three_zones_are_ready(kubectl: Kubectl) -> None:
    nodes = kubectl.get("nodes")["items"]
    assert len({node["metadata"]["labels"]["topology.kubernetes.io/zone"] for node in nodes}) == 3
    assert all(
        condition["status"] == "True"
        for node in nodes
        for condition in node["status"]["conditions"]
        if condition["type"] == "Ready"
    )


def test_everything_listens_on_loopback_only(control_plane: ControlPlane) -> None:
    ours = {item.pid for item in control_plane.status()}
    tables = [Path(f"/proc/net/{table}").read_text().splitlines()[1:] for table in ("tcp", "tcp6")]
    listening = [line.split() for table in tables for line in table]
    inodes = {fields[9]: fields[1].split(":")[0] for fields in listening if fields[3] == "0A"}
    found = 0
    for pid in ours:
        links = [str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink()]
        addresses = [inodes[link[8:-1]] for link in links if link.startswith("socket:[") and link[8:-1] in inodes]
        assert all(address.endswith("0100007F") for address in addresses), addresses
        found += len(addresses)
    assert found == 3


def test_a_deployment_becomes_ready_and_its_service_has_endpoints(kubectl: Kubectl, namespace: str) -> None:
    kubectl("apply", "-n", namespace, "-f", "-", manifest=workload("Deployment", "web", replicas=3))
    kubectl("rollout", "status", "deployment/web", "-n", namespace, "--timeout=30s")
    zones = {pod["spec"]["nodeName"] for pod in kubectl.get("pods", "-n", namespace, "-l", "app=web")["items"]}
    assert len(zones) == 3
    kubectl("expose", "deployment/web", "--port=80", "--type=LoadBalancer", "-n", namespace)
    eventually(lambda: bool(kubectl.get("endpointslices", "-n", namespace)["items"][0]["endpoints"]))
    eventually(lambda: "ingress" in kubectl.get("service/web", "-n", namespace)["status"]["loadBalancer"])


def test_a_job_completes(kubectl: Kubectl, namespace: str) -> None:
    job = workload("Job", "once", pod={"restartPolicy": "Never"})
    kubectl("apply", "-n", namespace, "-f", "-", manifest=job)
    kubectl("wait", "--for=condition=Complete", "job/once", "-n", namespace, "--timeout=30s")


def test_a_claim_is_bound_and_grows(kubectl: Kubectl, namespace: str) -> None:
    claim: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "data"},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "storageClassName": "fast-ssd",
            "resources": {"requests": {"storage": "1Gi"}},
        },
    }
    kubectl("apply", "-n", namespace, "-f", "-", manifest=claim)
    kubectl("wait", "--for=jsonpath={.status.phase}=Bound", "pvc/data", "-n", namespace, "--timeout=30s")
    claim["spec"]["resources"]["requests"]["storage"] = "2Gi"
    kubectl("apply", "-n", namespace, "-f", "-", manifest=claim)
    kubectl("wait", "--for=jsonpath={.status.capacity.storage}=2Gi", "pvc/data", "-n", namespace, "--timeout=30s")
    claim["spec"]["resources"]["requests"]["storage"] = "1Gi"
    assert "can not be less than" in kubectl.run("apply", "-n", namespace, "-f", "-", manifest=claim).stderr


def test_pod_security_is_enforced(kubectl: Kubectl, namespace: str) -> None:
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "careless"},
        "spec": {"containers": [{"name": "main", "image": "example"}]},
    }
    refused = kubectl.run("apply", "-n", namespace, "-f", "-", manifest=pod)
    assert refused.returncode != 0
    assert 'violates PodSecurity "restricted:latest"' in refused.stderr


def test_a_second_start_changes_nothing_and_is_quick(plane: ControlPlane) -> None:
    before = pids(plane)
    started = time.monotonic()
    plane.start()
    assert pids(plane) == before
    assert time.monotonic() - started < 2


@pytest.mark.parametrize("name", START_ORDER)
def test_a_killed_process_is_replaced_and_the_data_stays(plane: ControlPlane, toolchain: Toolchain, name: str) -> None:
    kubectl = Kubectl(plane, toolchain)
    kubectl("create", "configmap", f"before-{name}", "-n", "default")
    before = pids(plane)
    victim = before[name]
    assert victim is not None
    os.kill(victim, signal.SIGKILL)
    eventually(lambda: pids(plane)[name] is None)
    plane.start()
    after = pids(plane)
    assert after[name] not in (None, victim)
    assert all(item.healthy for item in plane.status())
    kubectl("get", "configmap", f"before-{name}", "-n", "default")


def test_pods_start_at_once_after_a_restart(plane: ControlPlane, toolchain: Toolchain) -> None:
    plane.stop()
    plane.start()
    kubectl = Kubectl(plane, toolchain)
    kubectl("create", "deployment", "prompt", "--image=example", "-n", "default")
    kubectl("rollout", "status", "deployment/prompt", "-n", "default", "--timeout=10s")


def test_a_port_that_somebody_took_is_chosen_anew(plane: ControlPlane, toolchain: Toolchain) -> None:
    taken = {item.name: item.port for item in plane.status()}["kube-apiserver"]
    plane.stop()
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", taken))
        other.listen()
        plane.start()
        assert {item.name: item.port for item in plane.status()}["kube-apiserver"] != taken
        Kubectl(plane, toolchain)("get", "nodes")


def test_a_recycled_pid_is_never_killed(plane: ControlPlane) -> None:
    plane.stop()
    record = plane.folder / "processes" / "kwok.json"
    stranger = {"pid": os.getpid(), "start_ticks": 1, "boot_id": "another", "command": [], "identity": ""}
    record.write_text(json.dumps(stranger))
    plane.stop()
    plane.start()
    assert all(item.healthy for item in plane.status())


def test_half_written_records_and_missing_certificates_are_repaired(plane: ControlPlane, toolchain: Toolchain) -> None:
    plane.stop()
    (plane.folder / "ports.json").write_text('{"etcd": 1')
    (plane.folder / "processes" / "etcd.json").write_text("")
    (plane.folder / "pki" / "admin.crt").unlink()
    (plane.folder / "kubeconfig").unlink()
    plane.start()
    Kubectl(plane, toolchain)("get", "nodes")


def test_a_new_authority_restarts_everything(plane: ControlPlane, toolchain: Toolchain) -> None:
    before = pids(plane)
    (plane.folder / "pki" / "ca.key").unlink()
    plane.start()
    assert not set(pids(plane).values()) & set(before.values())
    Kubectl(plane, toolchain)("get", "nodes")


def test_unreadable_data_is_kept_aside(
    plane: ControlPlane, toolchain: Toolchain, capsys: pytest.CaptureFixture[str]
) -> None:
    plane.stop()
    for page in (plane.folder / "etcd").rglob("db"):
        page.write_bytes(b"not a database" * 1000)
    plane.start()
    assert "could not be read; it starts empty" in capsys.readouterr().err
    assert list(plane.folder.glob("etcd.unreadable-*"))
    Kubectl(plane, toolchain)("get", "nodes")


def test_data_stays_where_etcd_cannot_start_for_another_reason(plane: ControlPlane, toolchain: Toolchain) -> None:
    Kubectl(plane, toolchain)("create", "configmap", "kept", "-n", "default")
    plane.stop()
    original = commands.component_commands
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(control_plane_module, "component_commands", lambda *given: with_bad_flag(original(*given)))
        with pytest.raises(SandboxError, match="etcd stopped while it started"):
            plane.start()
    plane.start()
    Kubectl(plane, toolchain)("get", "configmap", "kept", "-n", "default")


def with_bad_flag(lines: dict[str, list[str]]) -> dict[str, list[str]]:
    return {**lines, "etcd": [*lines["etcd"], "--no-such-flag"]}


def test_stop_leaves_no_process(plane: ControlPlane) -> None:
    running = [pid for pid in pids(plane).values() if pid is not None]
    assert len(running) == len(START_ORDER)
    plane.stop()
    assert not [pid for pid in running if Path(f"/proc/{pid}").exists()]
    assert not any(item.healthy for item in plane.status())
    plane.stop()
