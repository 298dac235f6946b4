"""Stack files for tests: the committed one of dev, changed."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[3]
DEV: dict[str, Any] = yaml.safe_load((ROOT / "Pulumi.dev.yaml").read_text(encoding="utf-8"))["config"]
CIPHERTEXT = {"secure": "v1:rYJ0:cGxhY2Vob2xkZXI="}
SECRETS: dict[str, Any] = {
    "kind": "config",
    "postgresPassword": CIPHERTEXT,
    "redisPassword": CIPHERTEXT,
    "jarvisSecretKey": CIPHERTEXT,
    "jarvisAdminPassword": CIPHERTEXT,
    "grafanaAdminPassword": CIPHERTEXT,
}
ABSENT = object()
"""Given to `changed` in place of a value: take the key out."""


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
    """A production stack that keeps every rule."""
    return changed(
        DEV,
        {
            "environment": "production",
            "protect": True,
            "secrets": SECRETS,
            "app.image.tag": "1.9.0",
            "app.debug": False,
            "app.logLevel": "WARNING",
            "app.corsOrigins": ["https://app.jarvis.com", "https://admin.jarvis.com"],
            "app.frontendUrl": "https://app.jarvis.com",
            "app.backendUrl": "https://api.jarvis.com",
            "app.jwtExpireMinutes": 60,
            "app.backend": {"replicas": 3},
            "app.frontend": {"replicas": 3},
        },
    )


def written(directory: Path, config: Any, stack: str = "dev") -> Path:
    """A stack file that holds `config`."""
    return raw(directory, yaml.safe_dump({"config": config}, sort_keys=False), stack)


def raw(directory: Path, text: str | bytes, stack: str = "dev") -> Path:
    """A stack file of exactly that text."""
    path = directory / f"Pulumi.{stack}.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path
