"""Cache of kind `container`: one Redis Pod, with its exporter, on a volume of its own."""

from __future__ import annotations

from typing import Final

import pulumi
from pulumi_kubernetes.apps.v1 import StatefulSet
from pulumi_kubernetes.core.v1 import (
    ConfigMap,
    Service,
    ServicePortArgs,
)
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from components.cache.containers import (
    AUTH_KEY,
    CERTIFICATE,
    CONFIG_KEY,
    CONFIG_MAP,
    EXPORTER_PORT,
    NAME,
    PASSWORD_KEY,
    SECRET,
    SERVER_PORT_NAME,
)
from components.cache.contract import CacheConnection
from components.cache.pod import CLAIM, redis_pod
from components.cache.redis_conf import AUTH_CONF, PORT, redis_conf
from components.cache.settings import ContainerCache
from components.cache.shell import COMMON, START, scripts
from components.certificates.contract import CertificateAuthority, ServerCertificate
from components.cluster.contract import ClusterAccess
from components.kubernetes.checksum import config_checksum
from components.kubernetes.metadata import AppLabels, object_meta
from components.kubernetes.secrets import SecretObject, Templated, secret_object
from components.kubernetes.services import cluster_service, service_account
from components.kubernetes.stateful_set import stateful_set
from components.kubernetes.volumes import data_volume, kept
from components.network.contract import PodPeer
from components.secrets.contract import Credential
from components.settings.workloads import image_tag

_LABEL_LENGTH: Final = 63


class RedisContainer(pulumi.ComponentResource):
    """The StatefulSet `redis`, whose Pod is `redis-0`, its Service, configuration, credentials and volume.

    `protect` keeps the StatefulSet and the volume from deletion.
    """

    connection: CacheConnection

    def __init__(
        self,
        name: str,
        settings: ContainerCache,
        *,
        cluster: ClusterAccess,
        password: Credential,
        certificates: CertificateAuthority | None = None,
        protect: bool = False,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("jarvis:cache:RedisContainer", name, None, opts)
        self._settings = settings
        self._cluster = cluster
        version = image_tag(settings.image)[:_LABEL_LENGTH].strip("._-")
        self._labels = AppLabels(NAME, "cache", cluster.environment, version=version or None)
        self._certificate = self._issued(certificates)
        config = self._config()
        secret = self._secret(password)
        needed: list[pulumi.Resource] = [
            self._configuration(config),
            secret.resource,
            service_account(f"{NAME}-account", self._labels, cluster, cluster.child_of(self)),
            data_volume(CLAIM, settings.storage, self._labels, cluster, parent=self, protect=protect),
        ]
        needed += [self._certificate.resource] if self._certificate else []
        stateful_set = self._stateful_set(config_checksum(config, {SECRET: secret.checksum}), needed, protect)
        self.connection = self._connection(stateful_set, self._service(needed), password)
        self.register_outputs({"host": self.connection.host})

    def _meta(self, name: str) -> ObjectMetaArgs:
        return object_meta(name, self._cluster.namespace, self._labels)

    def _issued(self, certificates: CertificateAuthority | None) -> ServerCertificate | None:
        """The server's certificate; localhost is for the exporter."""
        if certificates is None:
            return None
        name = self._cluster.namespace.apply(lambda namespace: f"{NAME}.{namespace}.svc")
        return certificates.issue(
            CERTIFICATE,
            [name, NAME, "localhost", *self._settings.dns_names],
            labels=self._labels,
            cluster=self._cluster,
            parent=self,
        )

    def _config(self) -> dict[str, str]:
        if self._certificate is None:
            return {CONFIG_KEY: redis_conf(self._settings)}
        return {CONFIG_KEY: redis_conf(self._settings, tls=True), **scripts(COMMON, START)}

    def _configuration(self, data: dict[str, str]) -> ConfigMap:
        return ConfigMap(CONFIG_MAP, metadata=self._meta(CONFIG_MAP), data=data, opts=self._cluster.child_of(self))

    def _secret(self, password: Credential) -> SecretObject:
        return secret_object(
            SECRET,
            {PASSWORD_KEY: password, AUTH_KEY: Templated(AUTH_CONF, password)},
            labels=self._labels,
            cluster=self._cluster,
            parent=self,
        )

    def _service(self, needed: list[pulumi.Resource]) -> Service:
        # After what the Pod needs, and beside the StatefulSet: providers wait until a new Service has endpoints.
        port = ServicePortArgs(name=SERVER_PORT_NAME, port=PORT, target_port=SERVER_PORT_NAME, protocol="TCP")
        return cluster_service(
            f"{NAME}-service", self._labels, port, self._cluster, self._cluster.child_of(self, *needed)
        )

    def _stateful_set(self, checksum: pulumi.Output[str], needed: list[pulumi.Resource], protect: bool) -> StatefulSet:
        return stateful_set(
            self._labels,
            redis_pod(self._settings, self._certificate),
            checksum=checksum,
            service_name=NAME,
            cluster=self._cluster,
            opts=pulumi.ResourceOptions.merge(self._cluster.child_of(self, *needed), kept(protect)),
        )

    def _connection(self, stateful_set: StatefulSet, service: Service, password: Credential) -> CacheConnection:
        # Both outputs: whoever uses the host waits until the Pod is ready.
        host = pulumi.Output.all(service.metadata, stateful_set.metadata, self._cluster.namespace).apply(
            lambda known: f"{NAME}.{known[2]}.svc"
        )
        return CacheConnection(
            host=host,
            port=pulumi.Output.from_input(PORT),
            password=password,
            peer=PodPeer(NAME),
            peer_port=PORT,
            exporter_app=NAME,
            exporter_port=EXPORTER_PORT,
            tls=self._certificate is not None,
            trust=self._certificate.trust if self._certificate else None,
        )
