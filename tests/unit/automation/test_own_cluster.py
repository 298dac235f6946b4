"""A stack that makes its cluster is shown that one, and no other, whatever kubectl's current context is."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from automation import readiness
from automation.cluster import ClusterAddress, UnknownClusterError, connection, own_kubeconfig
from automation.commands import port_forward, status, update
from automation.commands.env import exports
from automation.display import Display
from automation.interrupts import Interrupts
from automation.layout import Layout
from automation.options import Options
from automation.project import Project, Say, Tools
from automation.report import Report
from automation.session import Session

PROVIDER = "pulumi:providers:kubernetes"
OUTPUTS = {"namespace": "jarvis-production", "endpoints": {"frontend": "http://localhost:49123"}}


def _kubeconfig(name: str, command: str = "sh") -> str:
    sign_in = {"apiVersion": "client.authentication.k8s.io/v1beta1", "command": command, "args": ["-c", "exit 1"]}
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": name, "cluster": {"server": f"https://{name}.invalid"}}],
            "users": [{"name": name, "user": {"exec": sign_in}}],
            "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
            "current-context": name,
        }
    )


def _deployed(*resources: Mapping[str, Any]) -> dict[str, Any]:
    return {"resources": [{"type": "pulumi:pulumi:Stack", "outputs": OUTPUTS}, *resources]}


OWN = _deployed({"type": PROVIDER, "inputs": {"kubeconfig": _kubeconfig("own")}})


@pytest.fixture(autouse=True)
def other_context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another cluster, where a plain kubectl would go."""
    (tmp_path / "other").write_text(_kubeconfig("other"), "utf-8")
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "other"))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[ClusterAddress]:
    """Every cluster that is asked for its workloads."""
    addresses: list[ClusterAddress] = []

    def workloads(address: ClusterAddress, namespace: str) -> list[readiness.Workload]:
        addresses.append(address)
        return [readiness.Workload("Deployment", f"of {namespace}", 1, 1)]

    monkeypatch.setattr(status, "workloads", workloads)
    monkeypatch.setattr(update, "workloads", workloads)
    return addresses


class _Session(Session):
    """One whose state is given."""

    deployed: Mapping[str, Any]

    def deployment(self) -> Mapping[str, Any]:
        return self.deployed


class _Tools:
    """None of the tools does anything."""

    def kubectl(self, say: Say) -> Path:
        return Path("/nonexistent/kubectl")

    def write_language_host(self, folder: Path) -> Path:
        return folder


def _unchecked(stack_file: Path, placeholders: bool) -> None:
    del stack_file, placeholders


def _session(root: Path, deployed: Mapping[str, Any], kind: str = "eks") -> Session:
    (root / "Pulumi.production-aws.yaml").write_text(
        f"config: {{'jarvis:cluster': {{kind: {kind}, name: own}}}}", "utf-8"
    )
    display = Display(results_on_stderr=True)
    display.messages.file = io.StringIO()
    project = Project(Layout(root), cast("Tools", _Tools()), lambda: None, _unchecked)
    options = Options("status", "production-aws", format="json")
    session = _Session(project, options, display, Interrupts(display.say), root / "log")
    session.deployed = deployed
    return session


def _said(session: Session) -> str:
    return cast("io.StringIO", session.display.messages.file).getvalue()


def _server(address: ClusterAddress) -> str:
    assert address.kubeconfig is not None
    return json.loads(Path(address.kubeconfig).read_text("utf-8"))["clusters"][0]["cluster"]["server"]


@pytest.mark.parametrize("kind", ["eks", "aks"])
def test_the_kubeconfig_is_the_state_s(tmp_path: Path, kind: str) -> None:
    address = _session(tmp_path, OWN, kind).cluster()
    assert _server(address) == "https://own.invalid"
    assert (address.context, address.sign_in) == (None, "sh")
    assert address.kubeconfig is not None
    assert Path(address.kubeconfig).is_absolute()
    assert Path(address.kubeconfig).stat().st_mode & 0o077 == 0


def test_a_cluster_made_anew_is_asked_in_the_old_one_s_place(tmp_path: Path) -> None:
    old = {"type": PROVIDER, "delete": True, "inputs": {"kubeconfig": _kubeconfig("old")}}
    new = {"type": PROVIDER, "inputs": {"kubeconfig": _kubeconfig("new")}}
    assert _server(_session(tmp_path, _deployed(old, new)).cluster()) == "https://new.invalid"


def test_an_existing_cluster_is_reached_as_the_stack_file_says(tmp_path: Path) -> None:
    assert _session(tmp_path, OWN, "existing").cluster() == ClusterAddress(None, None)


@pytest.mark.parametrize(
    "deployment",
    [
        {},
        _deployed(),
        _deployed({"type": PROVIDER, "inputs": {}}),
        _deployed({"type": PROVIDER, "inputs": {"kubeconfig": {"ciphertext": "v1:..."}}}),
        _deployed({"type": "kubernetes:core/v1:ConfigMap", "inputs": {"kubeconfig": _kubeconfig("no provider")}}),
    ],
)
def test_without_a_cluster_of_its_own_there_is_none(tmp_path: Path, deployment: dict[str, Any]) -> None:
    assert own_kubeconfig(deployment) is None
    with pytest.raises(UnknownClusterError, match="production-aws makes its cluster itself and is not deployed"):
        _session(tmp_path, deployment).cluster()
    assert not (tmp_path / ".state/kubeconfigs").exists()


def test_status_asks_the_stack_s_own_cluster(
    tmp_path: Path, asked: list[ClusterAddress], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Session, "checkpoint", None)
    status.run(_session(tmp_path, OWN))
    assert json.loads(capsys.readouterr().out)["cluster"] == "reachable"
    assert [_server(address) for address in asked] == ["https://own.invalid"]


def test_status_shows_no_other_cluster(
    tmp_path: Path, asked: list[ClusterAddress], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Session, "checkpoint", None)
    for deployment in ({}, _deployed()):
        status.run(_session(tmp_path, deployment))
        shown = json.loads(capsys.readouterr().out)
        assert shown["workloads"] == []
        assert "deployed" in shown["cluster"]
    assert asked == []


def test_the_health_after_up_is_the_stack_s_own(tmp_path: Path, asked: list[ClusterAddress]) -> None:
    exported = {name: SimpleNamespace(value=value, secret=False) for name, value in OUTPUTS.items()}
    report = Report("up", "production-aws")
    update._add_health(_session(tmp_path, OWN), cast("Any", exported), report)  # pyright: ignore[reportPrivateUsage]
    assert [_server(address) for address in asked] == ["https://own.invalid"]
    assert [item.name for item in report.workloads] == ["of jarvis-production"]

    session = _session(tmp_path, {})
    report = Report("up", "production-aws")
    update._add_health(session, cast("Any", exported), report)  # pyright: ignore[reportPrivateUsage]
    assert (len(asked), report.workloads) == (1, [])
    assert "not known: production-aws makes its cluster itself and is not deployed" in _said(session)


def test_port_forward_does_not_reach_another_cluster(tmp_path: Path) -> None:
    service = {
        "type": "kubernetes:core/v1:Service",
        "inputs": {"metadata": {"name": "jarvis-frontend"}, "spec": {"ports": [{"port": 80}]}},
    }
    with pytest.raises(UnknownClusterError):
        port_forward.run(_session(tmp_path, _deployed(service)))


def test_env_sets_the_own_kubeconfig_or_none(tmp_path: Path) -> None:
    def variables(deployment: Mapping[str, Any]) -> tuple[dict[str, str], str]:
        session = _session(tmp_path, deployment)
        parts = {
            "engine": SimpleNamespace(command="/bin/pulumi"),
            "plugins": SimpleNamespace(folder=None, environment={}),
            "backend": SimpleNamespace(environment={}),
        }
        session.__dict__.update(parts)
        return exports(session), _said(session)

    found, _ = variables(OWN)
    assert found["KUBECONFIG"] == str(tmp_path / ".state/kubeconfigs/production-aws")
    found, said = variables({})
    assert "KUBECONFIG" not in found
    assert said.startswith("KUBECONFIG is not set: production-aws makes its cluster itself")


def test_a_missing_program_that_signs_in_is_a_sentence(tmp_path: Path) -> None:
    own = _deployed({"type": PROVIDER, "inputs": {"kubeconfig": _kubeconfig("own", "kubelogin-that-nobody-has")}})
    address = _session(tmp_path, own, "aks").cluster()
    with (
        pytest.raises(OSError, match="kubelogin-that-nobody-has, which signs in to the cluster, is not on PATH"),
        connection(address),
    ):
        raise AssertionError("no connection")
