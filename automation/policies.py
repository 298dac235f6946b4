"""Which policy pack judges a run, and with which configuration.

There is no option to leave it out: what a stack may do less than production is said in `policies/environments/`, which
is reviewed as code is.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

import yaml

_ENVIRONMENT: Final = "jarvis:environment"


@dataclass(frozen=True)
class PolicyPack:
    """What the engine is given."""

    executable: Path
    configuration: Path | None
    """Levels and figures of the stack's environment; None leaves the pack as strict as it can be."""

    @property
    def options(self) -> dict[str, Any]:
        """The Automation API's options of `preview` and `up`."""
        files = [] if self.configuration is None else [str(self.configuration)]
        return {"policy_packs": [str(self.executable)], "policy_pack_configs": files}


def configuration(pack: Path, stack_file: Path) -> Path | None:
    """The pack's configuration for the environment that the stack file names."""
    content = cast("dict[str, Any]", yaml.safe_load(stack_file.read_text("utf-8")) or {})
    environment = cast("dict[str, object]", content.get("config") or {}).get(_ENVIRONMENT)
    file = pack / "environments" / f"{environment}.json"
    return file if file.is_file() else None


def flags(pack: Path, stack_file: Path) -> list[str]:
    """What plain `pulumi preview` and `pulumi up` are given to be judged in the same way."""
    config = configuration(pack, stack_file)
    return ["--policy-pack", str(pack), *([] if config is None else ["--policy-pack-config", str(config)])]
