"""In which order a sandbox is told of an operator's kinds."""

from __future__ import annotations

import time
from typing import Any, cast

import pytest

from sandbox.errors import SandboxError
from sandbox.kinds import install_through
from sandbox.providers.kubernetes.api import Api, ApiError

KINDS = ("Certificate", "ClusterIssuer", "Issuer")


class SlowServer:
    """An API server that publishes schemas one by one, each with the next question for them."""

    def __init__(self, *kinds: str) -> None:
        self.waiting = list(kinds)
        self.described: list[str] = []
        self.done: list[str] = []

    def get(self, path: str) -> dict[str, Any]:
        if not path.startswith("/openapi/v3/"):
            return {"status": {"conditions": [{"type": "Established", "status": "True"}]}}
        assert path == "/openapi/v3/apis/cert-manager.io/v1"
        if self.waiting:
            self.described.append(self.waiting.pop(0))
        if self.described == [""]:
            raise ApiError(404, {}, "not found")
        schemas = {kind: {"x-kubernetes-group-version-kind": [{"kind": kind}]} for kind in self.described}
        return {"components": {"schemas": {**schemas, "of no kind": {}}}}

    def apply_text(self, path: str, text: str, query: object) -> None:
        del text, query
        self.done.append(path.split("/")[-2] + f" after {len(self.described)} schemas")

    def apply(self, *_: object) -> dict[str, Any]:
        return {}

    def merge(self, *_: object) -> None:
        return

    def metadata_of_all(self, _: str) -> dict[str, Any]:
        return {"items": []}


def test_kwok_gets_stages_when_every_schema_of_theirs_is_published(monkeypatch: pytest.MonkeyPatch) -> None:
    """It reads a schema when a stage comes and never again."""
    monkeypatch.setattr(time, "sleep", lambda _: None)
    server = SlowServer("", *KINDS)
    install_through(cast("Api", server), ["cert-manager"])
    assert [line for line in server.done if line.startswith("stages")] == ["stages after 4 schemas"] * 3
    assert server.done[0] == "customresourcedefinitions after 0 schemas"


def test_a_schema_that_never_comes_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(0, 10_000, 30))
    monkeypatch.setattr(time, "sleep", lambda _: None)
    monkeypatch.setattr(time, "monotonic", lambda: float(next(clock)))
    with pytest.raises(SandboxError, match=r"no schema of cert-manager\.io/v1 Issuer after 60 s"):
        install_through(cast("Api", SlowServer("Certificate", "ClusterIssuer")), ["cert-manager"])
