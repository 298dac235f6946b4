"""The Jarvis application: its services, the tasks of a release, its configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

import pulumi
from pulumi_kubernetes.core.v1 import ConfigMap

from components.backup.contract import Plan
from components.cache.contract import CacheConnection
from components.certificates.contract import CertificateAuthority
from components.cluster.contract import ClusterAccess
from components.database.contract import DatabaseConnection
from components.jarvis import pod
from components.jarvis.contract import JarvisEndpoints, TelemetryTarget
from components.jarvis.environment import CONSUMERS, AppEnvironment, StackValues, app_environment
from components.jarvis.flows import BACKEND, CREATE_ADMIN, FRONTEND, INTERFACE, MIGRATE, STT, TRACED, TTS, app_flows
from components.jarvis.jobs import ReleaseJob, ReleaseJobSpec
from components.jarvis.ollama import Ollama, instance_names
from components.jarvis.placement import Placement, priority_classes
from components.jarvis.services import HotReload, JobSettings, ServiceSettings
from components.jarvis.settings import AppSettings
from components.jarvis.tls import (
    NO_TRUST,
    ServedCertificate,
    Trust,
    backend_trust,
    cache_trust,
    database_trust,
    served_certificate,
)
from components.jarvis.workload import Workload, WorkloadSpec
from components.kubernetes.availability import disruption_budget
from components.kubernetes.metadata import AppLabels, object_meta
from components.kubernetes.secrets import secret_object
from components.network.contract import ServiceEndpoint
from components.secrets.contract import Credentials

_ROLES: Final = {BACKEND: "api", FRONTEND: "web", INTERFACE: "interface", STT: "speech", TTS: "speech"}


class Jarvis(pulumi.ComponentResource):
    """The whole application in one namespace.

    Order of a release: configuration, migration, backend; the first administrator is made after the migration. The
    other services need no schema and roll at once. `protect` guards the models' storage from deletion.

    `certificates` issues the backend's certificate where `settings.tls` names no Secret. `telemetry` is where services
    send OpenTelemetry signals, nowhere where absent.
    """

    def __init__(  # noqa: PLR0913 - one argument a dependency
        self,
        name: str,
        settings: AppSettings,
        *,
        cluster: ClusterAccess,
        database: DatabaseConnection,
        cache: CacheConnection,
        credentials: Credentials,
        protect: bool,
        certificates: CertificateAuthority | None = None,
        telemetry: TelemetryTarget | None = None,
        backup: Plan | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Raises pulumi.RunError where the backend is to serve HTTPS and nothing gives it a certificate."""
        super().__init__("jarvis:jarvis:Jarvis", name, None, opts)
        self._settings = settings
        self._cluster = cluster
        self._telemetry = telemetry
        self._backup = backup
        self._certificate = self._served_certificate(certificates)
        self._trust = self._trust_by_app(database, cache)
        self._priorities = priority_classes(settings.availability.priorities, cluster=cluster, parent=self)
        self._environment = app_environment(
            settings, self._stack_values(database=database, cache=cache, credentials=credentials)
        )
        needed = [*self._configuration(), *self._priorities.resources]
        self._models(protect)
        migrated = [*needed]
        if settings.migration is not None:
            # A pooler lends a session for one transaction; a migration locks and creates in one of its own.
            direct = {} if database.direct_host is None else {"POSTGRES_HOST": database.direct_host}
            migrated.append(self._job("migrate", MIGRATE, "migration", settings.migration, needed, direct))
        if settings.admin is not None:
            self._job("create-admin", CREATE_ADMIN, "administration", settings.admin, migrated)
        self._services(needed, migrated)
        self.endpoints = self._endpoints(database, cache)
        """The Services and the traffic that they need."""
        self.register_outputs({})

    def _served_certificate(self, certificates: CertificateAuthority | None) -> ServedCertificate | None:
        tls = self._settings.tls
        if tls is None:
            return None
        labels = AppLabels(BACKEND, _ROLES[BACKEND], self._cluster.environment)
        return served_certificate(tls, certificates, labels, cluster=self._cluster, parent=self)

    def _trust_by_app(self, database: DatabaseConnection, cache: CacheConnection) -> dict[str, Trust]:
        """What each workload verifies the servers that it calls by."""
        of_database, of_backend = database_trust(database), backend_trust(self._certificate)
        return {
            BACKEND: of_database.and_(cache_trust(cache)),
            **dict.fromkeys((MIGRATE, CREATE_ADMIN), of_database),
            **dict.fromkeys((INTERFACE, STT, TTS), of_backend),
        }

    def _models(self, protect: bool) -> None:
        settings, cluster = self._settings, self._cluster
        instances = instance_names(settings.ollama.instances)
        for instance in instances:
            Ollama(
                instance,
                settings.ollama,
                cluster=cluster,
                placement=Placement(settings.availability.spread, self._priorities),
                protect=protect,
                opts=pulumi.ResourceOptions(parent=self),
            )
        if len(instances) > 1:
            labels = AppLabels(instances[0], "models", cluster.environment)
            disruption_budget("ollama-disruptions", labels, cluster, cluster.child_of(self), apps=instances)

    def _url(self, app: str, port: int) -> pulumi.Output[str]:
        scheme = "https" if app == BACKEND and self._certificate is not None else "http"
        return pulumi.Output.concat(f"{scheme}://", app, ".", self._cluster.namespace, ".svc:", str(port))

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
            backup=self._backup,
            redis_host=cache.host,
            redis_port=cache.port.apply(str),
            redis_password=cache.password,
            redis_cluster_hosts=cache.cluster_hosts,
            redis_sentinel_hosts=cache.sentinel_hosts,
            redis_sentinel_master=cache.sentinel_master,
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

    def _job(
        self,
        name: str,
        app: str,
        role: str,
        settings: JobSettings,
        after: list[pulumi.Resource],
        literals: Mapping[str, pulumi.Input[str]] = MappingProxyType({}),
    ) -> ReleaseJob:
        images, backend = self._settings.image, self._settings.backend
        spec = ReleaseJobSpec(
            app=app,
            role=role,
            settings=settings,
            image=images.of("backend", backend.image),
            user_id=backend.user_id,
            environment=self._variables(app),
            literals=literals,
            trust=self._trust[app],
            pull_secrets=images.pull_secrets,
            priority_class=self._priorities.batch,
        )
        return ReleaseJob(name, spec, cluster=self._cluster, after=after, opts=pulumi.ResourceOptions(parent=self))

    def _services(self, configuration: list[pulumi.Resource], migrated: list[pulumi.Resource]) -> None:
        settings = self._settings
        served = self._certificate.resources if self._certificate is not None else ()
        self._service(BACKEND, settings.backend, [*migrated, *served], hot_reload=settings.backend.hot_reload)
        self._service(FRONTEND, settings.frontend, configuration, hot_reload=settings.frontend.hot_reload)
        self._service(INTERFACE, settings.interface, [*configuration, *served])
        self._service(STT, settings.stt, [*configuration, *served])
        self._service(TTS, settings.tts, [*configuration, *served])

    def _service(
        self,
        app: str,
        settings: ServiceSettings,
        after: list[pulumi.Resource],
        *,
        hot_reload: HotReload | None = None,
    ) -> None:
        name, classes = app.removeprefix("jarvis-"), self._priorities
        spec = WorkloadSpec(
            app=app,
            role=_ROLES[app],
            settings=settings,
            image=self._settings.image.of(name, settings.image),
            environment=self._variables(app),
            availability=self._settings.availability,
            pull_secrets=self._settings.image.pull_secrets,
            priority_class=classes.frontend if app == FRONTEND else classes.backend,
            literals={**self._reload_over_tls(app, hot_reload), **self._telemetry_variables(app)},
            trust=self._trust.get(app, NO_TRUST),
            certificate=self._certificate if app == BACKEND else None,
            hot_reload=hot_reload,
        )
        Workload(name, spec, cluster=self._cluster, after=after, opts=pulumi.ResourceOptions(parent=self))

    def _telemetry_variables(self, app: str) -> dict[str, pulumi.Input[str]]:
        if self._telemetry is None or app not in TRACED:
            return {}
        return {**self._telemetry.variables, "OTEL_SERVICE_NAME": app}

    def _reload_over_tls(self, app: str, hot_reload: HotReload | None) -> dict[str, pulumi.Input[str]]:
        """The reload command is uvicorn's own, which knows nothing of the application's SSL_CERT_PATH."""
        certificate = self._certificate
        if app != BACKEND or hot_reload is None or certificate is None:
            return {}
        return {"UVICORN_SSL_CERTFILE": certificate.certificate_path, "UVICORN_SSL_KEYFILE": certificate.key_path}

    def _variables(self, app: str) -> AppEnvironment:
        return self._environment.select(CONSUMERS[app])

    def _endpoints(self, database: DatabaseConnection, cache: CacheConnection) -> JarvisEndpoints:
        settings, certificate = self._settings, self._certificate

        def endpoint(app: str, port: int) -> ServiceEndpoint:
            return ServiceEndpoint(name=app, port=port, url=self._url(app, port))

        return JarvisEndpoints(
            backend=replace(
                endpoint(BACKEND, settings.backend.port),
                server_name=BACKEND if certificate is not None else None,
                trust=certificate.trust if certificate is not None else None,
                certificate_days=certificate.days if certificate is not None else None,
            ),
            frontend=endpoint(FRONTEND, settings.frontend.port),
            interface=endpoint(INTERFACE, settings.interface.port),
            stt=endpoint(STT, settings.stt.port),
            tts=endpoint(TTS, settings.tts.port),
            ollama=endpoint("ollama", settings.ollama.port),
            flows=app_flows(settings, database, cache, self._telemetry),
        )
