"""IAM policies as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import pulumi
from pydantic import JsonValue

Statement = Mapping[str, JsonValue | pulumi.Output[str] | Sequence[pulumi.Output[str]]]


def policy(*statements: Statement) -> pulumi.Output[str]:
    """A policy of these statements, as JSON; values may be outputs."""
    return pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": [dict(one) for one in statements]})


def trusted_service(service: str, account_id: str) -> str:
    """Who may take a role: a service of AWS on behalf of this account only."""
    statement: dict[str, JsonValue] = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:SourceAccount": account_id}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
