"""A kubeconfig of an AKS cluster in which there is no credential: kubelogin gets a token whenever one is needed."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any, Final

import pulumi
import yaml
from pulumi_azure_native import containerservice

from components.cloud.azure.contract import AzurePlace
from components.cluster.aks_settings import AksCluster

_AKS_SERVER: Final = "6dae42f8-4368-4678-94ff-3960e28e3630"
"""The application that every AKS cluster with Entra is, in every tenant.
Source: https://azure.github.io/kubelogin/concepts/aks.html (2026-11-24)."""
_PUBLIC_CLIENT: Final = "80faf920-1908-4b52-b5ef-a8e7bedfc67a"
"""The client that people sign in by with a device code (same page)."""


def aks_kubeconfig(
    settings: AksCluster,
    cluster: containerservice.ManagedCluster,
    *,
    cloud: AzurePlace,
    parent: pulumi.Resource,
    after: Sequence[pulumi.Resource],
) -> pulumi.Output[str]:
    """The text of the kubeconfig, once `after`, the rights to ask for it, stands."""
    given = containerservice.list_managed_cluster_user_credentials_output(
        format="exec",
        resource_group_name=cloud.resource_group,
        resource_name=cluster.name,
        opts=pulumi.InvokeOutputOptions(parent=parent, provider=cloud.provider, depends_on=list(after)),
    )
    # Were Azure's answer marked secret, the little that is taken from it need not be.
    found = pulumi.Output.unsecret(given.kubeconfigs)
    return found.apply(lambda found: _kubeconfig(found[0].value, settings, cloud.tenant_id))


def _kubeconfig(encoded: str, settings: AksCluster, tenant_id: str) -> str:
    """Azure's kubeconfig signs in by device code, whoever asks: only address and authority are taken from it."""
    given: dict[str, Any] = yaml.safe_load(base64.b64decode(encoded))
    cluster = given["clusters"][0]["cluster"]
    name = settings.name
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": name,
            "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
            "clusters": [
                {
                    "name": name,
                    "cluster": {
                        "server": cluster["server"],
                        "certificate-authority-data": cluster["certificate-authority-data"],
                    },
                }
            ],
            "users": [{"name": name, "user": {"exec": _kubelogin(settings, tenant_id)}}],
        }
    )


def _kubelogin(settings: AksCluster, tenant_id: str) -> dict[str, object]:
    arguments = ["get-token", "--login", settings.login, "--server-id", _AKS_SERVER, "--tenant-id", tenant_id]
    if settings.login == "devicecode":
        arguments += ["--client-id", _PUBLIC_CLIENT]
    return {
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "command": "kubelogin",
        "args": arguments,
        "env": None,
        "installHint": "Install kubelogin: az aks install-cli, or https://azure.github.io/kubelogin/install.html",
        "interactiveMode": "IfAvailable",
        "provideClusterInfo": False,
    }
