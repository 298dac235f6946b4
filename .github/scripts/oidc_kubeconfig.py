"""Writes a kubeconfig whose user is the running GitHub job: its OIDC token, fetched anew whenever the client needs one.

The API server trusts the issuer https://token.actions.githubusercontent.com by its `--authentication-config`
(https://kubernetes.io/docs/reference/access-authn-authz/authentication/#using-authentication-configuration), so that no
key of the cluster is ever stored in GitHub. Needs CLUSTER_SERVER, CLUSTER_CA (base64) and CLUSTER_AUDIENCE.

`oidc_kubeconfig.py PATH` writes the file; `oidc_kubeconfig.py` alone is the credential plugin that the file names.
"""

from __future__ import annotations

import json
import os
import sys
import urllib.parse
import urllib.request
from pathlib import Path


def kubeconfig(server: str, authority: str, context: str) -> dict[str, object]:
    """The kubeconfig, which is JSON and so YAML."""
    plugin = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "command": sys.executable,
        "args": [str(Path(__file__).resolve())],
        "interactiveMode": "Never",
    }
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": context, "cluster": {"server": server, "certificate-authority-data": authority}}],
        "users": [{"name": "job", "user": {"exec": plugin}}],
        "contexts": [{"name": context, "context": {"cluster": context, "user": "job"}}],
        "current-context": context,
    }


def credential(audience: str) -> dict[str, object]:
    """An ExecCredential with a fresh token of this job."""
    query = urllib.parse.urlencode({"audience": audience})
    request = urllib.request.Request(  # noqa: S310 (the runner's own https address)
        f"{os.environ['ACTIONS_ID_TOKEN_REQUEST_URL']}&{query}",
        headers={"Authorization": f"Bearer {os.environ['ACTIONS_ID_TOKEN_REQUEST_TOKEN']}"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        token = json.load(answer)["value"]
    return {
        "apiVersion": "client.authentication.k8s.io/v1",
        "kind": "ExecCredential",
        "status": {"token": token},
    }


def main() -> None:
    """Write the kubeconfig, or be its plugin."""
    if len(sys.argv) == 1:
        print(json.dumps(credential(os.environ["CLUSTER_AUDIENCE"])))
        return
    path = Path(sys.argv[1])
    path.touch(mode=0o600)
    context = os.environ.get("CLUSTER_CONTEXT", "jarvis")
    path.write_text(json.dumps(kubeconfig(os.environ["CLUSTER_SERVER"], os.environ["CLUSTER_CA"], context)))


if __name__ == "__main__":
    main()
