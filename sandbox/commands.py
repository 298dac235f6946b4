"""The command lines of the control plane's processes, and the TCP ports that they listen on."""

from __future__ import annotations

import json
import socket
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from sandbox.certificates import Authority
from sandbox.kubeconfig import write_kubeconfig

SERVICE_CIDR: Final = "10.96.0.0/16"
POD_CIDR: Final = "10.244.0.0/16"


@dataclass(frozen=True)
class Ports:
    """TCP ports on 127.0.0.1."""

    etcd: int
    etcd_peer: int
    api_server: int

    @classmethod
    def free(cls) -> Ports:
        """Three ports that nothing listens on."""
        return cls(*_free_ports(3))

    @classmethod
    def read(cls, path: Path) -> Ports | None:
        """The recorded ports; None where there is no record that can be read."""
        try:
            return cls(**{name: int(port) for name, port in json.loads(path.read_text("utf-8")).items()})
        except (OSError, ValueError, TypeError, AttributeError):
            return None

    def as_map(self) -> dict[str, int]:
        """For the record."""
        return asdict(self)

    def of(self, name: str) -> int | None:
        """The port that people ask for, by the process's name."""
        return {"etcd": self.etcd, "kube-apiserver": self.api_server}.get(name)

    def without_taken(self, running: set[str]) -> Ports:
        """The same ports, but new ones for those that a foreign process listens on; `running` are our own."""
        ports = self
        if "etcd" not in running and not (_is_free(ports.etcd) and _is_free(ports.etcd_peer)):
            client, peer = _free_ports(2)
            ports = replace(ports, etcd=client, etcd_peer=peer)
        if "kube-apiserver" not in running and not _is_free(ports.api_server):
            ports = replace(ports, api_server=_free_ports(1)[0])
        return ports


def component_commands(
    tools: dict[str, Path], folder: Path, authority: Authority, ports: Ports
) -> dict[str, list[str]]:
    """The command line of each process. Writes the kubeconfig that those which call the API server are given."""
    internal = folder / "pki" / "internal.kubeconfig"
    write_kubeconfig(internal, authority, ports.api_server)
    return {
        "etcd": [str(tools["etcd"]), *_etcd(folder, authority, ports)],
        "kube-apiserver": [str(tools["kube-apiserver"]), *_api_server(authority, ports)],
        "kube-controller-manager": [
            str(tools["kube-controller-manager"]),
            *_controller_manager(internal, authority),
        ],
        "kube-scheduler": [
            str(tools["kube-scheduler"]),
            f"--kubeconfig={internal}",
            "--secure-port=0",
            "--leader-elect=false",
            "--kube-api-qps=500",
            "--kube-api-burst=1000",
        ],
        "kwok": [
            str(tools["kwok"]),
            f"--kubeconfig={internal}",
            "--enable-crds=Stage",  # so that stages of kinds that come later can be added
            "--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=simulated",
            f"--cidr={POD_CIDR}",
            "--node-ip=192.0.2.10",
            "--node-lease-duration-seconds=40",
        ],
    }


def _etcd(folder: Path, authority: Authority, ports: Ports) -> list[str]:
    server = authority.issue("etcd", common_name="etcd", server=True)
    trusted = authority.pair.certificate
    return [
        f"--data-dir={folder / 'etcd'}",
        f"--listen-client-urls=https://127.0.0.1:{ports.etcd}",
        f"--advertise-client-urls=https://127.0.0.1:{ports.etcd}",
        f"--listen-peer-urls=http://127.0.0.1:{ports.etcd_peer}",
        f"--initial-advertise-peer-urls=http://127.0.0.1:{ports.etcd_peer}",
        f"--initial-cluster=default=http://127.0.0.1:{ports.etcd_peer}",
        f"--cert-file={server.certificate}",
        f"--key-file={server.key}",
        f"--trusted-ca-file={trusted}",
        "--client-cert-auth=true",
        "--unsafe-no-fsync=true",  # a sandbox survives a killed process, it need not survive a power cut
        "--log-level=warn",
    ]


def _api_server(authority: Authority, ports: Ports) -> list[str]:
    server = authority.issue("kube-apiserver", common_name="kube-apiserver", server=True)
    client = authority.issue("admin", common_name="admin", organization="system:masters")
    tokens = authority.signing_key("service-account")
    return [
        f"--etcd-servers=https://127.0.0.1:{ports.etcd}",
        f"--etcd-cafile={authority.pair.certificate}",
        f"--etcd-certfile={client.certificate}",
        f"--etcd-keyfile={client.key}",
        "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1",
        f"--secure-port={ports.api_server}",
        "--endpoint-reconciler-type=none",  # a loopback address may not stand in the `kubernetes` Endpoints
        f"--tls-cert-file={server.certificate}",
        f"--tls-private-key-file={server.key}",
        f"--client-ca-file={authority.pair.certificate}",
        "--authorization-mode=RBAC",
        "--allow-privileged=true",  # as every distribution has it: Pod Security and policies decide, by namespace
        "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
        f"--service-account-signing-key-file={tokens.key}",
        f"--service-account-key-file={tokens.certificate}",
        f"--service-cluster-ip-range={SERVICE_CIDR}",
        "--enable-priority-and-fairness=false",
        "--max-requests-inflight=2000",
        "--max-mutating-requests-inflight=1000",
        "--profiling=false",
    ]


def _controller_manager(kubeconfig: Path, authority: Authority) -> list[str]:
    concurrency = ["deployment", "replicaset", "statefulset", "job", "namespace", "service-endpoint", "gc", "endpoint"]
    tokens = authority.signing_key("service-account")
    return [
        f"--kubeconfig={kubeconfig}",
        "--secure-port=0",
        "--leader-elect=false",
        f"--service-account-private-key-file={tokens.key}",
        f"--root-ca-file={authority.pair.certificate}",
        f"--cluster-signing-cert-file={authority.pair.certificate}",
        f"--cluster-signing-key-file={authority.pair.key}",
        "--enable-hostpath-provisioner=true",
        "--pvclaimbinder-sync-period=1s",
        "--kube-api-qps=500",
        "--kube-api-burst=1000",
        *(f"--concurrent-{name}-syncs=20" for name in concurrency),
    ]


def _free_ports(count: int) -> list[int]:
    """Ports that the kernel hands out now; held together until all are chosen, so that none comes twice."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for item in sockets:
            item.bind(("127.0.0.1", 0))
        return [item.getsockname()[1] for item in sockets]
    finally:
        for item in sockets:
            item.close()


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
