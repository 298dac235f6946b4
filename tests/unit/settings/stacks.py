"""Stack files for tests: the committed ones, changed."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[3]
CIPHERTEXT = {"secure": "v1:rYJ0:cGxhY2Vob2xkZXI="}
SECRETS: dict[str, Any] = {
    "kind": "config",
    "postgresPassword": CIPHERTEXT,
    "redisPassword": CIPHERTEXT,
    "jarvisSecretKey": CIPHERTEXT,
    "jarvisAdminPassword": CIPHERTEXT,
    "grafanaAdminPassword": CIPHERTEXT,
}
PRODUCTION_SECRETS: dict[str, Any] = {
    **SECRETS,
    "backupAccessKeyId": CIPHERTEXT,
    "backupSecretAccessKey": CIPHERTEXT,
}
ABSENT = object()
"""Given to `changed` in place of a value: take the key out."""


def _committed(stack: str) -> dict[str, Any]:
    return yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8"))["config"]


DEV = _committed("dev")
STAGING = _committed("staging")
PRODUCTION = _committed("production")


def changed(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """A copy with values set by dotted path below `jarvis:`: `{"app.image.tag": "1.9.0"}`; a number is an index."""
    config = copy.deepcopy(base)
    for path, value in changes.items():
        key, *steps = path.split(".")
        target: Any = config
        for step in (f"jarvis:{key}", *steps)[:-1]:
            target = target[int(step)] if isinstance(target, list) else target.setdefault(step, {})
        last = steps[-1] if steps else f"jarvis:{key}"
        if isinstance(target, list):
            target[int(last)] = value
        elif value is ABSENT:
            del target[last]
        else:
            target[last] = copy.deepcopy(value)
    return config


def production() -> dict[str, Any]:
    """The committed production stack, with the secrets that it lacks."""
    return changed(PRODUCTION, {f"secrets.{name}": value for name, value in PRODUCTION_SECRETS.items()})


def staging() -> dict[str, Any]:
    """The committed staging stack."""
    return changed(STAGING, {})


def written(directory: Path, config: Any, stack: str = "dev") -> Path:
    """A stack file that holds `config`."""
    return raw(directory, yaml.safe_dump({"config": config}, sort_keys=False), stack)


def raw(directory: Path, text: str | bytes, stack: str = "dev") -> Path:
    """A stack file of exactly that text."""
    path = directory / f"Pulumi.{stack}.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path
