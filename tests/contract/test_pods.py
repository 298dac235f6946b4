"""What every Pod, and everything that makes or finds Pods, promises; on the graph that the real engine recorded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from components.kubernetes.checksum import CHECKSUM_ANNOTATION
from tests.contract.support import (
    LONG_RUNNING,
    PodTemplate,
    kubernetes_objects,
    object_name,
    pod_templates,
)
from tests.support.graph import Resource
from tests.support.jarvis_project import JarvisProject
from tests.support.pod_security import house_violations, restricted_violations

NEEDS_THE_API = {"prometheus-server": ["the API token is mounted"]}
"""Prometheus discovers its targets through the API server."""
DEFAULT_REVISIONS_KEPT = 10
"""Kubernetes' own, where a Deployment says nothing."""
SINGLE_WRITERS = {"jarvis-backend", "jarvis-frontend", "ollama"}
"""Two Pods of these would mount one ReadWriteOnce volume: the old one has to go first."""


@pytest.fixture
def resources(dev_stack: JarvisProject) -> list[Resource]:
    return dev_stack.resources("dev")


@pytest.fixture
def templates(resources: list[Resource]) -> list[PodTemplate]:
    found = pod_templates(resources)
    assert len(found) == 12
    return found


def test_pods_are_restricted(templates: list[PodTemplate]) -> None:
    assert {t.name: v for t in templates if (v := restricted_violations(t.spec))} == {}


def test_pods_keep_the_house_rules(templates: list[PodTemplate]) -> None:
    """Own ServiceAccount, no API token, bounded scratch space, read-only root, requests and limits everywhere."""
    assert {t.app: v for t in templates if (v := house_violations(t.spec))} == NEEDS_THE_API


def test_a_service_account_belongs_to_one_workload(templates: list[PodTemplate], resources: list[Resource]) -> None:
    accounts = [t.spec["serviceAccountName"] for t in templates]
    assert len(accounts) == len(set(accounts))
    declared = {item["inputs"]["metadata"]["name"] for item in kubernetes_objects(resources, "ServiceAccount")}
    assert declared == set(accounts)
    for item in kubernetes_objects(resources, "ServiceAccount"):
        assert item["inputs"].get("automountServiceAccountToken") is False, object_name(item)


def test_pods_get_no_environment_of_other_services(templates: list[PodTemplate]) -> None:
    """Kubernetes would add POSTGRES_PORT=tcp://..., which the application would take for its own setting."""
    assert not [t.name for t in templates if t.spec.get("enableServiceLinks") is not False]


def test_long_running_containers_are_probed(resources: list[Resource]) -> None:
    """Liveness everywhere; readiness for the container that the workload is for, which comes first."""
    for template in pod_templates(resources, *LONG_RUNNING):
        main, *sidecars = template.containers
        assert "readinessProbe" in main, template.name
        assert not [c["name"] for c in (main, *sidecars) if "livenessProbe" not in c], template.name


def test_jobs_end(resources: list[Resource]) -> None:
    for job in kubernetes_objects(resources, "Job"):
        spec = job["inputs"]["spec"]
        assert spec["activeDeadlineSeconds"] <= 3600
        assert "backoffLimit" in spec
        assert spec["template"]["spec"]["restartPolicy"] in ("Never", "OnFailure")
        assert "ttlSecondsAfterFinished" not in spec, "its absence would be drift"


def test_deployments_keep_serving_while_they_roll(resources: list[Resource]) -> None:
    deployments = kubernetes_objects(resources, "Deployment")
    assert len(deployments) >= 7
    for item in deployments:
        spec, name = item["inputs"]["spec"], item["inputs"]["metadata"]["name"]
        if name in SINGLE_WRITERS:
            assert spec["strategy"] == {"type": "Recreate"}, name
        else:
            assert most_unavailable(spec) == 0, name
        assert spec.get("revisionHistoryLimit", DEFAULT_REVISIONS_KEPT) >= 2, name


def most_unavailable(spec: Mapping[str, Any]) -> int:
    """How many of a rolling Deployment's Pods may be missing; a share is rounded down, and 25 % is the default."""
    amount = (spec["strategy"].get("rollingUpdate") or {}).get("maxUnavailable", "25%")
    return int(amount[:-1]) * spec["replicas"] // 100 if isinstance(amount, str) else amount


def test_pods_with_a_volume_of_their_own_are_never_two(resources: list[Resource]) -> None:
    for item in kubernetes_objects(resources, "Deployment"):
        [template] = pod_templates([item])
        if any("persistentVolumeClaim" in volume for volume in template.spec.get("volumes") or []):
            assert template.app in SINGLE_WRITERS
            assert item["inputs"]["spec"]["replicas"] == 1


def test_selectors_are_the_app_label_alone(resources: list[Resource]) -> None:
    """A selector cannot be changed: labels that say more would make a new version a replacement."""
    for item in kubernetes_objects(resources, *LONG_RUNNING):
        app = item["inputs"]["metadata"]["name"]
        assert item["inputs"]["spec"]["selector"] == {"matchLabels": {"app": app}}
        assert pod_templates([item])[0].app == app
    for item in kubernetes_objects(resources, "Service"):
        assert set(item["inputs"]["spec"]["selector"]) == {"app"}, object_name(item)


def test_services_lead_to_pods_and_to_ports_that_are_there(resources: list[Resource]) -> None:
    by_app = {t.app: t for t in pod_templates(resources, *LONG_RUNNING)}
    services = kubernetes_objects(resources, "Service")
    assert len(services) >= 10
    for item in services:
        spec = item["inputs"]["spec"]
        ports = by_app[spec["selector"]["app"]].ports
        for port in spec["ports"]:
            assert port["targetPort"] in {*ports, *ports.values()}, object_name(item)
    served = {item["inputs"]["spec"]["selector"]["app"] for item in services}
    assert served == set(by_app), "a workload that nothing can reach"


def test_what_a_pod_reads_is_there(templates: list[PodTemplate], resources: list[Resource]) -> None:
    declared = {
        (item["type"].rsplit(":", 1)[-1], item["inputs"]["metadata"]["name"])
        for item in kubernetes_objects(resources, "ConfigMap", "Secret")
    }
    read = {reference for template in templates for reference in template.references}
    assert read == declared, "something is read that is not there, or there and never read"


def test_pods_roll_when_what_they_read_changes(resources: list[Resource]) -> None:
    """Long-running ones; a Job's Pod reads it once, and a new image makes a new Job."""
    reading = [t for t in pod_templates(resources, *LONG_RUNNING) if t.references]
    assert len(reading) >= 8
    assert not [t.name for t in reading if not (t.metadata.get("annotations") or {}).get(CHECKSUM_ANNOTATION)]
