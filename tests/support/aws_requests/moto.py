"""A real HTTP server that answers AWS's requests as AWS does, as far as moto goes, and the requests sent to it."""

from __future__ import annotations

import logging
import os
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, cast
from unittest.mock import patch

import boto3
import botocore
import jmespath
import requests
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError
from moto.core.config import default_user_config
from moto.server import ThreadedMotoServer

from tests.support.aws_requests.call import Call
from tests.support.aws_requests.plan import PlannedResource


@dataclass(frozen=True)
class Difference:
    """A request that AWS takes and moto does not."""

    sentence: str
    """What moto says."""
    instead: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Parameters with which moto takes it, where something later needs that."""


# To moto, windows that touch overlap already; AWS only wants them not to overlap.
_LATER = Difference(
    "The backup window and maintenance window must not overlap.", {"PreferredMaintenanceWindow": "sun:04:01-sun:05:00"}
)
DIFFERENCES: Mapping[str, Difference] = {
    "rds:CreateDBInstance": _LATER,
    "rds:ModifyDBInstance": _LATER,
    # AWS's default group lets its own members in; moto's lets nobody in.
    "ec2:RevokeSecurityGroupIngress": Difference("The specified rule does not exist in this security group"),
}


@dataclass
class Moto:
    """A server that runs, and what AWS would have decided of the plan: its ids and ARNs in place of the plan's."""

    url: str
    decided: dict[str, str] = field(default_factory=dict[str, str])

    @cache  # noqa: B019 (one server lives as long as its tests)
    def client(self, service: str, region: str) -> Any:
        """One for boto3's every service and region."""
        clients: Any = boto3
        return clients.client(
            service,
            region_name=region,
            endpoint_url=self.url,
            aws_access_key_id="none",
            aws_secret_access_key="none",
            config=Config(proxies={}, retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
        )

    __hash__ = object.__hash__

    def send(self, resource: PlannedResource, call: Call) -> Any:
        """Its answer, whose ids stand for the plan's from then on."""
        client = self.client(call.service, call.region)
        method = _method_name(call.operation)
        answer = getattr(client, method)(**self.translated(call.parameters))
        for name, path in call.answers.items():
            planned = resource.id if name == "id" else resource.outputs.get(name)
            found = jmespath.search(path, answer)
            if isinstance(planned, str) and planned and isinstance(found, str):
                self.decided[planned] = found.removeprefix("/hostedzone/")  # as the provider keeps it
        return answer

    def translated(self, value: Any) -> Any:
        """A parameter with the server's ids and ARNs in it; longer ones first, as an ARN holds an id."""
        if isinstance(value, dict):
            return {key: self.translated(item) for key, item in cast("dict[str, Any]", value).items()}
        if isinstance(value, list):
            return [self.translated(item) for item in cast("list[Any]", value)]
        if isinstance(value, str):
            for planned in sorted(self.decided, key=len, reverse=True):
                if planned in value:
                    value = value.replace(planned, self.decided[planned])
        return value


def _method_name(operation: str) -> str:
    """`create_db_instance` of `CreateDBInstance`."""
    names: Any = botocore
    return names.xform_name(operation)


@dataclass(frozen=True)
class Replay:
    """What a server said of a plan's requests."""

    accepted: Sequence[str]
    """Operations, one a request."""
    unknown: frozenset[str]
    """Operations that the server does not have: it answers with a page."""
    differing: frozenset[str]
    """Those of DIFFERENCES that showed."""
    refused: Sequence[str]
    """One sentence for each other request that it refuses."""


def replay(server: Moto, calls: Sequence[tuple[PlannedResource, Call]]) -> Replay:
    """Send a plan's requests in their order."""
    accepted: list[str] = []
    refused: list[str] = []
    unknown: set[str] = set()
    differing: set[str] = set()
    for resource, call in calls:
        try:
            server.send(resource, call)
        except (ClientError, ResponseParserError) as error:
            difference = DIFFERENCES.get(call.name)
            if "<!doctype html>" in str(error):
                unknown.add(call.name)
            elif difference is not None and difference.sentence in str(error):
                differing.add(call.name)
                if difference.instead:
                    changed = {**call.parameters, **difference.instead}
                    server.send(resource, replace(call, parameters=changed))
            else:
                refused.append(f"{resource.type} {resource.name}: {error}")
        else:
            accepted.append(call.name)
    return Replay(accepted, frozenset(unknown), frozenset(differing), refused)


@contextmanager
def moto_server() -> Generator[Moto]:
    """An empty server on a free port of this machine's own address, whatever settings of AWS the machine has."""
    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    direct = requests.Session()
    direct.trust_env = False  # no proxy in between
    try:
        with patch.dict(os.environ), patch.dict(default_user_config, {"iam": {"load_aws_managed_policies": True}}):
            for name in [name for name in os.environ if name.startswith("AWS_")]:
                del os.environ[name]
            os.environ.update(AWS_CONFIG_FILE=os.devnull, AWS_SHARED_CREDENTIALS_FILE=os.devnull)
            direct.post(f"{url}/moto-api/reset", timeout=60).raise_for_status()
            yield Moto(url)
    finally:
        server.stop()
