"""Contents of Secret objects."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping

import pulumi


def secret_data(values: Mapping[str, pulumi.Input[str]]) -> dict[str, pulumi.Output[str]]:
    """The `data` of a Secret, whose values are Pulumi secrets.

    `data`, not `stringData`: server-side apply leaves a key that has gone from `stringData` in the Secret.
    """
    return {key: pulumi.Output.secret(value).apply(_base64) for key, value in values.items()}


def _base64(text: str) -> str:
    return b64encode(text.encode()).decode()
