"""A cluster of Amazon EKS, its nodes, and who may use it."""

from __future__ import annotations

import re
from ipaddress import IPv4Network
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic.alias_generators import to_snake

from components.aws.names import RoleArn
from components.cluster.eks_versions import EXTENDED_SUPPORT, IN_STANDARD_SUPPORT, STANDARD_SUPPORT
from components.cluster.karpenter_settings import KarpenterNodes
from components.cluster.namespace_settings import NamespaceSettings
from components.settings.section import Section
from components.settings.text import Matching, not_allowed

_PRIVATE: Final = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
_SERVICE_PREFIXES: Final = range(12, 25)
"""Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_KubernetesNetworkConfigRequest.html (2026-11-24)."""


def _service_network(text: str) -> str:
    try:
        network = IPv4Network(text)
    except ValueError:
        network = None
    if (
        network is None
        or not any(network.subnet_of(private) for private in _PRIVATE)
        or network.prefixlen not in _SERVICE_PREFIXES
    ):
        raise not_allowed("a private IPv4 network from /12 to /24 with no host bits set, such as 172.20.0.0/16")
    return str(network)


def _client_network(text: str) -> str:
    try:
        network = IPv4Network(text)
    except ValueError:
        network = None
    if network is None or network.prefixlen == 0:
        raise not_allowed("an IPv4 network that is not the whole internet, such as 203.0.113.0/24")
    return str(network)


ServiceNetwork = Annotated[str, AfterValidator(_service_network)]
ClientNetwork = Annotated[str, AfterValidator(_client_network)]
ClusterName = Annotated[
    str,
    Matching(
        r"[A-Za-z0-9][A-Za-z0-9_-]*",
        "letters, digits, hyphens and underscores, 100 at most, a letter or digit first",
        max_length=100,
    ),
]
KubernetesMinor = Annotated[str, Matching(r"1\.[0-9]{2}", 'a minor version in quotes, such as "1.35"')]
InstanceType = Annotated[
    str,
    Matching(
        r"[a-z][a-z0-9-]*[0-9][a-z0-9-]*\.(metal|[0-9]*(nano|micro|small|medium|large|xlarge))(-[0-9a-z]+)?",
        "an instance type of EC2, such as m5.xlarge",
    ),
]
AddonVersion = Annotated[
    str, Matching(r"v[0-9]+\.[0-9]+\.[0-9]+-eksbuild\.[0-9]+", "an add-on's version, such as v1.21.1-eksbuild.1")
]
Nodes = Annotated[int, Field(ge=1, le=450)]
LogType = Literal["api", "audit", "authenticator", "controllerManager", "scheduler"]
AddonName = Literal[
    "vpc-cni",
    "kube-proxy",
    "coredns",
    "eks-pod-identity-agent",
    "aws-ebs-csi-driver",
    "metrics-server",
    "amazon-cloudwatch-observability",
]


def is_arm(instance_type: str) -> bool:
    """Whether it is one of Amazon's own processors: their families have a g after the generation, such as m7g."""
    family = instance_type.partition(".")[0]
    return re.fullmatch(r"[a-z]+[0-9]+g[a-z0-9-]*", family) is not None or family == "a1"


class NodeGroup(Section):
    """Virtual machines that EKS runs, renews and repairs, spread over the zones."""

    instance_types: Annotated[tuple[InstanceType, ...], Field(min_length=1)] = ("m5.xlarge",)
    """In order of preference; the guide's."""
    min_size: Nodes = 3
    """The guide's."""
    max_size: Nodes = 10
    """The guide's."""
    desired_size: Nodes = 3
    """At the start; the autoscaler changes it. The guide's."""
    disk_gib: Annotated[int, Field(ge=20, le=16_384)] = 100
    """Root volume, gp3 and encrypted; the guide asks production nodes for 100 GB."""
    max_unavailable: Annotated[int, Field(ge=1, le=100)] = 1
    """How many are renewed at once."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if not self.min_size <= self.desired_size <= self.max_size:
            raise ValueError(
                f"desiredSize {self.desired_size} must lie between minSize {self.min_size} and maxSize {self.max_size}"
            )
        if len({is_arm(one) for one in self.instance_types}) > 1:
            raise ValueError(
                f"instanceTypes {', '.join(self.instance_types)} mix Arm and x86 processors, which no one image serves"
            )
        accelerated = [one for one in self.instance_types if re.match(r"(p|g|gr|inf|trn|dl|vt|f)[0-9]", one)]
        if accelerated:
            raise ValueError(
                f"instanceTypes has {accelerated[0]}, whose accelerator the nodes' image has no driver for: take a "
                "family without one, such as m5"
            )
        return self


class EksCluster(NamespaceSettings):
    """A cluster of Amazon EKS over all zones of the stack's network, with the stack's namespace in it.

    Needs jarvis:cloud of kind aws, and `aws` of version 2 on the machine that deploys: it fetches a token each time.
    """

    kind: Literal["eks"] = "eks"
    name: ClusterName = "jarvis-production"
    """The guide's."""
    version: KubernetesMinor = "1.35"
    """Minor version of Kubernetes; it goes up one at a time and never down. The guide's 1.28 is out of support."""
    support: Literal["STANDARD", "EXTENDED"] = "STANDARD"
    """At the end of standard support: be upgraded by AWS, or pay about six times as much for another year."""
    admins: Annotated[tuple[RoleArn, ...], Field(min_length=1)]
    """Roles and users that may do everything in it; who deploys must be one of them."""
    viewers: tuple[RoleArn, ...] = ()
    """Roles and users that may see everything but Secrets."""
    public_access: tuple[ClientNetwork, ...] = ()
    """Addresses outside the network that may reach the API server; where empty, only the network itself does."""
    service_cidr: ServiceNetwork = "172.20.0.0/16"
    """Addresses of Services; it must not overlap the network's own."""
    control_plane_logs: tuple[LogType, ...] = ("api", "audit", "authenticator", "controllerManager", "scheduler")
    """What the control plane writes to CloudWatch Logs."""
    nodes: NodeGroup = NodeGroup()
    autoscaler: Literal["none", "cluster-autoscaler", "karpenter"] = "cluster-autoscaler"
    """Who adds and removes nodes; its ServiceAccount in kube-system gets the right to.

    cluster-autoscaler sizes the node group between minSize and maxSize. With karpenter the group stays at minSize, and
    whatever else Pods need is made as `karpenter` says. The add-on of that name installs it.
    """
    karpenter: KarpenterNodes = KarpenterNodes()
    """The nodes beside the node group; for `autoscaler: karpenter` only."""
    load_balancer_controller: bool = True
    """Whether the AWS Load Balancer Controller's ServiceAccount in kube-system may register Pods as targets."""
    external_secrets: bool = False
    """Whether External Secrets' own ServiceAccount may read the stack's entries in Secrets Manager."""
    container_insights: bool = True
    """Whether CloudWatch gets metrics and logs of nodes and Pods."""
    addon_versions: dict[AddonName, AddonVersion] = Field(default_factory=dict[AddonName, AddonVersion])
    """Versions of managed add-ons by name; EKS's default for the cluster's version where absent."""

    @model_validator(mode="after")
    def _supported(self) -> Self:
        oldest = min(EXTENDED_SUPPORT, key=_minor)
        if _minor(self.version) < _minor(oldest):
            raise ValueError(f"version {self.version} is out of support: EKS starts no cluster below {oldest}")
        end = STANDARD_SUPPORT.get(self.version)
        if self.support == "STANDARD" and end is not None and self.version not in IN_STANDARD_SUPPORT:
            raise ValueError(
                f"version {self.version} leaves standard support on {end}: take {IN_STANDARD_SUPPORT[-1]}, or set "
                "support to EXTENDED"
            )
        both = sorted(set(self.admins) & set(self.viewers))
        if both:
            raise ValueError(f"viewers has {both[0]}, which is among admins already")
        return self

    @model_validator(mode="after")
    def _scaled_by_one(self) -> Self:
        if self.autoscaler != "karpenter":
            if "karpenter" in self.model_fields_set:
                raise ValueError(f"karpenter is for autoscaler karpenter; it is {self.autoscaler}")
            return self
        for name, size in (("maxSize", self.nodes.max_size), ("desiredSize", self.nodes.desired_size)):
            if to_snake(name) in self.nodes.model_fields_set and size != self.nodes.min_size:
                raise ValueError(
                    f"nodes.{name} is {size}, but with autoscaler karpenter the node group stays at minSize "
                    f"{self.nodes.min_size}: leave {name} out"
                )
        return self


def _minor(version: str) -> int:
    return int(version.partition(".")[2])
