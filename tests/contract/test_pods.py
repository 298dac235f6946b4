"""What every Pod, and everything that makes or finds Pods, promises; on the graph that the real engine recorded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, cast

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
from tests.support.jarvis_project import Deployed
from tests.support.pod_security import house_violations, restricted_violations

ASK_THE_API = {"prometheus-server", "alloy", "kube-state-metrics"}
"""Prometheus for its targets, Alloy for logs, kube-state-metrics for the namespace's objects."""
TEMPLATES = {"dev": 12, "staging": 20, "production": 19, "production-aws": 17, "production-azure": 17}
"""How many workloads a stack has; the Pods of the production's database are its operator's."""
DEFAULT_REVISIONS_KEPT = 10
"""Kubernetes' own, where a Deployment says nothing."""
SINGLE_WRITERS = {
    "dev": {"jarvis-backend", "jarvis-frontend", "ollama"},
    "staging": {"ollama"},
    "production": {"ollama", "ollama-2"},
    "production-aws": {"ollama", "ollama-2"},
    "production-azure": {"ollama", "ollama-2"},
}
"""Two Pods of these would mount one ReadWriteOnce volume: the old one has to go first."""
SHARED_ACCOUNTS = {"postgres-backup"}
"""Of a pair that does the two halves of one thing: a backup and its restore."""
WATCHERS = {"reload-certificate"}
"""A loop that looks at a file: it answers nobody, and ends where it fails."""
UNSERVED = {"alloy", "kube-state-metrics"}
"""Of which Prometheus finds the Pods themselves."""
OPERATORS_SECRETS = {"postgres-cluster-ca"}
"""Which an operator makes by itself."""


@pytest.fixture
def templates(deployed: Deployed, resources: list[Resource]) -> list[PodTemplate]:
    found = pod_templates(resources)
    assert len(found) == TEMPLATES[deployed.stack]
    return found


def test_pods_are_restricted(templates: list[PodTemplate]) -> None:
    assert {t.name: v for t in templates if (v := restricted_violations(t.spec))} == {}


def test_pods_keep_the_house_rules(templates: list[PodTemplate]) -> None:
    """Own ServiceAccount, no API token, bounded scratch space, read-only root, requests and limits everywhere."""
    expected = {t.app: ["the API token is mounted"] for t in templates if t.app in ASK_THE_API}
    assert {t.app: v for t in templates if (v := house_violations(t.spec))} == expected


def test_a_service_account_belongs_to_one_workload(templates: list[PodTemplate], resources: list[Resource]) -> None:
    accounts = [t.spec["serviceAccountName"] for t in templates]
    assert {name for name, count in Counter(accounts).items() if count > 1} <= SHARED_ACCOUNTS
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
        assert {c["name"] for c in (main, *sidecars) if "livenessProbe" not in c} <= WATCHERS, template.name


def test_jobs_end(resources: list[Resource]) -> None:
    for job in kubernetes_objects(resources, "Job"):
        spec = job["inputs"]["spec"]
        assert spec["activeDeadlineSeconds"] <= 3600
        assert "backoffLimit" in spec
        assert spec["template"]["spec"]["restartPolicy"] in ("Never", "OnFailure")
        assert "ttlSecondsAfterFinished" not in spec, "its absence would be drift"


def test_deployments_keep_serving_while_they_roll(deployed: Deployed, resources: list[Resource]) -> None:
    deployments = kubernetes_objects(resources, "Deployment")
    assert len(deployments) >= 7
    for item in deployments:
        spec, name = item["inputs"]["spec"], item["inputs"]["metadata"]["name"]
        if name in SINGLE_WRITERS[deployed.stack]:
            assert spec["strategy"] == {"type": "Recreate"}, name
        else:
            assert most_unavailable(spec) == 0, name
        assert spec.get("revisionHistoryLimit", DEFAULT_REVISIONS_KEPT) >= 2, name


def most_unavailable(spec: Mapping[str, Any]) -> int:
    """How many of a rolling Deployment's Pods may be missing; a share is rounded down, and 25 % is the default."""
    amount = (spec["strategy"].get("rollingUpdate") or {}).get("maxUnavailable", "25%")
    return int(amount[:-1]) * spec.get("replicas", 1) // 100 if isinstance(amount, str) else amount


def test_pods_with_a_volume_of_their_own_are_never_two(deployed: Deployed, resources: list[Resource]) -> None:
    for item in kubernetes_objects(resources, "Deployment"):
        [template] = pod_templates([item])
        if any("persistentVolumeClaim" in volume for volume in template.spec.get("volumes") or []):
            assert template.app in SINGLE_WRITERS[deployed.stack]
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
            assert port.get("targetPort", port["port"]) in {*ports, *ports.values()}, object_name(item)
    served = {item["inputs"]["spec"]["selector"]["app"] for item in services}
    assert set(by_app) - served <= UNSERVED, "a workload that nothing can reach"


def test_what_a_pod_reads_is_there(templates: list[PodTemplate], resources: list[Resource]) -> None:
    declared = {
        (item["type"].rsplit(":", 1)[-1], item["inputs"]["metadata"]["name"])
        for item in kubernetes_objects(resources, "ConfigMap", "Secret")
    }
    issued = {("Secret", item["inputs"]["spec"]["secretName"]) for item in kubernetes_objects(resources, "Certificate")}
    read = {reference for template in templates for reference in template.references}
    missing = read - declared - issued - {("Secret", name) for name in OPERATORS_SECRETS}
    assert not missing, "something is read that is not there"
    assert declared - read - set(read_by_operators(resources)) == set(), "something is there and never read"


def read_by_operators(resources: list[Resource]) -> Iterator[tuple[str, str]]:
    """Secrets that custom resources name: a database's owner, the keys of its archives."""
    for item in kubernetes_objects(resources, "Cluster", "ObjectStore"):
        yield from (("Secret", name) for name in secret_names(item["inputs"]["spec"]))


def secret_names(value: object) -> Iterator[str]:
    """The `name` of whatever names a Secret, or a key of one, anywhere in a spec."""
    match value:
        case {"name": str(name), "key": str()}:
            yield name
        case dict():
            items = cast("dict[str, object]", value)
            if isinstance(secret := items.get("secret"), dict) and "name" in secret:
                yield str(secret["name"])
            for item in items.values():
                yield from secret_names(item)
        case list():
            for item in cast("list[object]", value):
                yield from secret_names(item)
        case _:
            return


def test_pods_roll_when_what_they_read_changes(resources: list[Resource]) -> None:
    """Long-running ones; a Job's Pod reads it once, and a new image makes a new Job."""
    reading = [t for t in pod_templates(resources, *LONG_RUNNING) if t.references]
    assert len(reading) >= 8
    assert not [t.name for t in reading if not (t.metadata.get("annotations") or {}).get(CHECKSUM_ANNOTATION)]
