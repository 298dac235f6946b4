"""What the Gateway API leaves to implementations, in Envoy Gateway's own policies (1.8 or later).

Source: https://gateway.envoyproxy.io/docs/api/extension_types/
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pulumi

from components.exposure.gateway_settings import EnvoyProxies, GatewayExposure
from components.exposure.http_routes import GROUP, REQUESTS, WEBSOCKETS, Spec
from components.kubernetes.availability import NODE, ZONE

POLICY_GROUP: Final = "gateway.envoyproxy.io"
API_VERSION: Final = f"{POLICY_GROUP}/v1alpha1"
CONTROLLER: Final = f"{POLICY_GROUP}/gatewayclass-controller"
"""What a GatewayClass names for Envoy Gateway to serve it."""
_OWNER: Final = f"{POLICY_GROUP}/owning-gateway"


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


def proxy_spec(proxies: EnvoyProxies, gateway: str, namespace: pulumi.Input[str]) -> Spec:
    """EnvoyProxy: how many Pods serve a Gateway, where they are put, and how few of them a drain leaves."""
    labels: Spec = {f"{_OWNER}-name": gateway, f"{_OWNER}-namespace": namespace}
    spread: list[Spec] = [
        {
            "maxSkew": 1,
            "topologyKey": key,
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": labels},
        }
        for key in (NODE, ZONE)
    ]
    resources: Spec = {"requests": proxies.requests.as_map(), "limits": proxies.limits.as_map()}
    deployment: Spec = {
        "replicas": proxies.replicas,
        "pod": {"topologySpreadConstraints": spread},
        "container": {"resources": resources},
    }
    kubernetes: Spec = {"envoyDeployment": deployment, "envoyPDB": {"maxUnavailable": 1}}
    return {"provider": {"type": "Kubernetes", "kubernetes": kubernetes}}


def _target(kind: str, name: str, section: str | None = None) -> Spec:
    return {"group": GROUP, "kind": kind, "name": name, "sectionName": section}
