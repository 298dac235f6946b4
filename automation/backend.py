"""Where a stack's state is kept, and the passphrase that its secrets are encrypted with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import unquote, urlsplit

import yaml

from automation.errors import BadInputError
from automation.layout import Layout, own_passphrase

PASSPHRASE: Final = "PULUMI_CONFIG_PASSPHRASE"  # noqa: S105 (a variable's name)
PASSPHRASE_FILE: Final = "PULUMI_CONFIG_PASSPHRASE_FILE"  # noqa: S105
_OBJECT_STORES: Final = ("s3://", "azblob://", "gs://", "postgres://")


@dataclass(frozen=True)
class Backend:
    """One Pulumi backend and what the engine's environment needs to use it."""

    url: str
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    dropped: frozenset[str] = frozenset()
    """Variables of this process that the engine must not see: they would win over `environment`."""

    @property
    def folder(self) -> Path | None:
        """The folder of a file backend; None for any other."""
        parts = urlsplit(self.url)
        if parts.scheme != "file":
            return None
        text = unquote(f"{parts.netloc}{parts.path}")
        return Path(text).expanduser() / ".pulumi"


def own_backend(folder: Path) -> Backend:
    """A file backend of our own in `folder`, made where it does not exist, with its own generated passphrase."""
    folder.mkdir(parents=True, exist_ok=True)
    passphrase = own_passphrase(folder)
    # Without this, each write is two files (`dev.json`, `dev.json.attrs`) and a kill between them spoils the state.
    url = f"{folder.resolve().as_uri()}?metadata=skip"
    return Backend(
        url=url,
        environment={"PULUMI_BACKEND_URL": url, PASSPHRASE_FILE: str(passphrase.resolve())},
        dropped=frozenset({PASSPHRASE}),
    )


def users_backend(layout: Layout, stack: str, environ: Mapping[str, str]) -> Backend:
    """The backend that plain `pulumi` would use here, or our own file backend where the user chose none.

    Raises BadInputError where its secrets need a passphrase and none is given.
    """
    url = environ.get("PULUMI_BACKEND_URL") or _project_backend(layout) or _current_login(environ)
    if url is None:
        backend = own_backend(layout.stacks)
        if PASSPHRASE not in environ and PASSPHRASE_FILE not in environ:
            return backend
        return Backend(backend.url, {"PULUMI_BACKEND_URL": backend.url})
    _require_passphrase(layout, stack, url, environ)
    return Backend(url, {"PULUMI_BACKEND_URL": url})


def _require_passphrase(layout: Layout, stack: str, url: str, environ: Mapping[str, str]) -> None:
    keeps_files = url.startswith(("file://", *_OBJECT_STORES))
    if not keeps_files or _stack_file(layout, stack).get("secretsprovider") not in (None, "passphrase"):
        return
    file = environ.get(PASSPHRASE_FILE)
    if file and not Path(file).is_file():
        raise BadInputError(f"{PASSPHRASE_FILE} names {file}, which is no file that can be read.")
    if PASSPHRASE not in environ and not file:
        raise BadInputError(
            f"The secrets of {stack} in {url} are encrypted with a passphrase, and none is given: "
            f"set {PASSPHRASE} or {PASSPHRASE_FILE}."
        )


def _stack_file(layout: Layout, stack: str) -> dict[str, Any]:
    try:
        content: object = yaml.safe_load(layout.stack_file(stack).read_text("utf-8"))
    except (OSError, yaml.YAMLError):
        return {}
    return cast("dict[str, Any]", content) if isinstance(content, dict) else {}


def _project_backend(layout: Layout) -> str | None:
    """`backend.url` of Pulumi.yaml."""
    try:
        content: object = yaml.safe_load((layout.root / "Pulumi.yaml").read_text("utf-8"))
    except (OSError, yaml.YAMLError):
        return None
    match content:
        case {"backend": {"url": str(url)}}:
            return url
        case _:
            return None


def _current_login(environ: Mapping[str, str]) -> str | None:
    """Where `pulumi login` left the user."""
    home = Path(environ.get("PULUMI_HOME") or Path.home() / ".pulumi")
    if environ.get("PULUMI_ACCESS_TOKEN"):
        return "https://api.pulumi.com"
    try:
        content: object = json.loads((home / "credentials.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    match content:
        case {"current": str(url)} if url:
            return url
        case _:
            return None
