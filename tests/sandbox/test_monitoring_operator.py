"""Monitoring of kind `operator`, made by the real engine and judged by the operator's own published definitions."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pulumi
import pulumi_kubernetes as k8s
import pytest
import yaml

from components.cluster.contract import ClusterAccess
from components.monitoring.kinds import create_monitoring
from components.monitoring.settings import OperatorMonitoring
from sandbox.control_plane import ControlPlane
from sandbox.toolchain import Toolchain
from tests.support.inline_stack import InlineStack, Program
from tests.support.kinds import install_published_kinds
from tests.support.kubectl import Kubectl
from tests.support.prometheus import promtool
from tests.unit.monitoring.operator.support import EVERYTHING
from tests.unit.monitoring.support import (
    SLACK_URL,
    cache_connection,
    database_connection,
    jarvis_endpoints,
    stack_credentials,
)

PLURALS = ("prometheusrules", "servicemonitors", "podmonitors", "alertmanagerconfigs")


def program(namespace: str, observing: str) -> Program:
    """All that a stack may ask for, beside an observability stack in the namespace `observing`."""
    elsewhere = {"prometheus": {"namespace": observing}, "grafana": {"namespace": observing}}
    settings = OperatorMonitoring.model_validate(EVERYTHING | elsewhere)

    def build() -> None:
        create_monitoring(
            settings,
            cluster=ClusterAccess(k8s.Provider("cluster"), pulumi.Output.from_input(namespace), "test"),
            jarvis=jarvis_endpoints(tls=True),
            database=database_connection(),
            cache=cache_connection(),
            credentials=stack_credentials(slack=True),
            protect=False,
        )

    return build


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, toolchain: Toolchain, control_plane: ControlPlane) -> InlineStack:
    root = tmp_path_factory.mktemp("operator")
    return InlineStack(root / "project", toolchain.ensure("pulumi")["pulumi"], control_plane.kubeconfig)


@pytest.fixture(scope="module")
def namespaces(kubectl: Kubectl) -> Iterator[tuple[str, str]]:
    """The stack's, which admits nothing outside the `restricted` profile, and that of the cluster's Prometheus."""
    install_published_kinds(kubectl, "prometheus-operator")
    mark = uuid.uuid4().hex[:8]
    names = (f"shared-{mark}", f"monitoring-{mark}")
    for name in names:
        kubectl("create", "namespace", name)
    kubectl("label", "namespace", names[0], "pod-security.kubernetes.io/enforce=restricted")
    yield names
    kubectl("delete", "namespace", *names, "--wait=false")


@pytest.fixture(scope="module")
def deployed(stack: InlineStack, namespaces: tuple[str, str]) -> Program:
    build = program(*namespaces)
    planned = stack.preview(build)
    assert stack.up(build) == planned
    return build


def stored(kubectl: Kubectl, namespace: str, plural: str) -> dict[str, dict[str, Any]]:
    items = kubectl.get(f"{plural}.monitoring.coreos.com", "-n", namespace)["items"]
    return {item["metadata"]["name"]: item for item in items}


def test_every_object_is_one_of_its_kind(deployed: Program, namespaces: tuple[str, str], kubectl: Kubectl) -> None:
    found = {plural: set(stored(kubectl, namespaces[0], plural)) for plural in PLURALS}
    assert found == {
        "prometheusrules": {"jarvis"},
        "servicemonitors": {"jarvis-backend", "kubernetes-cadvisor"},
        "podmonitors": {"jarvis-microservices", "postgres", "redis", "loki", "alloy", "otel-collector", "tempo"},
        "alertmanagerconfigs": {"jarvis"},
    }


def test_the_api_server_leaves_no_field_out(deployed: Program, namespaces: tuple[str, str], kubectl: Kubectl) -> None:
    """It prunes what a definition does not know; a strict check names it instead."""
    for plural in PLURALS:
        for item in stored(kubectl, namespaces[0], plural).values():
            metadata = {"name": item["metadata"]["name"], "namespace": namespaces[0]}
            manifest = {**item, "metadata": metadata}
            kubectl("replace", "--validate=strict", "--dry-run=server", "-f", "-", manifest=manifest)
            sent = {key: value for key, value in item.items() if key in {"apiVersion", "kind", "spec"}}
            wrong = {**sent, "metadata": {**metadata, "name": "wrong"}, "spec": {**sent["spec"], "unknown": 1}}
            refused = kubectl.run("create", "--validate=strict", "--dry-run=server", "-f", "-", manifest=wrong)
            assert "unknown" in refused.stderr, plural


def test_a_second_run_changes_nothing(stack: InlineStack, deployed: Program) -> None:
    assert stack.refresh(deployed).keys() == {"same"}
    assert stack.up(deployed).keys() == {"same"}


def test_promtool_accepts_the_rules_as_they_are_stored(
    deployed: Program, namespaces: tuple[str, str], kubectl: Kubectl, tmp_path: Path
) -> None:
    (rule,) = stored(kubectl, namespaces[0], "prometheusrules").values()
    file = tmp_path / "rules.yml"
    file.write_text(yaml.safe_dump(rule["spec"]))
    result = promtool("check", "rules", "--lint=all", "--lint-fatal", file)
    assert result.returncode == 0, result.stdout + result.stderr
    assert f'namespace="{namespaces[0]}"' in file.read_text()


def test_routes_find_slack_s_address_in_their_secret(
    deployed: Program, stack: InlineStack, namespaces: tuple[str, str], kubectl: Kubectl
) -> None:
    (config,) = stored(kubectl, namespaces[0], "alertmanagerconfigs").values()
    addresses = [
        message["apiURL"] for receiver in config["spec"]["receivers"] for message in receiver.get("slackConfigs", [])
    ]
    data = kubectl.get("secret", addresses[0]["name"], "-n", namespaces[0])["data"]
    assert {address["key"] for address in addresses} == set(data)
    assert SLACK_URL not in stack.state


def test_the_data_sources_are_beside_grafana(deployed: Program, namespaces: tuple[str, str], kubectl: Kubectl) -> None:
    found = kubectl.get("configmaps", "-n", namespaces[1], "-l", "grafana_datasource=1")["items"]
    assert [item["metadata"]["name"] for item in found] == ["jarvis-test-data-sources"]
    dashboards = kubectl.get("configmaps", "-n", namespaces[0], "-l", "grafana_dashboard=1")["items"]
    assert len(dashboards) == 4


def test_destroy_leaves_nothing(
    stack: InlineStack, deployed: Program, namespaces: tuple[str, str], kubectl: Kubectl
) -> None:
    stack.destroy(deployed)
    assert not any(stored(kubectl, namespaces[0], plural) for plural in PLURALS)
    assert kubectl.get("configmaps", "-n", namespaces[1], "-l", "grafana_datasource=1")["items"] == []
