"""The kubeconfig of a planned cluster."""

from __future__ import annotations

import base64
import json

from sandbox.providers.plan.planned import AUTHORITY


def kubeconfig(cluster: str, host: str) -> str:
    """A kubeconfig as the API gives it, in base64. No API server stands behind it; in a rehearsal the sandbox does."""
    user = f"clusterUser_{cluster}"
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [
            {"name": cluster, "cluster": {"server": f"https://{host}:443", "certificate-authority-data": AUTHORITY}}
        ],
        "users": [{"name": user, "user": {"token": "planned"}}],
        "contexts": [{"name": cluster, "context": {"cluster": cluster, "user": user}}],
        "current-context": cluster,
    }
    return base64.b64encode(json.dumps(content).encode()).decode()


def host(cluster: str, digits: str, location: str) -> str:
    """The name of a cluster's API server."""
    return f"{cluster}-{digits}.hcp.{location}.azmk8s.io"
