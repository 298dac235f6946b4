"""What is wrong with a request by AWS's own model of it.

botocore holds types, required parameters and lower bounds against the model before it sends a request. Values that are
enumerated, patterns and upper bounds stand in the model too, but only the service itself looks at them: they are
looked at here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from botocore.model import Shape
from botocore.validate import ParamValidator

from tests.support.aws_requests.call import Call
from tests.support.aws_requests.documented import undocumented

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
    report = ParamValidator().validate(call.parameters, call.shape)
    found = report.generate_report().splitlines() if report.has_errors() else []
    for path, value, shape in _parts(call.parameters, call.shape, ""):
        found += _beyond(value, shape, path)
        if not path.endswith("]"):  # what is in a list has no text of its own
            found += undocumented(call.name, re.sub(r"\[[^]]*\]", "", path), value, shape)
    return [f"{call.name}: {sentence}" for sentence in found]


def _parts(value: Any, shape: Shape, path: str) -> Iterator[tuple[str, Any, Shape]]:
    """The value and all within it, with what AWS's model says of each."""
    match shape.type_name, value:
        case "structure", dict():
            for key, item in value.items():
                member = shape.members.get(key)  # type: ignore[attr-defined]
                if member is not None:
                    yield from _parts(item, member, f"{path}.{key}" if path else key)
        case "map", dict():
            for key, item in value.items():
                yield from _parts(key, shape.key, f"{path} (key)")  # type: ignore[attr-defined]
                yield from _parts(item, shape.value, f"{path}[{key!r}]")  # type: ignore[attr-defined]
        case "list", list():
            for index, item in enumerate(value):
                yield from _parts(item, shape.member, f"{path}[{index}]")  # type: ignore[attr-defined]
        case _:
            pass
    yield path, value, shape


def _beyond(value: Any, shape: Shape, path: str) -> Iterator[str]:
    limits = shape.metadata
    if isinstance(value, str):
        if "enum" in limits and value not in limits["enum"]:
            yield f"{path} is {value!r}, not one of {', '.join(limits['enum'])}"
        if "pattern" in limits and not pattern(limits["pattern"]).fullmatch(value):
            yield f"{path} is {value!r}, which {limits['pattern']} does not match"
    if isinstance(value, bool) or not {"min", "max"} & limits.keys():
        return
    size = value if isinstance(value, int | float) else len(value) if isinstance(value, str | list | dict) else None
    if size is not None and not limits.get("min", size) <= size <= limits.get("max", size):
        what = "is" if isinstance(value, int | float) else "has the length"
        yield f"{path} {what} {size}, not between {limits.get('min', 0)} and {limits.get('max', 'any')}"


@cache
def pattern(text: str) -> re.Pattern[str]:
    """A pattern of the models, which are Java's, in Python's form."""
    for java, python in IN_ASCII.items():
        text = text.replace(java, python)
    return re.compile(text, re.DOTALL)
