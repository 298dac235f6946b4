"""Wrong settings in a well-formed stack file: each gives its sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from infra.settings.errors import SettingsError
from infra.settings.load import load_stack_file
from tests.unit.settings.stacks import ABSENT, CIPHERTEXT, DEV, SECRETS, changed, written

MEMORY = "a whole number of bytes with a suffix (Ki, Mi, Gi, Ti, k, M, G or T), such as 512Mi or 20Gi"
CPU = "CPU cores, more than zero, as text such as 500m, 0.5 or 2"
KEYS = (
    "environment, protect, cloud, cluster, platform, security, secrets, certificates, backup, database, cache, app, "
    "exposure, "
    "gitops, monitoring"
)
EXPOSURES = "alb, application-gateway, application-gateway-for-containers, gateway, ingress, node-port or port-forward"
SIZE = "monitoring.prometheus.storage.size"
CORS = "app.corsOrigins"
ORIGIN = "a scheme, a host and a port without a path or a final slash, such as http://localhost:3000"

CASES: dict[str, tuple[dict[str, Any], str]] = {
    # the environment
    "environment missing": (
        {"environment": ABSENT},
        "jarvis:environment is missing; it must be development, staging or production."
        "\n    pulumi config set jarvis:environment VALUE --stack dev",
    ),
    "environment misspelt": (
        {"environment": "prodution"},
        'jarvis:environment is "prodution"; it must be development, staging or production (did you mean production?).',
    ),
    "environment abbreviated": (
        {"environment": "qa"},
        'jarvis:environment is "qa"; it must be development, staging or production.',
    ),
    "environment in capitals": (
        {"environment": "STAGING"},
        'jarvis:environment is "STAGING"; it must be development, staging or production (did you mean staging?).',
    ),
    "environment a number": (
        {"environment": 3},
        "jarvis:environment is the number 3; it must be development, staging or production.",
    ),
    "environment null": (
        {"environment": None},
        "jarvis:environment is empty; it must be development, staging or production.",
    ),
    "environment a list": (
        {"environment": ["development"]},
        "jarvis:environment is a list; it must be development, staging or production.",
    ),
    "environment encrypted": (
        {"environment": CIPHERTEXT},
        "jarvis:environment is encrypted, but it is no secret; give it in plain text."
        "\n    pulumi config set jarvis:environment VALUE --stack dev",
    ),
    # protection
    "protect a word": ({"protect": "maybe"}, 'jarvis:protect is "maybe"; it must be true or false, without quotes.'),
    "protect yes": ({"protect": "yes"}, 'jarvis:protect is "yes"; it must be true or false, without quotes.'),
    "protect a number": ({"protect": 1}, "jarvis:protect is the number 1; it must be true or false, without quotes."),
    "protect null": ({"protect": None}, "jarvis:protect is empty; it must be true or false, without quotes."),
    # keys
    "unknown key, close": (
        {"databse": {}},
        f"jarvis:databse is not a setting (did you mean database?); allowed keys are {KEYS}.",
    ),
    "unknown key, far": ({"zebra": 1}, f"jarvis:zebra is not a setting; allowed keys are {KEYS}."),
    "unknown key in snake case": (
        {"app.log_level": "INFO"},
        "jarvis:app.log_level is not a setting (did you mean logLevel?); allowed here are",
    ),
    "unknown key, nested": (
        {"monitoring.prometheus.retension": 3},
        "jarvis:monitoring.prometheus.retension is not a setting (did you mean retentionDays?); allowed here are",
    ),
    "key of another kind": (
        {"exposure": {"kind": "port-forward", "nodePorts": {}}},
        "jarvis:exposure.nodePorts is not a setting (did you mean localPorts?); allowed here are kind, localPorts.",
    ),
    "key with odd characters": (
        {"app": {**DEV["jarvis:app"], "a b\n": 1}},
        'jarvis:app["a b\\n"] is not a setting',
    ),
    # kinds
    "kind missing": (
        {"exposure": {"localPorts": {}}},
        f"jarvis:exposure.kind is missing; it must be {EXPOSURES}."
        "\n    pulumi config set --path 'jarvis:exposure.kind' VALUE --stack dev",
    ),
    "kind misspelt": (
        {"exposure.kind": "nodeport"},
        f'jarvis:exposure.kind is "nodeport"; it must be {EXPOSURES} (did you mean node-port?).',
    ),
    "kind a list": ({"exposure.kind": ["node-port"]}, f"jarvis:exposure.kind is a list; it must be {EXPOSURES}."),
    "kind null": ({"exposure.kind": None}, f"jarvis:exposure.kind is missing; it must be {EXPOSURES}."),
    "kind of no cluster": (
        {"cluster.kind": "cloud"},
        'jarvis:cluster.kind is "cloud"; it must be aks, eks or existing.',
    ),
    # shapes
    "section null": ({"app": None}, "jarvis:app is empty; it must be a mapping."),
    "section a list": ({"exposure": []}, "jarvis:exposure is an empty list; it must be a mapping."),
    "section a word": ({"exposure": "node-port"}, 'jarvis:exposure is "node-port"; it must be a mapping.'),
    "section a number": ({"monitoring": 5}, "jarvis:monitoring is the number 5; it must be a mapping."),
    "section true": ({"app": True}, "jarvis:app is true; it must be a mapping."),
    "section broken JSON": ({"app": "{image"}, 'jarvis:app is "{image"; it must be a mapping.'),
    "list a word": ({CORS: "http://localhost:3000"}, f'jarvis:{CORS} is "http://localhost:3000"; it must be a list.'),
    "list a mapping": ({CORS: {"a": 1}}, f"jarvis:{CORS} is a mapping; it must be a list."),
    "list empty": ({CORS: []}, f"jarvis:{CORS} is an empty list; it must be a list of 1 or more."),
    "section missing": ({"app": ABSENT}, "jarvis:app is missing: The Jarvis application."),
    "list missing": ({CORS: ABSENT}, f"jarvis:{CORS} is missing: CORS_ORIGINS: origins whose pages may call the API."),
    "setting missing": (
        {"app.image.tag": ABSENT},
        "jarvis:app.image.tag is missing",
    ),
    "boolean in quotes": (
        {"app.debug": "true"},
        'jarvis:app.debug is "true"; it must be true or false, without quotes.\n    Leave the quotes out: true',
    ),
    "boolean on": ({"app.debug": "on"}, 'jarvis:app.debug is "on"; it must be true or false, without quotes.'),
    "boolean a number": ({"app.debug": 0}, "jarvis:app.debug is the number 0; it must be true or false"),
    # numbers
    "number in quotes": (
        {"app.jwtExpireMinutes": "1440"},
        'jarvis:app.jwtExpireMinutes is "1440"; it must be a whole number from 1 to 43200.'
        "\n    Leave the quotes out: 1440",
    ),
    "number a word": (
        {"app.jwtExpireMinutes": "24h"},
        'jarvis:app.jwtExpireMinutes is "24h"; it must be a whole number from 1 to 43200.',
    ),
    "number fractional": (
        {"app.jwtExpireMinutes": 1.5},
        "jarvis:app.jwtExpireMinutes is the number 1.5; it must be a whole number from 1 to 43200.",
    ),
    "number true": ({"app.jwtExpireMinutes": True}, "jarvis:app.jwtExpireMinutes is true; it must be a whole number"),
    "number zero": ({"app.backend.replicas": 0}, "jarvis:app.backend.replicas is the number 0; it must be a whole"),
    "number negative": ({"app.backend.replicas": -1}, "jarvis:app.backend.replicas is the number -1; it must be"),
    "number too large": (
        {"monitoring.prometheus.retentionDays": 99999},
        "jarvis:monitoring.prometheus.retentionDays is the number 99999; it must be a whole number from 1 to 3650.",
    ),
    "number encrypted": (
        {"app.jwtExpireMinutes": CIPHERTEXT},
        "jarvis:app.jwtExpireMinutes is encrypted, but it is no secret; give it in plain text."
        "\n    pulumi config set --path 'jarvis:app.jwtExpireMinutes' VALUE --stack dev",
    ),
    "number infinite": ({"app.jwtExpireMinutes": float("inf")}, "jarvis:app.jwtExpireMinutes is not a number that can"),
    "number not one": ({"app.jwtExpireMinutes": float("nan")}, "jarvis:app.jwtExpireMinutes is not a number that can"),
    "number beyond 64 bits": ({"app.jwtExpireMinutes": 2**70}, "jarvis:app.jwtExpireMinutes is not a number that can"),
    # quantities
    "memory without suffix": ({SIZE: "20"}, f'jarvis:{SIZE} is "20"; it must be {MEMORY}.'),
    "memory a number": ({SIZE: 20}, f"jarvis:{SIZE} is the number 20; it must be {MEMORY}."),
    "memory in GB": ({SIZE: "20GB"}, f'jarvis:{SIZE} is "20GB"; it must be {MEMORY}.'),
    "memory zero": ({SIZE: "0Gi"}, f'jarvis:{SIZE} is "0Gi"; it must be {MEMORY}.'),
    "memory negative": ({SIZE: "-1Gi"}, f'jarvis:{SIZE} is "-1Gi"; it must be {MEMORY}.'),
    "memory with a space": ({SIZE: "20 Gi"}, f'jarvis:{SIZE} is "20 Gi"; it must be {MEMORY}.'),
    "memory empty": ({SIZE: ""}, f'jarvis:{SIZE} is ""; it must be {MEMORY}.'),
    "memory long": ({SIZE: "9" * 100}, f'jarvis:{SIZE} is "{"9" * 60}..."; it must be {MEMORY}.'),
    "cpu zero": (
        {"monitoring.prometheus.resources.requests.cpu": "0"},
        f'jarvis:monitoring.prometheus.resources.requests.cpu is "0"; it must be {CPU}.',
    ),
    "cpu a number": (
        {"monitoring.prometheus.resources.limits.cpu": 2},
        "jarvis:monitoring.prometheus.resources.limits.cpu is the number 2; "
        f'it must be {CPU}.\n    Put it in quotes: "2"',
    ),
    "limit below request": (
        {"monitoring.prometheus.resources.limits.memory": "256Mi"},
        "jarvis:monitoring.prometheus.resources: limits.memory 256Mi is below requests.memory 512Mi.",
    ),
    # forms of text
    "tag a number": (
        {"app.image.tag": 1.9},
        "jarvis:app.image.tag is the number 1.9; it must be a container image tag",
    ),
    "tag with a colon": ({"app.image.tag": "jarvis:1"}, 'jarvis:app.image.tag is "jarvis:1"; it must be a container'),
    "storage class in capitals": (
        {"monitoring.prometheus.storage.storageClass": "Fast_SSD"},
        'jarvis:monitoring.prometheus.storage.storageClass is "Fast_SSD"; it must be lower-case letters, digits',
    ),
    "log level in small letters": (
        {"app.logLevel": "debug"},
        'jarvis:app.logLevel is "debug"; it must be DEBUG, INFO, WARNING, ERROR or CRITICAL (did you mean DEBUG?).',
    ),
    "log level that is none": ({"app.logLevel": "LOUD"}, 'jarvis:app.logLevel is "LOUD"; it must be DEBUG, INFO,'),
    "origin a wildcard": ({f"{CORS}.0": "*"}, f'jarvis:{CORS}[0] is "*"; it must be {ORIGIN}.'),
    "origin with a path": ({f"{CORS}.1": "http://a/b"}, f'jarvis:{CORS}[1] is "http://a/b"; it must be {ORIGIN}.'),
    "origin empty": ({f"{CORS}.1": None}, f"jarvis:{CORS}[1] is empty; it must be {ORIGIN}."),
    "host with a scheme": (
        {"exposure": {"kind": "node-port", "host": "http://x"}},
        'jarvis:exposure.host is "http://x"; it must be a host name or an IPv4 address, such as localhost.',
    ),
    "control characters": ({"app.image.tag": "\x1b[31m"}, 'jarvis:app.image.tag is "\\u001b[31m"; it must be'),
    # ports
    "node port too low": (
        {"exposure": {"kind": "node-port", "nodePorts": {"backend": 8000}}},
        "jarvis:exposure.nodePorts.backend is the number 8000; it must be a whole number from 30000 to 32767.",
    ),
    "node port twice": (
        {"exposure": {"kind": "node-port", "nodePorts": {"backend": 30300}}},
        "jarvis:exposure.nodePorts: port 30300 is given to more than one entry point; each needs its own.",
    ),
    "local port twice": (
        {"exposure": {"kind": "port-forward", "localPorts": {"grafana": 3000}}},
        "jarvis:exposure.localPorts: port 3000 is given to more than one entry point; each needs its own.",
    ),
    "local port too high": (
        {"exposure": {"kind": "port-forward", "localPorts": {"grafana": 65536}}},
        "jarvis:exposure.localPorts.grafana is the number 65536; it must be a whole number from 1 to 65535.",
    ),
    # secrets
    "secret missing": (
        {"secrets": changed({"jarvis:s": SECRETS}, {"s.jarvisSecretKey": ABSENT})["jarvis:s"]},
        "jarvis:secrets.jarvisSecretKey is missing: "
        "The guide's JARVIS_SECRET_KEY, which signs the JWTs: 32 characters or more."
        "\n    pulumi config set --secret --path 'jarvis:secrets.jarvisSecretKey' --stack dev",
    ),
    "secret in plain text": (
        {"secrets": {**SECRETS, "redisPassword": "hunter2hunter2"}},
        "jarvis:secrets.redisPassword is in plain text; a secret is stored encrypted."
        "\n    pulumi config set --secret --path 'jarvis:secrets.redisPassword' --stack dev",
    ),
    "secret a number": (
        {"secrets": {**SECRETS, "redisPassword": 12345678}},
        "jarvis:secrets.redisPassword is in plain text; a secret is stored encrypted.",
    ),
    "secret null": (
        {"secrets": {**SECRETS, "redisPassword": None}},
        "jarvis:secrets.redisPassword has a value, not shown here, that is not allowed; it must be 8 or more "
        "printable ASCII characters, no spaces, quotes, backquotes or backslashes."
        "\n    pulumi config set --secret --path 'jarvis:secrets.redisPassword' --stack dev",
    ),
    "secret a mapping": (
        {"secrets": {**SECRETS, "redisPassword": {"value": "hunter2hunter2"}}},
        "jarvis:secrets.redisPassword has a value, not shown here, that is not allowed; "
        "it must be 8 or more printable ASCII characters",
    ),
    "secret misspelt": (
        {"secrets": {**SECRETS, "redisPasword": CIPHERTEXT}},
        "jarvis:secrets.redisPasword is not a setting (did you mean redisPassword?); allowed here are",
    ),
    "secrets encrypted whole": (
        {"secrets": CIPHERTEXT},
        "jarvis:secrets is encrypted as a whole; only the secrets inside it may be, each by itself.",
    ),
    "secrets of no kind": (
        {"secrets.kind": "vault"},
        "jarvis:secrets.kind has a value, not shown here, that is not allowed; "
        "it must be config, external-secrets or generated.",
    ),
    "secrets, version zero": (
        {"secrets": {"kind": "generated", "version": 0}},
        "jarvis:secrets.version has a value, not shown here, that is not allowed; it must be 1 or more.",
    ),
    "secrets, too short": (
        {"secrets": {"kind": "generated", "length": 16}},
        "jarvis:secrets.length has a value, not shown here, that is not allowed; it must be a whole number from 32 to",
    ),
    # across sections
    "interface not among the origins": (
        {"exposure": {"kind": "port-forward", "localPorts": {"frontend": 3100}}},
        f"jarvis:{CORS} must hold http://localhost:3100, where jarvis:exposure serves the user interface, "
        "or browsers refuse its API calls.",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_sentence(name: str, tmp_path: Path) -> None:
    changes, expected = CASES[name]
    with pytest.raises(SettingsError) as caught:
        load_stack_file(written(tmp_path, changed(DEV, changes)))
    (problem,) = caught.value.problems
    text = str(problem)
    assert text.startswith("Pulumi.dev.yaml:"), text
    assert expected in text
    assert problem.line is not None
    assert "hunter2" not in text


def test_all_problems_at_once(tmp_path: Path) -> None:
    changes = {name: CASES[name][0] for name in ("environment misspelt", "memory in GB", "secret in plain text")}
    config = changed(DEV, {path: value for change in changes.values() for path, value in change.items()})
    with pytest.raises(SettingsError) as caught:
        load_stack_file(written(tmp_path, config))
    assert [problem.path for problem in caught.value.problems] == [
        "jarvis:environment",
        f"jarvis:{SIZE}",
        "jarvis:secrets.redisPassword",
    ]


def test_line_is_where_the_value_stands(tmp_path: Path) -> None:
    path = written(tmp_path, changed(DEV, {"app.logLevel": "debug"}))
    with pytest.raises(SettingsError) as caught:
        load_stack_file(path)
    (problem,) = caught.value.problems
    assert problem.line is not None
    assert "logLevel: debug" in path.read_text().splitlines()[problem.line - 1]


def test_only_a_missing_secret_is_one(tmp_path: Path) -> None:
    for name, (changes, _) in CASES.items():
        with pytest.raises(SettingsError) as caught:
            load_stack_file(written(tmp_path, changed(DEV, changes)))
        assert caught.value.problems[0].missing_secret is (name == "secret missing")
