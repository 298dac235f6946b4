"""Whether the nodes that a cloud makes have the zones, the disks and the room that the stack asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from components.cloud.aws.settings import AwsCloudSettings
from components.cluster.aks_settings import AksCluster
from components.cluster.eks_settings import EksCluster
from components.settings.quantities import quantity_value
from infra.settings.capacity import RESOURCES, Resource, claims, containers, total, written
from infra.settings.document import Path
from infra.settings.rule import BrokenRule, Rule
from infra.settings.wording import any_of

if TYPE_CHECKING:
    from infra.settings.model import StackSettings

_GIB: Final = 2**30
_EC2_GIB: Final = {"c": 2, "m": 4, "r": 8}
_AZURE_GIB: Final = {"F": 8, "D": 4, "E": 8}
"""The most memory for each CPU that any size of a family has; what families are not here nothing is known of."""
_EC2_CPUS: Final = {"large": 2, "xlarge": 4}
_STORAGE_CLASSES: Final[Mapping[str, tuple[str, ...]]] = {
    "eks": ("gp3",),
    "aks": ("managed-csi-premium", "managed-csi", "default"),
}
"""On EKS the one that the stack makes: EKS's own gp2 encrypts nothing. On AKS those of disks, which every cluster has:
shares of files (azurefile-csi) are none for databases."""


@dataclass(frozen=True)
class _Nodes:
    """What a cluster's nodes have, all together and the largest one, as bought: the system takes its part of it."""

    cpu: Decimal
    memory: Decimal
    largest_cpu: Decimal
    largest_memory: Decimal
    path: Path
    """The setting that says how many there are at the most."""
    beside: str = ""
    """What else has a part in the figures, for a sentence."""

    def all_of(self, resource: Resource) -> Decimal:
        return self.cpu if resource == "cpu" else self.memory

    def one_of(self, resource: Resource) -> Decimal:
        return self.largest_cpu if resource == "cpu" else self.largest_memory


def _ec2(instance_type: str) -> tuple[int, int] | None:
    """CPUs and GiB of an instance type; None where its family is not known."""
    family, _, size = instance_type.partition(".")
    match = re.fullmatch(r"([cmr])[0-9]+[a-z-]*", family)
    times = re.fullmatch(r"([0-9]+)xlarge", size)
    cpus = int(times[1]) * 4 if times else _EC2_CPUS.get(size)
    return None if match is None or cpus is None else (cpus, cpus * _EC2_GIB[match[1]])


def _azure_gib(vm_size: str) -> int:
    """GiB of a size; as many as belong to all CPUs where some are switched off."""
    match = re.match(r"Standard_([DEF])([0-9]+)", vm_size)
    return 0 if match is None else int(match[2]) * _AZURE_GIB[match[1]]


def _nodes(stack: StackSettings) -> _Nodes | None:
    """None where nothing is known of them."""
    match stack.cluster:
        case EksCluster() as cluster:
            known = [_ec2(one) for one in cluster.nodes.instance_types]
            sizes = [size for size in known if size is not None]
            if len(sizes) < len(known):
                return None
            cpus, gib = max(cpu for cpu, _ in sizes), max(memory for _, memory in sizes)
            return (
                _with_karpenter(cluster, cpus, gib)
                if cluster.autoscaler == "karpenter"
                else _pool(cluster.nodes.max_size, cpus, gib, ("cluster", "nodes", "maxSize"))
            )
        case AksCluster() as cluster:
            pool = cluster.pool
            return _pool(pool.max_count, pool.vcpus, _azure_gib(pool.vm_size), ("cluster", "pool", "maxCount"))
        case _:
            return None


def _pool(count: int, cpus: int, gib: int, path: Path) -> _Nodes:
    one_cpu, one_memory = Decimal(cpus), Decimal(gib * _GIB)
    return _Nodes(count * one_cpu, count * one_memory, one_cpu, one_memory, path)


def _with_karpenter(cluster: EksCluster, cpus: int, gib: int) -> _Nodes:
    made, kept = cluster.karpenter, cluster.nodes.min_size
    limit_cpu, limit_memory = quantity_value(made.limits.cpu), quantity_value(made.limits.memory)
    largest_gib = made.max_cpu * max(_EC2_GIB[family] for family in made.families)
    return _Nodes(
        kept * cpus + limit_cpu,
        kept * gib * _GIB + limit_memory,
        Decimal(max(cpus, made.max_cpu)),
        Decimal(max(gib, largest_gib) * _GIB),
        ("cluster", "karpenter", "limits"),
        " with jarvis:cluster.nodes",
    )


def _every_container_fits_a_node(stack: StackSettings) -> Iterator[BrokenRule]:
    nodes = _nodes(stack)
    if nodes is None:
        return
    for path, resources, _ in containers(stack):
        for resource in RESOURCES:
            request = resources.requests.cpu if resource == "cpu" else resources.requests.memory
            most = nodes.one_of(resource)
            if quantity_value(request) >= most:
                yield BrokenRule(
                    (*path, "requests", resource),
                    f"is {request}, but the largest node of jarvis:cluster has {written(most, resource)}, of which the "
                    "system takes a part: the Pod would wait for ever.",
                )


def _all_containers_fit_the_nodes(stack: StackSettings) -> Iterator[BrokenRule]:
    """A lower bound, as that of the quota."""
    nodes = _nodes(stack)
    if nodes is None:
        return
    for resource in RESOURCES:
        asked = total(stack, "requests", resource)
        if asked > nodes.all_of(resource):
            yield BrokenRule(
                nodes.path,
                f"gives {written(nodes.all_of(resource), resource)} of {resource} at the most{nodes.beside}, but the "
                f"containers' requests are {written(asked, resource)} together: not all of their Pods could start.",
            )


def _disks_are_of_the_cluster(stack: StackSettings) -> Iterator[BrokenRule]:
    there = _STORAGE_CLASSES.get(stack.cluster.kind)
    if there is None:
        return
    for path, storage, _ in claims(stack):
        if storage.storage_class is not None and storage.storage_class not in there:
            yield BrokenRule(
                (*path, "storageClass"),
                f"is {storage.storage_class}, which a cluster of kind {stack.cluster.kind} does not have: it must be "
                f"{any_of(there)}.",
            )


def _zones_for_the_spread(stack: StackSettings) -> Iterator[BrokenRule]:
    spread = stack.app.availability.spread
    match stack.cloud, stack.cluster:
        case AwsCloudSettings() as cloud, EksCluster():
            zones, setting = len(cloud.vpc.zones), "jarvis:cloud.vpc.zones"
        case _, AksCluster() as cluster:
            zones, setting = len(cluster.pool.zones), "jarvis:cluster.pool.zones"
        case _:
            return
    if spread.min_zones is not None and spread.min_zones > zones:
        yield BrokenRule(
            ("app", "availability", "spread", "minZones"),
            f"must be {zones} or less, the number of {setting}, not {spread.min_zones}: second Pods would wait for "
            "ever.",
        )


NODE_RULES: Final = (
    Rule(frozenset({"cluster"}), _every_container_fits_a_node, production_only=False),
    Rule(frozenset({"cluster"}), _all_containers_fit_the_nodes, production_only=False),
    Rule(frozenset({"cluster"}), _disks_are_of_the_cluster, production_only=False),
    Rule(frozenset({"app", "cloud", "cluster"}), _zones_for_the_spread, production_only=False),
)
