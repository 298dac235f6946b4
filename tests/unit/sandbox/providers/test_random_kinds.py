"""The rules of random values."""

from __future__ import annotations

import string
import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.providers.random import numbers, texts
from sandbox.providers.random.characters import SPECIAL, Rules
from sandbox.providers.random.pets import generate
from sandbox.providers.random.provider import RandomProvider
from sandbox.providers.resource import Change, Naming, Operation, ProviderError, Resource, State
from sandbox.providers.values import UNKNOWN, Secret

CLASSES = {
    "lower": ("minLower", string.ascii_lowercase),
    "numeric": ("minNumeric", string.digits),
    "special": ("minSpecial", SPECIAL),
    "upper": ("minUpper", string.ascii_uppercase),
}


def resource(kind: str) -> Resource:
    return Resource("urn", f"random:index/{kind[0].lower()}{kind[1:]}:{kind}", "test")


def problems(kind: str, inputs: Any) -> list[tuple[str, str]]:
    return RandomProvider().check(resource(kind), {}, inputs, b"", Naming()).failures


@given(
    st.integers(1, 60),
    st.dictionaries(st.sampled_from(list(CLASSES)), st.booleans(), max_size=3),
    st.dictionaries(st.sampled_from([least for least, _ in CLASSES.values()]), st.integers(0, 8)),
)
def test_a_text_keeps_every_rule_or_is_refused(length: int, flags: dict[str, bool], least: dict[str, int]) -> None:
    inputs: Any = {"length": length, **flags, **least}
    if problems("RandomPassword", inputs):
        off = {name for name, on in flags.items() if not on}
        assert sum(least.values()) > length or any(least.get(CLASSES[name][0]) for name in off)
        return
    text = Rules.of(inputs).generate()
    assert len(text) == length
    for name, (key, characters) in CLASSES.items():
        count = sum(character in characters for character in text)
        assert count >= least.get(key, 0)
        assert flags.get(name, True) or count == 0


def test_other_special_characters_may_be_named() -> None:
    text = Rules.of({"length": 200, "overrideSpecial": "~^", "minSpecial": 5}).generate()
    assert set(text) <= set(string.ascii_letters + string.digits + "~^")
    assert sum(character in "~^" for character in text) >= 5


@pytest.mark.parametrize(
    ("kind", "inputs", "where", "sentence"),
    [
        ("RandomPassword", {}, "length", "`length` is missing: RandomPassword needs it."),
        ("RandomPassword", {"length": 0}, "length", "at least 1"),
        ("RandomPassword", {"length": "9"}, "length", "a whole number, not '9'"),
        ("RandomPassword", {"length": Secret("x")}, "length", "a whole number, not this secret"),
        ("RandomPassword", {"length": 9, "special": "no"}, "special", "true or false, not 'no'"),
        (
            "RandomPassword",
            {"length": 9, "lenght": 9},
            "lenght",
            "not an input of RandomPassword; it has: keepers, length",
        ),
        ("RandomPassword", {"length": 9, "keepers": ["a"]}, "keepers", "an object"),
        ("RandomString", {"length": 2, "minLower": 3}, "length", "less than the sum of the minima (3)"),
        ("RandomString", {"length": 9, "upper": False, "minUpper": 1}, "minUpper", "`upper: false` switches off"),
        ("RandomInteger", {"min": 3, "max": 2}, "min", "greater than `max` (2)"),
        ("RandomId", {"byteLength": 0}, "byteLength", "at least 1"),
        ("RandomPet", {"length": 0}, "length", "at least 1"),
        ("RandomShuffle", {"inputs": ["a"], "resultCount": -1}, "resultCount", "at least 0"),
    ],
)
def test_bad_inputs_get_a_sentence(kind: str, inputs: Any, where: str, sentence: str) -> None:
    [(found, reason)] = problems(kind, inputs)
    assert found == where
    assert sentence in reason


def test_an_unknown_type_gets_a_sentence() -> None:
    with pytest.raises(ProviderError, match="has no resource random:index/x:RandomX; it has: RandomBytes"):
        RandomProvider().check(Resource("urn", "random:index/x:RandomX", "x"), {}, {}, b"", Naming())


def test_unknown_inputs_are_not_judged() -> None:
    assert problems("RandomPassword", {"length": UNKNOWN, "minUpper": 3}) == []


def test_defaults_are_no_change_and_everything_else_replaces() -> None:
    provider, of = RandomProvider(), resource("RandomString")
    old = State("x", {}, {"length": 9})
    assert not provider.diff(of, old, {"length": 9, "special": True, "number": True}).changes
    changed = provider.diff(of, old, {"length": 9, "keepers": {"a": "b"}})
    assert changed.changes == {"keepers": Change.ADDED}
    assert changed.replaces == {"keepers"}


def test_a_preview_keeps_secrets_secret() -> None:
    operation = Operation(resource("RandomPassword"), preview=True)
    outputs = RandomProvider().create(operation, {"length": 9, "keepers": Secret({"a": "b"})}).outputs
    assert outputs["result"] == outputs["bcryptHash"] == Secret(UNKNOWN)
    assert outputs["keepers"] == Secret({"a": "b"})


def test_a_long_password_has_a_hash_of_its_first_72_bytes() -> None:
    import bcrypt

    state = texts.restored_password("ä" * 50)
    hashed = state.outputs["bcryptHash"]
    assert isinstance(hashed, Secret)
    assert bcrypt.checkpw(("ä" * 36).encode(), str(hashed.value).encode())


def test_seeds_repeat_and_no_seed_does_not() -> None:
    big: Any = {"min": 0, "max": 2**40, "seed": "a"}
    assert numbers.integer(big).outputs["result"] == numbers.integer(big).outputs["result"]
    del big["seed"]
    assert numbers.integer(big).outputs["result"] != numbers.integer(big).outputs["result"]
    shuffled: Any = {"inputs": list("abcdefgh"), "seed": "a"}
    assert numbers.shuffle(shuffled).outputs["results"] == numbers.shuffle(shuffled).outputs["results"]


def test_uuids_have_their_version_and_variant() -> None:
    for made, version in ((numbers.uuid4({}), 4), (numbers.uuid7({}), 7)):
        found = uuid.UUID(made.id)
        assert found.version == version
        assert found.variant == uuid.RFC_4122


@pytest.mark.parametrize(
    ("kind", "id", "outputs"),
    [
        ("RandomString", "abc", {"result": "abc", "length": 3}),
        ("RandomInteger", "5,1,9", {"result": 5, "min": 1, "max": 9}),
        ("RandomInteger", "5,1,9,a,b", {"result": 5, "seed": "a,b"}),
        ("RandomId", "p-,_wA", {"byteLength": 2, "hex": "p-ff00", "dec": "p-65280", "b64Std": "p-/wA="}),
        ("RandomBytes", "/wA=", {"length": 2, "hex": Secret("ff00"), "base64": Secret("/wA=")}),
        ("RandomUuid", "0F0E0D0C-0000-4000-8000-000000000000", {"result": "0f0e0d0c-0000-4000-8000-000000000000"}),
    ],
)
def test_existing_values_are_imported(kind: str, id: str, outputs: Any) -> None:
    state = RandomProvider().read(Operation(resource(kind)), State(id, {}))
    assert state is not None
    assert {key: state.outputs[key] for key in outputs} == outputs


@pytest.mark.parametrize(
    ("kind", "id"), [("RandomInteger", "5"), ("RandomUuid", "x"), ("RandomBytes", "ä"), ("RandomPet", "a-b")]
)
def test_ids_that_mean_nothing_are_refused(kind: str, id: str) -> None:
    with pytest.raises(ProviderError):
        RandomProvider().read(Operation(resource(kind)), State(id, {}))


@pytest.mark.parametrize("length", [1, 2, 3, 5])
def test_pets_have_as_many_words_as_asked(length: int) -> None:
    assert len(generate(length, "p", "/").split("/")) == length + 1
    assert len(generate(length, None, "/").split("/")) == length
