"""HTTPRoutes of the Gateway API.

Source: https://gateway-api.sigs.k8s.io/reference/spec/
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from components.exposure.container_gateway_settings import ContainerGatewayExposure
from components.exposure.gateway_settings import GatewayExposure
from components.exposure.web_settings import Hsts
from components.kubernetes.custom import Field
from components.network.contract import ServiceEndpoint

API_VERSION: Final = "gateway.networking.k8s.io/v1"
GROUP: Final = "gateway.networking.k8s.io"
REQUESTS: Final = "requests"
"""Name of the rule for requests."""
WEBSOCKETS: Final = "websockets"
"""Name of the rule for requests that become a WebSocket, which last for hours and have no body to limit."""

Spec = Mapping[str, Field]


def route_spec(
    settings: GatewayExposure | ContainerGatewayExposure, target: ServiceEndpoint, hosts: Sequence[str], parent: Spec
) -> Spec:
    """The route of host names to a Service."""
    every_path: Spec = {"path": {"type": "PathPrefix", "value": "/"}}
    upgrade: Spec = {"headers": [{"type": "Exact", "name": "Upgrade", "value": "websocket"}]}
    common: Spec = {
        "filters": [] if settings.hsts is None else [_sends(settings.hsts)],
        "backendRefs": [{"kind": "Service", "name": target.name, "port": target.port}],
    }
    return {
        "parentRefs": [parent],
        "hostnames": list(hosts),
        "rules": [
            {"name": WEBSOCKETS, "matches": [{**every_path, **upgrade}], "timeouts": {"request": "0s"}, **common},
            {
                "name": REQUESTS,
                "matches": [every_path],
                "timeouts": {"request": f"{settings.request_timeout_seconds}s"},
                **common,
            },
        ],
    }


def redirect_spec(hosts: Sequence[str], parent: Spec) -> Spec:
    """The route that sends plain HTTP to HTTPS."""
    redirect: Spec = {"scheme": "https", "statusCode": 301}
    return {
        "parentRefs": [parent],
        "hostnames": list(hosts),
        "rules": [{"filters": [{"type": "RequestRedirect", "requestRedirect": redirect}]}],
    }


def _sends(hsts: Hsts) -> Spec:
    header: Spec = {"name": "Strict-Transport-Security", "value": hsts.header}
    return {"type": "ResponseHeaderModifier", "responseHeaderModifier": {"set": [header]}}
