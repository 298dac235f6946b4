"""Names as Azure takes them, each with its sentence.

Source: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules (2026-11-24).
"""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Annotated

from pydantic import AfterValidator

from components.settings.text import Matching, not_allowed

ResourceGroupName = Annotated[
    str,
    Matching(
        r"[A-Za-z0-9_().-]{0,89}[A-Za-z0-9_()-]",
        "a resource group's name: 1 to 90 letters, digits, hyphens, dots, underscores and parentheses, no dot last, "
        "such as rg-jarvis-production",
    ),
]
ResourceName = Annotated[
    str,
    Matching(
        r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9_])",
        "2 to 63 letters, digits, hyphens, dots and underscores, a letter or digit first, no hyphen or dot last, such "
        "as vnet-jarvis-production",
    ),
]
"""A virtual network, an identity, a gateway, ...: what fits each of them."""
KeyVaultName = Annotated[
    str,
    Matching(
        r"(?!.*--)[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9]",
        "a key vault's name: 3 to 24 letters, digits and hyphens, a letter first, no hyphen last and no two together, "
        "such as kv-jarvis-production",
    ),
]
StorageAccountName = Annotated[
    str,
    Matching(
        r"[a-z0-9]{3,24}",
        "a storage account's name: 3 to 24 lower-case letters and digits, such as stjarvisproduction",
    ),
]
ContainerName = Annotated[
    str,
    Matching(
        r"(?!.*--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]",
        "a blob container's name: 3 to 63 lower-case letters, digits and hyphens, no hyphen first or last and no two "
        "together, such as backups",
    ),
]
WorkspaceName = Annotated[
    str,
    Matching(
        r"[A-Za-z0-9][A-Za-z0-9-]{2,61}[A-Za-z0-9]",
        "a workspace's name: 4 to 63 letters, digits and hyphens, no hyphen first or last, such as "
        "log-jarvis-production",
    ),
]
Guid = Annotated[
    str,
    Matching(
        r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
        "an id such as 00000000-0000-0000-0000-000000000000",
    ),
]
"""Ids of tenants, subscriptions, groups and identities."""
EmailAddress = Annotated[
    str, Matching(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+", "an e-mail address, such as ops@jarvis.com", max_length=254)
]


def _client_range(text: str) -> str:
    try:
        network = IPv4Network(text)
    except ValueError:
        network = None
    if network is None or network.prefixlen == 0:
        raise not_allowed("an IPv4 network with no host bits set and not the whole internet, such as 203.0.113.0/24")
    return str(network)


ClientRange = Annotated[str, AfterValidator(_client_range)]
