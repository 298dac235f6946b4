"""The checker finds what the `restricted` profile forbids."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.support.pod_security import house_violations, restricted_violations

GOOD: dict[str, Any] = {
    "serviceAccountName": "own",
    "automountServiceAccountToken": False,
    "securityContext": {"runAsNonRoot": True, "runAsUser": 10001, "seccompProfile": {"type": "RuntimeDefault"}},
    "volumes": [{"name": "tmp", "emptyDir": {"sizeLimit": "1Mi"}}],
    "initContainers": [],
    "containers": [
        {
            "name": "app",
            "resources": {"requests": {"cpu": "1", "memory": "1Mi"}, "limits": {"cpu": "1", "memory": "1Mi"}},
            "securityContext": {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            },
        }
    ],
}
RESTRICTED: dict[str, tuple[tuple[str | int, ...], Any]] = {
    "host network": (("hostNetwork",), True),
    "host path": (("volumes", 0), {"name": "host", "hostPath": {"path": "/"}}),
    "nfs": (("volumes", 0), {"name": "nfs", "nfs": {}}),
    "root by name": (("securityContext", "runAsNonRoot"), None),
    "root by id": (("securityContext", "runAsUser"), 0),
    "no seccomp": (("securityContext", "seccompProfile"), None),
    "unconfined": (("containers", 0, "securityContext", "seccompProfile"), {"type": "Unconfined"}),
    "sysctl": (("securityContext", "sysctls"), [{"name": "kernel.msgmax", "value": "1"}]),
    "selinux": (("securityContext", "seLinuxOptions"), {"type": "spc_t"}),
    "apparmor": (("containers", 0, "securityContext", "appArmorProfile"), {"type": "Unconfined"}),
    "privileged": (("containers", 0, "securityContext", "privileged"), True),
    "escalation": (("containers", 0, "securityContext", "allowPrivilegeEscalation"), None),
    "kept capabilities": (("containers", 0, "securityContext", "capabilities"), {"drop": ["NET_RAW"]}),
    "added capability": (("containers", 0, "securityContext", "capabilities", "add"), ["SYS_ADMIN"]),
    "proc": (("containers", 0, "securityContext", "procMount"), "Unmasked"),
    "host port": (("containers", 0, "ports"), [{"containerPort": 1, "hostPort": 1}]),
    "probe of another host": (("containers", 0, "livenessProbe"), {"httpGet": {"host": "x"}}),
    "bare init container": (("initContainers",), [{"name": "init"}]),
    "windows host process": (("securityContext", "windowsOptions"), {"hostProcess": True}),
}
HOUSE: dict[str, tuple[tuple[str | int, ...], Any]] = {
    "token": (("automountServiceAccountToken",), None),
    "account": (("serviceAccountName",), "default"),
    "unbounded scratch": (("volumes", 0, "emptyDir"), {}),
    "writable root": (("containers", 0, "securityContext", "readOnlyRootFilesystem"), False),
    "no limits": (("containers", 0, "resources", "limits"), {}),
}


def changed(path: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    pod: Any = copy.deepcopy(GOOD)
    target = pod
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    return pod


def test_good_pod_has_no_violation() -> None:
    assert restricted_violations(GOOD) == []
    assert house_violations(GOOD) == []


@pytest.mark.parametrize("case", RESTRICTED)
def test_violation_is_found(case: str) -> None:
    assert restricted_violations(changed(*RESTRICTED[case]))


@pytest.mark.parametrize("case", HOUSE)
def test_house_violation_is_found(case: str) -> None:
    assert house_violations(changed(*HOUSE[case]))
