"""One stack of a cluster installs the add-ons, for all of it: whether another has done so already.

The engine would tell only half-way through a deployment, in Helm's words (`cannot re-use a name that is still in
use`), or would take the namespaces of the other stack for its own, and delete them with the next `destroy`.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from automation.cluster import TIMEOUT_SECONDS, ClusterAddress, connection
from automation.errors import AutomationError
from automation.pending import pending_operations

_RELEASE: Final = "kubernetes:helm.sh/v3:Release"
_METADATA_ONLY: Final = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
"""Of a Secret, its name and labels: what Helm keeps in it stays in the cluster."""
_LOG: Final = logging.getLogger("automation")


@dataclass(frozen=True)
class AddonRelease:
    """A Helm release that the stack file asks for."""

    setting: str
    """`jarvis:platform.certManager`."""
    name: str
    namespace: str


def refuse_installed(
    wanted: Iterable[AddonRelease], deployment: Mapping[str, Any], address: ClusterAddress, stack: str
) -> None:
    """Raise AutomationError, one sentence an add-on, where the cluster has releases that this stack did not make.

    A cluster that does not answer, or does not let its releases be listed, is left for the engine to report.
    """
    own = _recorded(deployment)
    foreign = [addon for addon in wanted if addon.name not in own]
    if not foreign:
        return
    try:
        there = _installed(address, {addon.namespace for addon in foreign})
    except OSError as error:
        _LOG.info("Which add-ons the cluster has is not known: %s", error)
        return
    problems = [addon for addon in foreign if (addon.namespace, addon.name) in there]
    if problems:
        raise AutomationError("\n".join(_sentence(addon, stack) for addon in problems))


def _sentence(addon: AddonRelease, stack: str) -> str:
    return (
        f"{addon.setting}: the cluster has the Helm release {addon.name} in the namespace {addon.namespace} already, "
        f"and {stack} did not install it. One stack of a cluster installs an add-on for all of them: set its kind to "
        f"external in Pulumi.{stack}.yaml."
    )


def _recorded(deployment: Mapping[str, Any]) -> set[str]:
    """Releases that the state knows, and those of which a killed run left open whether it made them."""
    resources = [
        *cast("list[Mapping[str, Any]]", deployment.get("resources") or []),
        *(cast("Mapping[str, Any]", operation["resource"]) for operation in pending_operations(deployment)),
    ]
    return {str(item["urn"]).rpartition("::")[2] for item in resources if item.get("type") == _RELEASE}


def _installed(address: ClusterAddress, namespaces: Iterable[str]) -> set[tuple[str, str]]:
    """Namespace and name of each Helm release. Raises OSError where the cluster does not tell."""
    with connection(address) as client:
        return {(namespace, name) for namespace in namespaces for name in _releases_in(client, namespace)}


def _releases_in(client: object, namespace: str) -> Iterator[str]:
    from kubernetes.client import CoreV1Api

    answer = cast("Any", CoreV1Api)(client).list_namespaced_secret(
        namespace,
        label_selector="owner=helm,status!=uninstalled",
        _headers={"Accept": _METADATA_ONLY},
        _preload_content=False,
        _request_timeout=TIMEOUT_SECONDS,
    )
    listed = cast("list[dict[str, Any]]", json.loads(answer.data).get("items") or [])
    for item in listed:
        yield str(item["metadata"]["labels"]["name"])
