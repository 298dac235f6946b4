"""YAML that Python and Go read alike, the same bytes for the same content."""

from __future__ import annotations

import re
from typing import Any, Final, cast

import yaml

_READ_AS_ANOTHER_TYPE: Final = re.compile(r"[-+.0-9].*|[yYnN~]|", re.DOTALL)
"""Go's YAML reads `1e3`, `0o7` and `y` as numbers and truths where Python's does not: such text is quoted."""


class _Dumper(yaml.SafeDumper):
    """Quotes what could be misread, writes lines as lines, shares no nodes."""

    def ignore_aliases(self, data: object) -> bool:
        del data
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        del indentless
        super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = "|" if "\n" in value else "'" if _READ_AS_ANOTHER_TYPE.fullmatch(value) else None
    return cast("Any", dumper).represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def as_yaml(*documents: object, comment: str = "") -> str:
    """The documents, keys in the order they have, below a comment of lines of its own."""
    head = "".join(f"# {line}\n" for line in comment.splitlines())
    text = yaml.dump_all(
        documents, Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=False, width=2**20
    )
    return head + text
