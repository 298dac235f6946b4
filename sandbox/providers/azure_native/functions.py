"""Functions of the SDK that have an answer without a subscription."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from typing import Final

from sandbox.providers.azure_native.kubeconfig import host, kubeconfig
from sandbox.providers.azure_native.subscription import NONE, Subscription
from sandbox.providers.plan.checking import Checker
from sandbox.providers.plan.sdk import Sdk
from sandbox.providers.resource import ProviderError
from sandbox.providers.values import Properties, Value, has_unknown, revealed

Answer = Callable[[Properties, Subscription], Properties]


def answer(token: str, args: Properties, subscription: Subscription, sdk: Sdk, checker: Checker) -> Properties:
    """The function's result. Raises ProviderError for wrong arguments and for what only Azure could answer."""
    sdk.check_arguments(token, args, checker)
    known = _ANSWERS.get(token)
    if known is None:
        raise ProviderError(
            f"The offline provider `azure-native` cannot answer `{token}`: it would have to ask a subscription. Give "
            "what it looks up in the stack's settings, or let Pulumi fetch its official plugin and give it credentials."
        )
    return {} if has_unknown(args) else known(revealed(args), subscription)


def _client(args: Properties, subscription: Subscription) -> Properties:
    del args
    return {
        "clientId": NONE,
        "objectId": NONE,
        "subscriptionId": subscription.id,
        "tenantId": subscription.tenant,
    }


def _credentials(args: Properties, subscription: Subscription) -> Properties:
    cluster = str(args.get("resourceName"))
    server = host(cluster, _digits(args)[:8], subscription.location or "westeurope")
    return {"kubeconfigs": [{"name": "clusterUser", "value": kubeconfig(cluster, server)}]}


def _account_keys(args: Properties, subscription: Subscription) -> Properties:
    del subscription
    keys: list[Value] = [
        {
            "keyName": name,
            "value": base64.b64encode(hashlib.sha512((_digits(args) + name).encode()).digest()).decode(),
            "permissions": "FULL",
            "creationTime": "2026-01-01T00:00:00Z",
        }
        for name in ("key1", "key2")
    ]
    return {"keys": keys}


def _cache_keys(args: Properties, subscription: Subscription) -> Properties:
    del subscription
    return {f"{which}Key": _key(args, which) for which in ("primary", "secondary")}


def _workspace_keys(args: Properties, subscription: Subscription) -> Properties:
    del subscription
    return {f"{which}SharedKey": _key(args, which) for which in ("primary", "secondary")}


def _key(args: Properties, which: str) -> str:
    return base64.b64encode(hashlib.sha256((_digits(args) + which).encode()).digest()).decode()


def _digits(args: Properties) -> str:
    return hashlib.sha256(repr(sorted(args.items())).encode()).hexdigest()


_ANSWERS: Final[Mapping[str, Answer]] = {
    "azure-native:authorization:getClientConfig": _client,
    "azure-native:containerservice:listManagedClusterAdminCredentials": _credentials,
    "azure-native:containerservice:listManagedClusterUserCredentials": _credentials,
    "azure-native:operationalinsights:getSharedKeys": _workspace_keys,
    "azure-native:redisenterprise:listDatabaseKeys": _cache_keys,
    "azure-native:storage:listStorageAccountKeys": _account_keys,
}
