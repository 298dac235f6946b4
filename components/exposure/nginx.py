"""Ingresses for ingress-nginx: every promise is an annotation.

Source: https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/
HSTS is none of them: the controller sends it by itself, so the settings allow only what it sends.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pulumi

from components.cluster.contract import ClusterAccess
from components.exposure.dialect import IngressObject
from components.exposure.entries import Entry
from components.exposure.ingress_settings import IngressExposure
from components.network.contract import ServiceEndpoint
from components.settings.quantities import quantity_value

_PREFIX: Final = "nginx.ingress.kubernetes.io"


class NginxDialect:
    """One Ingress an entry point."""

    def __init__(self, settings: IngressExposure, cluster: ClusterAccess) -> None:
        self._settings, self._cluster = settings, cluster

    def objects(self, entry: Entry) -> tuple[IngressObject, ...]:
        """The Ingress, named like its Service."""
        words = {**self._promises(), **self._verification(entry.target)}
        annotations = {f"{_PREFIX}/{key}": value for key, value in words.items()}
        return (IngressObject(entry.target.name, entry.target.name, annotations),)

    def _promises(self) -> Mapping[str, pulumi.Input[str]]:
        size, idle = self._settings.max_body_size, self._settings.idle_timeout_seconds
        return {
            "force-ssl-redirect": "true",
            "proxy-body-size": "0" if size is None else str(int(quantity_value(size))),
            # Time between two reads or writes, also of an upgraded connection.
            **({} if idle is None else {"proxy-read-timeout": str(idle), "proxy-send-timeout": str(idle)}),
        }

    def _verification(self, target: ServiceEndpoint) -> Mapping[str, pulumi.Input[str]]:
        if target.trust is None:
            return {}
        return {
            "backend-protocol": "HTTPS",
            "proxy-ssl-secret": pulumi.Output.concat(self._cluster.namespace, "/", target.trust.secret_name),
            "proxy-ssl-verify": "on",
            "proxy-ssl-verify-depth": "2",  # an issuer may sign with an intermediate
            "proxy-ssl-server-name": "on",
            "proxy-ssl-name": target.server_name or target.name,
            "proxy-ssl-protocols": "TLSv1.2 TLSv1.3",
        }
