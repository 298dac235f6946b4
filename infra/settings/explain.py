"""From a validation error to sentences: what was given, what is allowed, what to do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, cast, get_args

from pydantic_core import ErrorDetails
from pydantic_core.core_schema import ErrorType

from components.settings.secret_text import PLAIN_SECRET
from components.settings.text import NOT_ALLOWED
from infra.settings.document import Document, Path
from infra.settings.errors import Problem
from infra.settings.rule import BROKEN_RULES, BrokenRule
from infra.settings.scalars import plain_scalar
from infra.settings.schema_node import Node
from infra.settings.wording import any_of, did_you_mean, given, setting, shortened

_SHAPES: Final[Mapping[str, str]] = {
    "string_type": "text",
    "bool_type": "true or false, without quotes",
    "int_type": "a whole number, without quotes",
    "int_from_float": "a whole number",
    "float_type": "a number, without quotes",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "none_required": "absent",
}
_BOUNDS: Final[Mapping[str, str]] = {
    "greater_than": "more than {gt}",
    "greater_than_equal": "{ge} or more",
    "less_than": "less than {lt}",
    "less_than_equal": "{le} or less",
    "multiple_of": "a multiple of {multiple_of}",
    "string_too_short": "text of {min_length} or more characters",
    "string_too_long": "text of {max_length} or fewer characters",
    "too_short": "a list of {min_length} or more",
    "too_long": "a list of {max_length} or fewer",
}
_KIND_ERRORS: Final = ("union_tag_invalid", "union_tag_not_found")
_PYDANTIC_TYPES: Final = frozenset(cast("tuple[str, ...]", get_args(ErrorType)))
_DEEP: Final = ("json_invalid", "recursion_loop")


def explain(error: ErrorDetails, document: Document, root: Node) -> list[Problem]:
    """The sentences of one of pydantic's errors; `root` is the schema of StackSettings."""
    context = cast("Mapping[str, object]", error.get("ctx", {}))
    if error["type"] == BROKEN_RULES:
        return [explain_rule(broken, document) for broken in cast("tuple[BrokenRule, ...]", context["broken"])]
    if error["type"] in _DEEP:
        return [Problem(document.source, None, "the settings are nested too deeply.")]
    path = _without_secrets(given_path(error, document, root))
    if error["type"] == PLAIN_SECRET:
        return [explain_plain(path, document)]
    return [_Explanation(error["type"], error["msg"], context, path, document, root).problem()]


def explain_rule(broken: BrokenRule, document: Document) -> Problem:
    """The sentence of a rule that spans sections."""
    name = setting(broken.path)
    fix = set_command(broken.path, document, secret=True) if broken.missing_secret else None
    line = document.line(broken.path)
    return Problem(document.source, name, f"{name} {broken.sentence}", fix, line, missing_secret=broken.missing_secret)


def explain_encrypted(path: Path, document: Document, node: Node) -> Problem:
    """The sentence of a setting that is encrypted but is no secret, so that nothing can check it."""
    name = setting(path)
    if node.is_mapping:
        sentence = f"{name} is encrypted as a whole; only the secrets inside it may be, each by itself."
        return Problem(document.source, name, sentence, line=document.line(path))
    sentence = f"{name} is encrypted, but it is no secret; give it in plain text."
    return Problem(document.source, name, sentence, set_command(path, document), document.line(path))


def explain_plain(path: Path, document: Document) -> Problem:
    """The sentence of a secret that is not encrypted in the stack file."""
    name = setting(path)
    sentence = f"{name} is in plain text; a secret is stored encrypted."
    return Problem(document.source, name, sentence, set_command(path, document, secret=True), document.line(path))


def set_command(path: Path, document: Document, *, secret: bool = False) -> str:
    """The command that gives a setting its value; Pulumi asks for a secret's, so that no shell history holds it."""
    name = setting(path)
    if secret:
        return f"pulumi config set --secret --path '{name}' --stack {document.stack}"
    target = name if len(path) == 1 else f"--path '{name}'"
    return f"pulumi config set {target} VALUE --stack {document.stack}"


def given_path(error: ErrorDetails, document: Document, root: Node) -> Path:
    """The error's place in the stack file: pydantic's own, without the names of kinds that it inserts."""
    path: list[str | int] = []
    value: object = document.values
    node = root
    steps = list(error["loc"])
    while steps:
        step = steps.pop(0)
        if isinstance(value, Mapping):
            members = cast("Mapping[object, object]", value)
            if node.kinds and members.get("kind") == step:  # what is said of the kind as a whole ends here
                if not steps:
                    break
                step = steps.pop(0)
            value, node = members.get(step), node.at((step,), members)
        elif isinstance(value, list) and isinstance(step, int):
            items = cast("list[object]", value)
            value, node = items[step], node.at((step,), items)
        else:
            break
        path.append(step)
    return (*path, "kind") if error["type"] in _KIND_ERRORS else tuple(path)


def _without_secrets(path: Path) -> Path:
    """The path, unless a key in it may hold a secret: `{redisPassword:hunter2}` lacks a space and is all key."""
    if path[:1] != ("secrets",):
        return path
    return tuple(step if isinstance(step, int) or re.fullmatch("[A-Za-z]{1,40}", step) else "..." for step in path)


@dataclass(frozen=True)
class _Explanation:
    """One of pydantic's errors at its place."""

    type: str
    said: str
    """Pydantic's own words, or those of a settings model's own check."""
    context: Mapping[str, object]
    path: Path
    document: Document
    root: Node

    @property
    def node(self) -> Node:
        return self.root.at(self.path, self.document.values)

    @property
    def value(self) -> object:
        return self.document.at(self.path)

    @property
    def hidden(self) -> bool:
        """Whether what was given may be a secret."""
        section = self.path[:1]
        return section == ("secrets",) or not self.document.secret_keys.isdisjoint(section) or self.node.is_secret

    def problem(self) -> Problem:
        name = setting(self.path)
        sentence, fix = self._sentence(name)
        return Problem(
            self.document.source,
            name,
            sentence,
            fix,
            self.document.line(self.path),
            missing_secret=self.type == "missing" and self.node.is_secret,
        )

    def _sentence(self, name: str) -> tuple[str, str | None]:
        match self.type:
            case "missing":
                return self._missing(name)
            case "extra_forbidden":
                return self._unknown(name), None
            case "value_error" | "assertion_error":
                return f"{name}: {self._own_check()}.", None
            case _ if self.type in _KIND_ERRORS and self.value is None:
                return self._missing(name)
            case _ if self.type in _PYDANTIC_TYPES or self.type == NOT_ALLOWED:
                return f"{name} {self._given()}; it must be {self._allowed()}{self._hint()}.", self._fix()
            case _:
                return f"{name}: {self._own_check()}.", None

    def _missing(self, name: str) -> tuple[str, str | None]:
        about = self.node.description.rstrip(".")
        if self.node.kinds:
            about += f", of kind {any_of(self.node.kinds)}"
        sentence = f"{name} is missing: {about}." if about else f"{name} is missing."
        allowed = any_of(self._choices()) if self._choices() else self.node.form
        if allowed:
            sentence = f"{name} is missing; it must be {allowed}."
        if self.node.is_mapping and not self.node.is_secret:
            return sentence, None
        return sentence, set_command(self.path, self.document, secret=self.node.is_secret)

    def _unknown(self, name: str) -> str:
        key = str(self.path[-1])
        above = self.path[:-1]
        known = self.root.at(above, self.document.values).of_kind(self._kind(above)).members
        hint = did_you_mean(key, known)
        if not above and "." in key:
            hint = " (inside a section, `pulumi config set` needs --path)"
        return f"{name} is not a setting{hint}; allowed {'here' if above else 'keys'} are {', '.join(known)}."

    def _kind(self, path: Path) -> object:
        section = self.document.at(path)
        return cast("Mapping[object, object]", section).get("kind") if isinstance(section, Mapping) else None

    def _own_check(self) -> str:
        """The sentence of a check that a settings model makes itself."""
        if self.hidden and not self._names_only():
            return "the value, not shown here, is not allowed"
        return self.said.removeprefix("Value error, ").removeprefix("Assertion failed, ").rstrip(".")

    def _names_only(self) -> bool:
        """Whether it is the check of `jarvis:secrets` as a whole, which speaks of keys and never of values."""
        return self.path == ("secrets",) and self.type == "value_error"

    def _given(self) -> str:
        if self.hidden:
            return "has a value, not shown here, that is not allowed"
        number = self.document.numbers.get(self.path)
        return f"is {given(self.value)}" if number is None else f"is the number {shortened(number)}"

    def _choices(self) -> tuple[str, ...]:
        if self.type in _KIND_ERRORS:
            return self.root.at(self.path[:-1], self.document.values).kinds
        return self.node.choices

    def _allowed(self) -> str:
        if self.type == NOT_ALLOWED:
            return str(self.context["allowed"])
        if self._choices():
            return any_of(self._choices())
        if self.type in (*_BOUNDS, "int_type", "int_from_float", "float_type"):
            return self._range()
        return self.node.form or _SHAPES.get(self.type) or self._pattern()

    def _range(self) -> str:
        least, greatest = self.node.bounds
        if least is not None and greatest is not None:
            return f"a {'whole ' if self.node.is_whole else ''}number from {least} to {greatest}"
        return _BOUNDS[self.type].format(**self.context) if self.type in _BOUNDS else _SHAPES[self.type]

    def _pattern(self) -> str:
        about = self.node.description.rstrip(".")
        return f"in this form: {about}" if about else f"text that matches {self.context.get('pattern', 'its pattern')}"

    def _hint(self) -> str:
        value = self.value
        if self.hidden or not isinstance(value, str) or value in self._choices():
            return ""
        return did_you_mean(value, self._choices())

    def _fix(self) -> str | None:
        value = self.value
        if self.node.is_secret:
            return set_command(self.path, self.document, secret=True)
        if self.type == "string_type" and isinstance(value, bool | int | float) and not self.hidden:
            written = self.document.numbers.get(self.path, str(value).lower())
            return f'Put it in quotes: "{shortened(written)}"' if self.node.takes(written) else None
        unquoted = self.type in ("int_type", "float_type", "bool_type") or value in self._choices()
        if unquoted and isinstance(value, str) and not self.hidden:
            return f"Leave the quotes out: {value}" if isinstance(plain_scalar(value), bool | int | float) else None
        return None
