"""Run the provider: `python -m sandbox.providers.random ENGINE_ADDRESS`."""

from __future__ import annotations

from sandbox.providers.random.provider import RandomProvider
from sandbox.providers.server import serve

if __name__ == "__main__":
    serve(lambda _log: RandomProvider())
