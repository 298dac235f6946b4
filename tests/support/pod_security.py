"""An own checker of the `restricted` Pod Security profile, over Pod specs as the engine gets them (camelCase).

Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/ (v1.36). The real judge is the API server's
admission; this one is fast, needs no server and names the container and the field.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_VOLUME_KINDS = {
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "image",
    "persistentVolumeClaim",
    "projected",
    "secret",
}
_SAFE_SYSCTLS = {
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ping_group_range",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.tcp_wmem",
}
_SECCOMP_TYPES = {"RuntimeDefault", "Localhost"}
_SELINUX_TYPES = {None, "", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"}


def containers_of(pod: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Every container of a Pod, whatever its kind."""
    return [c for kind in ("initContainers", "containers", "ephemeralContainers") for c in pod.get(kind) or []]


def restricted_violations(pod: Mapping[str, Any]) -> list[str]:
    """What the `restricted` profile forbids in a Pod spec; empty where it would be admitted."""
    return [*_pod_violations(pod), *(v for c in containers_of(pod) for v in _container_violations(pod, c))]


def house_violations(pod: Mapping[str, Any]) -> list[str]:
    """What the platform asks of its Pods beyond the profile; empty where all is kept."""
    found: list[str] = []
    if pod.get("automountServiceAccountToken") is not False:
        found.append("the API token is mounted")
    if not pod.get("serviceAccountName") or pod.get("serviceAccountName") == "default":
        found.append("no ServiceAccount of its own")
    found += [f"volume {v['name']} has no sizeLimit" for v in pod.get("volumes") or [] if _unbounded(v)]
    for container in containers_of(pod):
        name = container["name"]
        if not (container.get("securityContext") or {}).get("readOnlyRootFilesystem"):
            found.append(f"{name}: the root file system is writable")
        for side in ("requests", "limits"):
            amounts = (container.get("resources") or {}).get(side) or {}
            found += [f"{name}: no {kind} in {side}" for kind in ("cpu", "memory") if kind not in amounts]
    return found


def _unbounded(volume: Mapping[str, Any]) -> bool:
    return "emptyDir" in volume and not (volume["emptyDir"] or {}).get("sizeLimit")


def _pod_violations(pod: Mapping[str, Any]) -> Iterator[str]:
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        if pod.get(field):
            yield field
    context = pod.get("securityContext") or {}
    yield from (f"sysctl {s['name']}" for s in context.get("sysctls") or [] if s["name"] not in _SAFE_SYSCTLS)
    if context.get("runAsUser") == 0:
        yield "runAsUser 0"
    yield from (f"pod: {violation}" for violation in _shared_context_violations(context))
    for volume in pod.get("volumes") or []:
        for kind in volume.keys() - {"name"} - _VOLUME_KINDS:
            yield f"volume {volume['name']} is a {kind}"


def _shared_context_violations(context: Mapping[str, Any]) -> Iterator[str]:
    """Fields that a Pod and a container both have."""
    if (context.get("windowsOptions") or {}).get("hostProcess"):
        yield "hostProcess"
    selinux = context.get("seLinuxOptions") or {}
    if selinux.get("type") not in _SELINUX_TYPES or selinux.get("user") or selinux.get("role"):
        yield "seLinuxOptions"
    if (context.get("appArmorProfile") or {}).get("type") == "Unconfined":
        yield "appArmorProfile"


def _container_violations(pod: Mapping[str, Any], container: Mapping[str, Any]) -> Iterator[str]:
    name, shared = container["name"], pod.get("securityContext") or {}
    context = container.get("securityContext") or {}
    yield from (f"{name}: {violation}" for violation in _shared_context_violations(context))
    if context.get("privileged"):
        yield f"{name}: privileged"
    if context.get("procMount") not in (None, "Default"):
        yield f"{name}: procMount"
    if context.get("allowPrivilegeEscalation") is not False:
        yield f"{name}: allowPrivilegeEscalation is not false"
    if context.get("runAsNonRoot", shared.get("runAsNonRoot")) is not True:
        yield f"{name}: runAsNonRoot is not true"
    if context.get("runAsUser") == 0:
        yield f"{name}: runAsUser 0"
    seccomp = context.get("seccompProfile") or shared.get("seccompProfile") or {}
    if seccomp.get("type") not in _SECCOMP_TYPES:
        yield f"{name}: seccompProfile is not RuntimeDefault or Localhost"
    capabilities = context.get("capabilities") or {}
    if "ALL" not in (capabilities.get("drop") or []):
        yield f"{name}: capabilities are not dropped"
    if set(capabilities.get("add") or []) - {"NET_BIND_SERVICE"}:
        yield f"{name}: capabilities are added"
    if any(port.get("hostPort") for port in container.get("ports") or []):
        yield f"{name}: hostPort"
    if any(
        (handler.get(kind) or {}).get("host") for handler in _handlers(container) for kind in ("httpGet", "tcpSocket")
    ):
        yield f"{name}: a probe or hook names a host"


def _handlers(container: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for probe in ("livenessProbe", "readinessProbe", "startupProbe"):
        yield container.get(probe) or {}
    for hook in ("postStart", "preStop"):
        yield (container.get("lifecycle") or {}).get(hook) or {}
