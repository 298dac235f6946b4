"""Run the provider: `python -m sandbox.providers.kubernetes ENGINE_ADDRESS`."""

from __future__ import annotations

from sandbox.providers.kubernetes.provider import KubernetesProvider
from sandbox.providers.server import serve

if __name__ == "__main__":
    serve(KubernetesProvider)
