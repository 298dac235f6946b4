"""What the Gateway API leaves to implementations, in Envoy Gateway's own policies (1.8 or later).

Source: https://gateway.envoyproxy.io/docs/api/extension_types/
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from components.exposure.gateway_settings import GatewayExposure
from components.exposure.http_routes import GROUP, REQUESTS, WEBSOCKETS, Spec

API_VERSION: Final = "gateway.envoyproxy.io/v1alpha1"


def route_policies(settings: GatewayExposure, routes: Sequence[str]) -> dict[str, Spec]:
    """BackendTrafficPolicies by name: one for each rule that the routes have in common.

    Envoy limits a body by holding it back until it is whole, which no WebSocket outlives: only the other rule does.
    """
    idle = settings.idle_timeout_seconds
    timeout: Spec = {} if idle is None else {"timeout": {"http": {"streamIdleTimeout": f"{idle}s"}}}
    size = settings.max_body_size
    limit: Spec = {} if size is None else {"requestBuffer": {"limit": size}}
    rules: dict[str, Spec] = {REQUESTS: {**timeout, **limit}, WEBSOCKETS: timeout}
    return {
        f"jarvis-{rule}": {"targetRefs": [_target("HTTPRoute", route, rule) for route in routes], **words}
        for rule, words in rules.items()
        if words
    }


def client_policy(settings: GatewayExposure, gateway: str) -> Spec:
    """ClientTrafficPolicy of the stack's own Gateway: no old TLS, and no client that sends a body drop by drop."""
    return {
        "targetRefs": [_target("Gateway", gateway)],
        "tls": {"minVersion": "1.2"},
        "timeout": {"http": {"requestReceivedTimeout": f"{settings.request_timeout_seconds}s"}},
    }


def _target(kind: str, name: str, section: str | None = None) -> Spec:
    return {"group": GROUP, "kind": kind, "name": name, "sectionName": section}
