"""Cache of kind `sentinel`: a Redis primary with replicas, and Sentinels that replace it when it fails.

There is no address that always leads to the primary: it would take a proxy in every connection's way, or something that
relabels Pods with rights on the API server. Clients ask the Sentinels, which every maintained Redis client can.
"""

from __future__ import annotations

from typing import Final

import pulumi
from pulumi_kubernetes.core.v1 import ConfigMap, Service, ServicePortArgs, ServiceSpecArgs

from components.cache.containers import (
    AUTH_KEY,
    CERTIFICATE,
    CONFIG_KEY,
    CONFIG_MAP,
    EXPORTER_PORT,
    PASSWORD_KEY,
    SECRET,
    SERVER_PORT_NAME,
)
from components.cache.contract import CacheConnection
from components.cache.redis_conf import AUTH_CONF, PORT, redis_conf
from components.cache.sentinel_conf import (
    MASTER_NAME,
    REDIS,
    SENTINEL,
    SENTINEL_AUTH_CONF,
    SENTINEL_PORT,
    hosts,
    sentinel_conf,
)
from components.cache.sentinel_pods import SENTINEL_AUTH_KEY, SENTINEL_PORT_NAME, sentinel_pod, server_pod
from components.cache.settings import SentinelCache
from components.cache.shell import COMMON, READY, START_REDIS, START_SENTINEL, STOP_REDIS, scripts
from components.certificates.contract import CertificateAuthority, ServerCertificate
from components.cluster.contract import ClusterAccess
from components.kubernetes.checksum import config_checksum
from components.kubernetes.metadata import AppLabels, object_meta
from components.kubernetes.replicated_pods import Replicas, replicated_pods
from components.kubernetes.secrets import SecretObject, Templated, secret_object
from components.kubernetes.services import NOT_AWAITED, service_account
from components.network.contract import Flow, PodPeer
from components.secrets.contract import Credential
from components.settings.workloads import image_tag

SENTINEL_CONFIG_KEY: Final = "sentinel.conf"
_LABEL_LENGTH: Final = 63


class RedisSentinel(pulumi.ComponentResource):
    """The StatefulSets `redis` and `redis-sentinel` with their Services, volumes, configuration and credentials.

    `protect` keeps the volumes, of data and of the Sentinels' knowledge, from deletion.
    """

    connection: CacheConnection

    def __init__(
        self,
        name: str,
        settings: SentinelCache,
        *,
        cluster: ClusterAccess,
        password: Credential,
        certificates: CertificateAuthority | None = None,
        protect: bool = False,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("jarvis:cache:RedisSentinel", name, None, opts)
        self._settings = settings
        self._cluster = cluster
        self._keep = protect
        version = image_tag(settings.image)[:_LABEL_LENGTH].strip("._-") or None
        self._labels = {
            part: AppLabels(part, "cache", cluster.environment, version=version) for part in (REDIS, SENTINEL)
        }
        self._certificate = self._issued(certificates)
        config = self._config()
        secret = self._secret(password)
        shared = [self._configuration(config), secret.resource]
        shared += [self._certificate.resource] if self._certificate else []
        checksum = config_checksum(config, {SECRET: secret.checksum})
        # Side by side: servers wait for Sentinels in their Pods, and Sentinels know the servers by name.
        sentinels = self._replicas(SENTINEL, checksum, shared)
        servers = self._replicas(REDIS, checksum, shared)
        self.connection = self._connection([servers, sentinels], password)
        self.register_outputs({"host": self.connection.host})

    def _issued(self, certificates: CertificateAuthority | None) -> ServerCertificate | None:
        """One certificate for all servers and Sentinels; localhost is for the exporters."""
        if certificates is None:
            return None
        names = self._cluster.namespace.apply(
            lambda namespace: [
                *(f"{part}.{namespace}.svc" for part in (REDIS, SENTINEL)),
                *hosts(REDIS, self._settings.replicas, namespace),
                *hosts(SENTINEL, self._settings.sentinel.replicas, namespace),
                "localhost",
            ]
        )
        count = 3 + self._settings.replicas + self._settings.sentinel.replicas
        return certificates.issue(
            CERTIFICATE,
            [*(names[index] for index in range(count)), *self._settings.dns_names],
            labels=self._labels[REDIS],
            cluster=self._cluster,
            parent=self,
        )

    def _config(self) -> dict[str, str]:
        tls = self._certificate is not None
        return {
            CONFIG_KEY: redis_conf(self._settings, tls=tls),
            SENTINEL_CONFIG_KEY: sentinel_conf(self._settings, tls=tls),
            **scripts(COMMON, START_REDIS, STOP_REDIS, READY, START_SENTINEL),
        }

    def _configuration(self, data: dict[str, str]) -> ConfigMap:
        metadata = object_meta(CONFIG_MAP, self._cluster.namespace, self._labels[REDIS])
        return ConfigMap(CONFIG_MAP, metadata=metadata, data=data, opts=self._cluster.child_of(self))

    def _secret(self, password: Credential) -> SecretObject:
        entries = {
            PASSWORD_KEY: password,
            AUTH_KEY: Templated(AUTH_CONF, password),
            SENTINEL_AUTH_KEY: Templated(SENTINEL_AUTH_CONF, password),
        }
        return secret_object(SECRET, entries, labels=self._labels[REDIS], cluster=self._cluster, parent=self)

    def _replicas(self, part: str, checksum: pulumi.Output[str], shared: list[pulumi.Resource]) -> pulumi.Resource:
        """The StatefulSet of a part, with its account, its names in DNS and its volumes."""
        settings, labels = self._settings, self._labels[part]
        account = service_account(f"{part}-account", labels, self._cluster, self._cluster.child_of(self))
        if part == REDIS:
            pod, count, storage = server_pod(settings, self._certificate), settings.replicas, settings.storage
            port = ServicePortArgs(name=SERVER_PORT_NAME, port=PORT, target_port=SERVER_PORT_NAME, protocol="TCP")
        else:
            pod, count = sentinel_pod(settings, self._certificate), settings.sentinel.replicas
            storage = settings.sentinel.storage
            port = ServicePortArgs(
                name=SENTINEL_PORT_NAME, port=SENTINEL_PORT, target_port=SENTINEL_PORT_NAME, protocol="TCP"
            )
        replicas = Replicas(labels, pod, count, storage, service_name=part, checksum=checksum)
        return replicated_pods(
            replicas,
            cluster=self._cluster,
            parent=self,
            protect=self._keep,
            needed=[*shared, account, self._names(part, port)],
        )

    def _names(self, part: str, port: ServicePortArgs) -> Service:
        """The headless Service that gives each Pod its host name, from its start on: others must find it to make it
        ready."""
        return Service(
            f"{part}-service",
            metadata=object_meta(part, self._cluster.namespace, self._labels[part], NOT_AWAITED),
            spec=ServiceSpecArgs(
                type="ClusterIP",
                cluster_ip="None",
                publish_not_ready_addresses=True,
                selector=self._labels[part].selector,
                ports=[port],
            ),
            opts=self._cluster.child_of(self),
        )

    def _connection(self, ready: list[pulumi.Resource], password: Credential) -> CacheConnection:
        # Whoever uses an address waits until servers and Sentinels are ready.
        namespace = pulumi.Output.all(self._cluster.namespace, *(item.urn for item in ready)).apply(
            lambda known: str(known[0])
        )

        def addresses(part: str, count: int, port: int) -> pulumi.Output[str]:
            return namespace.apply(lambda known: ",".join(f"{host}:{port}" for host in hosts(part, count, known)))

        servers, sentinels = PodPeer(REDIS), PodPeer(SENTINEL)
        return CacheConnection(
            host=namespace.apply(lambda known: f"{REDIS}.{known}.svc"),
            port=pulumi.Output.from_input(PORT),
            password=password,
            peer=servers,
            peer_port=PORT,
            exporter_app=REDIS,
            exporter_port=EXPORTER_PORT,
            cluster_hosts=addresses(REDIS, self._settings.replicas, PORT),
            sentinel_hosts=addresses(SENTINEL, self._settings.sentinel.replicas, SENTINEL_PORT),
            sentinel_master=MASTER_NAME,
            sentinel_app=SENTINEL,
            sentinel_port=SENTINEL_PORT,
            flows=(
                Flow(servers, servers, PORT),
                Flow(servers, sentinels, SENTINEL_PORT),
                Flow(sentinels, servers, PORT),
                Flow(sentinels, sentinels, SENTINEL_PORT),
            ),
            tls=self._certificate is not None,
            trust=self._certificate.trust if self._certificate else None,
        )
