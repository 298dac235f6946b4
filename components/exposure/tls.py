"""The certificate that users see."""

from __future__ import annotations

import pulumi

from components.cluster.contract import ClusterAccess
from components.exposure.web_settings import CertManagerTls, SecretTls
from components.kubernetes.cert_manager import certificate
from components.kubernetes.metadata import AppLabels


def hosts_certificate(
    settings: CertManagerTls | SecretTls,
    hosts: tuple[str, ...],
    *,
    labels: AppLabels,
    cluster: ClusterAccess,
    opts: pulumi.ResourceOptions,
) -> tuple[pulumi.Resource, ...]:
    """What has to stand before the Secret `settings.secret_name` does: nothing where somebody else keeps it."""
    match settings:
        case SecretTls():
            return ()
        case CertManagerTls():
            made = certificate(
                settings.secret_name,
                hosts,
                issuer=settings.issuer,
                lifetime=settings.lifetime,
                labels=labels,
                cluster=cluster,
                opts=opts,
            )
            return (made,)
