"""A resource that is only planned: what it is made from, and texts that are always the same for it."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import uuid
from dataclasses import dataclass
from typing import Final

from sandbox.providers.plan.sdk import ResourceType
from sandbox.providers.resource import Resource
from sandbox.providers.values import Properties, Secret, Unknown, Value, reveal

TIME: Final = "2026-01-01T00:00:00Z"
"""When every planned resource was made."""
AUTHORITY: Final = base64.b64encode(
    b"-----BEGIN CERTIFICATE-----\nplanned: no cluster stands behind it\n-----END CERTIFICATE-----\n"
).decode()
"""The certificate authority of every planned cluster, as kubeconfigs have it."""


@dataclass(frozen=True)
class Planned:
    """One planned resource."""

    resource: Resource
    type: ResourceType
    inputs: Properties
    name: str
    """Its name in the cloud."""
    decisive: tuple[str, ...] = ()
    """Inputs that make it another resource when they change."""

    def text(self, key: str) -> str | None:
        """An input that is known text."""
        value = reveal(self.inputs.get(key))
        return value if isinstance(value, str) else None

    def whole(self, key: str, default: int) -> int:
        """An input that is a whole number."""
        value = reveal(self.inputs.get(key))
        return value if isinstance(value, int) else default

    def part(self, *path: str) -> Value:
        """A nested input, without marks; None where it is not given or not known."""
        value: Value = dict(self.inputs)
        for step in path:
            value = reveal(value)
            if not isinstance(value, dict):
                return None
            value = value.get(step)
        value = reveal(value)
        return None if isinstance(value, Unknown) else value

    def digest(self, purpose: str = "", length: int = 17) -> str:
        """Hexadecimal digits, up to 64: the same for the same resource and purpose. No secret goes into them."""
        decisive = {key: value for key in self.decisive if not isinstance(value := self.inputs.get(key), Secret)}
        text = json.dumps([self.resource.urn, self.name, purpose, decisive], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:length]

    def uuid(self, purpose: str = "") -> str:
        """A UUID, likewise."""
        return str(uuid.UUID(self.digest(f"uuid {purpose}", 32), version=4))


def kebab(name: str) -> str:
    """`dbInstance` or `DbInstance` as `db-instance`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()
