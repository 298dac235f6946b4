"""What becomes of operations that a killed engine left."""

from __future__ import annotations

from typing import Any

import pytest

from automation.pending import object_id, pending_operations, settle

SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:x"}


def _resource(kind: str, name: str, **more: Any) -> dict[str, Any]:
    return {"urn": f"urn:pulumi:dev::jarvis::{kind}::{name}", "type": kind, "custom": True, **more}


def _object(kind: str, name: str, namespace: str | None = "jarvis", **more: Any) -> dict[str, Any]:
    metadata = {"name": name} if namespace is None else {"name": name, "namespace": namespace}
    return _resource(kind, name, inputs={"metadata": metadata, "data": SECRET}, **more)


def _operation(how: str, resource: dict[str, Any]) -> dict[str, Any]:
    return {"type": how, "resource": resource}


def test_a_begun_creation_is_adopted_by_its_fixed_name_and_read_again() -> None:
    begun = _object("kubernetes:core/v1:Secret", "credentials")
    settled = settle({"resources": [], "pending_operations": [_operation("creating", begun)], "manifest": {}})
    assert settled.deployment == {"manifest": {}, "resources": [{**begun, "id": "jarvis/credentials", "outputs": {}}]}
    assert settled.to_read == (begun["urn"],)
    assert settled.dropped == ()


def test_begun_updates_and_deletions_are_read_again() -> None:
    there = [_object("kubernetes:core/v1:Service", name, id=f"jarvis/{name}") for name in ("a", "b", "c")]
    operations = [_operation("updating", there[0]), _operation("deleting", there[1])]
    settled = settle({"resources": there, "pending_operations": operations})
    assert settled.to_read == (there[0]["urn"], there[1]["urn"])
    assert settled.deployment["resources"] == there
    assert pending_operations(settled.deployment) == []


@pytest.mark.parametrize("kind", ["random:index/randomPassword:RandomPassword", "pulumi:providers:kubernetes"])
def test_what_lives_in_the_state_only_is_just_made_again(kind: str) -> None:
    settled = settle({"resources": [], "pending_operations": [_operation("creating", _resource(kind, "x", inputs={}))]})
    assert (settled.deployment["resources"], settled.to_read, settled.dropped) == ([], (), ())


def test_a_creation_that_cannot_be_looked_up_is_named() -> None:
    begun = _resource("aws:s3/bucket:Bucket", "archive", inputs={})
    settled = settle({"resources": [], "pending_operations": [_operation("creating", begun)]})
    assert settled.dropped == (begun["urn"],)
    assert settled.deployment["resources"] == []


def test_a_replacement_under_way_is_not_doubled() -> None:
    old = _object("kubernetes:apps/v1:Deployment", "api", id="jarvis/api")
    settled = settle({"resources": [old], "pending_operations": [_operation("creating", {**old, "id": ""})]})
    assert settled.deployment["resources"] == [old]
    assert settled.to_read == (old["urn"],)


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        (_object("kubernetes:core/v1:Namespace", "jarvis", None), "jarvis"),
        (_object("kubernetes:apps/v1:Deployment", "api"), "jarvis/api"),
        (_resource("kubernetes:core/v1:Pod", "x", inputs={"metadata": {"generateName": "x-"}}), None),
        (_resource("kubernetes:core/v1:Pod", "x", inputs={"metadata": {"name": SECRET}}), None),
        (_resource("kubernetes:core/v1:Pod", "x"), None),
        (_resource("aws:s3/bucket:Bucket", "x", inputs={"metadata": {"name": "x"}}), None),
    ],
)
def test_ids_of_objects(resource: dict[str, Any], expected: str | None) -> None:
    assert object_id(resource) == expected
