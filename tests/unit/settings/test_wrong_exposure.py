"""Wrong settings of Ingress and Gateway: each gives its exact sentence, and only that."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.settings.stacks import ABSENT, Case, assert_refused, production, staging

MEMORY = "a whole number of bytes with a suffix (Ki, Mi, Gi, Ti, k, M, G or T), such as 512Mi or 20Gi"
LABEL = "lower-case letters, digits and hyphens, 63 characters at most, no hyphen first or last (RFC 1123)"
OBJECT = "a Kubernetes object's name: lower-case letters, digits, hyphens and dots, 253 characters at most"
HOST = "a full host name in lower case, such as app.jarvis.com"
SET = "\n    pulumi config set --path"

CASES: dict[str, Case] = {
    # exposure
    "no host": (
        staging,
        {"exposure.hosts": ABSENT},
        "jarvis:exposure.hosts is missing: Names that browsers and clients use; DNS must lead them to the "
        "controller's address.",
    ),
    "no certificate": (
        staging,
        {"exposure.tls": ABSENT},
        "jarvis:exposure.tls is missing: The certificate of all hosts, of kind cert-manager or secret.",
    ),
    "no host of the API": (
        staging,
        {"exposure.hosts": {"frontend": "app-staging.jarvis.local"}},
        f"jarvis:exposure.hosts.backend is missing; it must be {HOST}.{SET} 'jarvis:exposure.hosts.backend' "
        "VALUE --stack dev",
    ),
    "host in capitals": (
        staging,
        {"exposure.hosts.grafana": "Grafana.jarvis.local"},
        f'jarvis:exposure.hosts.grafana is "Grafana.jarvis.local"; it must be {HOST}.',
    ),
    "host an address": (
        staging,
        {"exposure.hosts.grafana": "192.0.2.1"},
        f'jarvis:exposure.hosts.grafana is "192.0.2.1"; it must be {HOST}.',
    ),
    "host twice": (
        staging,
        {"exposure.hosts.grafana": "app-staging.jarvis.local"},
        "jarvis:exposure.hosts: host app-staging.jarvis.local is given to more than one entry point; each "
        "needs its own.",
    ),
    "certificate of no kind": (
        staging,
        {"exposure.tls": {"kind": "acme"}},
        'jarvis:exposure.tls.kind is "acme"; it must be cert-manager or secret.',
    ),
    "certificate without its kind": (
        staging,
        {"exposure.tls": {"secretName": "jarvis-staging-tls"}},
        f"jarvis:exposure.tls.kind is missing; it must be cert-manager or secret.{SET} "
        "'jarvis:exposure.tls.kind' VALUE --stack dev",
    ),
    "certificate without an issuer": (
        staging,
        {"exposure.tls": {"kind": "cert-manager"}},
        "jarvis:exposure.tls.issuer is missing: An issuer that cert-manager has already.",
    ),
    "given certificate without a name": (
        staging,
        {"exposure.tls": {"kind": "secret"}},
        f"jarvis:exposure.tls.secretName is missing; it must be {OBJECT}.{SET} "
        "'jarvis:exposure.tls.secretName' VALUE --stack dev",
    ),
    "issuer of no kind": (
        staging,
        {"exposure.tls.issuer": {"kind": "Acme", "name": "jarvis"}},
        'jarvis:exposure.tls.issuer.kind is "Acme"; it must be Issuer or ClusterIssuer.',
    ),
    "controller unknown": (
        staging,
        {"exposure.controller": "haproxy"},
        'jarvis:exposure.controller is "haproxy"; it must be traefik, nginx or generic.',
    ),
    "promises of a bare Ingress": (
        staging,
        {"exposure.controller": "generic", "app.tls": ABSENT},
        "jarvis:exposure: controller generic needs hsts: null, maxBodySize: null, idleTimeoutSeconds: null, "
        "redirectHttp: false: an Ingress has no standard field for that, so nothing would keep what the "
        "settings promise.",
    ),
    "bare Ingress without a class": (
        staging,
        {"exposure.controller": "generic", "exposure.hsts": None, "exposure.maxBodySize": None,
         "exposure.idleTimeoutSeconds": None, "exposure.redirectHttp": False, "app.tls": ABSENT},
        "jarvis:exposure: className is required with controller generic, which has no usual one.",
    ),
    "HSTS of nginx": (
        staging,
        {"exposure.controller": "nginx", "exposure.hsts": {"maxAgeSeconds": 60}},
        "jarvis:exposure: hsts must be maxAgeSeconds 31536000 and includeSubDomains true with controller "
        "nginx: it sends these for every host, and its own ConfigMap alone can change them.",
    ),
    "plain HTTP by nginx": (
        staging,
        {"exposure.controller": "nginx", "exposure.redirectHttp": False},
        "jarvis:exposure: redirectHttp must be true with controller nginx: it would serve the same over "
        "plain HTTP otherwise.",
    ),
    "HSTS without end": (
        staging,
        {"exposure.hsts": {"maxAgeSeconds": 100000000}},
        "jarvis:exposure.hsts.maxAgeSeconds is the number 100000000; it must be a whole number from 0 to "
        "63072000.",
    ),
    "body of 10 MB": (
        staging,
        {"exposure.maxBodySize": "10MB"},
        f'jarvis:exposure.maxBodySize is "10MB"; it must be {MEMORY}.',
    ),
    "silent for a second": (
        staging,
        {"exposure.idleTimeoutSeconds": 1},
        "jarvis:exposure.idleTimeoutSeconds is the number 1; it must be a whole number from 10 to 86400.",
    ),
    "ports of a node": (
        staging,
        {"exposure.nodePorts": {}},
        "jarvis:exposure.nodePorts is not a setting; allowed here are ...",
    ),
    "clients of no network": (
        production,
        {"exposure.loadBalancer": {"allowedSources": ["203.0.113.7/24"]}},
        'jarvis:exposure.loadBalancer.allowedSources[0] is "203.0.113.7/24"; it must be a network with no '
        "host bits set, such as 203.0.113.0/24 or 2001:db8::/32.",
    ),
    "traffic policy in small letters": (
        production,
        {"exposure.loadBalancer": {"externalTrafficPolicy": "local"}},
        'jarvis:exposure.loadBalancer.externalTrafficPolicy is "local"; it must be Local or Cluster (did '
        "you mean Local?).",
    ),
    "annotation's key with a space": (
        production,
        {"exposure.loadBalancer": {"annotations": {"address pool": "a"}}},
        'jarvis:exposure.loadBalancer.annotations["address pool"] is "a"; it must be an annotation\'s key, '
        "such as metallb.io/address-pool.",
    ),
    "annotation a number": (
        production,
        {"exposure.loadBalancer": {"annotations": {"metallb.io/address-pool": 1}}},
        'jarvis:exposure.loadBalancer.annotations["metallb.io/address-pool"] is the number 1; it must be '
        'text.\n    Put it in quotes: "1"',
    ),
    "no gateway": (
        production,
        {"exposure.gateway": ABSENT},
        "jarvis:exposure.gateway is missing: The entrance, of kind existing or own.",
    ),
    "gateway of no kind": (
        production,
        {"exposure.gateway.kind": "shared"},
        'jarvis:exposure.gateway.kind is "shared"; it must be existing or own.',
    ),
    "gateway without its certificate": (
        production,
        {"exposure.gateway": {"kind": "own"}},
        "jarvis:exposure.gateway.tls is missing: The certificate of all hosts, of kind cert-manager or "
        "secret.",
    ),
    "gateway without a namespace": (
        production,
        {"exposure.gateway": {"kind": "existing", "name": "public"}},
        f"jarvis:exposure.gateway.namespace is missing; it must be {LABEL}.{SET} "
        "'jarvis:exposure.gateway.namespace' VALUE --stack dev",
    ),
    "gateway's address a name": (
        production,
        {"exposure.gateway.addresses": ["gateway.jarvis.com"]},
        'jarvis:exposure.gateway.addresses[0] is "gateway.jarvis.com"; it must be an IP address, such as '
        "203.0.113.7.",
    ),
    "redirect that nothing listens for": (
        production,
        {"exposure.gateway": {"kind": "existing", "name": "public", "namespace": "gateways", "httpListener": None}},
        "jarvis:exposure: redirectHttp must be false where gateway.httpListener is null: nothing listens on "
        "port 80.",
    ),
    "promises of a bare Gateway": (
        production,
        {"exposure.implementation": "generic"},
        "jarvis:exposure: implementation generic needs maxBodySize: null, idleTimeoutSeconds: null: the "
        "Gateway API has no standard field for that, so nothing would keep what the settings promise.",
    ),
    "bare Gateway without a namespace": (
        production,
        {"exposure.implementation": "generic", "exposure.maxBodySize": None, "exposure.idleTimeoutSeconds": None},
        "jarvis:exposure: controllerNamespace is required with implementation generic, which has no usual "
        "one.",
    ),
    "bare Gateway without a class": (
        production,
        {"exposure.implementation": "generic", "exposure.maxBodySize": None,
         "exposure.idleTimeoutSeconds": None, "exposure.controllerNamespace": "gateways"},
        "jarvis:exposure: gateway.className is required with implementation generic: the stack's own is "
        "Envoy Gateway's.",
    ),
    "proxies' limits below their requests": (
        production,
        {"exposure.gateway.proxies": {"limits": {"cpu": "50m", "memory": "1Gi"}}},
        "jarvis:exposure.gateway.proxies: limits.cpu 50m is below requests.cpu 100m.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_sentence(name: str, tmp_path: Path) -> None:
    assert_refused(tmp_path, *CASES[name])
