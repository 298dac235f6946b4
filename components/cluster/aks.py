"""Cluster of kind `aks`: Azure Kubernetes Service, and the stack's namespace in it."""

from __future__ import annotations

from dataclasses import replace

import pulumi
from pulumi_azure_native import authorization, containerservice, managedidentity

from components.azure.identities import own_identity
from components.azure.locks import lock
from components.azure.roles import assign
from components.cloud.azure.contract import AzureFoundation
from components.cluster.aks_access import aks_kubeconfig
from components.cluster.aks_identities import alb_controller_access, service_account_identity
from components.cluster.aks_monitoring import observe
from components.cluster.aks_profiles import (
    add_ons,
    api_server,
    azure_monitor,
    maintenance_window,
    network_profile,
    node_pool,
    security_profile,
    upgrades,
)
from components.cluster.aks_settings import AksCluster
from components.cluster.contract import ClusterAccess
from components.cluster.namespace import cluster_provider, create_namespace


class Aks(pulumi.ComponentResource):
    """The cluster, who may do what with it, and the namespace. `protect` guards the namespace and the cluster."""

    access: ClusterAccess

    def __init__(
        self,
        name: str,
        settings: AksCluster,
        *,
        cloud: AzureFoundation,
        environment: str,
        protect: bool = False,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Raises pulumi.RunError where Defender has nowhere to report to."""
        super().__init__("jarvis:cluster:Aks", name, None, opts)
        self._settings, self._cloud = settings, cloud
        cluster = self._cluster()
        self._maintenance(cluster)
        observe(cluster, settings.name, cloud=cloud, parent=self)
        for identity in settings.service_account_identities:
            made = service_account_identity(identity, cluster, cloud=cloud, parent=self)
            assign(
                f"{identity.name}-reads-vault",
                "key-vault-secrets-user",
                made.principal_id,
                on=cloud.vault.id,
                cloud=cloud,
                parent=self,
            )
        kubeconfig = aks_kubeconfig(settings, cluster, cloud=cloud, parent=self, after=self._administrators(cluster))
        access = create_namespace(
            settings,
            provider=cluster_provider(self, kubeconfig=kubeconfig),
            environment=environment,
            protect=protect,
            parent=self,
        )
        aks = alb_controller_access(cluster, cloud=cloud, parent=self) if settings.alb_controller else None
        self.access = replace(access, aks=aks)
        self.register_outputs({"namespace": self.access.namespace, "id": cluster.id})

    def _identity(self) -> tuple[managedidentity.UserAssignedIdentity, authorization.RoleAssignment]:
        """The cluster's own, which makes load balancers in the nodes' subnet: it must have that right beforehand."""
        identity = own_identity(self._settings.name, cloud=self._cloud, parent=self)
        right = assign(
            "identity-on-nodes",
            "network-contributor",
            identity.principal_id,
            on=self._cloud.network.subnets.nodes,
            cloud=self._cloud,
            parent=self,
        )
        return identity, right

    def _cluster(self) -> containerservice.ManagedCluster:
        settings, cloud = self._settings, self._cloud
        identity, right = self._identity()
        cluster = containerservice.ManagedCluster(
            "cluster",
            aad_profile=containerservice.ManagedClusterAADProfileArgs(
                enable_azure_rbac=True, managed=True, tenant_id=cloud.tenant_id
            ),
            addon_profiles=add_ons(settings, cloud),
            agent_pool_profiles=[node_pool(settings, cloud)],
            api_server_access_profile=api_server(settings),
            auto_upgrade_profile=upgrades(settings),
            azure_monitor_profile=azure_monitor(cloud),
            disable_local_accounts=True,
            dns_prefix=settings.dns_prefix,
            enable_rbac=True,
            identity=containerservice.ManagedClusterIdentityArgs(
                type=containerservice.ResourceIdentityType.USER_ASSIGNED, user_assigned_identities=[identity.id]
            ),
            kubernetes_version=settings.version,
            location=cloud.location,
            network_profile=network_profile(settings, cloud),
            node_resource_group=f"{settings.name}-nodes",
            oidc_issuer_profile=containerservice.ManagedClusterOIDCIssuerProfileArgs(enabled=True),
            resource_group_name=cloud.resource_group,
            resource_name_=settings.name,
            security_profile=security_profile(settings, cloud),
            sku=containerservice.ManagedClusterSKUArgs(
                name=containerservice.ManagedClusterSKUName.BASE, tier=settings.tier
            ),
            tags=cloud.tags(settings.name),
            opts=pulumi.ResourceOptions.merge(
                cloud.child_of(self, right, holds_data=True),
                # The autoscaler's to say, from the first day on.
                pulumi.ResourceOptions(ignore_changes=["agentPoolProfiles[0].count"]),
            ),
        )
        lock("cluster-lock", cluster, cloud=cloud, parent=self)
        return cluster

    def _maintenance(self, cluster: containerservice.ManagedCluster) -> None:
        for name, kind in (("version", "aksManagedAutoUpgradeSchedule"), ("nodes", "aksManagedNodeOSUpgradeSchedule")):
            containerservice.MaintenanceConfiguration(
                f"{name}-maintenance",
                config_name=kind,
                maintenance_window=maintenance_window(self._settings),
                resource_group_name=self._cloud.resource_group,
                resource_name_=cluster.name,
                opts=self._cloud.child_of(self),
            )

    def _administrators(self, cluster: containerservice.ManagedCluster) -> list[authorization.RoleAssignment]:
        """With Azure's roles in charge and no local accounts, nobody else gets in."""
        return [
            assign(
                f"{role}-{place}",
                role,
                person.principal_id,
                on=cluster.id,
                cloud=self._cloud,
                parent=self,
                principal_type=person.principal_type,
            )
            for place, person in enumerate(self._settings.administrators)
            for role in ("aks-cluster-admin", "aks-cluster-user")
        ]
