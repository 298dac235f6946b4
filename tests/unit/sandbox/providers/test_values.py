"""Property values survive the way to the engine and back, and secrets stay marked."""

from __future__ import annotations

from google.protobuf import struct_pb2
from hypothesis import given
from hypothesis import strategies as st

from sandbox.providers import values
from sandbox.providers.values import UNKNOWN, Properties, Secret, Value

KEYS = st.text(max_size=5)
PLAIN = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8)
LEAVES = PLAIN | st.just(UNKNOWN) | PLAIN.map(Secret)


def nested(leaves: st.SearchStrategy[Value]) -> st.SearchStrategy[Properties]:
    below: st.SearchStrategy[Value] = st.recursive(
        leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=12
    )
    return st.dictionaries(KEYS, below, max_size=4)


@given(nested(LEAVES))
def test_values_survive_the_protocol(properties: Properties) -> None:
    assert values.decode(values.encode(properties)) == properties


@given(nested(LEAVES))
def test_revealed_values_have_no_marks(properties: Properties) -> None:
    shown = values.revealed(properties)
    assert not values.has_secret(shown)
    assert values.has_unknown(shown) == values.has_unknown(properties)


@given(nested(LEAVES))
def test_marks_are_taken_over(properties: Properties) -> None:
    marked = values.marked_like(values.revealed(properties), properties)
    assert marked == properties


def test_a_secret_in_a_list_of_another_length_hides_the_list() -> None:
    assert values.marked_like(["a", "b"], [Secret("a")]) == Secret(["a", "b"])


def test_a_secret_that_left_for_another_shape_is_hidden_as_a_whole() -> None:
    assert values.marked_like("text", {"a": Secret("b")}) == Secret("text")


def test_an_output_value_is_understood() -> None:
    message = struct_pb2.Struct()
    fields = message.fields["a"].struct_value.fields
    fields[values.SIGNATURE].string_value = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
    assert values.decode(message) == {"a": UNKNOWN}
    fields["value"].string_value = "b"
    assert values.decode(message) == {"a": "b"}
    fields["secret"].bool_value = True
    assert values.decode(message) == {"a": Secret("b")}


def test_a_secret_does_not_show_in_its_representation() -> None:
    assert "hidden" not in repr({"a": Secret("hidden")})


def test_whole_numbers_stay_whole_and_fractions_do_not() -> None:
    decoded = values.decode(values.encode({"port": 80, "ratio": 0.5, "flag": True}))
    assert decoded == {"port": 80, "ratio": 0.5, "flag": True}
    assert isinstance(decoded["port"], int)
    assert decoded["flag"] is True
