"""What a stack on AWS would be made of: its own program, answered by the offline provider, without an engine."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast
from unittest.mock import patch

from pulumi.runtime.mocks import MockCallArgs, MockResourceArgs

from sandbox.providers import rehearsal
from sandbox.providers.aws.provider import AwsProvider
from sandbox.providers.resource import Naming, Operation, Resource
from sandbox.providers.values import Properties
from tests.support.mocks import Graph, as_given, registered


@dataclass(frozen=True)
class PlannedResource:
    """A resource of the plan: what the program gives, and what it gets for it."""

    type: str
    """As in `aws:rds/instance:Instance`."""
    name: str
    """In the program."""
    inputs: Mapping[str, Any]
    id: str
    outputs: Mapping[str, Any]
    region: str
    """Its own, else the provider's."""


@dataclass
class PlannedGraph(Graph):
    """Mocks that answer as the offline provider of AWS does in a rehearsal."""

    provider: AwsProvider = field(default_factory=AwsProvider)
    planned: list[PlannedResource] = field(default_factory=list[PlannedResource])
    """In an order in which each comes after what it refers to."""

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        inputs = as_given(cast("Any", args).inputs)
        if args.typ == "pulumi:providers:aws":
            self.provider.configure(inputs)
        if not args.typ.startswith("aws:"):
            return super().new_resource(args)
        resource = Resource(f"urn:pulumi:test::jarvis::{args.typ}::{args.name}", args.typ, args.name)
        checked = self.provider.check(resource, {}, inputs, args.name.encode(), Naming())
        assert not checked.failures, f"{args.typ} {args.name}: {checked.failures}"
        state = self.provider.create(Operation(resource), checked.inputs)
        region = str(checked.inputs.get("region") or self.provider.account.region)
        self.planned.append(PlannedResource(args.typ, args.name, checked.inputs, state.id, state.outputs, region))
        return state.id, dict(state.outputs)

    def call(self, args: MockCallArgs) -> Properties:
        return self.provider.invoke(args.token, as_given(cast("Any", args).args))


def planned(build: Callable[[], object]) -> list[PlannedResource]:
    """The resources of AWS that `build` makes."""
    graph = PlannedGraph()
    with patch.dict(os.environ, rehearsal.environment(Path("no-cluster"), None)):
        registered(build, graph)
    return graph.planned
