"""No secret lies in the clear where it is not kept as one."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Final

from pulumi_policy import Severity

from policies.rule import Config, Rule
from policies.seen import UNKNOWN, Seen, at, each, leaves
from policies.workloads import containers, pod_of

_KEY: Final = re.compile(
    r"(password|passwd|passphrase|secret|token|api_?key|secret_?key|private_?key|access_?key|credentials?|"
    r"connection_?string|auth)$"
)
_REFERENCE: Final = re.compile(
    r"^$|^(true|false|null|none|yes|no|on|off|\d+)$|^[$%{<(/]|^arn:|^file:|^https?://[^@]*$", re.I
)
"""What is no secret under such a key: switches, numbers, paths, templates, names of things elsewhere."""
_PATTERNS: Final = {
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "an access key of AWS": re.compile(r"\b(AKIA|ASIA)[0-9A-Z]{16}\b"),
    "a token of GitHub": re.compile(r"\bgh[pousr]_[A-Za-z0-9]{36}"),
    "a token or webhook of Slack": re.compile(r"\bxox[abprs]-[\w-]{10}|hooks\.slack\.com/services/T\w+/B\w+/\w+"),
    "a JSON web token": re.compile(r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\."),
    "a password in a URL": re.compile(r"://[^\s:/@'\"]+:(?![$%{<(])[^\s:/@'\"]+@"),
    "a password": re.compile(
        r"^[\s\"'-]*(export\s+)?[\w.-]*(password|passwd|secret_?key|api_?key|auth_?token)[\"']?\s*[:=]\s*[\"']?"
        r"(?!true|false|null|none|[$%{<(/])[^\s\"']{4,}",
        re.I | re.M,
    ),
    "a password in an argument": re.compile(
        r"(?<!\S)--?(?!-|no-)[\w-]*(password|secret|token|api-key)[= ](?![$%{<(/])\S{4,}", re.I
    ),
}
_FREE: Final = frozenset({"tags", "variables", "environment", "environmentVariables", "metadata", "labels"})
"""Maps of a cloud's resources whose keys are the user's own and whose values everybody with read access sees."""
_ENCODED: Final = frozenset({"userData", "customData"})
_KEPT: Final = frozenset(
    {
        *("password", "masterPassword", "masterUserPassword", "authToken", "administratorLoginPassword"),
        *("adminPassword", "secretString", "secretBinary", "privateKey", "value", "pfxBlob", "data", "stringData"),
    }
)
"""Inputs that the SDKs keep as secrets by themselves."""


def is_secret_key(name: str) -> bool:
    """Whether a key of this name holds a secret; words may be joined in any of the usual ways."""
    return _KEY.search(re.sub(r"[\s.-]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)).lower()) is not None


def found_in(text: str) -> list[str]:
    """What secrets a text holds, by kind; never the text."""
    return [what for what, pattern in _PATTERNS.items() if pattern.search(text)]


def _check(resource: Seen, _: Config) -> Iterator[str]:
    if resource.type == "kubernetes:core/v1:Secret":
        return
    kubernetes = resource.type.startswith("kubernetes:")
    for path, value in leaves(resource.inputs):
        if not isinstance(value, str) or not path:
            continue
        where, key = ".".join(path), path[-1]
        # In Kubernetes' own and in custom objects, `secret` is the name of one.
        named = key != "secret" if kubernetes else bool(_FREE & set(path[:-1]))
        if named and is_secret_key(key) and not _REFERENCE.search(value):
            yield f"{where} holds a secret in the clear: {_FIX}"
        elif kubernetes or key not in _KEPT:
            for what in found_in(_decoded(value) if key in _ENCODED else value):
                yield f"{where} holds {what} in the clear: {_FIX}"
    yield from _variables(resource)
    parameter = str(resource.get("name") or resource.name).rpartition("/")[2]
    in_the_clear = resource.type == "aws:ssm/parameter:Parameter" and resource.get("type") not in (
        "SecureString",
        UNKNOWN,
    )
    if in_the_clear and is_secret_key(parameter):
        yield 'its value is kept in the clear: make it of type "SecureString", or use Secrets Manager.'


_FIX: Final = "keep it in a Secret (or the cloud's secret store) and refer to it."


def _variables(resource: Seen) -> Iterator[str]:
    """Lists of names and values: variables of containers, settings of web apps and functions."""
    lists = [(container.label, at(container.spec, "env")) for container in containers(pod_of(resource))]
    lists += [
        ("siteConfig.appSettings", resource.get("siteConfig", "appSettings")),
        ("environmentVariables", resource.get("environmentVariables")),
    ]
    for label, variables in lists:
        for item in each(variables):
            name, value = at(item, "name"), at(item, "value")
            if is_secret_key(str(name)) and isinstance(value, str) and not _REFERENCE.search(value):
                yield f"{label} has the variable {name} in the clear: take it from a Secret (valueFrom) or a file."


def _decoded(value: str) -> str:
    try:
        return base64.b64decode(value, validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return value


RULES: Final = (
    Rule(
        name="inline-secrets",
        title="No secret lies in the clear in a ConfigMap, a variable, an argument, a chart's values or a tag.",
        reason="Whoever may read the object, the state or the console reads the secret too.",
        fix="Keep it in a Secret, Secrets Manager or Key Vault, and refer to it.",
        check=_check,
        applies=lambda type_: type_.startswith(("kubernetes:", "aws:", "azure-native:")),
        severity=Severity.CRITICAL,
    ),
)
