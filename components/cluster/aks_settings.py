"""Settings of a cluster of kind `aks`."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from components.cluster.namespace_settings import NamespaceSettings
from components.settings.azure_names import ClientRange, Guid
from components.settings.azure_regions import ZONES, Zone
from components.settings.section import Section
from components.settings.text import Matching
from components.settings.workloads import DnsLabel

AksVersion = Literal["1.35", "1.36", "1.37"]
"""Minor versions in support on 2026-11-24, each until: 1.35 March, 1.36 June, 1.37 October 2027. 1.34's support ends in
November 2026. Source: the calendar of https://learn.microsoft.com/azure/aks/supported-kubernetes-versions as of August
2026, when 1.37 was planned for October."""
ClusterName = Annotated[
    str,
    Matching(
        r"[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?",
        "a cluster's name: 1 to 63 letters, digits, hyphens and underscores, a letter or digit first and last, such as "
        "aks-jarvis-production",
    ),
]
DnsPrefix = Annotated[
    str,
    Matching(
        r"[A-Za-z0-9]([A-Za-z0-9-]{0,52}[A-Za-z0-9])?",
        "1 to 54 letters, digits and hyphens, no hyphen first or last, such as jarvis-prod",
    ),
]
PoolName = Annotated[
    str, Matching(r"[a-z][a-z0-9]{0,11}", "1 to 12 lower-case letters and digits, a letter first, such as default")
]
VmSize = Annotated[
    str,
    Matching(
        r"Standard_[DEF][0-9]{1,3}(-[0-9]{1,3})?[a-z]*s[a-z]*_v[3-9]",
        "a size of the D, E or F series, version 3 or later, with premium storage (an s), such as Standard_D4s_v5",
    ),
]
_LEAST_VCPUS = 4
"""Of a pool that runs AKS's own Pods. Source: https://learn.microsoft.com/azure/aks/use-system-pools (2026-11-24)."""


class PublicApiServer(Section):
    """An API server with a public address that answers some networks only."""

    kind: Literal["public"] = "public"
    authorized_ranges: Annotated[tuple[ClientRange, ...], Field(min_length=1, max_length=200)]
    """From where it is reached, CI included. The cluster's own way out is let in by Azure itself."""


class PrivateApiServer(Section):
    """An API server that only the virtual network reaches: whoever deploys runs inside of it."""

    kind: Literal["private"] = "private"


class Administrator(Section):
    """A group, a person or an application that may do everything in the cluster."""

    principal_id: Guid
    """Its object id in Entra."""
    principal_type: Literal["Group", "User", "ServicePrincipal"] = "Group"
    """What it is in Entra."""


class NodePool(Section):
    """The nodes, which the cluster autoscaler adds and removes."""

    name: PoolName = "default"
    vm_size: VmSize = "Standard_D4s_v5"
    """4 CPUs and 16 GiB, as the guide's Standard_D4s_v3, whose series is two generations behind."""
    min_count: Annotated[int, Field(ge=1, le=1000)] = 3
    """Nodes at the least; the guide's."""
    max_count: Annotated[int, Field(ge=1, le=1000)] = 10
    """Nodes at the most; the guide's."""
    initial_count: Annotated[int, Field(ge=1, le=1000)] = 3
    """Nodes at first; how many there are later is the autoscaler's to say."""
    zones: Annotated[tuple[Zone, ...], Field(min_length=1)] = ZONES
    """Availability zones over which the nodes are spread."""
    os_disk_gb: Annotated[int, Field(ge=64, le=2048)] = 128
    """Gigabytes of each node's managed disk."""
    max_pods: Annotated[int, Field(ge=30, le=250)] = 110
    """Pods on each node."""
    encryption_at_host: bool = True
    """Whether caches and temporary disks are encrypted too. The subscription must have the feature
    Microsoft.Compute/EncryptionAtHost registered."""

    @property
    def vcpus(self) -> int:
        """CPUs of each node, as its size says: 4 of an E8-4s, whose others are switched off."""
        match = re.match(r"Standard_[A-Z]([0-9]+)(?:-([0-9]+))?", self.vm_size)
        return int(match[2] or match[1]) if match else 0

    @model_validator(mode="after")
    def _counts_and_size(self) -> Self:
        if not self.min_count <= self.initial_count <= self.max_count:
            raise ValueError(
                f"initialCount {self.initial_count} must lie between minCount {self.min_count} and maxCount "
                f"{self.max_count}"
            )
        if self.vcpus < _LEAST_VCPUS:
            raise ValueError(f"vmSize {self.vm_size} has {self.vcpus} CPUs: nodes need {_LEAST_VCPUS} at least")
        if len(set(self.zones)) < len(self.zones):
            raise ValueError(f"zones {', '.join(self.zones)} names one twice")
        if self.min_count < len(self.zones):
            raise ValueError(f"minCount {self.min_count} must be {len(self.zones)} at least: a node in each of zones")
        return self


class ServiceAccountIdentity(Section):
    """A Kubernetes service account that Entra trusts as an identity, with no password anywhere."""

    name: DnsLabel
    """Of the identity: id-NAME."""
    namespace: DnsLabel
    service_account: DnsLabel


class AksCluster(NamespaceSettings):
    """A cluster of Azure Kubernetes Service, made with the stack, in the network of `jarvis:cloud`."""

    kind: Literal["aks"] = "aks"
    name: ClusterName = "aks-jarvis-production"
    dns_prefix: DnsPrefix = "jarvis-prod"
    """First part of the API server's host name; fixed once the cluster is made."""
    version: AksVersion = "1.36"
    """Kubernetes' minor version; AKS chooses the patch, and goes from one minor version to the next only."""
    tier: Literal["Standard", "Premium"] = "Standard"
    """Standard has an uptime agreement; Premium long-term support besides."""
    api_server: Annotated[PublicApiServer | PrivateApiServer, Field(discriminator="kind")]
    """Who reaches the API server."""
    administrators: Annotated[tuple[Administrator, ...], Field(min_length=1)]
    """Who may do everything in it: there are no local accounts, so whoever deploys must be one of these."""
    login: Literal["azurecli", "azd", "workloadidentity", "msi", "spn", "azurepipelines", "devicecode"] = "azurecli"
    """How kubelogin, which must be on the PATH of whoever deploys, signs in to the API server."""
    pool: NodePool = NodePool()
    network_policy: Literal["cilium", "calico"] = "cilium"
    """What enforces network policies; Azure's own engine is being retired."""
    outbound_ips: Annotated[int, Field(ge=1, le=16)] = 2
    """Public addresses that what leaves the cluster comes from."""
    defender: bool = True
    """Whether Microsoft Defender watches the cluster; it needs `monitor` of `jarvis:cloud`."""
    azure_policy: bool = True
    """Whether Azure Policy is enforced in the cluster."""
    key_vault_rotation_seconds: Annotated[int, Field(ge=60, le=86_400)] = 120
    """How often the Key Vault provider looks for new values of the secrets that it mounts."""
    upgrade_channel: Literal["patch", "stable", "none"] = "patch"
    """What AKS upgrades by itself, in the maintenance window."""
    maintenance_start_hour: Annotated[int, Field(ge=0, le=20)] = 2
    """Sundays from this hour on, UTC, for four hours, the least that AKS takes; the guide's window is Sunday 04:00."""
    alb_controller: bool = False
    """Whether the ALB controller gets an identity, for exposure of kind application-gateway-for-containers."""
    service_account_identities: tuple[ServiceAccountIdentity, ...] = ()
    """Service accounts that read the key vault with an identity of their own, such as External Secrets'."""

    @model_validator(mode="after")
    def _identities_distinct(self) -> Self:
        names = [identity.name for identity in self.service_account_identities]
        if len(set(names)) < len(names):
            raise ValueError("serviceAccountIdentities must each have a name of their own")
        return self
