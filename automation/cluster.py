"""A stack's cluster, asked directly and not through the engine."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import yaml

from automation.rehearsal import CLUSTER

if TYPE_CHECKING:
    from kubernetes.client import ApiClient

TIMEOUT_SECONDS: Final = 5
"""How long one question may take."""


@dataclass(frozen=True)
class ClusterAddress:
    """How the stack's settings reach its cluster: both as kubectl takes them, None for kubectl's own defaults."""

    kubeconfig: str | None
    context: str | None


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


@contextmanager
def connection(address: ClusterAddress) -> Generator[ApiClient]:
    """A client of the cluster. Raises OSError, within the `with` too, where the cluster does not answer."""
    from kubernetes import config
    from kubernetes.client.exceptions import ApiException
    from kubernetes.config import kube_config
    from kubernetes.config.config_exception import ConfigException
    from urllib3.exceptions import HTTPError

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
