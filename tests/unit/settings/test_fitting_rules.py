"""Sections that do not fit each other, in whatever environment: each gives its exact sentence, and only that."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra.settings.load import load_stack_file
from tests.unit.settings.stacks import (
    ABSENT,
    PRODUCTION_SECRETS,
    Case,
    Config,
    assert_refused,
    changed,
    production,
    staging,
    written,
)

PLACE = {"bucket": "jarvis-backups"}
OFFERED = "helm, or external where the cluster has it already"

CASES: dict[str, Case] = {
    "interface not among the origins": (
        staging,
        {"app.corsOrigins": ["https://other.jarvis.local"]},
        "jarvis:app.corsOrigins must hold https://app-staging.jarvis.local, where jarvis:exposure serves "
        "the user interface, or browsers refuse its API calls.",
    ),
    "second name of the interface not among the origins": (
        production,
        {"app.corsOrigins": ["https://app.jarvis.com"]},
        "jarvis:app.corsOrigins must hold https://admin.jarvis.com, where jarvis:exposure serves the user "
        "interface, or browsers refuse its API calls.",
    ),
    "API's address unknown": (
        staging,
        {"app.backendUrl": ABSENT},
        "jarvis:app.backendUrl must be https://api-staging.jarvis.local, where jarvis:exposure.hosts serves "
        "it, not absent.",
    ),
    "API's address another": (
        staging,
        {"app.backendUrl": "https://api.jarvis.local"},
        "jarvis:app.backendUrl must be https://api-staging.jarvis.local, where jarvis:exposure.hosts serves "
        "it, not https://api.jarvis.local.",
    ),
    "interface's address another": (
        production,
        {"app.frontendUrl": "https://admin.jarvis.com"},
        "jarvis:app.frontendUrl must be https://app.jarvis.com, where jarvis:exposure.hosts serves it, not "
        "https://admin.jarvis.com.",
    ),
    "load balancer without TLS behind it": (
        production,
        {"app.tls": ABSENT},
        "jarvis:exposure.loadBalancer needs jarvis:app.tls: it leads port 443 straight to the backend, "
        "which then must serve TLS itself.",
    ),
    "load balancer under a name that no certificate has": (
        production,
        {"app.tls.dnsNames": ["api-2.jarvis.com"]},
        "jarvis:app.tls.dnsNames must hold api.jarvis.com: jarvis:exposure.loadBalancer leads its clients "
        "straight to the backend.",
    ),
    "Grafana that does not know its address": (
        production,
        {"exposure.hosts.grafana": "grafana.jarvis.com"},
        "jarvis:monitoring.grafana.rootUrl must be https://grafana.jarvis.com, where jarvis:exposure serves it, "
        "not absent: it refuses WebSockets otherwise.",
    ),
    "the cluster's Grafana under a name of the stack": (
        production,
        {
            "exposure.hosts.grafana": "grafana.jarvis.com",
            "monitoring": {"kind": "operator"},
            "platform.prometheusOperator": {"kind": "external"},
        },
        "jarvis:exposure.hosts.grafana must be absent with jarvis:monitoring.kind operator: Grafana is the cluster's "
        "own.",
    ),
    "TLS behind a bare Ingress": (
        staging,
        {"exposure": {"kind": "ingress", "controller": "generic", "className": "web",
         "controllerNamespace": "web", "hsts": None, "maxBodySize": None, "idleTimeoutSeconds": None,
         "redirectHttp": False, "hosts": {"frontend": "app-staging.jarvis.local",
         "backend": "api-staging.jarvis.local"}, "tls": {"kind": "secret", "secretName": "web"}}},
        "jarvis:app.tls must be absent with jarvis:exposure.controller generic: it can talk plain HTTP to "
        "the backend only.",
    ),
    "certificate that nobody issues": (
        staging,
        {"certificates": {"kind": "none"}},
        "jarvis:app.tls.secretName is missing: name a Secret that holds the certificate, or let "
        "jarvis:certificates issue one.",
    ),
    "replicated database dumped to a volume": (
        production,
        {"backup": {"kind": "volume"}},
        "jarvis:backup.kind must be object-storage with jarvis:database.kind cloudnative-pg, which archives "
        "what it writes there.",
    ),
    "container archived in object storage": (
        staging,
        {"backup": {"kind": "object-storage", "location": {"bucket": "b-1"}}, "secrets": PRODUCTION_SECRETS,
         "platform.barmanCloud": {"kind": "external"}},
        "jarvis:backup.kind must be volume with jarvis:database.kind container, which is dumped to one.",
    ),
    "recovery without backups": (
        production,
        {"environment": "staging", "backup": {"kind": "none"}, "database.archive": "again",
         "database.bootstrap": {"kind": "recovery"}},
        "jarvis:backup.kind must be object-storage: jarvis:database.bootstrap recovers from what lies "
        "there.",
    ),
    "recovery from a second place that is none": (
        production,
        {"environment": "staging", "backup.second": ABSENT, "database.bootstrap": {"kind": "recovery",
         "location": "second"}},
        "jarvis:backup.second is missing: jarvis:database.bootstrap recovers from there.",
    ),
    "half of the key": (
        production,
        {"secrets.backupAccessKeyId": ABSENT},
        "jarvis:secrets: backupAccessKeyId and backupSecretAccessKey go together: give both or neither.",
    ),
    "store without the key": (
        production,
        {"secrets": {"kind": "external-secrets", "store": {"name": "vault"}},
         "platform.externalSecrets": {"kind": "external"}},
        "jarvis:secrets.backupAccessKeys must be true: jarvis:backup of kind object-storage needs the key.",
    ),
    "certificates without cert-manager": (
        staging,
        {"platform.certManager": {"kind": "none"}, "exposure.tls": {"kind": "secret", "secretName": "web"}},
        f"jarvis:platform.certManager.kind must be {OFFERED}: jarvis:certificates needs it.",
    ),
    "entrance without cert-manager": (
        staging,
        {"platform.certManager": {"kind": "none"}, "certificates": {"kind": "none"}, "app.tls": ABSENT},
        f"jarvis:platform.certManager.kind must be {OFFERED}: jarvis:exposure needs it.",
    ),
    "gateway without cert-manager": (
        production,
        {"environment": "staging", "platform.certManager": {"kind": "none"},
         "certificates": {"kind": "none"}, "app.tls": ABSENT, "exposure.loadBalancer": ABSENT},
        f"jarvis:platform.certManager.kind must be {OFFERED}: jarvis:exposure needs it.",
    ),
    "plugin without cert-manager": (
        production,
        {"environment": "staging", "platform.certManager": {"kind": "none"},
         "certificates": {"kind": "none"}, "app.tls": ABSENT, "exposure.loadBalancer": ABSENT,
         "exposure.gateway.tls": {"kind": "secret", "secretName": "web"}},
        f"jarvis:platform.certManager.kind must be {OFFERED}: jarvis:platform.barmanCloud needs it.",
    ),
    "cluster without CloudNativePG": (
        production,
        {"platform.cloudnativePg": {"kind": "none"}},
        f"jarvis:platform.cloudnativePg.kind must be {OFFERED}: jarvis:database needs it.",
    ),
    "plugin without its operator": (
        staging,
        {"platform.barmanCloud": {"kind": "helm"}},
        f"jarvis:platform.cloudnativePg.kind must be {OFFERED}: jarvis:platform.barmanCloud needs it.",
    ),
    "archive without the plugin": (
        production,
        {"platform.barmanCloud": {"kind": "none"}},
        f"jarvis:platform.barmanCloud.kind must be {OFFERED}: jarvis:backup needs it.",
    ),
    "routes without a controller": (
        production,
        {"platform.gateway": {"kind": "none"}},
        f"jarvis:platform.gateway.kind must be {OFFERED}: jarvis:exposure needs it.",
    ),
    "Ingress without Traefik": (
        staging,
        {"platform.traefik": ABSENT},
        "jarvis:platform.traefik.kind must be external, once the cluster has it: jarvis:exposure needs it.",
    ),
    "store without its operator": (
        production,
        {"secrets": {"kind": "external-secrets", "store": {"name": "vault"}, "backupAccessKeys": True}},
        f"jarvis:platform.externalSecrets.kind must be {OFFERED}: jarvis:secrets needs it.",
    ),
    "autoscaling without metrics": (
        staging,
        {"platform.metricsServer": ABSENT},
        f"jarvis:platform.metricsServer.kind must be {OFFERED}: jarvis:app.backend.autoscaling needs it.",
    ),
    "monitors without the operator": (
        staging,
        {"monitoring": {"kind": "operator"}},
        "jarvis:platform.prometheusOperator.kind must be external, once the cluster has it: "
        "jarvis:monitoring needs it.",
    ),
    "registry that nothing allows": (
        staging,
        {"app.image.registry": "registry.jarvis.local:5000/apps"},
        "jarvis:security.admission.registries.allowed must hold registry.jarvis.local:5000/apps, where the "
        "image of jarvis:app comes from: its Pods would be refused.",
    ),
    "registry of one service": (
        staging,
        {"app.stt": {"image": {"registry": "registry.jarvis.local"}}},
        "jarvis:security.admission.registries.allowed must hold registry.jarvis.local, where the image of "
        "jarvis:app.stt comes from: its Pods would be refused.",
    ),
    "registry of Ollama": (
        staging,
        {"app.ollama": {"image": {"registry": "registry.jarvis.local", "tag": "0.33.3"}}},
        "jarvis:security.admission.registries.allowed must hold registry.jarvis.local/ollama, where the "
        "image of jarvis:app.ollama comes from: its Pods would be refused.",
    ),
    "registry of the cache": (
        staging,
        {"cache.image": "docker.io/valkey/valkey:9.0"},
        "jarvis:security.admission.registries.allowed must hold docker.io/valkey, where the image of "
        "jarvis:cache comes from: its Pods would be refused.",
    ),
    "registry of Loki": (
        staging,
        {"monitoring.logs": {"loki": {"image": "ghcr.io/grafana/loki:3.7.8"}}},
        "jarvis:security.admission.registries.allowed must hold ghcr.io/grafana, where the image of "
        "jarvis:monitoring.logs.loki comes from: its Pods would be refused.",
    ),
    "registry beside the mirror": (
        staging,
        {"platform.mirror": {"registry": "mirror.jarvis.local"},
         "security.admission.registries": {"allowed": ["docker.io"]}},
        "jarvis:security.admission.registries.allowed must hold mirror.jarvis.local, where the image of "
        "jarvis:app comes from: its Pods would be refused.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_sentence(name: str, tmp_path: Path) -> None:
    assert_refused(tmp_path, *CASES[name])


GOOD: dict[str, tuple[Callable[[], Config], dict[str, Any]]] = {
    "somebody else's certificate of the backend": (
        production,
        {"app.tls": {"secretName": "backend", "certificatePath": "/tls/a.crt", "keyPath": "/tls/a.key"}},
    ),
    "a certificate for every name of the domain": (production, {"app.tls.dnsNames": ["*.jarvis.com"]}),
    "secrets of a store": (
        production,
        {"secrets": {"kind": "external-secrets", "store": {"name": "vault"}, "backupAccessKeys": True},
         "platform.externalSecrets": {"kind": "external"}},
    ),
    "recovery from the second place": (
        production,
        {"database.archive": "postgres-2", "database.bootstrap": {"kind": "recovery", "location": "second"}},
    ),
    "controllers that others keep": (
        production,
        {f"platform.{addon}": {"kind": "external"}
         for addon in ("certManager", "cloudnativePg", "barmanCloud", "gateway", "metricsServer")},
    ),
    "no cert-manager where nothing asks for a certificate": (
        staging,
        {"platform.certManager": ABSENT, "certificates": ABSENT, "app.tls": ABSENT,
         "exposure.tls": {"kind": "secret", "secretName": "web"}},
    ),
    "no metrics where nothing scales": (
        staging,
        {"platform.metricsServer": ABSENT, "app.backend": {"replicas": 2}, "app.frontend": {"replicas": 2}},
    ),
    "monitoring by the cluster's own": (
        production,
        {"monitoring": {"kind": "operator"}, "platform.prometheusOperator": {"kind": "external"}},
    ),
    "a mirror takes what comes from anywhere": (
        staging,
        {"platform.mirror": {"registry": "mirror.jarvis.local:5000"}, "app.image.registry": "registry.jarvis.local"},
    ),
    "a registry on the list": (
        staging,
        {"app.image.registry": "registry.jarvis.local:5000/apps",
         "security.admission.registries": {
             "allowed": ["registry.jarvis.local:5000", "docker.io", "quay.io", "ghcr.io", "registry.k8s.io"]}},
    ),
    "registries that are only warned of": (
        staging,
        {"app.image.registry": "registry.jarvis.local", "security.admission.registries": {"action": "Warn"}},
    ),
    "no admission policies": (
        staging, {"app.image.registry": "registry.jarvis.local", "security.admission": None},
    ),
    "node-exporter's image, in a namespace of its own": (
        staging,
        {"monitoring.exporters": {"nodeExporter": {"enabled": True, "image": "example.com/node-exporter:v1"}}},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_what_fits_is_not_refused(name: str, tmp_path: Path) -> None:
    stack, changes = GOOD[name]
    load_stack_file(written(tmp_path, changed(stack(), changes)))
