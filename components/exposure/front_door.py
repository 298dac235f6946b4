"""Azure Front Door as the CDN of the user interface."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
from pulumi_azure_native import cdn

from components.azure.alerts import keep_logs
from components.cloud.azure.contract import AzureFoundation
from components.exposure.azure_dns import HostedZone, record
from components.exposure.azure_web_settings import FrontDoorCdn

_COMPRESSED = ("text/html", "text/css", "text/plain", "text/javascript", "application/javascript", "application/json")


class FrontDoor(pulumi.ComponentResource):
    """Serves the hosts from near their users, and fetches from the gateway what it does not hold."""

    id: pulumi.Output[str]
    """What it says in the header X-Azure-FDID of each request to the gateway."""

    def __init__(
        self,
        name: str,
        settings: FrontDoorCdn,
        hosts: Sequence[str],
        *,
        drained: bool = False,
        zone: HostedZone,
        cloud: AzureFoundation,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`drained` fetches from the second region's gateway only."""
        super().__init__("jarvis:exposure:FrontDoor", name, None, opts)
        self._settings, self._cloud, self._zone, self._drained = settings, cloud, zone, drained
        self._profile = cdn.Profile(
            "profile",
            location="Global",
            origin_response_timeout_seconds=240,
            profile_name=settings.name,
            resource_group_name=cloud.resource_group,
            sku=cdn.SkuArgs(name=cdn.SkuName.STANDARD_AZURE_FRONT_DOOR),
            tags=cloud.tags(settings.name),
            opts=cloud.child_of(self),
        )
        self.id = self._profile.front_door_id
        endpoint = cdn.AFDEndpoint(
            "endpoint",
            enabled_state=cdn.EnabledState.ENABLED,
            endpoint_name=settings.endpoint,
            location="Global",
            profile_name=self._profile.name,
            resource_group_name=cloud.resource_group,
            tags=cloud.tags(settings.endpoint),
            opts=cloud.child_of(self),
        )
        for host in hosts:
            self._serve(host, endpoint)
        keep_logs("cdn", self._profile, cloud=cloud, parent=self)
        self.register_outputs({"hostName": endpoint.host_name})

    def _serve(self, host: str, endpoint: cdn.AFDEndpoint) -> None:
        """One host: its certificate, its way to the gateway under its own name, and its record."""
        short = host.replace(".", "-")
        domain = self._domain(host, short)
        group = self._group(short)
        origins = [self._origin(host, short, group, self._settings.origin)]
        if self._settings.recovery_origin is not None:
            origins.append(self._origin(host, f"{short}-recovery", group, self._settings.recovery_origin, priority=2))
        cdn.Route(
            f"{short}-route",
            cache_configuration=cdn.AfdRouteCacheConfigurationArgs(
                compression_settings=cdn.CompressionSettingsArgs(
                    content_types_to_compress=list(_COMPRESSED), is_compression_enabled=True
                ),
                query_string_caching_behavior=cdn.AfdQueryStringCachingBehavior.USE_QUERY_STRING,
            ),
            custom_domains=[cdn.ActivatedResourceReferenceArgs(id=domain.id)],
            enabled_state=cdn.EnabledState.ENABLED,
            endpoint_name=endpoint.name,
            forwarding_protocol=cdn.ForwardingProtocol.HTTPS_ONLY,
            https_redirect=cdn.HttpsRedirect.ENABLED,
            link_to_default_domain=cdn.LinkToDefaultDomain.DISABLED,
            origin_group=cdn.ResourceReferenceArgs(id=group.id),
            patterns_to_match=["/*"],
            profile_name=self._profile.name,
            resource_group_name=self._cloud.resource_group,
            route_name=short,
            supported_protocols=[cdn.AFDEndpointProtocols.HTTP, cdn.AFDEndpointProtocols.HTTPS],
            opts=self._cloud.child_of(self, *origins),
        )
        record(host, endpoint.id, zone=self._zone, cloud=self._cloud, parent=self)

    def _domain(self, host: str, short: str) -> cdn.AFDCustomDomain:
        domain = cdn.AFDCustomDomain(
            f"{short}-domain",
            azure_dns_zone=cdn.ResourceReferenceArgs(id=self._zone.id),
            custom_domain_name=short,
            host_name=host,
            profile_name=self._profile.name,
            resource_group_name=self._cloud.resource_group,
            tls_settings=cdn.AFDDomainHttpsParametersArgs(
                certificate_type=cdn.AfdCertificateType.MANAGED_CERTIFICATE,
                minimum_tls_version=cdn.AfdMinimumTlsVersion.TLS12,
            ),
            opts=self._cloud.child_of(self),
        )
        self._zone.prove(
            host,
            domain.validation_properties.apply(lambda found: found.validation_token),
            cloud=self._cloud,
            parent=self,
        )
        return domain

    def _group(self, short: str) -> cdn.AFDOriginGroup:
        """One origin is never probed: it is asked whether it is well or not."""
        return cdn.AFDOriginGroup(
            f"{short}-origins",
            health_probe_settings=cdn.HealthProbeParametersArgs(
                probe_interval_in_seconds=60 if self._settings.recovery_origin is None else 30,
                probe_path=self._settings.health_path,
                probe_protocol=cdn.ProbeProtocol.HTTPS,
                probe_request_type=cdn.HealthProbeRequestType.GET,
            ),
            load_balancing_settings=cdn.LoadBalancingSettingsParametersArgs(
                additional_latency_in_milliseconds=50, sample_size=4, successful_samples_required=3
            ),
            origin_group_name=short,
            profile_name=self._profile.name,
            resource_group_name=self._cloud.resource_group,
            opts=self._cloud.child_of(self),
        )

    def _origin(
        self, host: str, name: str, group: cdn.AFDOriginGroup, origin: str, *, priority: int = 1
    ) -> cdn.AFDOrigin:
        return cdn.AFDOrigin(
            f"{name}-origin",
            enabled_state=cdn.EnabledState.DISABLED if self._drained and priority == 1 else cdn.EnabledState.ENABLED,
            enforce_certificate_name_check=True,
            host_name=origin,
            https_port=443,
            origin_group_name=group.name,
            # The gateway tells Services apart by this name.
            origin_host_header=host,
            origin_name=name,
            priority=priority,
            profile_name=self._profile.name,
            resource_group_name=self._cloud.resource_group,
            weight=1000,
            opts=self._cloud.child_of(self),
        )
