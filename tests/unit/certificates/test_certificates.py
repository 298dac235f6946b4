"""Certificates of the stack's own servers."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest
from pydantic import TypeAdapter, ValidationError

from components.certificates.contract import ServerCertificate, TrustAnchor
from components.certificates.kinds import create_certificates
from components.certificates.settings import CertificatesSettings
from components.kubernetes.metadata import AppLabels
from tests.support.mocks import Graph, Registered, cluster_access, registered

GIVEN = {"kind": "ClusterIssuer", "name": "corporate"}


def certificates(**section: Any) -> Any:
    return TypeAdapter[Any](CertificatesSettings).validate_python(section)


class Server(pulumi.ComponentResource):
    def __init__(self) -> None:
        super().__init__("test:index:Server", "server")


def issued(**section: Any) -> tuple[Graph, ServerCertificate | None]:
    made: list[ServerCertificate | None] = []

    def build() -> None:
        cluster = cluster_access()
        authority = create_certificates(certificates(**section), cluster=cluster)
        if authority is None:
            made.append(None)
            return
        names = ["redis", pulumi.Output.concat("redis.", cluster.namespace, ".svc")]
        labels = AppLabels("redis", "cache", "test")
        made.append(authority.issue("redis-tls", names, labels=labels, cluster=cluster, parent=Server()))

    graph = registered(build)
    return graph, made[0]


def test_plain_text_unless_asked_for() -> None:
    graph, certificate = issued(kind="none")
    assert certificate is None
    assert [item.type for item in graph.resources] == ["pulumi:providers:kubernetes"]


def test_the_servers_certificate() -> None:
    graph, certificate = issued(kind="cert-manager")
    assert certificate is not None
    assert (certificate.secret_name, certificate.trust) == ("redis-tls", TrustAnchor("redis-tls", "ca.crt"))
    made = graph.one("Certificate", "redis-tls")
    assert made.inputs["apiVersion"] == "cert-manager.io/v1"
    assert made.inputs["metadata"]["annotations"] == {"pulumi.com/waitFor": "condition=Ready"}
    assert made.inputs["metadata"]["labels"]["app"] == "redis"
    assert "test:index:Server$" in made.urn
    spec = made.inputs["spec"]
    assert spec.pop("secretTemplate")["labels"] == made.inputs["metadata"]["labels"]
    assert spec == {
        "secretName": "redis-tls",
        "dnsNames": ["redis", "redis.jarvis-test.svc"],
        "duration": "8760h",
        "renewBefore": "4320h",
        "privateKey": {"algorithm": "ECDSA", "size": 256, "encoding": "PKCS8", "rotationPolicy": "Always"},
        "usages": ["digital signature", "server auth", "client auth"],
        "issuerRef": {"name": "jarvis-ca", "kind": "Issuer", "group": "cert-manager.io"},
    }


def chain(graph: Graph) -> tuple[Registered, Registered, Registered]:
    return (
        graph.one("Issuer", "jarvis-ca-root"),
        graph.one("Certificate", "jarvis-ca"),
        graph.one("Issuer", "jarvis-ca"),
    )


def test_the_stacks_own_authority() -> None:
    graph, _ = issued(kind="cert-manager")
    root, own, issuer = chain(graph)
    assert root.inputs["spec"] == {"selfSigned": {}}
    assert own.inputs["spec"]["isCA"] is True
    assert own.inputs["spec"]["issuerRef"] == {"name": "jarvis-ca-root", "kind": "Issuer", "group": "cert-manager.io"}
    assert own.inputs["spec"]["commonName"] == "jarvis-ca-test"
    assert own.inputs["spec"]["duration"] == "87600h"
    assert own.inputs["spec"]["renewBefore"] == "8760h"
    assert issuer.inputs["spec"] == {"ca": {"secretName": own.inputs["spec"]["secretName"]}}
    assert {item.inputs["metadata"]["namespace"] for item in (root, own, issuer)} == {"jarvis-test"}


def test_a_renewed_authority_keeps_its_key() -> None:
    """Otherwise whoever got a certificate before would be refused by whoever gets one after."""
    graph, _ = issued(kind="cert-manager")
    assert graph.one("Certificate", "jarvis-ca").inputs["spec"]["privateKey"]["rotationPolicy"] == "Never"


def test_each_step_waits_for_the_one_before() -> None:
    graph, _ = issued(kind="cert-manager")
    root, own, issuer = chain(graph)
    assert root.urn in own.dependencies
    assert own.urn in issuer.dependencies
    assert issuer.urn in graph.one("Certificate", "redis-tls").dependencies
    for item in (root, own, issuer):
        assert item.inputs["metadata"]["annotations"] == {"pulumi.com/waitFor": "condition=Ready"}


@pytest.mark.parametrize("kind", ["Issuer", "ClusterIssuer"])
def test_a_given_issuer_is_used_and_no_authority_made(kind: str) -> None:
    graph, _ = issued(kind="cert-manager", authority={**GIVEN, "kind": kind})
    assert graph.of_kind("Issuer") == []
    (made,) = graph.of_kind("Certificate")
    assert made.inputs["spec"]["issuerRef"] == {"name": "corporate", "kind": kind, "group": "cert-manager.io"}


def test_lifetimes_are_settings() -> None:
    graph, _ = issued(
        kind="cert-manager",
        lifetime={"durationDays": 10, "renewBeforeDays": 3},
        authority={"kind": "internal", "lifetime": {"durationDays": 400, "renewBeforeDays": 40}},
    )
    server, own = graph.one("Certificate", "redis-tls"), graph.one("Certificate", "jarvis-ca")
    assert (server.inputs["spec"]["duration"], server.inputs["spec"]["renewBefore"]) == ("240h", "72h")
    assert (own.inputs["spec"]["duration"], own.inputs["spec"]["renewBefore"]) == ("9600h", "960h")


@pytest.mark.parametrize(
    ("section", "sentence"),
    [
        ({"lifetime": {"durationDays": 30, "renewBeforeDays": 30}}, "renewBeforeDays 30 must be below durationDays 30"),
        (
            {"authority": {"kind": "internal", "lifetime": {"durationDays": 400, "renewBeforeDays": 89}}},
            "authority.lifetime.renewBeforeDays 89 must be at least lifetime.durationDays 365",
        ),
        ({"authority": {"kind": "ClusterIssuer"}}, "name"),
        ({"authority": {"kind": "Vault", "name": "a"}}, "authority"),
        ({"issuer": GIVEN}, "Extra inputs are not permitted"),
    ],
)
def test_wrong_settings(section: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        certificates(kind="cert-manager", **section)
