"""Certificates of kind `cert-manager`: the stack's own authority, or an issuer that is there already."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pulumi
from pulumi_kubernetes.apiextensions import CustomResource

from components.certificates.contract import ServerCertificate, TrustAnchor
from components.certificates.settings import CertManagerCertificates, GivenIssuer, InternalAuthority
from components.cluster.contract import ClusterAccess
from components.kubernetes.cert_manager import API_VERSION, ISSUER_GROUP, WAIT_UNTIL_READY, certificate, hours
from components.kubernetes.custom import Field, custom_resource
from components.kubernetes.metadata import AppLabels, object_meta
from components.settings.certificates import IssuerReference, Lifetime

AUTHORITY: Final = "jarvis-ca"
"""Name of the authority's Issuer, of its Certificate and of the Secret with its key."""
_ROOT: Final = "jarvis-ca-root"


class CertManager(pulumi.ComponentResource):
    """A `CertificateAuthority`. Its servers' certificates are for clients too: replicas prove themselves by them."""

    def __init__(
        self,
        name: str,
        settings: CertManagerCertificates,
        *,
        cluster: ClusterAccess,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("jarvis:certificates:CertManager", name, None, opts)
        self._lifetime = settings.lifetime
        self._authority: tuple[pulumi.Resource, ...] = ()
        match settings.authority:
            case GivenIssuer() as issuer:
                self._issuer: IssuerReference = issuer
            case InternalAuthority() as own:
                self._authority = (self._own_authority(own.lifetime, cluster),)
                self._issuer = IssuerReference(name=AUTHORITY, kind="Issuer")
        self.register_outputs({"issuer": self._issuer.name})

    def issue(
        self,
        name: str,
        dns_names: Sequence[pulumi.Input[str]],
        *,
        labels: AppLabels,
        cluster: ClusterAccess,
        parent: pulumi.Resource,
    ) -> ServerCertificate:
        """A certificate for `dns_names` in the Secret `<name>`, owned by `parent`."""
        resource = certificate(
            name,
            dns_names,
            issuer=self._issuer,
            lifetime=self._lifetime,
            labels=labels,
            cluster=cluster,
            opts=cluster.child_of(parent, *self._authority),
            client=True,
        )
        return ServerCertificate(
            secret_name=name,
            trust=TrustAnchor(secret_name=name),
            resource=resource,
            renewed_days_before=self._lifetime.renew_before_days,
        )

    def _own_authority(self, lifetime: Lifetime, cluster: ClusterAccess) -> CustomResource:
        """A self-signed root and the Issuer that signs with its key."""
        labels = AppLabels(AUTHORITY, "certificates", cluster.environment)

        def part(name: str, kind: str, spec: dict[str, Field], *depends_on: pulumi.Resource) -> CustomResource:
            metadata = object_meta(name, cluster.namespace, labels, WAIT_UNTIL_READY)
            opts = cluster.child_of(self, *depends_on)
            return custom_resource(name, api_version=API_VERSION, kind=kind, metadata=metadata, spec=spec, opts=opts)

        root = part(_ROOT, "Issuer", {"selfSigned": {}})
        own = part(AUTHORITY, "Certificate", _root_certificate(lifetime, labels), root)
        return part(AUTHORITY, "Issuer", {"ca": {"secretName": AUTHORITY}}, own)


def _root_certificate(lifetime: Lifetime, labels: AppLabels) -> dict[str, Field]:
    return {
        "isCA": True,
        "commonName": f"{AUTHORITY}-{labels.environment}",
        "secretName": AUTHORITY,
        "secretTemplate": {"labels": labels.all},
        "duration": hours(lifetime.duration_days),
        "renewBefore": hours(lifetime.renew_before_days),
        # A renewed root keeps its key, so what it signed before stays valid for clients that know either certificate.
        "privateKey": {"algorithm": "ECDSA", "size": 256, "rotationPolicy": "Never"},
        "usages": ["digital signature", "cert sign", "crl sign"],
        "issuerRef": {"name": _ROOT, "kind": "Issuer", "group": ISSUER_GROUP},
    }
