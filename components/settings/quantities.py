"""Kubernetes quantities that are parsed, not passed on as text.

Source of the grammar: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Final

from components.settings.text import Matching

_SUFFIXES: Final[dict[str, Decimal]] = {
    "": Decimal(1),
    "m": Decimal("0.001"),
    "k": Decimal(10**3),
    "M": Decimal(10**6),
    "G": Decimal(10**9),
    "T": Decimal(10**12),
    "Ki": Decimal(2**10),
    "Mi": Decimal(2**20),
    "Gi": Decimal(2**30),
    "Ti": Decimal(2**40),
}


def quantity_value(text: str) -> Decimal:
    """The number that a Kubernetes quantity stands for: bytes for memory, cores for CPU.

    Raises ValueError where the text is no quantity.
    """
    match = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)(m|k|M|G|T|Ki|Mi|Gi|Ti)?", text)
    if match is None:
        raise ValueError(f"{text!r} is not a Kubernetes quantity")
    return Decimal(match[1]) * _SUFFIXES[match[2] or ""]


MemoryQuantity = Annotated[
    str,
    Matching(
        r"[1-9][0-9]*(Ki|Mi|Gi|Ti|k|M|G|T)",
        "a whole number of bytes with a suffix (Ki, Mi, Gi, Ti, k, M, G or T), such as 512Mi or 20Gi",
    ),
]
"""Memory or storage in bytes. A suffix is required: a bare `512` is 512 bytes, which nobody means."""

CpuQuantity = Annotated[
    str,
    Matching(
        r"[1-9][0-9]*m|[1-9][0-9]*(\.[0-9]{1,3})?|0\.(?!0+$)[0-9]{1,3}",
        "CPU cores, more than zero, as text such as 500m, 0.5 or 2",
    ),
]
"""CPU in cores."""
