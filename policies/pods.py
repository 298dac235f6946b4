"""Pods: bounded resources, no rights of the node; namespaces that enforce it; closed Services.

The same promises as those that the API server keeps (components/security), in the same words.
"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatch
from typing import Final

from pulumi_policy import Severity

from components.security.pod_promises import bounded_resources, no_privileges
from components.security.service_promises import closed_services
from policies.rule import Config, Rule
from policies.seen import UNKNOWN, Seen, at, each
from policies.workloads import containers, makes_pods, pod_of

_BOUNDED: Final = bounded_resources()
_BOUNDS: Final = (("requests", "cpu"), ("requests", "memory"), ("limits", "cpu"), ("limits", "memory"))
_MODEST: Final = no_privileges()
_PRIVILEGED, _SHARED, _HOST_PATH, _HOST_PORT = _MODEST.checks
_CLOSED: Final = closed_services(())
_TYPE, _ADDRESSES = _CLOSED.checks
_NAMES: Final = {"type": "array", "items": {"type": "string"}}


def _resources(resource: Seen, _: Config) -> Iterator[str]:
    for container in containers(pod_of(resource)):
        lacking = [".".join(path) for path in _BOUNDS if at(container.spec, "resources", *path) is None]
        if lacking:
            yield f"{container.label} lacks {', '.join(lacking)}. {_BOUNDED.checks[0].message}"


def _privileges(resource: Seen, config: Config) -> Iterator[str]:
    namespace = resource.get("metadata", "namespace")
    if any(fnmatch(str(namespace), pattern) for pattern in config["namespaces"]):
        return
    pod = pod_of(resource)
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        if at(pod, field) is True:
            yield f"{field}. {_SHARED.message}"
    for volume in each(at(pod, "volumes")):
        if at(volume, "hostPath") is not None:
            yield f"volume {at(volume, 'name')}. {_HOST_PATH.message}"
    for container in containers(pod):
        if at(container.spec, "securityContext", "privileged") is True:
            yield f"{container.label}. {_PRIVILEGED.message}"
        if any(at(port, "hostPort") for port in each(at(container.spec, "ports"))):
            yield f"{container.label}. {_HOST_PORT.message}"


def _namespace(namespace: Seen, config: Config) -> Iterator[str]:
    labels = namespace.get("metadata", "labels")
    level = at(labels, "pod-security.kubernetes.io/enforce")
    if level is UNKNOWN:
        return
    allowed = ["restricted", "baseline"]
    if any(fnmatch(str(namespace.get("metadata", "name")), pattern) for pattern in config["privileged"]):
        allowed.append("privileged")
    if level not in allowed:
        given = "is absent" if level is None else f"is {level}"
        yield f"its label pod-security.kubernetes.io/enforce {given}: set it to restricted, or to baseline at least."


def _service(service: Seen, config: Config) -> Iterator[str]:
    if service.get("spec", "type") in ("NodePort", "LoadBalancer"):
        name = service.get("metadata", "name")
        if not any(fnmatch(str(name), pattern) for pattern in config["allowed"]):
            yield _TYPE.message
    if each(service.get("spec", "externalIPs")):
        yield _ADDRESSES.message


RULES: Final = (
    Rule(
        name=_BOUNDED.name,
        title=_BOUNDED.title,
        reason=_BOUNDED.reason,
        fix="Set requests and limits of cpu and memory.",
        check=_resources,
        applies=makes_pods,
    ),
    Rule(
        name=_MODEST.name,
        title=_MODEST.title,
        reason=_MODEST.reason,
        fix="Use an emptyDir, a PersistentVolumeClaim, a Service; never the node's own.",
        check=_privileges,
        applies=makes_pods,
        severity=Severity.CRITICAL,
        # Namespaces of agents that read the node: metrics of the machine, logs of its containers.
        options={"namespaces": {**_NAMES, "default": ["*-nodes"]}},
    ),
    Rule(
        name="pod-security",
        title="Every namespace enforces a Pod Security Standard.",
        reason="It is what refuses a privileged Pod whoever sends it, not only this program's.",
        fix="Label the namespace.",
        check=_namespace,
        applies=lambda type_: type_ == "kubernetes:core/v1:Namespace",
        options={"privileged": {**_NAMES, "default": ["*-nodes"]}},
    ),
    Rule(
        name=_CLOSED.name,
        title=_CLOSED.title,
        reason=_CLOSED.reason,
        fix="Make it ClusterIP and reach it by the Ingress or the Gateway.",
        check=_service,
        applies=lambda type_: type_ == "kubernetes:core/v1:Service",
        options={"allowed": {**_NAMES, "default": []}},
    ),
)
