"""When AWS ends its support of EKS's Kubernetes versions.

Source: https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html (2026-11-24).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

STANDARD_SUPPORT: Final[Mapping[str, date]] = {
    "1.32": date(2026, 3, 23),
    "1.33": date(2026, 7, 29),
    "1.34": date(2026, 12, 2),
    "1.35": date(2027, 3, 27),
}
"""Each minor version's last day at the ordinary price. Of later versions nothing is known here: they are let pass."""
EXTENDED_SUPPORT: Final[Mapping[str, date]] = {
    version: end.replace(year=end.year + 1) for version, end in STANDARD_SUPPORT.items()
}
"""Each minor version's last day at all, a year later. EKS starts no cluster of a version that is older than these."""
IN_STANDARD_SUPPORT: Final = ("1.35",)
"""Those of the table that need no `EXTENDED`, as of 2026-12-01, a day before 1.34's end."""
