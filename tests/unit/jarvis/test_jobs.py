"""The tasks of a release: order, names, idempotence."""

from __future__ import annotations

import re
from typing import Any

import pytest

from components.network.contract import PodPeer
from tests.unit.jarvis.support import app_settings, container_of, deployed, endpoints, job, pod_of, variables_of


def job_name(app: str = "jarvis-migrate", **changes: Any) -> str:
    return job(deployed(**changes), app).object_name


def test_migration_runs_the_guides_command_before_the_backend() -> None:
    graph = deployed()
    migration, backend = job(graph, "jarvis-migrate"), graph.one("Deployment", "jarvis-backend")
    assert container_of(migration)["command"] == ["python", "-m", "alembic", "upgrade", "head"]
    assert container_of(migration)["image"] == container_of(backend)["image"]
    assert migration.urn in backend.dependencies
    assert migration.urn in graph.one("Service", "jarvis-backend").dependencies
    assert graph.one("ConfigMap", "jarvis-config").urn in migration.dependencies
    assert graph.one("Secret", "jarvis-secrets").urn in migration.dependencies


def test_other_services_do_not_wait_for_the_migration() -> None:
    graph = deployed()
    migration = job(graph, "jarvis-migrate").urn
    waiting = {d.object_name for d in graph.of_kind("Deployment") if migration in d.dependencies}
    assert waiting == {"jarvis-backend"}


def test_every_release_migrates() -> None:
    first = job_name()
    assert re.fullmatch(r"jarvis-migrate-[0-9a-f]{8}", first)
    assert job_name() == first
    digest = "sha256:" + "a" * 64
    others = [
        job_name(settings=app_settings(image={"tag": "1.9.1"})),
        job_name(settings=app_settings(backend={"image": {"digest": digest}})),
        job_name(settings=app_settings(migration={"command": ["python", "migrate.py"]})),
        job_name(settings=app_settings(migration={"deadlineSeconds": 900})),
        job_name(postgres_host="postgres-2"),
    ]
    assert len({first, *others}) == 6


def test_what_a_migration_does_not_read_does_not_repeat_it() -> None:
    assert job_name(settings=app_settings(jwtExpireMinutes=480)) == job_name()
    assert job_name(passwords={"postgres": "another-password"}) == job_name()


def test_job_fails_in_time_and_stays_when_done() -> None:
    migration = job(deployed(), "jarvis-migrate")
    spec = migration.inputs["spec"]
    assert (spec["backoffLimit"], spec["activeDeadlineSeconds"]) == (4, 600)
    assert "ttlSecondsAfterFinished" not in spec
    assert pod_of(migration)["restartPolicy"] == "Never"
    assert migration.create_timeout == "660s"
    assert migration.inputs["metadata"]["annotations"] == {"pulumi.com/replaceUnready": "true"}


def test_a_drained_node_costs_no_try() -> None:
    (rule,) = job(deployed(), "jarvis-migrate").inputs["spec"]["podFailurePolicy"]["rules"]
    assert rule == {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]}


def test_admin_is_made_after_the_migration() -> None:
    graph = deployed(app_settings(admin={"username": "enzo", "email": "enzo@jarvis.com"}))
    admin = job(graph, "jarvis-create-admin")
    assert job(graph, "jarvis-migrate").urn in admin.dependencies
    assert container_of(admin)["command"] == ["python", "-m", "backend.auth.create_admin"]
    variables = variables_of(container_of(admin))
    assert variables["JARVIS_ADMIN_PASSWORD"] == variables["JARVIS_SECRET_KEY"] == "secret"
    config = graph.one("ConfigMap", "jarvis-config").inputs["data"]
    assert (config["JARVIS_ADMIN_USERNAME"], config["JARVIS_ADMIN_EMAIL"]) == ("enzo", "enzo@jarvis.com")


def test_migration_sees_only_the_database() -> None:
    variables = variables_of(container_of(job(deployed(), "jarvis-migrate")))
    assert set(variables) == {
        *("HOME", "ENVIRONMENT", "DEBUG", "LOG_LEVEL"),
        *("POSTGRES_HOST", "POSTGRES_PORT", "POSTGRES_DB", "POSTGRES_USER", "POSTGRES_PASSWORD"),
    }


def test_migration_goes_past_a_pooler() -> None:
    graph = deployed(pooler=True, high_availability=True)
    hosts = [v for v in container_of(job(graph, "jarvis-migrate"))["env"] if v["name"] == "POSTGRES_HOST"]
    assert hosts == [{"name": "POSTGRES_HOST", "value": "postgres-rw"}]
    assert variables_of(container_of(job(graph, "jarvis-create-admin")))["POSTGRES_HOST"] == "config"
    flows = {
        (flow.source.app, flow.target.app)
        for flow in endpoints(pooler=True, high_availability=True).flows
        if flow.port == 5432 and isinstance(flow.source, PodPeer) and isinstance(flow.target, PodPeer)
    }
    assert flows == {
        ("jarvis-migrate", "postgres-server"),
        ("jarvis-backend", "postgres"),
        ("jarvis-backend", "postgres-server"),  # reads go to the replicas
        ("jarvis-create-admin", "postgres"),
    }
    assert job_name(pooler=True) != job_name()


def test_migration_can_be_skipped_to_go_back_to_an_older_version() -> None:
    graph = deployed(app_settings(migration=None))
    assert {j.inputs["metadata"]["labels"]["app"] for j in graph.of_kind("Job")} == {"jarvis-create-admin"}
    assert graph.one("Secret", "jarvis-secrets").urn in graph.one("Deployment", "jarvis-backend").dependencies


def test_no_admin_wanted_none_made() -> None:
    graph = deployed(app_settings(admin=None))
    assert {j.inputs["metadata"]["labels"]["app"] for j in graph.of_kind("Job")} == {"jarvis-migrate"}


@pytest.mark.parametrize("app", ["jarvis-migrate", "jarvis-create-admin"])
def test_job_has_its_own_label_and_account(app: str) -> None:
    graph = deployed()
    found = job(graph, app)
    assert found.inputs["spec"]["template"]["metadata"]["labels"]["app"] == app
    assert pod_of(found)["serviceAccountName"] == app == graph.one("ServiceAccount", app).object_name
