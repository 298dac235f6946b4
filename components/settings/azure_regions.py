"""Azure's regions that have three availability zones.

Source: https://learn.microsoft.com/azure/reliability/regions-list (2026-11-24).
"""

from __future__ import annotations

from typing import Final, Literal

Region = Literal[
    "australiaeast",
    "brazilsouth",
    "canadacentral",
    "centralindia",
    "centralus",
    "eastasia",
    "eastus",
    "eastus2",
    "francecentral",
    "germanywestcentral",
    "italynorth",
    "japaneast",
    "koreacentral",
    "northeurope",
    "norwayeast",
    "polandcentral",
    "southafricanorth",
    "southcentralus",
    "southeastasia",
    "spaincentral",
    "swedencentral",
    "switzerlandnorth",
    "uaenorth",
    "uksouth",
    "westeurope",
    "westus2",
    "westus3",
]
UNPAIRED: Final[frozenset[Region]] = frozenset({"italynorth", "polandcentral", "spaincentral"})
"""Regions with no pair: nothing there can be geo-redundant."""
Zone = Literal["1", "2", "3"]
ZONES: Final[tuple[Zone, ...]] = ("1", "2", "3")
