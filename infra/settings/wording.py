"""The words that sentences about settings share."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable
from typing import Final

from infra.settings.document import NAMESPACE, Path

_SHOWN_CHARACTERS: Final = 60
_WORD: Final = re.compile(r"[\w:-]{1,60}", re.ASCII)


def setting(path: Path) -> str:
    """A setting's name as `pulumi config set --path` takes it: `jarvis:app.corsOrigins[0]`."""
    text = NAMESPACE + ":"
    for position, step in enumerate(path):
        if isinstance(step, int):
            text += f"[{step}]"
        elif not _WORD.fullmatch(step):
            text += f"[{_quoted(step)}]"
        else:
            text += step if position == 0 else f".{step}"
    return text


def word(key: str) -> str:
    """A key as it stands where it is one word, else in quotes."""
    return key if _WORD.fullmatch(key) else _quoted(key)


def misspelt_namespace(key: str) -> str | None:
    """The sentence of a key such as `jarvs:app`, which Pulumi would keep and nothing would read."""
    namespace, _, name = key.partition(":")
    if namespace == NAMESPACE or not name or not difflib.get_close_matches(namespace.lower(), [NAMESPACE], cutoff=0.8):
        return None
    return f"{word(key)} is not read by this program (did you mean {setting((name,))}?)."


def given(value: object) -> str:
    """What was given, in a few words; never called for a secret."""
    match value:
        case None:
            return "empty"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return f"the number {shortened(str(value))}"
        case str():
            return _quoted(_without_passwords(value))
        case list():
            return "a list" if value else "an empty list"
        case _:
            return "a mapping"


def _without_passwords(text: str) -> str:
    """A web address without what may be a password: what stands before the host, and after a question mark."""
    text = re.sub(r"://[^/@\s]*@", "://...@", text)
    return re.sub(r"(://[^?\s]*\?)\S+", r"\1...", text)


def any_of(choices: Iterable[object]) -> str:
    """`a`, `a or b`, `a, b or c`."""
    words = [str(choice) for choice in choices]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """` (did you mean x?)`, or nothing where no choice is close."""
    by_lower = {choice.lower().replace("_", ""): choice for choice in choices}
    close = difflib.get_close_matches(word.lower().replace("_", ""), by_lower, n=1, cutoff=0.6)
    return f" (did you mean {by_lower[close[0]]}?)" if close else ""


def _quoted(text: str) -> str:
    shown = shortened(text)
    return json.dumps(shown, ensure_ascii=not shown.isprintable())


def shortened(text: str) -> str:
    """The text, or its beginning where it is long."""
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}..."
