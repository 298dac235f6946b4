"""Random bytes in their notations: identifiers, raw bytes, UUIDs."""

from __future__ import annotations

import base64
import binascii
import secrets
import uuid
from typing import ClassVar

from sandbox.providers.random.kind import Kind, at_least, whole_number
from sandbox.providers.random.time_uuid import uuid7
from sandbox.providers.resource import ProviderError, State
from sandbox.providers.values import Properties, as_text


class RandomId(Kind):
    """Random bytes as an identifier in four notations."""

    types: ClassVar[dict[str, type]] = {"keepers": dict, "byteLength": int, "prefix": str}
    required = ("byteLength",)
    computed = ("b64Url", "b64Std", "hex", "dec")

    def problems(self, inputs: Properties) -> list[tuple[str, str]]:
        """At least one byte."""
        return at_least("byteLength", inputs, 1)

    def make(self, inputs: Properties) -> State:
        """The id is the URL-safe base64 without the prefix."""
        return self._of(secrets.token_bytes(whole_number(inputs, "byteLength")), inputs)

    def imported(self, identity: str) -> State:
        """`BASE64URL` or `PREFIX,BASE64URL`."""
        prefix, _, text = identity.rpartition(",")
        content = _decoded(text, "URL-safe base64", urlsafe=True)
        inputs: Properties = {"byteLength": len(content), **({"prefix": prefix} if prefix else {})}
        created = self._of(content, inputs)
        return State(created.id, created.outputs, inputs)

    @staticmethod
    def _of(content: bytes, inputs: Properties) -> State:
        prefix = as_text(inputs.get("prefix")) or ""
        url = base64.urlsafe_b64encode(content).decode().rstrip("=")
        notations: Properties = {
            "b64Url": prefix + url,
            "b64Std": prefix + base64.b64encode(content).decode(),
            "hex": prefix + content.hex(),
            "dec": prefix + str(int.from_bytes(content, "big")),
        }
        return State(url, {**inputs, **notations})


class RandomBytes(Kind):
    """Secret random bytes."""

    types: ClassVar[dict[str, type]] = {"keepers": dict, "length": int}
    required = ("length",)
    computed = ("base64", "hex")
    secret = ("base64", "hex")

    def problems(self, inputs: Properties) -> list[tuple[str, str]]:
        """At least one byte."""
        return at_least("length", inputs, 1)

    def make(self, inputs: Properties) -> State:
        """The id says nothing."""
        return self._of(secrets.token_bytes(whole_number(inputs, "length")), inputs)

    def imported(self, identity: str) -> State:
        """The id is the bytes in base64; it is not kept as the id."""
        content = _decoded(identity, "base64", urlsafe=False)
        inputs: Properties = {"length": len(content)}
        created = self._of(content, inputs)
        return State(created.id, created.outputs, inputs)

    @staticmethod
    def _of(content: bytes, inputs: Properties) -> State:
        return State("none", {**inputs, "base64": base64.b64encode(content).decode(), "hex": content.hex()})


class RandomUuid(Kind):
    """A random UUID (version 4)."""

    types: ClassVar[dict[str, type]] = {"keepers": dict}
    computed = ("result",)

    def make(self, inputs: Properties) -> State:
        """The UUID is its own id."""
        result = self.new()
        return State(result, {**inputs, "result": result})

    def imported(self, identity: str) -> State:
        """The id is the UUID itself."""
        try:
            result = str(uuid.UUID(identity))
        except ValueError:
            raise ProviderError(f"The id to import, {identity!r}, is not a UUID.") from None
        return State(result, {"result": result}, {})

    @staticmethod
    def new() -> str:
        """A UUID of this kind's version."""
        return str(uuid.uuid4())


class RandomUuid7(RandomUuid):
    """A UUID that sorts by its time of making (version 7)."""

    @staticmethod
    def new() -> str:
        """A UUID of version 7."""
        return str(uuid7())


def _decoded(text: str, notation: str, *, urlsafe: bool) -> bytes:
    padded = text + "=" * (-len(text) % 4)
    try:
        return base64.b64decode(padded, altchars=b"-_" if urlsafe else None, validate=True)
    except (binascii.Error, ValueError):
        raise ProviderError(f"The id to import is not {notation}.") from None
