"""Database of kind `cloudnative-pg`: instances under the CloudNativePG operator, with poolers, archive and backups."""

from __future__ import annotations

from typing import Final

import pulumi
from pulumi_kubernetes.apiextensions import CustomResource

from components.backup.contract import ObjectLocation, ObjectStorageTarget, Plan
from components.certificates.contract import TrustAnchor
from components.cluster.contract import ClusterAccess
from components.database import cluster_specs as specs
from components.database.cluster_settings import NAME, SECOND, CloudNativePgDatabase, Pooler, Recovery
from components.database.configuration import PORT
from components.database.contract import DatabaseConnection
from components.database.object_archive import Store, make_store, schedule_backups
from components.kubernetes.availability import disruption_budget
from components.kubernetes.custom import Field, custom_resource, wait_for
from components.kubernetes.metadata import AppLabels, object_meta
from components.kubernetes.secrets import secret_object
from components.kubernetes.volumes import kept
from components.network.contract import ApiServerPeer, Flow, NamespacePeer, PodPeer
from components.secrets.contract import Credential

POOLER: Final = "postgres-pooler-rw"
"""Name of the Pooler and its Service, and `app` label of its Pods."""
SECRET: Final = "postgres-credentials"  # noqa: S105 - the object's name (the guide's), not its content
EXPORTER_PORT: Final = 9187
_API: Final = "postgresql.cnpg.io/v1"
_STORE: Final = "postgres-backups"
_SECOND_STORE: Final = "postgres-backups-second"
_STATUS_PORT: Final = 8000
_API_SERVER_PORTS: Final = (443, 6443)


class _WatchedLabels(AppLabels):
    """Labels of a Secret whose new values the operator puts into effect."""

    @property
    def all(self) -> dict[str, str]:
        return {**super().all, "cnpg.io/reload": "true"}


class PostgresCluster(pulumi.ComponentResource):
    """The Cluster `postgres-cluster`, its credentials, Pooler and backups.

    The operator issues the servers' certificates itself, and renews them while they run. With a second place to back up
    to there is a second Cluster of one instance, a standby that archives and backs up there on its own: CloudNativePG
    gives one archive to a cluster. `protect` keeps both Clusters, and with them their volumes, from deletion.
    """

    connection: DatabaseConnection

    def __init__(
        self,
        name: str,
        settings: CloudNativePgDatabase,
        *,
        cluster: ClusterAccess,
        password: Credential,
        backup: ObjectStorageTarget | None = None,
        protect: bool = False,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Raises pulumi.RunError where a recovery has no place to recover from."""
        super().__init__("jarvis:database:PostgresCluster", name, None, opts)
        _check_recovery(settings, backup)
        self._settings = settings
        self._cluster = cluster
        self._keep = protect
        self._labels = AppLabels(NAME, "database", cluster.environment, version=str(settings.version))
        self._stores = {} if backup is None else self._make_stores(backup)
        self._secret = secret_object(
            SECRET,
            {"username": settings.username, "password": password, "database": settings.database},
            labels=_WatchedLabels(NAME, "database", cluster.environment, version=str(settings.version)),
            cluster=cluster,
            parent=self,
            secret_type="kubernetes.io/basic-auth",  # noqa: S106 - a type
        )
        primary = self._primary()
        if backup is not None:
            self._schedule(NAME, backup.plan, primary)
            if backup.second is not None:
                self._schedule(SECOND, backup.plan, self._second(primary))
        pooler = None if settings.pooler is None else self._pooler(settings.pooler, primary)
        self.connection = self._connection(password, primary, pooler)
        self.register_outputs({"host": self.connection.host})

    def _make_stores(self, backup: ObjectStorageTarget) -> dict[str, Store]:
        places = {_STORE: backup.location, _SECOND_STORE: backup.second}
        days = backup.plan.retention_days
        return {name: self._store(name, location, days) for name, location in places.items() if location is not None}

    def _store(self, name: str, location: ObjectLocation, retention_days: int) -> Store:
        return make_store(
            name,
            location,
            retention_days,
            self._settings.sidecar_resources,
            labels=self._labels,
            cluster=self._cluster,
            parent=self,
        )

    def _primary(self) -> CustomResource:
        settings = self._settings
        recovery = settings.bootstrap if isinstance(settings.bootstrap, Recovery) else None
        names = [*specs.names_inside(POOLER, self._cluster.namespace), *settings.dns_names]
        spec: dict[str, Field] = {
            **specs.instances_spec(settings, NAME, settings.instances, NAME, self._cluster.environment),
            "postgresql": specs.postgresql(settings, synchronous=True),
            "bootstrap": specs.bootstrap(settings, SECRET),
            "certificates": {"serverAltDNSNames": names},
            "primaryUpdateStrategy": settings.primary_update,
            "primaryUpdateMethod": "switchover" if settings.instances > 1 else "restart",
            "plugins": [specs.barman_plugin(_STORE, settings.archive)] if self._stores else None,
            "externalClusters": None if recovery is None else [_lost_cluster(recovery)],
        }
        return self._instances(NAME, self._labels, spec, after=[])

    def _second(self, primary: CustomResource) -> CustomResource:
        """The standby that archives into the second place what it gets from the primary, or from the first archive."""
        settings = self._settings
        labels = AppLabels(SECOND, "database", self._cluster.environment, version=str(settings.version))
        owner = {"database": settings.database, "owner": settings.username, "secret": {"name": SECRET}}
        spec: dict[str, Field] = {
            **specs.instances_spec(settings, SECOND, 1, SECOND, self._cluster.environment),
            "postgresql": specs.postgresql(settings, synchronous=False),
            "bootstrap": {"pg_basebackup": {"source": NAME, **owner}},
            "replica": {"enabled": True, "source": NAME},
            "plugins": [specs.barman_plugin(_SECOND_STORE, f"{settings.archive}-second")],
            "externalClusters": [self._source()],
        }
        return self._instances(SECOND, labels, spec, after=[primary])

    def _source(self) -> dict[str, Field]:
        """How the second cluster reaches the first: by its replication certificate, or by its archive."""
        host = pulumi.Output.concat(NAME, "-rw.", self._cluster.namespace, ".svc")
        certificate = f"{NAME}-replication"
        return {
            **specs.archived_cluster(NAME, _STORE, self._settings.archive),
            "connectionParameters": {
                "host": host,
                "user": "streaming_replica",
                "dbname": "postgres",
                "sslmode": "verify-full",
            },
            "sslCert": {"name": certificate, "key": "tls.crt"},
            "sslKey": {"name": certificate, "key": "tls.key"},
            "sslRootCert": {"name": f"{NAME}-ca", "key": "ca.crt"},
        }

    def _instances(
        self, name: str, labels: AppLabels, spec: dict[str, Field], after: list[pulumi.Resource]
    ) -> CustomResource:
        wait = f"{self._settings.ready_seconds}s"
        needed = [self._secret.resource, *(store.resource for store in self._stores.values()), *after]
        return custom_resource(
            name,
            api_version=_API,
            kind="Cluster",
            metadata=object_meta(name, self._cluster.namespace, labels, wait_for("condition=Ready")),
            spec=spec,
            opts=pulumi.ResourceOptions.merge(
                pulumi.ResourceOptions.merge(self._cluster.child_of(self, *needed), kept(self._keep)),
                pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(create=wait, update=wait)),
            ),
        )

    def _schedule(self, database: str, plan: Plan, after: CustomResource) -> None:
        schedule_backups(database, plan.schedule, labels=self._labels, cluster=self._cluster, parent=self, after=after)

    def _pooler(self, settings: Pooler, primary: CustomResource) -> CustomResource:
        labels = AppLabels(POOLER, "database", self._cluster.environment)
        opts = self._cluster.child_of(self, primary)
        disruption_budget(POOLER, labels, self._cluster, self._cluster.child_of(self))
        running = wait_for(f"jsonpath={{.status.instances}}={settings.instances}")
        return custom_resource(
            f"{POOLER}-pooler",
            api_version=_API,
            kind="Pooler",
            metadata=object_meta(POOLER, self._cluster.namespace, labels, running),
            spec=specs.pooler(settings, NAME, {"app": POOLER, "environment": self._cluster.environment}),
            opts=opts,
        )

    def _connection(
        self, password: Credential, primary: CustomResource, pooler: CustomResource | None
    ) -> DatabaseConnection:
        # Whoever uses the host waits until somebody answers there.
        ready = primary if pooler is None else pooler

        def host(service: str) -> pulumi.Output[str]:
            return pulumi.Output.all(self._cluster.namespace, ready.urn).apply(
                lambda known: f"{service}.{known[0]}.svc"
            )

        return DatabaseConnection(
            host=host(f"{NAME}-rw" if pooler is None else POOLER),
            port=pulumi.Output.from_input(PORT),
            database=pulumi.Output.from_input(self._settings.database),
            username=pulumi.Output.from_input(self._settings.username),
            password=password,
            peer=PodPeer(NAME if pooler is None else POOLER),
            peer_port=PORT,
            exporter_app=NAME,
            exporter_port=EXPORTER_PORT,
            exporter_kind="cloudnative-pg",
            standby_app=SECOND if _SECOND_STORE in self._stores else None,
            pooler_app=None if pooler is None else POOLER,
            replica_host=host(f"{NAME}-ro") if self._settings.instances > 1 else None,
            tls=True,
            trust=TrustAnchor(f"{NAME}-ca"),
            direct_host=None if pooler is None else host(f"{NAME}-rw"),
            direct_peer=None if pooler is None else PodPeer(NAME),
            flows=self._flows(pooled=pooler is not None),
        )

    def _flows(self, *, pooled: bool) -> tuple[Flow, ...]:
        operator = NamespacePeer(self._settings.operator_namespace)
        apps = [NAME, *([SECOND] if _SECOND_STORE in self._stores else [])]
        flows: list[Flow] = []
        for app in apps:
            flows += [Flow(operator, PodPeer(app), port) for port in (_STATUS_PORT, PORT)]
            flows += [Flow(PodPeer(app), PodPeer(app), port) for port in (_STATUS_PORT, PORT)]
        for app in [*apps, *([POOLER] if pooled else [])]:
            flows += [Flow(PodPeer(app), ApiServerPeer(), port) for port in _API_SERVER_PORTS]
        read = {_lost_store(lost)} if isinstance(lost := self._settings.bootstrap, Recovery) else set[str]()
        for store in self._stores.values():
            flows += store.flows(NAME) if store.name in {_STORE, *read} else ()
        if SECOND in apps:
            flows.append(Flow(PodPeer(SECOND), PodPeer(NAME), PORT))
            flows += [flow for store in self._stores.values() for flow in store.flows(SECOND)]
        if pooled:
            flows.append(Flow(PodPeer(POOLER), PodPeer(NAME), PORT))
        return tuple(flows)


def _check_recovery(settings: CloudNativePgDatabase, backup: ObjectStorageTarget | None) -> None:
    if not isinstance(settings.bootstrap, Recovery):
        return
    if backup is None:
        raise pulumi.RunError(
            "jarvis:database.bootstrap of kind recovery needs jarvis:backup of kind object-storage: that is where it "
            "reads."
        )
    if settings.bootstrap.location == "second" and backup.second is None:
        raise pulumi.RunError("jarvis:database.bootstrap.location second needs jarvis:backup.second.")


def _lost_store(recovery: Recovery) -> str:
    return _STORE if recovery.location == "location" else _SECOND_STORE


def _lost_cluster(recovery: Recovery) -> dict[str, Field]:
    return specs.archived_cluster(recovery.source, _lost_store(recovery), recovery.source)
