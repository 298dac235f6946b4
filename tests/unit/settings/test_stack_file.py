"""Files that are no proper stack file: each gives its sentence; proper ones are read as the engine reads them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from infra.settings.errors import SettingsError
from infra.settings.load import load_stack_file
from infra.settings.scalars import plain_scalar
from infra.settings.stack_file import read_stack_file
from tests.unit.settings.stacks import DEV, raw, written

EMPTY_FIX = "\n    pulumi config set jarvis:environment development --stack dev"
CASES: dict[str, tuple[str | bytes, str]] = {
    "empty": ("", "Pulumi.dev.yaml: the file is empty: it needs at least the environment." + EMPTY_FIX),
    "blank": (" \n\n", "Pulumi.dev.yaml: the file is empty: it needs at least the environment." + EMPTY_FIX),
    "only comments": ("# soon\n", "the file holds only comments: it needs at least the environment." + EMPTY_FIX),
    "a list": ("- config\n", "Pulumi.dev.yaml:1: the file must be a mapping with the key config, not a list."),
    "a word": ("config\n", "Pulumi.dev.yaml:1: the file must be a mapping with the key config, not a single value."),
    "unclosed bracket": (
        "config:\n  jarvis:app: [a, b\n  jarvis:cache: {}\n",
        "Pulumi.dev.yaml:3: the file is not valid YAML (at column 15): text with special characters needs quotes.",
    ),
    "unclosed quote": ('config:\n  jarvis:app: "a\n', "the file is not valid YAML (at column 1): found unexpected end"),
    "two colons": (
        "config:\n  a: b: c\n",
        "Pulumi.dev.yaml:2: the file is not valid YAML (at column 7): mapping values",
    ),
    "bad indentation": (
        "config:\n    a:b: 1\n  c:d: 2\n",
        "Pulumi.dev.yaml:3: the file is not valid YAML (at column 3)",
    ),
    "tab": ("config:\n\tjarvis:app: {}\n", "Pulumi.dev.yaml:2: the line is indented with a tab; YAML wants spaces."),
    "two documents": ("config: {}\n---\nconfig: {}\n", "the file holds more than one YAML document; keep one."),
    "undefined alias": ("config:\n  jarvis:app: *hunter2\n", "Pulumi.dev.yaml:2: the file is not valid YAML: an alias"),
    "leading percent": ("config:\n  jarvis:a: %hunter2\n", "text with special characters needs quotes."),
    "latin-1": (b"config:\n  jarvis:x: caf\xe9\n", "Pulumi.dev.yaml:2: the file is not UTF-8 text: save it in that"),
    "UTF-16": ("config: {}\n".encode("utf-16"), "Pulumi.dev.yaml:1: the file is not UTF-8 text: save it in that"),
    "control character": (
        b"config:\n  a:b: \x00\n",
        "Pulumi.dev.yaml:2: the file holds a character that YAML does not",
    ),
    "deep nesting": ("config: " + "[" * 1000, "the file is nested too deeply."),
    "config a list": (
        "config:\n  - jarvis:environment\n",
        "Pulumi.dev.yaml:2: config must be a mapping of keys such as jarvis:environment, not a list.",
    ),
    "config null": ("config:\n", "jarvis:environment is missing; it must be development, staging or production."),
    "config missing": ("encryptionsalt: v1:x\n", "jarvis:environment is missing; it must be development, staging or"),
    "unknown top-level key": (
        "configs: {}\n",
        "Pulumi.dev.yaml:1: configs is no key of a stack file (did you mean config?); "
        "allowed are config, encryptionsalt, secretsprovider, encryptedkey, environment.",
    ),
    "duplicate key": (
        "config:\n  jarvis:environment: development\n  jarvis:environment: staging\n",
        "Pulumi.dev.yaml:3: config has the key jarvis:environment twice (first on line 2); keep one.",
    ),
    "duplicate key inside": (
        "config:\n  jarvis:app:\n    debug: true\n    debug: false\n",
        "Pulumi.dev.yaml:4: jarvis:app has the key debug twice (first on line 3); keep one.",
    ),
    "key without namespace": (
        "config:\n  environment: development\n",
        "Pulumi.dev.yaml:2: environment needs its namespace: write jarvis:environment.",
    ),
    "misspelt namespace": (
        "config:\n  jarvs:environment: development\n",
        "Pulumi.dev.yaml:2: jarvs:environment is not read by this program (did you mean jarvis:environment?).",
    ),
    "merge key": ("config:\n  jarvis:app:\n    <<: {}\n", "Pulumi.dev.yaml:3: jarvis:app uses a YAML merge key (<<);"),
    "key that is a list": (
        "config:\n  jarvis:app:\n    [a]: 1\n",
        "Pulumi.dev.yaml:3: jarvis:app has a key that is no",
    ),
    "alias to itself": (
        "config:\n  jarvis:app: &a\n    image: *a\n",
        "jarvis:app.image contains itself by a YAML alias",
    ),
    "date": (
        "config:\n  jarvis:app:\n    image:\n      tag: 2025-08-23\n",
        "Pulumi.dev.yaml:4: jarvis:app.image.tag is read as a date by YAML; put it in quotes.",
    ),
    "half a surrogate pair": (
        'config:\n  jarvis:app:\n    image:\n      tag: "\\ud800"\n',
        "Pulumi.dev.yaml:4: jarvis:app.image.tag holds half of a surrogate pair, which is no text.",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_sentence(name: str, tmp_path: Path) -> None:
    text, expected = CASES[name]
    with pytest.raises(SettingsError) as caught:
        load_stack_file(raw(tmp_path, text))
    assert expected in str(caught.value)
    assert "hunter2" not in str(caught.value).replace("*hunter2", "")


def test_no_such_file(tmp_path: Path) -> None:
    for stack in ("dev", "staging"):
        written(tmp_path, DEV, stack)
    with pytest.raises(SettingsError) as caught:
        load_stack_file(tmp_path / "Pulumi.stagin.yaml")
    assert str(caught.value) == (
        "Pulumi.stagin.yaml: the file does not exist (did you mean staging?); stacks here: dev, staging."
    )


def test_no_file_at_all(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"the file does not exist; there is no stack file here\."):
        load_stack_file(tmp_path / "Pulumi.dev.yaml")


def test_folder(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.dev.yaml").mkdir()
    with pytest.raises(SettingsError, match=r"the file cannot be read: Is a directory\."):
        load_stack_file(tmp_path / "Pulumi.dev.yaml")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_unreadable(tmp_path: Path) -> None:
    path = written(tmp_path, DEV)
    path.chmod(0)
    with pytest.raises(SettingsError, match=r"the file cannot be read: Permission denied\."):
        load_stack_file(path)


def test_foreign_namespaces_pass(tmp_path: Path) -> None:
    config = {**DEV, "aws:region": "eu-west-1", "kubernetes:namespace": 5, "pulumi:tags": {"a": "b"}}
    assert load_stack_file(written(tmp_path, config)).environment == "development"


def test_keys_that_pulumi_writes_pass(tmp_path: Path) -> None:
    path = written(tmp_path, DEV)
    with path.open("a") as file:
        file.write("encryptionsalt: v1:abc\nsecretsprovider: passphrase\nencryptedkey: abc\nenvironment: [shared]\n")
    assert load_stack_file(path).environment == "development"


def test_byte_order_mark_passes(tmp_path: Path) -> None:
    path = written(tmp_path, DEV)
    assert load_stack_file(raw(tmp_path, b"\xef\xbb\xbf" + path.read_bytes())).environment == "development"


def test_alias_passes(tmp_path: Path) -> None:
    text = "config:\n  jarvis:app:\n    a: &pair {cpu: 1m}\n    b: *pair\n"
    document, problems = read_stack_file(raw(tmp_path, text))
    assert problems == []
    assert document.values == {"app": {"a": {"cpu": "1m"}, "b": {"cpu": "1m"}}}


@pytest.mark.parametrize(
    ("text", "value"),
    [  # as Pulumi v3.255.0 gives them to the program, tried with each
        ("yes", "yes"), ("on", "on"), ("no", "no"), ("true", True), ("True", True), ("FALSE", False), ("tRue", "tRue"),
        ("1e3", 1000.0), ("010", 8), ("08", 8.0), ("0o17", 15), ("0x1F", 31), ("0b11", 3), ("1_000", 1000), ("+5", 5),
        ("1005", 1005), ("1.10", 1.1), (".5", 0.5), ("5.", 5.0), ("", None), ("~", None), ("null", None),
        ("nUll", "nUll"), ("1.2.3", "1.2.3"), ("500m", "500m"), ("12:30:45", "12:30:45"), ("-", "-"), ("0x", "0x"),
        ("1__", 1),
    ],
)  # fmt: skip
def test_plain_scalars_are_typed_as_the_engine_types_them(text: str, value: object) -> None:
    got = plain_scalar(text)
    assert got == value
    assert type(got) is type(value)
