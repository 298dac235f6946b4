"""The executables through which the Pulumi engine finds the offline providers and, where need be, the language host."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Final

from sandbox.engine_watch import ENGINE_PID

REPOSITORY: Final = Path(__file__).resolve().parents[1]
OFFLINE_PROVIDERS: Final = ("kubernetes", "random", "aws", "azure-native")
LANGUAGE_HOST: Final = "pulumi-language-python"


def write_plugins(folder: Path, python: Path) -> Path:
    """Write `pulumi-resource-<name>` for every offline provider into `folder`, which goes onto PATH; return it.

    `python` is the interpreter that has this project's packages.
    """
    for name in OFFLINE_PROVIDERS:
        _write(folder / f"pulumi-resource-{name}", python, f"sandbox.providers.{name.replace('-', '_')}")
    return folder


def write_language_host(folder: Path, python: Path) -> Path:
    """Write `pulumi-language-python` into `folder` and return it: only for a CLI that came without its own."""
    _write(folder / LANGUAGE_HOST, python, "sandbox.language_host")
    return folder


def write_policy_pack(folder: Path, python: Path, pack: Path) -> Path:
    """Write an executable into `folder` that the engine takes in the place of the policy pack `pack`; return it.

    It answers to one engine and ends with it. Its port is read from a pipe, which the SDK does not flush.
    """
    path = folder / f"pulumi-analyzer-{pack.name}"
    _write(path, python, f"sandbox.policy_host {shlex.quote(str(pack))}", options="-u ")
    return path


def _write(path: Path, python: Path, module: str, options: str = "") -> None:
    """A script that becomes the module; one with the same content is left alone, because it may be running."""
    text = (
        "#!/bin/sh\n"
        f"export {ENGINE_PID}=$PPID\n"
        f"export PYTHONPATH={shlex.quote(str(REPOSITORY))}${{PYTHONPATH:+:$PYTHONPATH}}\n"
        f'exec {shlex.quote(str(python))} {options}-m {module} "$@"\n'
    )
    if path.is_file() and path.read_text("utf-8") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_suffix(".tmp")
    scratch.write_text(text, "utf-8")
    scratch.chmod(0o755)
    scratch.replace(path)
