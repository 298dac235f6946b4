"""Unit tests of components: every resource that a program registers, recorded, without an engine.

Fast, never the only proof: tests/contract and tests/sandbox put the same components through the real engine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

import pulumi
from pulumi.runtime import mocks as pulumi_mocks
from pulumi.runtime import rpc


@dataclass(frozen=True)
class Registered:
    """One registered resource: its Pulumi type token, Pulumi name and inputs (camelCase, as the engine gets them)."""

    type: str
    name: str
    inputs: dict[str, Any]
    """Plain values: secrets are unwrapped, and named in `secret_inputs`."""
    secret_inputs: frozenset[str] = frozenset()
    """Top-level inputs that are, or hold, a Pulumi secret (deserializing lifts a nested secret to the top)."""
    urn: str = ""
    dependencies: frozenset[str] = frozenset()
    """URNs of what the resource waits for."""
    protect: bool = False
    retain_on_delete: bool = False
    create_timeout: str = ""
    ignore_changes: tuple[str, ...] = ()

    @property
    def object_name(self) -> str:
        """metadata.name of a Kubernetes object."""
        return self.inputs["metadata"]["name"]


@dataclass
class Graph(pulumi_mocks.Mocks):
    """Records what a program registers."""

    resources: list[Registered] = field(default_factory=list)
    completed: set[str] = field(default_factory=set[str])
    """URNs of the components that registered their outputs."""

    def new_resource(self, args: pulumi_mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        outputs = dict(args.inputs)
        if args.typ == "random:index/randomPassword:RandomPassword":
            outputs["result"] = f"mock-{args.name}".ljust(int(outputs["length"]), "x")
        return f"{args.name}-id", outputs

    def call(self, args: pulumi_mocks.MockCallArgs) -> dict[str, Any]:
        raise AssertionError(f"unexpected call of {args.token}")

    def of_kind(self, kind: str) -> list[Registered]:
        """Resources whose type token ends with `:kind`, such as `Deployment`."""
        return [resource for resource in self.resources if resource.type.rsplit(":", 1)[-1] == kind]

    def one(self, kind: str, object_name: str) -> Registered:
        """The only Kubernetes object of that kind and metadata.name."""
        found = [resource for resource in self.of_kind(kind) if resource.object_name == object_name]
        assert len(found) == 1, (
            f"{len(found)} {kind} named {object_name}; there are {[r.object_name for r in self.of_kind(kind)]}"
        )
        return found[0]


class _RecordingMonitor(pulumi_mocks.MockMonitor):
    """Records each registration with its options, which mocks are not told."""

    def __init__(self, graph: Graph) -> None:
        super().__init__(graph)
        self._graph = graph

    def RegisterResource(self, request: Any) -> Any:
        response = super().RegisterResource(request)
        if request.type != "pulumi:pulumi:Stack":
            inputs = rpc.deserialize_properties(request.object)
            self._graph.resources.append(
                Registered(
                    type=request.type,
                    name=request.name,
                    inputs={key: rpc.unwrap_rpc_secret(value) for key, value in inputs.items()},
                    secret_inputs=frozenset(key for key, value in inputs.items() if rpc.is_rpc_secret(value)),
                    urn=response.urn,
                    dependencies=frozenset(request.dependencies),
                    protect=request.protect,
                    retain_on_delete=request.retainOnDelete,
                    create_timeout=request.customTimeouts.create,
                    ignore_changes=tuple(request.ignoreChanges),
                )
            )
        return response

    def RegisterResourceOutputs(self, request: Any) -> Any:
        self._graph.completed.add(request.urn)
        return super().RegisterResourceOutputs(request)


def as_given(value: Any) -> Any:
    """Inputs as the program gave them: whole numbers, which are floats on the wire, and secrets in the open."""
    value = rpc.unwrap_rpc_secret(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: as_given(item) for key, item in cast("dict[str, Any]", value).items()}
    return [as_given(item) for item in cast("list[Any]", value)] if isinstance(value, list) else value


def registered(build: Callable[[], object], graph: Graph | None = None) -> Graph:
    """Run `build` as a program and return what it registered. Outputs inside are resolved before it returns.

    `graph` may be one that answers calls, or computes outputs, as a cloud does.
    """
    graph = graph or Graph()
    pulumi.runtime.set_mocks(graph, project="jarvis", stack="test", preview=False, monitor=_RecordingMonitor(graph))

    def program() -> None:
        build()

    pulumi.runtime.test(program)()
    return graph


def cluster_access(
    namespace: str = "jarvis-test", environment: str = "test", *, eks: Any = None, aks: Any = None
) -> Any:
    """A ClusterAccess for unit tests; call it inside `build`."""
    import pulumi_kubernetes

    from components.cluster.contract import ClusterAccess

    return ClusterAccess(
        provider=pulumi_kubernetes.Provider("cluster"),
        namespace=pulumi.Output.from_input(namespace),
        environment=environment,
        eks=eks,
        aks=aks,
    )


def aks_access() -> Any:
    """What an AKS cluster with the ALB controller tells it; call it inside `build`."""
    from components.cluster.contract import AksAccess

    ids = ("44444444-4444-4444-4444-444444444444", "33333333-3333-3333-3333-333333333333")
    client, principal = map(pulumi.Output.from_input, ids)
    return AksAccess(client, principal)


def eks_access() -> Any:
    """What an EKS cluster with Karpenter tells controllers; call it inside `build`."""
    from components.cluster.contract import EksAccess, KarpenterAccess

    def known(text: str) -> pulumi.Output[str]:
        return pulumi.Output.from_input(text)

    karpenter = KarpenterAccess(
        interruption_queue=known("jarvis-karpenter"),
        instance_profile=known("jarvis-karpenter-nodes"),
        subnet_ids=tuple(known(f"subnet-{zone}") for zone in "abc"),
        security_group_ids=(known("sg-cluster"), known("sg-nodes")),
        tags={"Environment": "test", "Application": "jarvis"},
    )
    return EksAccess("jarvis-test", "eu-west-3", known("vpc-1"), karpenter)


def credential(value: str = "a-password", name: str = "postgresPassword") -> Any:
    """A Credential whose value Pulumi knows; call it inside `build`."""
    from components.secrets.contract import Credential

    return Credential(name, pulumi.Output.secret(value))
