"""Loading a stack's settings: from its file, before the engine starts, or from the running program's configuration."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path as FilePath
from typing import TypedDict, cast, get_type_hints

from pydantic import SecretStr, TypeAdapter, ValidationError

from components.settings.secret_text import CIPHERTEXTS_ONLY, UNREADABLE
from components.settings.section import Section
from infra.settings.document import Document, Path, own_name, typed
from infra.settings.errors import Problem, SettingsError
from infra.settings.explain import explain, explain_encrypted, explain_plain, explain_rule, given_path
from infra.settings.model import StackSettings
from infra.settings.rule import BROKEN_RULES
from infra.settings.rules import broken_rules
from infra.settings.schema import settings_schema
from infra.settings.schema_node import Node
from infra.settings.stack_file import read_stack_file
from infra.settings.wording import misspelt_namespace


def load_stack_file(path: FilePath) -> StackSettings:
    """The settings in a `Pulumi.<stack>.yaml`, for checks and plans: its secrets stay encrypted, out of reach.

    Raises SettingsError with every problem of the file.
    """
    document, problems = read_stack_file(path)
    return _validated(document, problems)


def load_running_settings() -> StackSettings:
    """The settings of the stack that the engine runs this program for, secrets decrypted.

    Raises SettingsError with every problem.
    """
    document, problems = _running_document()
    settings = _validated(document, problems)
    plain = [
        explain_plain(path, document) for path in _secret_paths(settings, ()) if path[0] not in document.secret_keys
    ]
    if plain:
        raise SettingsError(plain)
    return settings


def _running_document() -> tuple[Document, list[Problem]]:
    import pulumi
    from pulumi.runtime import config

    config_values = cast("dict[str, str]", {**config.get_config_env(), **config.CONFIG.get()})
    stack = pulumi.get_stack()
    document = Document(f"Pulumi.{stack}.yaml", stack, {}, ciphertexts=False)
    problems = [
        Problem(document.source, None, sentence)
        for key in config_values
        if (sentence := misspelt_namespace(key)) is not None
    ]
    own = {name: key for key in config_values if (name := own_name(key)) is not None}
    return (
        replace(
            document,
            values={name: typed(config_values[key]) for name, key in own.items()},
            secret_keys=frozenset(name for name, key in own.items() if config.is_config_secret(key)),
        ),
        problems,
    )


def _validated(document: Document, problems: list[Problem]) -> StackSettings:
    try:
        settings = StackSettings.model_validate_json(json.dumps(document.values), **_options(document))
    except ValidationError as error:
        known = frozenset(problem.path for problem in problems) - {None}
        further = (problem for problem in _explained(error, document) if problem.path not in known)
        raise SettingsError([*problems, *further]) from None
    if problems:
        raise SettingsError(problems)
    return settings


class _Options(TypedDict):
    strict: bool
    by_alias: bool
    by_name: bool
    context: dict[str, bool]


def _options(document: Document) -> _Options:
    """Strict types, because the file and `--path` keep them; camelCase only, as the JSON Schema has it."""
    return {"strict": True, "by_alias": True, "by_name": False, "context": {CIPHERTEXTS_ONLY: document.ciphertexts}}


def _explained(error: ValidationError, document: Document) -> Iterator[Problem]:
    root = Node.root(settings_schema())
    encrypted = list(_needless_ciphertexts(document.values, (), document, root)) if document.ciphertexts else []
    yield from (explain_encrypted(path, document, root.at(path, document.values)) for path in encrypted)
    details = error.errors(include_url=False)
    paths = [given_path(detail, document, root) for detail in details]
    for detail, path in zip(details, paths, strict=True):
        follows_from_another = any(path[: len(above)] == above for above in encrypted) or (
            detail["type"] == "too_short" and any(other[: len(path)] == path != other for other in paths)
        )
        if not follows_from_another:
            yield from explain(detail, document, root)
    if all(detail["type"] != BROKEN_RULES for detail in details):
        missing = [
            path
            for detail, path in zip(details, paths, strict=True)
            if detail["type"] == "missing" and root.at(path, document.values).is_secret
        ]
        wrong = frozenset(path[0] for path in paths if path and path not in missing)
        yield from _rules_of_the_rest(document, wrong, missing, root)


@functools.cache
def _section_type(name: str) -> TypeAdapter[object]:
    return TypeAdapter[object](get_type_hints(StackSettings, include_extras=True)[name])


def _rules_of_the_rest(
    document: Document, wrong: frozenset[str | int], missing_secrets: Sequence[Path], root: Node
) -> Iterator[Problem]:
    """What breaks the rules among the sections that are right by themselves, or lack secrets only."""
    right: dict[str, object] = {}
    for name, field in StackSettings.model_fields.items():
        key = field.alias or name
        if key in wrong:
            continue
        lacking = [path for path in missing_secrets if path[0] == key]
        if lacking:
            try:
                right[name] = _section_type(name).validate_python(_filled(document, lacking), **_options(document))
            except ValidationError as error:  # what could not be seen before
                for detail in error.errors(include_url=False):
                    yield from explain({**detail, "loc": (key, *detail["loc"])}, document, root)
        elif key in document.values:
            right[name] = _section_type(name).validate_json(json.dumps(document.values[key]), **_options(document))
        else:
            right[name] = cast("object", field.get_default(call_default_factory=True))
    broken = broken_rules(StackSettings.without_the_rest(**right), frozenset(right))
    yield from (explain_rule(one, document) for one in broken)


def _filled(document: Document, missing: Sequence[Path]) -> object:
    """The section with something in the place of each missing secret; they lie directly in it."""
    (section,) = {path[0] for path in missing}
    given = cast("dict[str, object]", document.values[str(section)])
    return {**given, **{str(path[-1]): UNREADABLE for path in missing}}


def _needless_ciphertexts(value: object, path: Path, document: Document, root: Node) -> Iterator[Path]:
    """Where something is encrypted that is no secret."""
    if isinstance(value, list):
        for index, item in enumerate(cast("list[object]", value)):
            yield from _needless_ciphertexts(item, (*path, index), document, root)
    if not isinstance(value, dict):
        return
    members = cast("dict[str, object]", value)
    if members.keys() == {"secure"} and isinstance(members["secure"], str):
        node = root.at(path, document.values)
        if node.schema and not node.is_secret and "secure" not in node.members:
            yield path
        return
    for key, item in members.items():
        yield from _needless_ciphertexts(item, (*path, key), document, root)


def _secret_paths(section: Section, path: Path) -> Iterator[Path]:
    """Where the settings hold secrets."""
    for name, field in type(section).model_fields.items():
        value = cast("object", getattr(section, name))
        inside = (*path, field.alias or name)
        if isinstance(value, SecretStr):
            yield inside
        elif isinstance(value, Section):
            yield from _secret_paths(value, inside)
