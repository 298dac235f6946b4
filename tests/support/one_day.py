"""The day on which the policies of versions judge in tests: a support that ends must fail none of something else."""

from __future__ import annotations

from typing import Any

OPTIONS: dict[str, dict[str, Any]] = {
    rule: {"today": "2026-11-24"} for rule in ("supported-versions", "versions-ending")
}
"""Of those policies, by name, as an environment's configuration has them."""
