"""Stack files for tests: the committed ones, changed."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.settings.errors import SettingsError
from infra.settings.load import load_stack_file

ROOT = Path(__file__).resolve().parents[3]
Config = dict[str, Any]
"""What a stack file holds under `config`."""
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
Case = tuple[Callable[[], Config], dict[str, Any], str]
"""A good stack, what is wrong with it, and the whole sentence that says so."""
JARGON = ("Value error", "Input should", "validation error", "type=", "input_", "pydantic", "ctx", "str_", "int_")
"""What pydantic says in its own words."""


def committed(stack: str, directory: str = ".") -> dict[str, Any]:
    """The stack file's settings as they are."""
    return yaml.safe_load((ROOT / directory / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8"))["config"]


DEV = committed("dev")
STAGING = committed("staging")
PRODUCTION = committed("production")
RECOVERY_AWS = committed("recovery-aws", "examples")
RECOVERY_AZURE = committed("recovery-azure", "examples")


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


def production_aws() -> dict[str, Any]:
    """The committed production stack on AWS, with the secrets that it lacks."""
    return changed(committed("production-aws"), {f"secrets.{name}": value for name, value in SECRETS.items()})


def production_azure() -> dict[str, Any]:
    """The committed production stack on Azure, with the secrets that it lacks."""
    return changed(committed("production-azure"), {f"secrets.{name}": value for name, value in SECRETS.items()})


def staging() -> dict[str, Any]:
    """The committed staging stack."""
    return changed(STAGING, {})


def recovery_aws() -> dict[str, Any]:
    """The example of a second region on AWS, with the secrets that it lacks."""
    return changed(RECOVERY_AWS, {f"secrets.{name}": value for name, value in SECRETS.items()})


def recovery_azure() -> dict[str, Any]:
    """The example of a second region on Azure, with the secrets that it lacks."""
    return changed(RECOVERY_AZURE, {f"secrets.{name}": value for name, value in SECRETS.items()})


def written(directory: Path, config: Any, stack: str = "dev") -> Path:
    """A stack file that holds `config`."""
    return raw(directory, yaml.safe_dump({"config": config}, sort_keys=False), stack)


def raw(directory: Path, text: str | bytes, stack: str = "dev") -> Path:
    """A stack file of exactly that text."""
    path = directory / f"Pulumi.{stack}.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def assert_refused(directory: Path, stack: Callable[[], Config], changes: dict[str, Any], expected: str) -> None:
    """The stack with the changes is refused with that sentence, its file and line before it, and with no other.

    Three dots at the end stand for whatever follows.
    """
    with pytest.raises(SettingsError) as caught:
        load_stack_file(written(directory, changed(stack(), changes)))
    (problem,) = caught.value.problems
    where = "Pulumi.dev.yaml:" if problem.line is None else f"Pulumi.dev.yaml:{problem.line}:"
    said = str(problem)
    if expected.endswith("..."):
        said, expected = said[: len(where) + len(expected) - 2], expected.removesuffix("...")
    assert said == f"{where} {expected}"
    assert not [word for word in JARGON if word in str(problem)]
