"""Rules across sections: each broken one gives its sentence, naming the path."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from components.security.settings import MUTABLE_TAGS
from infra.settings.errors import SettingsError
from infra.settings.load import load_stack_file
from tests.unit.settings.stacks import ABSENT, CIPHERTEXT, changed, production, written

KEY = {"backupAccessKeyId": CIPHERTEXT, "backupSecretAccessKey": CIPHERTEXT}
CASES: dict[str, tuple[dict[str, Any], str]] = {
    "debug": ({"app.debug": True}, "jarvis:app.debug must be false in production: debug pages show"),
    "debug log": ({"app.logLevel": "DEBUG"}, "jarvis:app.logLevel must not be DEBUG in production"),
    "backend reload": (
        {"app.backend": {"replicas": 1, "hotReload": {}}},
        "jarvis:app.backend.hotReload must be absent in production: its images are immutable.",
    ),
    "frontend reload": (
        {"app.frontend": {"hotReload": {}}},
        "jarvis:app.frontend.hotReload must be absent in production: its images are immutable.",
    ),
    "generated secrets": (
        {"secrets": {**KEY, "kind": "generated"}},
        "jarvis:secrets.kind must be config or external-secrets in production: passwords and keys are given",
    ),
    "one backend": (
        {"app.backend": {"replicas": 1}},
        "jarvis:app.backend.replicas must be 2 or more in production, not 1",
    ),
    "one frontend at the least": (
        {"app.frontend": {"autoscaling": {"minReplicas": 1}}},
        "jarvis:app.frontend.autoscaling.minReplicas must be 2 or more in production, not 1",
    ),
    "mutable tag": (
        {"app.image.tag": "latest"},
        "jarvis:app.image.tag must name a fixed version in production, not latest, which names another image",
    ),
    "mutable tag in capitals": ({"app.image.tag": "Main"}, "jarvis:app.image.tag must name a fixed version"),
    "mutable tag of one service": (
        {"app.stt": {"image": {"tag": "dev"}}},
        "jarvis:app.stt.image.tag must name a fixed version in production, not dev",
    ),
    "mutable tag in a reference": (
        {"monitoring.prometheus.image": "quay.io/prometheus/prometheus:main"},
        "jarvis:monitoring.prometheus.image must name a fixed version in production, not main",
    ),
    "unprotected": ({"protect": False}, "jarvis:protect must be true in production: it keeps data from being deleted."),
    "plain origin": (
        {"app.corsOrigins": ["https://app.jarvis.com", "https://admin.jarvis.com", "http://old.jarvis.com"]},
        "jarvis:app.corsOrigins[2] must be an https:// origin in production, not http://old.jarvis.com.",
    ),
    "plain address": (
        {"exposure": {"kind": "port-forward"}, "app.backendUrl": "http://api.jarvis.com"},
        "jarvis:app.backendUrl must be an https:// address in production, not http://api.jarvis.com.",
    ),
    "long sessions": (
        {"app.jwtExpireMinutes": 1440},
        "jarvis:app.jwtExpireMinutes must be 60 or less in production, not 1440.",
    ),
    "node ports": (
        {"exposure": {"kind": "node-port"}},
        "jarvis:exposure.kind must not be node-port in production: every node would serve plain HTTP.",
    ),
    "plain text inside": (
        {"certificates": {"kind": "none"}, "app.tls": ABSENT, "exposure.loadBalancer": ABSENT},
        "jarvis:certificates.kind must be cert-manager in production: passwords and data would cross the cluster",
    ),
    "one database": (
        {"database": {"kind": "container"}, "backup": {"kind": "volume"}},
        "jarvis:database.kind must not be container in production: its one Pod is lost with its node.",
    ),
    "one cache": (
        {"cache": {"kind": "container"}},
        "jarvis:cache.kind must not be container in production: its one Pod is lost with its node.",
    ),
    "two instances": (
        {"database.instances": 2, "database.synchronous": "preferred"},
        "jarvis:database.instances must be 3 or more in production, not 2.",
    ),
    "four instances": (
        {"database.instances": 4},
        "jarvis:database.instances must be odd in production, not 4: an even number outlives no more losses.",
    ),
    "commits of one instance": (
        {"database.synchronous": "off"},
        "jarvis:database.synchronous must be required or preferred in production, not off: a failover would lose",
    ),
    "one pooler": (
        {"database.pooler": {"instances": 1}},
        "jarvis:database.pooler.instances must be 2 or more in production, not 1: one is lost with its node.",
    ),
    "no backup": (
        {"backup": {"kind": "none"}},
        "jarvis:backup.kind must not be none in production: nothing would be left to restore.",
    ),
    "backups of a week": (
        {"backup.retentionDays": 7},
        "jarvis:backup.retentionDays must be 30 or more in production, not 7.",
    ),
    "backups in one place": (
        {"backup.second": ABSENT},
        "jarvis:backup.second is missing: in production backups must outlive the loss of the place they are in.",
    ),
    "backups in plain text": (
        {"backup.location.endpointUrl": "http://s3.paris.jarvis.com"},
        "jarvis:backup.location.endpointUrl must be an https:// address in production, not http://s3.paris.jarvis.com.",
    ),
    "second backups in plain text": (
        {"backup.second.endpointUrl": "http://s3.lyon.jarvis.com:9000"},
        "jarvis:backup.second.endpointUrl must be an https:// address in production, "
        "not http://s3.lyon.jarvis.com:9000.",
    ),
    "alerts that nobody hears": (
        {"monitoring.alertmanager": ABSENT},
        "jarvis:monitoring.alertmanager is missing: in production somebody must be told of alerts.",
    ),
    "no admission policies": (
        {"security.admission": None},
        "jarvis:security.admission must not be null in production: nothing would refuse an image.",
    ),
    "policy that warns": (
        {"security.admission": {"resources": {"action": "Warn"}}},
        "jarvis:security.admission.resources.action must be Deny in production, not Warn.",
    ),
    "mutable tags let in": (
        {"security.admission": {"imageTags": {"allowed": ["jarvis:dev"]}}},
        "jarvis:security.admission.imageTags.allowed must be empty in production: its images are immutable.",
    ),
}


def problems(directory: Path, config: dict[str, Any]) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load_stack_file(written(directory, config))
    return [str(problem) for problem in caught.value.problems]


def test_production_that_keeps_the_rules(tmp_path: Path) -> None:
    assert load_stack_file(written(tmp_path, production())).environment == "production"


@pytest.mark.parametrize("name", CASES)
def test_production_refuses(name: str, tmp_path: Path) -> None:
    changes, expected = CASES[name]
    found = problems(tmp_path, changed(production(), changes))
    assert any(expected in problem for problem in found), found
    assert all("in production" in problem for problem in found), "what it breaks, it breaks in production only"


def test_each_broken_rule_is_reported(tmp_path: Path) -> None:
    changes = {
        path: value for name in ("debug", "unprotected", "long sessions") for path, value in CASES[name][0].items()
    }
    assert len(problems(tmp_path, changed(production(), changes))) == 3


def test_rules_are_checked_beside_other_mistakes(tmp_path: Path) -> None:
    found = problems(
        tmp_path, changed(production(), {"app.debug": True, "exposure": 5, "protect": False, "nonsense": 1})
    )
    text = "\n".join(found)
    assert len(found) == 4
    for start in ("jarvis:protect must", "jarvis:app.debug must", "jarvis:exposure is", "jarvis:nonsense is"):
        assert start in text


@pytest.mark.parametrize("tag", sorted(MUTABLE_TAGS))
def test_mutable_tags(tag: str, tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, changed(production(), {"app.image.tag": tag}))
    assert "jarvis:app.image.tag" in problem


@pytest.mark.parametrize("tag", ["1.9.0", "v1.9.0", "sha-0a1b2c3", "1.9.0-main.5", "2025-08-23"])
def test_fixed_tags_with_any_pull_policy(tag: str, tmp_path: Path) -> None:
    load_stack_file(written(tmp_path, changed(production(), {"app.image": {"tag": tag, "pullPolicy": "Always"}})))


def test_a_digest_pins_a_mutable_tag(tmp_path: Path) -> None:
    image = {"tag": "latest", "digest": "sha256:" + "0" * 64}
    load_stack_file(written(tmp_path, changed(production(), {"app.ollama": {"image": image}})))


@pytest.mark.parametrize("environment", ["development", "staging"])
@pytest.mark.parametrize("name", CASES)
def test_other_environments_may(environment: str, name: str, tmp_path: Path) -> None:
    changes = {**CASES[name][0], "environment": environment}
    load_stack_file(written(tmp_path, changed(production(), changes)))


def test_the_clusters_own_alertmanager_may_have_routes_from_elsewhere(tmp_path: Path) -> None:
    changes = {"monitoring": {"kind": "operator"}, "platform.prometheusOperator": {"kind": "external"}}
    load_stack_file(written(tmp_path, changed(production(), changes)))


def test_one_prometheus_will_do(tmp_path: Path) -> None:
    load_stack_file(written(tmp_path, changed(production(), {"monitoring.prometheus.replicas": 1})))


def test_no_pooler_is_none_too_few(tmp_path: Path) -> None:
    load_stack_file(written(tmp_path, changed(production(), {"database.pooler": None})))
