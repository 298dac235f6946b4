"""What is wrong with a request by AWS's own model of it.

botocore holds types, required parameters and lower bounds against the model before it sends a request. Values that are
enumerated, patterns and upper bounds stand in the model too, but only the service itself looks at them: they are
looked at here.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sized
from functools import cache
from typing import Any, cast

from botocore.validate import ParamValidator

from tests.support.aws_requests.call import Call
from tests.support.aws_requests.documented import undocumented
from tests.support.aws_requests.models import Model

IN_ASCII = {
    r"\p{L}": "A-Za-z",
    r"\p{Z}": " ",
    r"\p{N}": "0-9",
    r"\p{M}": "",
    r"\p{S}": "$+<=>^`|~",
    r"\p{P}": r"!-#%-*,-/:;?@\[-\]_{}",
    "(?i)": "",
}
"""What Python's patterns lack, as far as ASCII goes: what a stack gives has no need of more."""


def problems(call: Call) -> list[str]:
    """One sentence for each problem of a request."""
    validator: Any = ParamValidator()
    report = validator.validate(call.parameters, call.model.shape)
    found: list[str] = report.generate_report().splitlines() if report.has_errors() else []
    for path, value, model in _parts(call.parameters, call.model, ""):
        found.extend(_beyond(value, model, path))
        if not path.endswith("]"):  # what is in a list has no text of its own
            found.extend(undocumented(call.name, re.sub(r"\[[^]]*\]", "", path), value, model))
    return [f"{call.name}: {sentence}" for sentence in found]


def _parts(value: Any, model: Model, path: str) -> Iterator[tuple[str, Any, Model]]:
    """The value and all within it, with what AWS's model says of each."""
    match model.kind, value:
        case "structure", dict():
            members = model.members
            for key, item in cast("dict[str, Any]", value).items():
                if key in members:
                    yield from _parts(item, members[key], f"{path}.{key}" if path else key)
        case "map", dict():
            for key, item in cast("dict[str, Any]", value).items():
                yield from _parts(key, model.key, f"{path} (key)")
                yield from _parts(item, model.item, f"{path}[{key!r}]")
        case "list", list():
            for index, item in enumerate(cast("list[Any]", value)):
                yield from _parts(item, model.item, f"{path}[{index}]")
        case _:
            pass
    yield path, value, model


def _beyond(value: Any, model: Model, path: str) -> Iterator[str]:
    limits = model.limits
    if isinstance(value, str):
        if "enum" in limits and value not in limits["enum"]:
            yield f"{path} is {value!r}, not one of {', '.join(limits['enum'])}"
        if "pattern" in limits and not pattern(limits["pattern"]).fullmatch(value):
            yield f"{path} is {value!r}, which {limits['pattern']} does not match"
    least, most = limits.get("min", -math.inf), limits.get("max", math.inf)
    if isinstance(value, int | float) and not least <= value <= most:
        yield f"{path} is {value}, not between {least} and {most}"
    if isinstance(value, str | list | dict):
        length = len(cast("Sized", value))
        if not least <= length <= most:
            yield f"{path} has the length {length}, not between {least} and {most}"


@cache
def pattern(text: str) -> re.Pattern[str]:
    """A pattern of the models, which are Java's, in Python's form."""
    for java, python in IN_ASCII.items():
        text = text.replace(java, python)
    return re.compile(text, re.DOTALL)
