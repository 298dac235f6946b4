"""The annotation `pulumi.com/waitFor`: readiness in the program's own words, which overrule the kind's rule.

`condition=Ready`, `condition=Ready=False`, `jsonpath={.status.phase}=Running`, `jsonpath={.status.address}`, or a JSON
array of such texts, all of which have to hold. Source: the official provider's ReadyCondition. Of JSONPath (RFC 9535)
there are member names, indexes and filters that compare a member with a text: `[?(@.type=="Ready")]`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Final, cast

from sandbox.providers.kubernetes.objects import metadata
from sandbox.providers.kubernetes.readiness import READY, Readiness, condition, number, waiting
from sandbox.providers.resource import ProviderError
from sandbox.providers.values import Properties, Value

WAIT_FOR: Final = "pulumi.com/waitFor"
_STEP: Final = re.compile(
    r"""\.(?P<name>[A-Za-z_][A-Za-z0-9_-]*)
      | \[(?P<index>\d+)\]
      | \[(?P<quote>['"])(?P<key>.*?)(?P=quote)\]
      | \[\?\s*\(?\s*@\.(?P<member>[A-Za-z_][A-Za-z0-9_]*)\s*==\s*(?P<mark>['"])(?P<text>.*?)(?P=mark)\s*\)?\s*\]""",
    re.VERBOSE,
)


@dataclass(frozen=True)
class _Condition:
    type: str
    status: str

    def judge(self, obj: Properties) -> Readiness:
        found = condition(obj, self.type)
        seen = number(found, "observedGeneration", number(metadata(obj), "generation"))
        if seen < number(metadata(obj), "generation"):
            return waiting(f"its condition {self.type} is about an earlier generation")
        status = str(found.get("status") or "not there")
        if status.lower() == self.status.lower():
            return READY
        why = f" ({found['message']})" if found.get("message") else ""
        return waiting(f"its condition {self.type} is {status}, not {self.status}{why}")


@dataclass(frozen=True)
class _Path:
    path: str
    steps: tuple[re.Match[str], ...]
    value: str

    def judge(self, obj: Properties) -> Readiness:
        found: list[Value] = [obj]
        for step in self.steps:
            found = [item for value in found for item in _below(value, step)]
        if not found:
            return waiting(f"{self.path} selects nothing")
        if not self.value:
            return READY
        seen = _text(found[0])
        return READY if seen == self.value else waiting(f"{self.path} is {seen}, not {self.value}")


def judge_as_asked(obj: Properties, asked: str) -> Readiness:
    """Readiness by the annotation's value. Raises ProviderError where it cannot be read."""
    for expectation in parse(asked):
        verdict = expectation.judge(obj)
        if not verdict.ready:
            return verdict
    return READY


def parse(asked: str) -> list[_Condition | _Path]:
    """The expectations of the annotation's value. Raises ProviderError where it cannot be read."""
    try:
        several: object = json.loads(asked)
    except ValueError:
        several = None
    texts = cast("list[object]", several) if isinstance(several, list) else [asked]
    if not texts:
        raise ProviderError(f"The annotation {WAIT_FOR} is an empty list: name what to wait for, or leave it out.")
    return [_parse(str(text)) for text in texts]


def _parse(text: str) -> _Condition | _Path:
    form, _, rest = text.partition("=")
    if form == "condition" and rest:
        type, _, status = rest.partition("=")
        return _Condition(type, status or "True")
    found = re.fullmatch(r"\{\s*\$?(?P<path>.*?)\s*\}(=(?P<value>.+))?", rest) if form == "jsonpath" else None
    if found is None:
        raise ProviderError(
            f"The annotation {WAIT_FOR} is {text!r}; it must be condition=TYPE, condition=TYPE=STATUS, "
            "jsonpath={.path}, jsonpath={.path}=VALUE, or a JSON array of these."
        )
    return _Path(found["path"], tuple(_steps(found["path"])), found["value"] or "")


def _steps(path: str) -> list[re.Match[str]]:
    steps: list[re.Match[str]] = []
    position = 0
    while position < len(path):
        step = _STEP.match(path, position)
        if step is None:
            raise ProviderError(f"The offline provider cannot read the JSONPath {path!r} from {path[position:]!r} on.")
        steps.append(step)
        position = step.end()
    return steps


def _below(value: Value, step: re.Match[str]) -> list[Value]:
    name = step["name"] or step["key"]
    if name is not None:
        return [value[name]] if isinstance(value, dict) and value.get(name) is not None else []
    if not isinstance(value, list):
        return []
    if step["index"] is not None:
        index = int(step["index"])
        return value[index : index + 1]
    return [item for item in value if isinstance(item, dict) and _text(item.get(step["member"])) == step["text"]]


def _text(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
