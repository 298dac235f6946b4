"""Which kind of certificates the stack's own servers have."""

from __future__ import annotations

import pulumi

from components.certificates.contract import CertificateAuthority
from components.certificates.settings import CertManagerCertificates, NoCertificates
from components.cluster.contract import ClusterAccess


def create_certificates(
    settings: NoCertificates | CertManagerCertificates,
    *,
    cluster: ClusterAccess,
    opts: pulumi.ResourceOptions | None = None,
) -> CertificateAuthority | None:
    """Who issues certificates for names inside the cluster; None where the stack's servers talk in plain text."""
    match settings:
        case NoCertificates():
            return None
        case CertManagerCertificates():
            from components.certificates.cert_manager import CertManager

            return CertManager("certificates", settings, cluster=cluster, opts=opts)
