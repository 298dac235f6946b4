"""What every Pod of the platform has in common: the `restricted` Pod Security profile and HTTP probes.

Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
"""

from __future__ import annotations

from typing import Literal

from pulumi_kubernetes.core.v1 import (
    CapabilitiesArgs,
    HTTPGetActionArgs,
    PodSecurityContextArgs,
    ProbeArgs,
    ResourceRequirementsArgs,
    SeccompProfileArgs,
    SecurityContextArgs,
)

from components.settings.workloads import Resources


def requirements(resources: Resources) -> ResourceRequirementsArgs:
    """A container's requests and limits."""
    return ResourceRequirementsArgs(requests=resources.requests.as_map(), limits=resources.limits.as_map())


def restricted_pod(user_id: int) -> PodSecurityContextArgs:
    """Pod security context: runs as `user_id` (never 0), volumes owned by the same group, default seccomp."""
    return PodSecurityContextArgs(
        run_as_non_root=True,
        run_as_user=user_id,
        run_as_group=user_id,
        fs_group=user_id,
        fs_group_change_policy="OnRootMismatch",
        seccomp_profile=SeccompProfileArgs(type="RuntimeDefault"),
    )


def restricted_container() -> SecurityContextArgs:
    """Container security context: read-only root file system, no capabilities, no privilege escalation."""
    return SecurityContextArgs(
        allow_privilege_escalation=False,
        read_only_root_filesystem=True,
        run_as_non_root=True,
        capabilities=CapabilitiesArgs(drop=["ALL"]),
    )


def http_probe(
    path: str,
    port: int | str,
    *,
    period_seconds: int = 10,
    timeout_seconds: int = 3,
    failure_threshold: int = 3,
    scheme: Literal["HTTP", "HTTPS"] = "HTTP",
) -> ProbeArgs:
    """A probe that GETs `path` and wants a 2xx or 3xx status; over HTTPS the kubelet verifies no certificate."""
    return ProbeArgs(
        http_get=HTTPGetActionArgs(path=path, port=port, scheme=None if scheme == "HTTP" else scheme),
        period_seconds=period_seconds,
        timeout_seconds=timeout_seconds,
        failure_threshold=failure_threshold,
    )
