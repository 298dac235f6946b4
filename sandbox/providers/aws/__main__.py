"""Run the provider: `python -m sandbox.providers.aws ENGINE_ADDRESS`."""

from __future__ import annotations

from sandbox.providers.aws.provider import AwsProvider
from sandbox.providers.server import serve

if __name__ == "__main__":
    serve(lambda _log: AwsProvider())
