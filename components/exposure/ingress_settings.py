"""Settings of exposure by an Ingress controller."""

from __future__ import annotations

from typing import Final, Literal, Self

from pydantic import model_validator

from components.exposure.web_settings import Hsts, TlsSettings, WebExposure
from components.settings.certificates import ObjectName

Controller = Literal["traefik", "nginx", "generic"]
_NAMESPACES: Final = {"traefik": "kube-system", "nginx": "ingress-nginx"}
_NGINX_HSTS: Final = Hsts(max_age_seconds=31_536_000, include_sub_domains=True)
"""What ingress-nginx sends by itself: https://kubernetes.github.io/ingress-nginx/user-guide/tls/."""


class IngressExposure(WebExposure):
    """An Ingress for each Service, with what else its controller needs to keep what the settings promise."""

    kind: Literal["ingress"] = "ingress"
    controller: Controller = "traefik"
    """`traefik` is K3s's own. `nginx` is the guide's ingress-nginx, which was retired in March 2026.

    `generic` gets standard fields only, which know neither `hsts`, `maxBodySize`, `idleTimeoutSeconds` nor
    `redirectHttp`. To keep `maxBodySize`, Traefik holds each answer back until it is whole (WebSockets excepted): set
    it to null where answers are streamed over HTTP. Traefik ends no silent WebSocket, whatever `idleTimeoutSeconds` is.
    """
    class_name: ObjectName | None = None
    """The IngressClass; the controller's name where absent."""
    tls: TlsSettings
    """The certificate of all hosts."""

    @property
    def ingress_class(self) -> str:
        """The IngressClass."""
        return self.class_name or self.controller

    @property
    def peer_namespace(self) -> str:
        """The namespace that the controller's Pods connect from."""
        return self.controller_namespace or _NAMESPACES[self.controller]

    @property
    def verifies_backends(self) -> bool:
        """Whether the controller can talk TLS to a Service and verify its certificate."""
        return self.controller != "generic"

    @model_validator(mode="after")
    def _keepable(self) -> Self:
        match self.controller:
            case "generic":
                self._refuse_what_standard_fields_lack()
            case "nginx":
                self._refuse_what_nginx_settles_globally()
            case "traefik":
                pass
        return self

    def _refuse_what_standard_fields_lack(self) -> None:
        promises = {
            "hsts: null": self.hsts is not None,
            "maxBodySize: null": self.max_body_size is not None,
            "idleTimeoutSeconds: null": self.idle_timeout_seconds is not None,
            "redirectHttp: false": self.redirect_http,
        }
        broken = ", ".join(needed for needed, is_broken in promises.items() if is_broken)
        if broken:
            raise ValueError(
                f"controller generic needs {broken}: an Ingress has no standard field for that, "
                "so nothing would keep what the settings promise"
            )
        for name, value in (("className", self.class_name), ("controllerNamespace", self.controller_namespace)):
            if value is None:
                raise ValueError(f"{name} is required with controller generic, which has no usual one")

    def _refuse_what_nginx_settles_globally(self) -> None:
        if self.hsts != _NGINX_HSTS:
            raise ValueError(
                f"hsts must be maxAgeSeconds {_NGINX_HSTS.max_age_seconds} and includeSubDomains true with "
                "controller nginx: it sends these for every host, and its own ConfigMap alone can change them"
            )
        if not self.redirect_http:
            raise ValueError(
                "redirectHttp must be true with controller nginx: it would serve the same over plain HTTP otherwise"
            )
