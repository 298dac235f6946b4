"""Reading a stack file: YAML as the engine reads it, with the line of every value and a sentence for every mistake."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Final, cast

import yaml

from infra.settings.document import NAMESPACE, Document, Path, own_name, typed
from infra.settings.errors import Problem, SettingsError
from infra.settings.scalars import DATE, plain_scalar
from infra.settings.wording import did_you_mean, misspelt_namespace, setting, word

FILE_KEYS: Final = ("config", "encryptionsalt", "secretsprovider", "encryptedkey", "environment")
"""Top-level keys of a stack file. Source: https://www.pulumi.com/docs/iac/concepts/projects/stack-settings-file/"""
_MERGE_KEY: Final = "<<"
_DEEPEST: Final = 32


def read_stack_file(path: FilePath) -> tuple[Document, list[Problem]]:
    """The unchecked settings of a stack file, and what is wrong with the file where the rest is still readable.

    Raises SettingsError where nothing of it is.
    """
    return _Reader(path).read()


@dataclass
class _Reader:
    path: FilePath
    problems: list[Problem] = field(default_factory=list["Problem"])
    lines: dict[Path, int] = field(default_factory=dict["Path", int])
    numbers: dict[Path, str] = field(default_factory=dict["Path", str])
    _open: set[int] = field(default_factory=set["int"])

    @property
    def stack(self) -> str:
        """dev, for Pulumi.dev.yaml."""
        return self.path.name.removeprefix("Pulumi.").removesuffix(".yaml")

    def read(self) -> tuple[Document, list[Problem]]:
        root = self._compose(self._text())
        values: dict[str, object] = {}
        for key, _, node in self._members(root, "a stack file"):
            if key not in FILE_KEYS:
                hint = did_you_mean(key, FILE_KEYS)
                self._problem(node, f"{word(key)} is no key of a stack file{hint}; allowed are {', '.join(FILE_KEYS)}.")
            elif key == "config" and not _is_null(node):
                self.lines[()] = _line(node)
                values = self._config(node)
        document = Document(
            self.path.name, self.stack, values, ciphertexts=True, lines=self.lines, numbers=self.numbers
        )
        return document, self.problems

    def _text(self) -> str:
        try:
            text = self.path.read_bytes().decode("utf-8-sig")
        except FileNotFoundError:
            raise self._fatal(self._no_such_file()) from None
        except OSError as error:
            raise self._fatal(f"the file cannot be read: {error.strerror}.") from None
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            raise self._fatal("the file is not UTF-8 text: save it in that encoding.", line) from None
        if not text.strip():
            raise self._fatal(
                "the file is empty: it needs at least the environment.",
                fix=f"pulumi config set {NAMESPACE}:environment development --stack {self.stack}",
            )
        return text

    def _no_such_file(self) -> str:
        there = sorted(file.name[7:-5] for file in self.path.parent.glob("Pulumi.*.yaml"))
        listed = f"stacks here: {', '.join(there)}" if there else "there is no stack file here"
        return f"the file does not exist{did_you_mean(self.stack, there)}; {listed}."

    def _compose(self, text: str) -> yaml.Node:
        try:
            root = yaml.compose(text, Loader=yaml.BaseLoader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark
            line = None if mark is None else mark.line + 1
            raise self._fatal(_syntax_sentence(error, text), line) from None
        except yaml.reader.ReaderError as error:
            line = text.count("\n", 0, error.position) + 1
            raise self._fatal("the file holds a character that YAML does not allow.", line) from None
        except RecursionError:
            raise self._fatal("the file is nested too deeply.") from None
        if root is None:
            raise self._fatal(
                "the file holds only comments: it needs at least the environment.",
                fix=f"pulumi config set {NAMESPACE}:environment development --stack {self.stack}",
            )
        if not isinstance(root, yaml.MappingNode):
            raise self._fatal(f"the file must be a mapping with the key config, not {_shape(root)}.", _line(root))
        return root

    def _config(self, node: yaml.Node) -> dict[str, object]:
        if not isinstance(node, yaml.MappingNode):
            self._problem(
                node, f"config must be a mapping of keys such as {NAMESPACE}:environment, not {_shape(node)}."
            )
            return {}
        values: dict[str, object] = {}
        for key, key_node, value in self._members(node, "config"):
            name = own_name(key)
            if ":" not in key:
                self._problem(key_node, f"{word(key)} needs its namespace: write {setting((key,))}.")
            elif name is None:
                sentence = misspelt_namespace(key)
                if sentence is not None:
                    self._problem(key_node, sentence)
            else:
                self.lines[(name,)] = _line(key_node)
                values[name] = typed(self._value(value, (name,)))
        return values

    def _value(self, node: yaml.Node, path: Path) -> object:
        if len(path) > _DEEPEST:
            self._wrong(node, path[:1], "is nested too deeply.")
            return None
        if id(node) in self._open:
            self._wrong(node, path, "contains itself by a YAML alias; write it out.")
            return None
        self._open.add(id(node))
        try:
            return self._unguarded_value(node, path)
        finally:
            self._open.discard(id(node))

    def _unguarded_value(self, node: yaml.Node, path: Path) -> object:
        if isinstance(node, yaml.MappingNode):
            result: dict[str, object] = {}
            for key, key_node, child in self._members(node, setting(path)):
                self.lines[(*path, key)] = _line(key_node)
                result[key] = self._value(child, (*path, key))
            return result
        if isinstance(node, yaml.SequenceNode):
            items: list[object] = []
            for index, child in enumerate(cast("list[yaml.Node]", node.value)):
                self.lines[(*path, index)] = _line(child)
                items.append(self._value(child, (*path, index)))
            return items
        return self._scalar(node, path)

    def _scalar(self, node: yaml.Node, path: Path) -> object:
        text = cast("str", node.value)
        if not _is_unicode(text):
            self._wrong(node, path, "holds half of a surrogate pair, which is no text.")
            return ""
        if not _is_plain(node):
            return text
        if DATE.fullmatch(text):
            self._wrong(node, path, "is read as a date by YAML; put it in quotes.")
            return text
        value = plain_scalar(text)
        if isinstance(value, int | float) and not isinstance(value, bool):
            self.numbers[path] = text
        if isinstance(value, float):
            if value != value or value in (float("inf"), float("-inf")):  # noqa: PLR0124 (NaN)
                self._wrong(node, path, "is not a number that can be stored.")
                return 0
            return int(value) if value.is_integer() else value
        return value

    def _members(self, node: yaml.Node, owner: str) -> list[tuple[str, yaml.Node, yaml.Node]]:
        members: dict[str, tuple[str, yaml.Node, yaml.Node]] = {}
        for key_node, value in cast("list[tuple[yaml.Node, yaml.Node]]", node.value):
            key = cast("object", key_node.value)
            if not isinstance(key, str) or not _is_unicode(key):
                self._problem(key_node, f"{owner} has a key that is no text.")
            elif key == _MERGE_KEY and _is_plain(key_node):
                self._problem(key_node, f"{owner} uses a YAML merge key (<<); write the settings out.")
            elif key in members:
                first = _line(members[key][1])
                self._problem(key_node, f"{owner} has the key {word(key)} twice (first on line {first}); keep one.")
            else:
                members[key] = (key, key_node, value)
        return list(members.values())

    def _problem(self, node: yaml.Node, sentence: str) -> None:
        self.problems.append(Problem(self.path.name, None, sentence, line=_line(node)))

    def _wrong(self, node: yaml.Node, path: Path, sentence: str) -> None:
        name = setting(path)
        self.problems.append(Problem(self.path.name, name, f"{name} {sentence}", line=_line(node)))

    def _fatal(self, sentence: str, line: int | None = None, fix: str | None = None) -> SettingsError:
        return SettingsError([Problem(self.path.name, None, sentence, fix, line)])


def _line(node: yaml.Node) -> int:
    return cast("int", node.start_mark.line) + 1


def _is_plain(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.style is None


def _is_unicode(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _is_null(node: yaml.Node) -> bool:
    return _is_plain(node) and plain_scalar(cast("str", node.value)) is None


def _shape(node: yaml.Node) -> str:
    if isinstance(node, yaml.MappingNode):
        return "a mapping"
    return "a list" if isinstance(node, yaml.SequenceNode) else "a single value"


def _syntax_sentence(error: yaml.MarkedYAMLError, text: str) -> str:
    """What the parser says, unless it quotes the file: a secret may stand there."""
    mark = error.problem_mark
    problem = error.problem or ""
    if mark is not None and mark.line < text.count("\n") + 1:
        indentation = re.match(r"\s*", text.splitlines()[mark.line] if text.splitlines()[mark.line :] else "")
        if indentation is not None and "\t" in indentation[0]:
            return "the line is indented with a tab; YAML wants spaces."
    if problem.startswith("but found another document"):
        return "the file holds more than one YAML document; keep one."
    if "alias" in problem:
        return "the file is not valid YAML: an alias (*) names no anchor, or text that begins with * needs quotes."
    column = "" if mark is None else f" (at column {mark.column + 1})"
    said = problem if problem and not re.search(r"['\"]", problem) else "text with special characters needs quotes"
    return f"the file is not valid YAML{column}: {said}."
