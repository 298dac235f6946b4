"""Exposure of kind `alb`: Amazon's Application Load Balancer, its names, certificate, firewall and CDN."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pulumi
from pulumi_aws import ec2, lb, route53, vpc

from components.cloud.aws.contract import AwsCloud
from components.cluster.contract import ClusterAccess
from components.exposure.alb_cdn import CERTIFICATE_REGION, HOSTED_ZONE, distribution
from components.exposure.alb_dns import Certificates, Target, lead_to, own_zone, shared_zone
from components.exposure.alb_failover import routing
from components.exposure.alb_logs import CONNECTIONS, REQUESTS, log_bucket
from components.exposure.alb_settings import AlbExposure, Cdn
from components.exposure.alb_signals import observe
from components.exposure.alb_targets import health_path, let_through, target_group
from components.exposure.alb_waf import firewall
from components.exposure.contract import ExposedEndpoints
from components.exposure.entries import HTTPS_PORT, Entry, entries_of, flows_from, pod_port, public_endpoints
from components.jarvis.contract import JarvisEndpoints
from components.network.contract import CidrPeer, ServiceEndpoint

_HTTP_PORT: Final = 80


class LoadBalancedHosts(pulumi.ComponentResource):
    """The load balancer with a rule for each host; whatever else is asked for gets 404.

    `protect` keeps it from being deleted, and its hosted zone where the stack made that.
    """

    exposed: ExposedEndpoints

    def __init__(
        self,
        name: str,
        settings: AlbExposure,
        *,
        cloud: AwsCloud,
        cluster: ClusterAccess,
        jarvis: JarvisEndpoints,
        grafana: ServiceEndpoint | None,
        protect: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("jarvis:exposure:LoadBalancedHosts", name, None, opts)
        self._settings, self._cloud, self._cluster = settings, cloud, cluster
        self._groups: dict[str, pulumi.Output[str]] = {}
        entries = entries_of(settings.hosts, jarvis=jarvis, grafana=grafana)
        own = self._hosted_zone(protect)
        shared = (*settings.hosts.all, *([settings.origin_host] if settings.cdn is not None else []))
        self._certificates = Certificates(
            "certificates",
            (*shared, *self._region_hosts),
            zone=self._zone,
            cloud=cloud,
            proven=shared if settings.is_secondary else (),
            opts=pulumi.ResourceOptions(parent=self),
        )
        balancer = self._load_balancer(entries, protect)
        self._listen(balancer, entries, jarvis.backend)
        if settings.waf is not None:
            firewall(settings.waf, cloud=cloud, load_balancer=balancer.arn, parent=self)
        self._lead_hosts(balancer, jarvis.backend)
        observe(balancer.arn_suffix, self._groups, cloud=cloud, parent=self)
        self.exposed = ExposedEndpoints(
            endpoints=public_endpoints(entries, "load-balancer"),
            flows=flows_from(CidrPeer(cloud.public_range), entries),
            name_servers=None if own is None else own.name_servers,
        )
        self.register_outputs({"urls": self.exposed.urls})

    def _hosted_zone(self, protect: bool) -> route53.Zone | None:
        """Set the zone's id; the zone itself where the stack makes it."""
        zone, cloud = self._settings.zone, self._cloud
        self._zone: pulumi.Input[str]
        if zone.id is None and not self._settings.is_secondary:
            own = own_zone(zone.name, cloud=cloud, protect=protect, parent=self)
            self._zone = own.zone_id
            return own
        self._zone = shared_zone(zone.name, cloud=cloud) if zone.id is None else zone.id
        return None

    @property
    def _region_hosts(self) -> tuple[str, ...]:
        """The name of this region's own backend, where another region has one too."""
        settings = self._settings
        return () if settings.failover is None else (settings.region_host(self._cloud.region),)

    def _security_group(self, entries: tuple[Entry, ...]) -> ec2.SecurityGroup:
        """Lets the internet in, and out to the Pods only."""
        cloud, name = self._cloud, f"{self._cloud.name}-load-balancer"
        group = ec2.SecurityGroup(
            "load-balancer",
            name=name,
            description="The load balancer. Everybody is let in on 443 and 80.",
            vpc_id=cloud.vpc_id,
            tags=cloud.named(name),
            opts=cloud.child_of(self),
        )
        for port in (HTTPS_PORT, *([_HTTP_PORT] if self._settings.redirect_http else [])):
            vpc.SecurityGroupIngressRule(
                f"internet-{port}",
                security_group_id=group.id,
                description="From the internet to the load balancer",
                cidr_ipv4="0.0.0.0/0",
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                tags=cloud.named(name),
                opts=cloud.child_of(self),
            )
        for port in sorted({pod_port(entry.target) for entry in entries}):
            let_through(port, cloud=cloud, load_balancer_group=group.id, parent=self)
        return group

    def _load_balancer(self, entries: tuple[Entry, ...], protect: bool) -> lb.LoadBalancer:
        cloud, group = self._cloud, self._security_group(entries)
        logs = self._settings.access_logs
        kept = None if logs is None else log_bucket(logs, cloud=cloud, protect=protect, parent=self)
        return lb.LoadBalancer(
            "load-balancer",
            name=cloud.name,
            load_balancer_type="application",
            internal=False,
            security_groups=[group.id],
            subnets=list(cloud.public_subnet_ids),
            idle_timeout=self._settings.idle_timeout_seconds,
            drop_invalid_header_fields=True,
            desync_mitigation_mode="defensive",
            enable_http2=True,
            enable_zonal_shift=True,
            enable_deletion_protection=protect,
            access_logs=(
                None if kept is None else lb.LoadBalancerAccessLogsArgs(bucket=kept.name, prefix=REQUESTS, enabled=True)
            ),
            connection_logs=(
                None
                if kept is None
                else lb.LoadBalancerConnectionLogsArgs(bucket=kept.name, prefix=CONNECTIONS, enabled=True)
            ),
            tags=cloud.named(cloud.name),
            opts=pulumi.ResourceOptions.merge(
                cloud.child_of(self, *([] if kept is None else [kept.rights])),
                pulumi.ResourceOptions(protect=protect),
            ),
        )

    def _listen(self, balancer: lb.LoadBalancer, entries: tuple[Entry, ...], backend: ServiceEndpoint) -> None:
        settings, cloud = self._settings, self._cloud
        https = lb.Listener(
            "https",
            load_balancer_arn=balancer.arn,
            port=HTTPS_PORT,
            protocol="HTTPS",
            ssl_policy=settings.ssl_policy,
            certificate_arn=self._certificates.arn,
            default_actions=[
                lb.ListenerDefaultActionArgs(
                    type="fixed-response",
                    fixed_response=lb.ListenerDefaultActionFixedResponseArgs(
                        content_type="text/plain", message_body="Not found", status_code="404"
                    ),
                )
            ],
            routing_http_response_server_enabled=False,
            routing_http_response_strict_transport_security_header_value=(
                None if settings.hsts is None else settings.hsts.header
            ),
            tags=cloud.named(f"{cloud.name}-https"),
            opts=cloud.child_of(self),
        )
        for priority, entry in enumerate(entries, start=1):
            hosts = (*entry.host_names, *(self._region_hosts if entry.target == backend else ()))
            self._forward(https, priority, entry, hosts)
        if settings.redirect_http:
            self._redirect(balancer)

    def _forward(self, listener: lb.Listener, priority: int, entry: Entry, hosts: Sequence[str]) -> None:
        cloud, name = self._cloud, entry.target.name
        group = target_group(entry, cloud=cloud, cluster=self._cluster, parent=self)
        self._groups[name] = group.arn_suffix
        lb.ListenerRule(
            name,
            listener_arn=listener.arn,
            priority=priority,
            conditions=[
                lb.ListenerRuleConditionArgs(host_header=lb.ListenerRuleConditionHostHeaderArgs(values=list(hosts)))
            ],
            actions=[lb.ListenerRuleActionArgs(type="forward", target_group_arn=group.arn)],
            tags=cloud.named(name),
            opts=cloud.child_of(self),
        )

    def _redirect(self, balancer: lb.LoadBalancer) -> None:
        to_https = lb.ListenerDefaultActionRedirectArgs(port=str(HTTPS_PORT), protocol="HTTPS", status_code="HTTP_301")
        lb.Listener(
            "http",
            load_balancer_arn=balancer.arn,
            port=_HTTP_PORT,
            protocol="HTTP",
            default_actions=[lb.ListenerDefaultActionArgs(type="redirect", redirect=to_https)],
            tags=self._cloud.named(f"{self._cloud.name}-http"),
            opts=self._cloud.child_of(self),
        )

    def _lead_hosts(self, balancer: lb.LoadBalancer, backend: ServiceEndpoint) -> None:
        """Lead each host to the load balancer, those of the CDN to that, and the CDN to the load balancer."""
        settings, cloud, zone = self._settings, self._cloud, self._zone
        here = Target(balancer.dns_name, balancer.zone_id, checked=True)
        direct = [host for host in settings.hosts.all if host not in settings.cdn_hosts]
        if settings.cdn is not None:
            direct.append(settings.origin_host)
            if not settings.is_secondary:  # the primary's stands before both: only one may have the names
                self._front(settings.cdn)
        for host in self._region_hosts:
            lead_to(host, here, zone=zone, cloud=cloud, parent=self)
        own = None
        if settings.failover is not None:
            region_host = settings.region_host(cloud.region)
            own = routing(settings.failover, region_host, health_path(backend), cloud=cloud, parent=self)
        for host in direct:
            lead_to(host, here, zone=zone, cloud=cloud, parent=self, routing=own)

    def _front(self, cdn: Cdn) -> None:
        settings, cloud = self._settings, self._cloud
        made = distribution(
            cdn,
            settings.cdn_hosts,
            origin_host=settings.origin_host,
            certificate_arn=self._certificates.elsewhere("cdn-certificate", settings.cdn_hosts, CERTIFICATE_REGION),
            cloud=cloud,
            parent=self,
        )
        for host in settings.cdn_hosts:
            lead_to(
                host, Target(made.domain_name, HOSTED_ZONE, checked=False), zone=self._zone, cloud=cloud, parent=self
            )
