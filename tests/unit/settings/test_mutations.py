"""Generated mistakes: whatever is wrong with a stack file, the user reads sentences and no secret is shown."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from infra.settings.errors import SettingsError
from infra.settings.load import load_stack_file
from infra.settings.schema import stack_file_schema
from tests.unit.settings.stacks import DEV, SECRETS, changed, production, staging

SECRET = "Tr0ub4dor-and-3-horses"
JARGON = (
    "pydantic", "Input should", "Field required", "validation error", "Traceback", "type=", "union", "discriminator",
    "extra inputs", "None", "dict", "tuple", "Value error",
)  # fmt: skip
GOOD = (DEV, changed(DEV, {"secrets": SECRETS}), staging(), production())
VALIDATOR = jsonschema.Draft202012Validator(stack_file_schema())

scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12), st.sampled_from(["", "x" * 300, "1Gi"])
)
junk = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


def paths_of(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    found = [path] if path else []
    if isinstance(value, dict):
        for key, item in value.items():
            found += paths_of(item, (*path, key))
    if isinstance(value, list):
        for index, item in enumerate(value):
            found += paths_of(item, (*path, index))
    return found


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    """A good file with one to three places changed."""
    config: Any = changed(draw(st.sampled_from(GOOD)), {})
    for _ in range(draw(st.integers(1, 3))):
        *above, last = draw(st.sampled_from(paths_of(config)))
        target = config
        for step in above:
            target = target[step]
        match draw(st.sampled_from(("drop", "replace", "add", "rename"))):
            case "drop":
                del target[last]
            case "replace":
                target[last] = draw(junk)
            case "add" if isinstance(target, dict):
                target[draw(st.text(min_size=1, max_size=8))] = draw(junk)
            case "rename" if isinstance(target, dict):
                target[f"{last}{draw(st.sampled_from(['s', '_', '.x', ' ']))}"] = target.pop(last)
            case _:
                target[last] = draw(scalars)
        assume(paths_of(config))
    return config


def load(text: str | bytes) -> str:
    """What the user reads of a stack file; empty where nothing is wrong."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "Pulumi.dev.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        try:
            load_stack_file(path)
        except SettingsError as error:
            assert error.problems
            for problem in error.problems:
                assert str(problem).startswith("Pulumi.dev.yaml:")
                assert problem.sentence.endswith(".")
            return str(error)
    return ""


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutated())
def test_mutated_files_give_sentences(config: Any) -> None:
    text = yaml.safe_dump({"config": config}, sort_keys=False, allow_unicode=True)
    said = load(text)
    shown = json.dumps(config, default=str)
    for word in JARGON:
        assert word not in said or word in shown, said


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutated())
def test_what_the_schema_refuses_the_loader_refuses(config: Any) -> None:
    text = yaml.safe_dump({"config": config}, sort_keys=False, allow_unicode=True)
    assume("!!" not in text)
    if not VALIDATOR.is_valid({"config": config}):
        refused_by_both_or_meant_as_json = load(text) or any(
            isinstance(value, str) and value[:1] in ("{", "[") for value in config.values()
        )
        assert refused_by_both_or_meant_as_json


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(paths_of(SECRETS)), junk, st.booleans())
def test_no_secret_is_shown(path: tuple[str, ...], value: Any, nested: bool) -> None:
    """A secret in plain text anywhere below jarvis:secrets, under right and wrong keys."""
    secrets: Any = changed({"jarvis:s": SECRETS}, {})["jarvis:s"]
    target = secrets
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = {"value": SECRET, "more": [SECRET, value]} if nested else SECRET
    secrets["postgresPasswd"] = SECRET
    said = load(yaml.safe_dump({"config": changed(DEV, {"secrets": secrets})}))
    assert said
    assert SECRET not in said


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 160), st.sampled_from("\t\x00{}[]\"'&*%@`|>!#:-,? \n"), st.integers(0, 1))
def test_a_slip_of_the_finger_shows_no_secret(position: int, character: str, dropped: int) -> None:
    """One character put in, or in place of another, anywhere in a file with a secret in plain text."""
    text = f"config:\n  jarvis:secrets:\n    kind: config\n    redisPassword: {SECRET}\n  jarvis:cache: {{kind: a}}\n"
    place = min(position, len(text))
    said = load(text[:place] + character + text[place + dropped :])
    assert said
    assert not any(SECRET[start : start + 5] in said for start in range(len(SECRET) - 4)), said


@pytest.mark.parametrize(
    "line",
    [
        f"jarvis:secrets: {{kind: config, redisPassword:{SECRET}}}",
        f"jarvis:secrets: {{kind: config, {SECRET}}}",
        f"jarvis:secrets: {SECRET}",
        f"jarvis:secrets: [{SECRET}]",
        f'jarvis:secrets: \'{{"kind": "{SECRET}"}}\'',
        f"jarvis:secrets: &{SECRET} {{}}",
        f"jarvis:secrets: !{SECRET} {{}}",
    ],
)
def test_odd_ways_to_write_a_secret(line: str) -> None:
    said = load(f"config:\n  {line}\n")
    assert said
    assert SECRET not in said


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(max_size=80), st.binary(max_size=80)))
@example("config: &a [*a]")
@example("config: {? {a: b} : c}")
@example("config: {jarvis:app: {? ? x : 1}}")
@example("%YAML 9.9\n---\nconfig: {}")
@example("!!python/object:os.system x")
@example("config: {jarvis:app: !!binary aGk=}")
@example("a: " + "9" * 5000)
@example("config: {jarvis:app: 0x" + "f" * 5000 + "}")
def test_any_text_gives_sentences(text: str | bytes) -> None:
    if isinstance(text, str):
        assume(not any("\ud800" <= character <= "\udfff" for character in text))
    assert load(text)
