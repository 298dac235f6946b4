"""The Jarvis application: its services, the tasks of a release, its configuration."""

from __future__ import annotations

from typing import Final

import pulumi
from pulumi_kubernetes.core.v1 import ConfigMap

from components.cache.contract import CacheConnection
from components.cluster.contract import ClusterAccess
from components.database.contract import DatabaseConnection
from components.jarvis import pod
from components.jarvis.contract import JarvisEndpoints
from components.jarvis.environment import CONSUMERS, AppEnvironment, StackValues, app_environment
from components.jarvis.flows import BACKEND, CREATE_ADMIN, FRONTEND, INTERFACE, MIGRATE, STT, TTS, app_flows
from components.jarvis.jobs import ReleaseJob, ReleaseJobSpec
from components.jarvis.ollama import Ollama, instance_names
from components.jarvis.services import HotReload, JobSettings, ServiceSettings
from components.jarvis.settings import AppSettings, TlsFiles
from components.jarvis.workload import Workload, WorkloadSpec
from components.kubernetes.metadata import AppLabels, object_meta
from components.kubernetes.secrets import secret_object
from components.network.contract import ServiceEndpoint
from components.secrets.contract import Credentials

_ROLES: Final = {BACKEND: "api", FRONTEND: "web", INTERFACE: "interface", STT: "speech", TTS: "speech"}


class Jarvis(pulumi.ComponentResource):
    """The whole application in one namespace.

    Order of a release: configuration, migration, backend; the first administrator is made after the migration. The
    other services need no schema and roll at once. `protect` guards the models' storage from deletion.
    """

    def __init__(
        self,
        name: str,
        settings: AppSettings,
        *,
        cluster: ClusterAccess,
        database: DatabaseConnection,
        cache: CacheConnection,
        credentials: Credentials,
        protect: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("jarvis:jarvis:Jarvis", name, None, opts)
        self._settings = settings
        self._cluster = cluster
        self._environment = app_environment(
            settings, self._stack_values(database=database, cache=cache, credentials=credentials)
        )
        configuration = self._configuration()
        for instance in instance_names(settings.ollama.instances):
            Ollama(
                instance,
                settings.ollama,
                cluster=cluster,
                protect=protect,
                opts=pulumi.ResourceOptions(parent=self),
            )
        migrated = [*configuration]
        if settings.migration is not None:
            migrated.append(self._job("migrate", MIGRATE, "migration", settings.migration, configuration))
        if settings.admin is not None:
            self._job("create-admin", CREATE_ADMIN, "administration", settings.admin, migrated)
        self._services(configuration, migrated)
        self.endpoints = self._endpoints(database, cache)
        """The Services and the traffic that they need."""
        self.register_outputs({})

    def _url(self, app: str, port: int) -> pulumi.Output[str]:
        return pulumi.Output.concat("http://", app, ".", self._cluster.namespace, ".svc:", str(port))

    def _stack_values(
        self, *, database: DatabaseConnection, cache: CacheConnection, credentials: Credentials
    ) -> StackValues:
        settings = self._settings
        ollama = [self._url(name, settings.ollama.port) for name in instance_names(settings.ollama.instances)]
        return StackValues(
            environment=self._cluster.environment,
            postgres_host=database.host,
            postgres_port=database.port.apply(str),
            postgres_database=database.database,
            postgres_user=database.username,
            postgres_password=database.password,
            postgres_replica_host=database.replica_host,
            redis_host=cache.host,
            redis_port=cache.port.apply(str),
            redis_password=cache.password,
            redis_cluster_hosts=cache.cluster_hosts,
            jarvis_secret_key=credentials.jarvis_secret_key,
            admin_password=credentials.jarvis_admin_password,
            ollama_url=ollama[0],
            ollama_cluster_urls=pulumi.Output.all(*ollama).apply(",".join) if len(ollama) > 1 else None,
            service_urls={
                "BACKEND_INTERNAL_URL": self._url(BACKEND, settings.backend.port),
                "INTERFACE_URL": self._url(INTERFACE, settings.interface.port),
                "STT_URL": self._url(STT, settings.stt.port),
                "TTS_URL": self._url(TTS, settings.tts.port),
            },
        )

    def _configuration(self) -> list[pulumi.Resource]:
        labels = AppLabels("jarvis", "configuration", self._cluster.environment)
        return [
            ConfigMap(
                "config",
                metadata=object_meta(pod.CONFIG_MAP, self._cluster.namespace, labels),
                data=dict(self._environment.config),
                opts=self._cluster.child_of(self),
            ),
            secret_object(
                pod.SECRET,
                self._environment.secret,
                resource_name="secrets",
                labels=labels,
                cluster=self._cluster,
                parent=self,
            ).resource,
        ]

    def _job(self, name: str, app: str, role: str, settings: JobSettings, after: list[pulumi.Resource]) -> ReleaseJob:
        images, backend = self._settings.image, self._settings.backend
        spec = ReleaseJobSpec(
            app=app,
            role=role,
            settings=settings,
            image=images.of("backend", backend.image),
            user_id=backend.user_id,
            environment=self._variables(app),
            pull_secrets=images.pull_secrets,
        )
        return ReleaseJob(name, spec, cluster=self._cluster, after=after, opts=pulumi.ResourceOptions(parent=self))

    def _services(self, configuration: list[pulumi.Resource], migrated: list[pulumi.Resource]) -> None:
        settings = self._settings
        self._service(
            BACKEND,
            settings.backend,
            migrated,
            tls=settings.tls,
            hot_reload=settings.backend.hot_reload,
        )
        self._service(FRONTEND, settings.frontend, configuration, hot_reload=settings.frontend.hot_reload)
        self._service(INTERFACE, settings.interface, configuration)
        self._service(STT, settings.stt, configuration)
        self._service(TTS, settings.tts, configuration)

    def _service(
        self,
        app: str,
        settings: ServiceSettings,
        after: list[pulumi.Resource],
        *,
        tls: TlsFiles | None = None,
        hot_reload: HotReload | None = None,
    ) -> None:
        name = app.removeprefix("jarvis-")
        spec = WorkloadSpec(
            app=app,
            role=_ROLES[app],
            settings=settings,
            image=self._settings.image.of(name, settings.image),
            environment=self._variables(app),
            pull_secrets=self._settings.image.pull_secrets,
            tls=tls,
            hot_reload=hot_reload,
        )
        Workload(name, spec, cluster=self._cluster, after=after, opts=pulumi.ResourceOptions(parent=self))

    def _variables(self, app: str) -> AppEnvironment:
        return self._environment.select(CONSUMERS[app])

    def _endpoints(self, database: DatabaseConnection, cache: CacheConnection) -> JarvisEndpoints:
        settings = self._settings

        def endpoint(app: str, port: int) -> ServiceEndpoint:
            return ServiceEndpoint(name=app, port=port, url=self._url(app, port))

        return JarvisEndpoints(
            backend=endpoint(BACKEND, settings.backend.port),
            frontend=endpoint(FRONTEND, settings.frontend.port),
            interface=endpoint(INTERFACE, settings.interface.port),
            stt=endpoint(STT, settings.stt.port),
            tts=endpoint(TTS, settings.tts.port),
            ollama=endpoint("ollama", settings.ollama.port),
            flows=app_flows(settings, database, cache),
        )
