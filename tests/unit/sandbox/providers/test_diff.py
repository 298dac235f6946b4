"""Comparison of inputs: paths that the engine understands, and merge patches that do what they say."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.providers.compare import compare, merge_patch
from sandbox.providers.resource import Change
from sandbox.providers.server import top_level
from sandbox.providers.values import UNKNOWN, Secret

OBJECTS = st.dictionaries(
    st.sampled_from(["a", "b", "c.d/e"]),
    st.recursive(
        st.booleans() | st.integers(0, 3) | st.text("xy", max_size=2),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b"]), inner, max_size=3),
        max_leaves=8,
    ),
    max_size=3,
)


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        ({"a": 1}, {"a": 1}, {}),
        ({"a": None}, {}, {}),
        ({"a": 1}, {"a": 2}, {"a": Change.UPDATED}),
        ({}, {"a": {"b": 1}}, {"a": Change.ADDED}),
        ({"a": {"b": [1, 2]}}, {"a": {"b": [1]}}, {"a.b[1]": Change.DELETED}),
        ({"a": [{"b": 1}]}, {"a": [{"b": 1, "c": 2}]}, {"a[0].c": Change.ADDED}),
        ({"m": {"x.io/y": "1"}}, {"m": {"x.io/y": "2"}}, {'m["x.io/y"]': Change.UPDATED}),
        ({"a": True}, {"a": 1}, {"a": Change.UPDATED}),
        ({"a": 1}, {"a": 1.0}, {}),
        ({"a": "1"}, {"a": 1}, {"a": Change.UPDATED}),
        ({"a": Secret("s")}, {"a": "s"}, {}),
        ({"a": Secret("s")}, {"a": Secret("t")}, {"a": Change.UPDATED}),
        ({"a": "b"}, {"a": UNKNOWN}, {"a": Change.UPDATED}),
    ],
)
def test_changes_have_their_paths(old: Any, new: Any, changes: dict[str, Change]) -> None:
    assert compare(old, new) == changes


@given(OBJECTS, OBJECTS)
def test_every_path_begins_at_a_top_level_key(old: Any, new: Any) -> None:
    for path in compare(old, new):
        assert top_level(path) in {*old, *new}


@given(OBJECTS, OBJECTS)
def test_only_equal_objects_have_no_changes(old: Any, new: Any) -> None:
    assert (not compare(old, new)) == (json.dumps(old, sort_keys=True) == json.dumps(new, sort_keys=True))


def applied(target: Any, patch: Any) -> Any:
    """RFC 7386, section 2."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = applied(result.get(key), value)
    return result


@given(OBJECTS, OBJECTS)
def test_a_merge_patch_makes_the_new_from_the_old(old: Any, new: Any) -> None:
    assert not compare(applied(old, merge_patch(old, new)), new)


@given(OBJECTS)
def test_no_change_is_an_empty_patch(value: Any) -> None:
    assert merge_patch(value, value) == {}
