"""In which order a sandbox is told of an operator's kinds."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, cast

import pytest

from sandbox.definitions import PUBLISHED_VARIABLE
from sandbox.errors import SandboxError
from sandbox.kinds import install_through
from sandbox.providers.kubernetes.api import Api, ApiError

NAME = "issuers.cert-manager.io"
ISSUERS = f"""apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: {NAME}
spec: {{}}
"""
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

    def apply_text(self, path: str, text: str, query: object) -> dict[str, Any]:
        del text, query
        self.done.append(path.split("/")[-2] + f" after {len(self.described)} schemas")
        return {"metadata": {"resourceVersion": "1"}}

    def apply(self, *_: object) -> dict[str, Any]:
        return {}

    def merge(self, *_: object) -> None:
        return

    def metadata_of_all(self, path: str) -> dict[str, Any]:
        del path
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


class RecordingServer(SlowServer):
    """An API server that keeps what it was given, with every schema from the start; refuses one definition."""

    def __init__(self, refused: str = "") -> None:
        super().__init__()
        self.described = list(KINDS)
        self.refused = refused
        self.definitions: dict[str, str] = {}
        self.stages: dict[str, str] = {}
        self.touched: list[str] = []
        self.record: dict[str, Any] = {}

    def apply_text(self, path: str, text: str, query: object) -> dict[str, Any]:
        name = path.rpartition("/")[2]
        if name == self.refused:
            raise ApiError(422, {}, "invalid")
        kept = self.definitions if "/customresourcedefinitions/" in path else self.stages
        kept[name] = text
        return {"metadata": {"name": name, "resourceVersion": str(len(text))}}

    def apply(self, *_: object) -> dict[str, Any]:
        return {"data": dict(self.record)}

    def merge(self, path: str, body: dict[str, Any], query: object) -> None:
        del query
        if "/stages/" in path:
            self.touched.append(path.rpartition("/")[2])
            return
        merged = {**self.record, **body["data"]}
        self.record = {name: value for name, value in merged.items() if value is not None}

    def metadata_of_all(self, path: str) -> dict[str, Any]:
        kept = self.stages if path.endswith("/stages") else self.definitions
        versions = {name: str(len(text)) for name, text in kept.items()}
        return {"items": [{"metadata": {"name": key, "resourceVersion": value}} for key, value in versions.items()]}


def test_kwok_is_made_to_look_again_after_new_stages_and_only_then() -> None:
    server = RecordingServer()
    install_through(cast("Api", server), ["cert-manager"])
    assert len(server.stages) == 3
    assert server.touched == [list(server.stages)[-1]]
    install_through(cast("Api", server), ["cert-manager"])
    assert len(server.touched) == 1


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The folder with published definitions: one of one kind."""
    folder = tmp_path / "cert-manager-1.0.0"
    folder.mkdir()
    (folder / "issuers.yaml").write_text(ISSUERS)
    monkeypatch.setenv(PUBLISHED_VARIABLE, str(tmp_path))
    return folder


def test_a_minimal_definition_never_replaces_a_published_one(published: Path) -> None:
    """It would drop the versions that objects are stored in, and the server refuses that."""
    server = RecordingServer()
    install_through(cast("Api", server), ["cert-manager"])
    (published / "issuers.yaml").unlink()
    install_through(cast("Api", server), ["cert-manager"])
    assert server.definitions[NAME] == ISSUERS


def test_a_published_definition_replaces_a_minimal_one(published: Path) -> None:
    (published / "issuers.yaml").rename(published / "issuers.later")
    server = RecordingServer()
    install_through(cast("Api", server), ["cert-manager"])
    assert server.definitions[NAME] != ISSUERS
    (published / "issuers.later").rename(published / "issuers.yaml")
    install_through(cast("Api", server), ["cert-manager"])
    assert server.definitions[NAME] == ISSUERS


def test_what_a_refusal_left_half_done_is_done_again(published: Path) -> None:
    """The record says nothing of definitions that were being replaced when one of them was refused."""
    server = RecordingServer()
    install_through(cast("Api", server), ["cert-manager"])
    (published / "issuers.yaml").write_text(ISSUERS + "  more: fields\n")
    server.refused = NAME
    with pytest.raises(ApiError):
        install_through(cast("Api", server), ["cert-manager"])
    assert NAME not in server.record
    assert len(server.record) == len(server.definitions) - 1
    server.refused = ""
    (published / "issuers.yaml").write_text(ISSUERS)
    server.definitions[NAME] = "of somebody else"
    install_through(cast("Api", server), ["cert-manager"])
    assert server.definitions[NAME] == ISSUERS
