"""TLS of the application: the certificate that the backend serves, and what its Pods verify other servers by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import pulumi

from components.cache.contract import CacheConnection
from components.certificates.contract import CertificateAuthority, TrustAnchor
from components.cluster.contract import ClusterAccess
from components.database.contract import DatabaseConnection
from components.jarvis.settings import TlsFiles
from components.kubernetes.metadata import AppLabels

TRUST_FOLDER: Final = "/etc/jarvis/trust"
"""Where each CA certificate is mounted, as `postgres.crt`, `redis.crt` and `backend.crt`."""


@dataclass(frozen=True)
class ServedCertificate:
    """A certificate that a server reads from files."""

    secret_name: str
    """A Secret with the keys tls.crt and tls.key."""
    certificate_path: str
    key_path: str
    trust: TrustAnchor
    """What clients verify it by."""
    resources: tuple[pulumi.Resource, ...] = ()
    """Servers wait for them."""
    days: int | None = None
    """Days that a server may run on what it read at its start; None where nobody knows."""


def served_certificate(
    tls: TlsFiles,
    certificates: CertificateAuthority | None,
    labels: AppLabels,
    *,
    cluster: ClusterAccess,
    parent: pulumi.Resource,
) -> ServedCertificate:
    """The certificate in the named Secret, or one issued for the Service's names.

    Raises pulumi.RunError where there is neither a Secret nor an authority.
    """
    name = tls.secret_name
    if name is not None:
        return ServedCertificate(name, tls.certificate_path, tls.key_path, TrustAnchor(name))
    if certificates is None:
        raise pulumi.RunError(
            "jarvis:app.tls names no Secret and the stack issues no certificates: set jarvis:app.tls.secretName or "
            "jarvis:certificates."
        )
    service = pulumi.Output.concat(labels.name, ".", cluster.namespace)
    names = [labels.name, service, *(pulumi.Output.concat(service, end) for end in (".svc", ".svc.cluster.local"))]
    issued = certificates.issue(
        f"{labels.name}-tls", [*names, *tls.dns_names], labels=labels, cluster=cluster, parent=parent
    )
    return ServedCertificate(
        issued.secret_name,
        tls.certificate_path,
        tls.key_path,
        issued.trust,
        resources=(issued.resource,),
        days=issued.renewed_days_before,
    )


@dataclass(frozen=True)
class Trust:
    """What a workload verifies the servers that it calls by."""

    variables: Mapping[str, str] = field(default_factory=dict[str, str])
    anchors: Mapping[str, TrustAnchor] = field(default_factory=dict[str, TrustAnchor])
    """By the name of the file in TRUST_FOLDER."""

    def and_(self, other: Trust) -> Trust:
        """Both."""
        return Trust({**self.variables, **other.variables}, {**self.anchors, **other.anchors})


NO_TRUST: Final = Trust()


def database_trust(database: DatabaseConnection) -> Trust:
    """libpq's own variables, which asyncpg heeds too; `system`, the machine's own authorities, needs libpq 16.

    Source: https://www.postgresql.org/docs/current/libpq-envars.html
    """
    if not database.tls:
        return NO_TRUST
    mode = {"PGSSLMODE": "verify-full"}
    if database.trust is None:
        return Trust({**mode, "PGSSLROOTCERT": "system"})
    return _by_file({**mode}, "PGSSLROOTCERT", "postgres.crt", database.trust)


def cache_trust(cache: CacheConnection) -> Trust:
    """REDIS_TLS, and REDIS_CA_CERT where the server's authority is not one that every machine trusts."""
    if not cache.tls:
        return NO_TRUST
    switch = {"REDIS_TLS": "true"}
    return Trust(switch) if cache.trust is None else _by_file(switch, "REDIS_CA_CERT", "redis.crt", cache.trust)


def backend_trust(certificate: ServedCertificate | None) -> Trust:
    """SSL_CERT_FILE, which OpenSSL heeds and with it Python's ssl, httpx and aiohttp, and REQUESTS_CA_BUNDLE.

    requests brings its own list of authorities and heeds only the latter. Both replace the machine's authorities: the
    services that get them call nothing but the backend.
    """
    if certificate is None:
        return NO_TRUST
    bundle = _by_file({}, "SSL_CERT_FILE", "backend.crt", certificate.trust)
    return bundle.and_(Trust({"REQUESTS_CA_BUNDLE": bundle.variables["SSL_CERT_FILE"]}))


def _by_file(variables: Mapping[str, str], variable: str, file: str, anchor: TrustAnchor) -> Trust:
    return Trust({**variables, variable: f"{TRUST_FOLDER}/{file}"}, {file: anchor})
