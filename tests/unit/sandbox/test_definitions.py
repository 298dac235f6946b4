"""Definitions of custom kinds: those in the project, and the published ones where they are at hand."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from sandbox.definitions import MINIMAL, PUBLISHED_VARIABLE, definitions, object_name, operators, published_folder
from sandbox.errors import SandboxError
from sandbox.kinds import SIMULATOR, STAGES, install

CLUSTERS = """apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: clusters.postgresql.cnpg.io
spec: {}
"""
NAMED = """metadata:
  annotations:
    a.example/name: x
  labels:
    name: wrong
  name: "right.example"
spec:
  name: no
"""


@pytest.fixture
def nothing_published(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv(PUBLISHED_VARIABLE, str(tmp_path))
    return tmp_path


@pytest.mark.usefixtures("nothing_published")
@pytest.mark.parametrize("operator", operators())
def test_a_minimal_definition_admits_the_kind_whatever_its_fields(operator: str) -> None:
    for item in definitions(operator):
        body = json.loads(item.text)
        version = body["spec"]["versions"][0]
        assert not item.published
        assert item.name == f"{body['spec']['names']['plural']}.{body['spec']['group']}"
        assert version["schema"]["openAPIV3Schema"]["x-kubernetes-preserve-unknown-fields"] is True


def test_a_published_definition_replaces_the_minimal_one_of_its_kind_only(nothing_published: Path) -> None:
    folder = nothing_published / "cloudnative-pg-1.30.0"
    folder.mkdir()
    (folder / "clusters.yaml").write_text(CLUSTERS)
    (folder / "policy.yaml").write_text("kind: ValidatingAdmissionPolicy\nmetadata:\n  name: x\n")
    found = {item.name: item.published for item in definitions("cloudnative-pg")}
    assert found["clusters.postgresql.cnpg.io"] is True
    assert [name for name, published in found.items() if published] == ["clusters.postgresql.cnpg.io"]
    assert len(found) == len((MINIMAL / "cloudnative-pg.yaml").read_text().splitlines()) - 1


def test_a_longer_operator_name_is_another_operator(nothing_published: Path) -> None:
    folder = nothing_published / "cloudnative-pg-extra-1.0.0"
    folder.mkdir()
    (folder / "clusters.yaml").write_text(CLUSTERS)
    assert not any(item.published for item in definitions("cloudnative-pg"))


def test_the_name_is_the_one_of_the_metadata() -> None:
    assert object_name(NAMED) == "right.example"
    with pytest.raises(SandboxError, match="no name"):
        object_name("metadata: {}\n")


def test_a_folder_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(PUBLISHED_VARIABLE, str(tmp_path / "gone"))
    with pytest.raises(SandboxError, match=f"{PUBLISHED_VARIABLE} is .*gone, which is no folder"):
        published_folder()


def test_strict_insists_on_published_definitions(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sandbox.kinds.published_folder", lambda: None)
    with pytest.raises(SandboxError, match=PUBLISHED_VARIABLE):
        install(tmp_path / "kubeconfig", ["cert-manager"], strict=True)


def test_an_unknown_operator_is_said_with_those_that_are_known() -> None:
    with pytest.raises(SandboxError, match=r"'cert-manger'.*cert-manager"):
        definitions("cert-manger")


@pytest.mark.parametrize("operator", operators())
def test_published_kinds_are_the_ones_of_the_project(operator: str) -> None:
    """Name, kind, scope and status subresource; skips where no published definitions are at hand."""
    published = [item for item in definitions(operator) if item.published]
    if not published:
        pytest.skip("no published definitions of this operator at hand")
    assert not [item.name for item in definitions(operator) if not item.published]
    lines = (MINIMAL / f"{operator}.yaml").read_text()
    for item in published:
        plural = item.name.partition(".")[0]
        line = re.search(rf"^.*plural: {plural},.*$", lines, re.MULTILINE)
        scope = re.search(r"^  scope: (\S+)$", item.text, re.MULTILINE)
        kind = re.search(r"^    kind: (\S+)$", item.text, re.MULTILINE)
        assert line is not None, item.name
        assert scope is not None
        assert kind is not None
        assert f"kind: {kind[1]}," in line[0]
        assert re.search(rf"scope: {scope[1]}[,}}]", line[0])
        written_apart = re.search(r"^    subresources:\n(?: {6}.*\n)*? {6}status: \{\}$", item.text, re.MULTILINE)
        assert ("subresources: none" in line[0]) == (written_apart is None), item.name


def test_every_operator_with_stages_has_definitions() -> None:
    assert {path.stem for path in STAGES.glob("*.yaml")} <= set(operators())


@pytest.mark.usefixtures("nothing_published")
@pytest.mark.parametrize("operator", sorted({path.stem for path in STAGES.glob("*.yaml")} - {SIMULATOR}))
def test_what_plays_an_operator_writes_a_status_as_its_kind_takes_it(operator: str) -> None:
    """The server drops a status that does not come by the subresource where there is one, and has none elsewhere."""
    apart = {
        (body["spec"]["group"], body["spec"]["names"]["kind"]): "subresources" in body["spec"]["versions"][0]
        for body in (json.loads(item.text) for item in definitions(operator))
    }
    for stage in yaml.safe_load_all((STAGES / f"{operator}.yaml").read_text("utf-8")):
        reference, following = stage["spec"]["resourceRef"], stage["spec"]["next"]
        kind = (reference["apiGroup"].partition("/")[0], reference["kind"])
        patches = [patch.get("subresource") for patch in following.get("patches", []) if patch["root"] == "status"]
        assert ("statusTemplate" in following or "status" in patches) == apart[kind], stage["metadata"]["name"]
