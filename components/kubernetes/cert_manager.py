"""Certificates that cert-manager issues and renews.

Source: https://cert-manager.io/docs/reference/api-docs/#cert-manager.io/v1.Certificate
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pulumi
from pulumi_kubernetes.apiextensions import CustomResource

from components.cluster.contract import ClusterAccess
from components.kubernetes.custom import custom_resource, wait_for
from components.kubernetes.metadata import AppLabels, object_meta
from components.settings.certificates import IssuerReference, Lifetime

API_VERSION: Final = "cert-manager.io/v1"
ISSUER_GROUP: Final = "cert-manager.io"
WAIT_UNTIL_READY: Final = wait_for("condition=Ready")
"""Annotations by which the engine waits until cert-manager has done its part."""


def certificate(
    name: str,
    dns_names: Sequence[pulumi.Input[str]],
    *,
    issuer: IssuerReference,
    lifetime: Lifetime,
    labels: AppLabels,
    cluster: ClusterAccess,
    opts: pulumi.ResourceOptions,
    client: bool = False,
) -> CustomResource:
    """A server's certificate in the Secret `<name>`, with a new ECDSA key at each renewal; ready when it is made.

    `client` lets the server prove itself by it to its peers too.
    """
    return custom_resource(
        name,
        api_version=API_VERSION,
        kind="Certificate",
        metadata=object_meta(name, cluster.namespace, labels, WAIT_UNTIL_READY),
        spec={
            "secretName": name,
            "secretTemplate": {"labels": labels.all},
            "dnsNames": list(dns_names),
            "duration": hours(lifetime.duration_days),
            "renewBefore": hours(lifetime.renew_before_days),
            "privateKey": {"algorithm": "ECDSA", "size": 256, "encoding": "PKCS8", "rotationPolicy": "Always"},
            "usages": ["digital signature", "server auth", *(["client auth"] if client else [])],
            "issuerRef": {"name": issuer.name, "kind": issuer.kind, "group": ISSUER_GROUP},
        },
        opts=opts,
    )


def hours(days: int) -> str:
    """A duration as Go writes it."""
    return f"{days * 24}h"
