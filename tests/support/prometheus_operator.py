"""The real prometheus-operator beside a sandbox: what it makes of the objects that it reads."""

from __future__ import annotations

import base64
import gzip
import json
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from tests.support.kubectl import Kubectl
from tests.support.prometheus import eventually, free_port


@contextmanager
def running_operator(kubectl: Kubectl, directory: Path, kubelets: str) -> Iterator[Path]:
    """The operator, which keeps the Service `kubelets` (NAMESPACE/NAME) of the nodes; gives its log.

    It reaches the API server by `kubectl proxy`, for outside of a cluster it knows no kubeconfig. Building it takes
    some minutes on the first call.
    """
    operator = kubectl.toolchain.ensure("prometheus-operator")["prometheus-operator"]
    proxy, port, web = kubectl.toolchain.ensure("kubectl")["kubectl"], free_port(), free_port()
    log = directory / "operator.log"
    with log.open("wb") as output:
        forwarding = subprocess.Popen(
            [proxy, f"--kubeconfig={kubectl.plane.kubeconfig}", "proxy", f"--port={port}"], stdout=subprocess.DEVNULL
        )
        try:
            eventually(lambda: _listens(port), seconds=20, what="kubectl proxy")
            command = [operator, f"--apiserver=http://127.0.0.1:{port}", f"--web.listen-address=127.0.0.1:{web}"]
            command += [f"--kubelet-service={kubelets}", "--kubelet-endpointslice=true", "--kubelet-endpoints=false"]
            operating = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
            try:
                yield log
            finally:
                operating.terminate()
                operating.wait(timeout=30)
        finally:
            forwarding.terminate()
            forwarding.wait(timeout=20)


def generated(kubectl: Kubectl, namespace: str, secret: str, key: str) -> dict[str, Any]:
    """A configuration that the operator has written, as a Secret's compressed key; nothing where it has not yet."""
    found = kubectl.run("get", "secret", secret, "-n", namespace, "-o", "json")
    if found.returncode != 0:
        return {}
    packed = base64.b64decode(json.loads(found.stdout)["data"][key])
    # What the reloader beside Prometheus puts in: one shard, and the Pod's name.
    text = gzip.decompress(packed).decode().replace("$(SHARD)", "0").replace("$(POD_NAME)", "prometheus-0")
    return yaml.safe_load(text)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
