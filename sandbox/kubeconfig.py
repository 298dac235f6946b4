"""The administrator's kubeconfig of a sandbox.

It names the certificates and the key by their paths: whoever reads it needs no temporary copies of them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import yaml

from sandbox.certificates import Authority
from sandbox.private_files import write_private

CONTEXT: Final = "jarvis-sandbox"


def write_kubeconfig(path: Path, authority: Authority, port: int) -> None:
    """Write a kubeconfig for 127.0.0.1:`port`, for its owner only; one with the same content is left alone."""
    client = authority.issue("admin", common_name="admin", organization="system:masters")
    content = yaml.safe_dump(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": CONTEXT,
            "contexts": [{"name": CONTEXT, "context": {"cluster": CONTEXT, "user": CONTEXT}}],
            "clusters": [
                {
                    "name": CONTEXT,
                    "cluster": {
                        "server": f"https://127.0.0.1:{port}",
                        "certificate-authority": str(authority.pair.certificate),
                    },
                }
            ],
            "users": [
                {
                    "name": CONTEXT,
                    "user": {
                        "client-certificate": str(client.certificate),
                        "client-key": str(client.key),
                    },
                }
            ],
        },
        sort_keys=False,
    )
    if path.is_file() and path.read_text("utf-8") == content:
        return
    write_private(path, content.encode())
