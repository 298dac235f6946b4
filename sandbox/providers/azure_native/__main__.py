"""Run the provider: `python -m sandbox.providers.azure_native ENGINE_ADDRESS`."""

from __future__ import annotations

from sandbox.providers.azure_native.provider import AzureProvider
from sandbox.providers.server import serve

if __name__ == "__main__":
    serve(lambda _log: AzureProvider())
