"""A stack's cluster, asked directly and not through the engine."""

from __future__ import annotations

import shutil
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import yaml

from automation.errors import AutomationError
from automation.layout import write_private

if TYPE_CHECKING:
    from kubernetes.client import ApiClient

CLUSTER: Final = "jarvis:cluster"
_PROVIDER: Final = "pulumi:providers:kubernetes"
TIMEOUT_SECONDS: Final = 5
"""How long one question may take."""


class UnknownClusterError(AutomationError):
    """The stack makes its cluster itself, and has not yet."""


@dataclass(frozen=True)
class ClusterAddress:
    """How a stack's cluster is reached: both as kubectl takes them, None for kubectl's own defaults."""

    kubeconfig: str | None
    context: str | None
    sign_in: str | None = None
    """The program that gets a token for the cluster, where it is known to be needed."""


def cluster_address(cluster: Mapping[str, Any]) -> ClusterAddress:
    """The address in a `jarvis:cluster` section."""
    kubeconfig, context = cluster.get("kubeconfig"), cluster.get("context")
    return ClusterAddress(
        kubeconfig if isinstance(kubeconfig, str) else None, context if isinstance(context, str) else None
    )


def cluster_section(stack_file: Path) -> Mapping[str, Any]:
    """`jarvis:cluster` of a stack file, which has been checked by now; {} where it is absent."""
    content = cast("dict[str, Any]", yaml.safe_load(stack_file.read_text("utf-8")) or {})
    section = cast("dict[str, object]", content.get("config") or {}).get(CLUSTER)
    return cast("Mapping[str, Any]", section) if isinstance(section, dict) else {}


def makes_its_cluster(cluster: Mapping[str, Any]) -> bool:
    """Whether a `jarvis:cluster` section has the stack make a cluster, which then has no address in it."""
    return cluster.get("kind", "existing") != "existing"


def own_kubeconfig(deployment: Mapping[str, Any]) -> str | None:
    """The kubeconfig of the cluster that a stack has made, as its state has it; None where it has made none yet.

    It names the program that signs in, and holds no secret.
    """
    for resource in cast("list[dict[str, Any]]", deployment.get("resources") or []):
        inputs = cast("dict[str, object]", resource.get("inputs") or {})
        kubeconfig = inputs.get("kubeconfig")
        if resource.get("type") == _PROVIDER and isinstance(kubeconfig, str) and not resource.get("delete"):
            return kubeconfig
    return None


def own_address(kubeconfig: str, path: Path) -> ClusterAddress:
    """The address of a cluster that a stack has made, its kubeconfig written to `path`."""
    write_private(path, kubeconfig)
    (user,) = yaml.safe_load(kubeconfig)["users"]
    return ClusterAddress(str(path), None, sign_in=user["user"]["exec"]["command"])


@contextmanager
def connection(address: ClusterAddress) -> Generator[ApiClient]:
    """A client of the cluster. Raises OSError, within the `with` too, where the cluster does not answer."""
    from kubernetes import config
    from kubernetes.client.exceptions import ApiException
    from kubernetes.config import kube_config
    from kubernetes.config.config_exception import ConfigException
    from urllib3.exceptions import HTTPError

    if address.sign_in is not None and shutil.which(address.sign_in) is None:
        # The client would go on as nobody, and be refused.
        raise OSError(f"{address.sign_in}, which signs in to the cluster, is not on PATH")
    try:
        client = cast("ApiClient", cast("Any", config).new_client_from_config(address.kubeconfig, address.context))
        cast("Any", client).configuration.retries = False
        yield client
    except ApiException as error:
        reason = cast("str", cast("Any", error).reason)
        raise OSError(f"the API server refused: {reason}") from error
    except (ConfigException, HTTPError) as error:
        raise OSError(f"the cluster does not answer ({type(error).__name__})") from error
    finally:
        # The client's copies of a kubeconfig's key, which it would keep until an exit that interrupts may cut short.
        cast("Any", kube_config)._cleanup_temp_files()
