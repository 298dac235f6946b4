"""The parts of an Application Gateway, which name each other by resource ids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_azure_native import network

from components.exposure.application_gateway_settings import ApplicationGatewayExposure
from components.exposure.entries import Entry

HTTP_PORT: Final = 80
HTTPS_PORT: Final = 443
_FRONTEND: Final = "public"
_CERTIFICATE: Final = "hosts"
_HSTS: Final = "hsts"


@dataclass(frozen=True)
class Site:
    """One Service behind the gateway."""

    entry: Entry
    address: str
    """Of the internal load balancer that leads to it."""

    extra_hosts: tuple[str, ...] = ()
    """Names beside the entry's own that it answers to."""

    @property
    def name(self) -> str:
        """Of the parts that serve it."""
        return self.entry.target.name

    @property
    def host_names(self) -> list[str]:
        """Every name that it answers to."""
        return [*self.entry.host_names, *self.extra_hosts]


class GatewayParts:
    """Builds the lists of parts of one gateway, whose own resource id is known beforehand."""

    def __init__(
        self, settings: ApplicationGatewayExposure, gateway_id: pulumi.Output[str], sites: Sequence[Site]
    ) -> None:
        self._settings, self._id, self._sites = settings, gateway_id, sites

    def _ref(self, kind: str, name: str) -> network.SubResourceArgs:
        return network.SubResourceArgs(id=pulumi.Output.concat(self._id, f"/{kind}/{name}"))

    @property
    def ports(self) -> list[network.ApplicationGatewayFrontendPortArgs]:
        """Port 443, and 80 to redirect from."""
        ports = {"https": HTTPS_PORT, **({"http": HTTP_PORT} if self._settings.redirect_http else {})}
        return [network.ApplicationGatewayFrontendPortArgs(name=name, port=port) for name, port in ports.items()]

    @property
    def pools(self) -> list[network.ApplicationGatewayBackendAddressPoolArgs]:
        """Where each Service is."""
        return [
            network.ApplicationGatewayBackendAddressPoolArgs(
                name=site.name,
                backend_addresses=[network.ApplicationGatewayBackendAddressArgs(ip_address=site.address)],
            )
            for site in self._sites
        ]

    @property
    def backends(self) -> list[network.ApplicationGatewayBackendHttpSettingsArgs]:
        """How each Service is talked to."""
        return [
            network.ApplicationGatewayBackendHttpSettingsArgs(
                name=site.name,
                connection_draining=network.ApplicationGatewayConnectionDrainingArgs(
                    drain_timeout_in_sec=60, enabled=True
                ),
                cookie_based_affinity=network.ApplicationGatewayCookieBasedAffinity.DISABLED,
                port=site.entry.target.port,
                probe=self._ref("probes", site.name),
                protocol=network.ApplicationGatewayProtocol.HTTP,
                request_timeout=self._settings.idle_timeout_seconds or 3600,
            )
            for site in self._sites
        ]

    @property
    def probes(self) -> list[network.ApplicationGatewayProbeArgs]:
        """When a Service counts as well: any answer but an error, as the Pods' own probes judge the rest."""
        return [
            network.ApplicationGatewayProbeArgs(
                name=site.name,
                host=site.entry.host_names[0],
                interval=15,
                match=network.ApplicationGatewayProbeHealthResponseMatchArgs(status_codes=["200-404"]),
                path="/",
                protocol=network.ApplicationGatewayProtocol.HTTP,
                timeout=10,
                unhealthy_threshold=3,
            )
            for site in self._sites
        ]

    @property
    def certificates(self) -> str:
        """Name of the certificate of all hosts."""
        return _CERTIFICATE

    @property
    def frontend(self) -> str:
        """Name of the public address."""
        return _FRONTEND

    @property
    def listeners(self) -> list[network.ApplicationGatewayHttpListenerArgs]:
        """One for each Service's hosts; all of port 80 share one."""
        address = self._ref("frontendIPConfigurations", _FRONTEND)
        https = [
            network.ApplicationGatewayHttpListenerArgs(
                name=site.name,
                frontend_ip_configuration=address,
                frontend_port=self._ref("frontendPorts", "https"),
                host_names=site.host_names,
                protocol=network.ApplicationGatewayProtocol.HTTPS,
                require_server_name_indication=True,
                ssl_certificate=self._ref("sslCertificates", _CERTIFICATE),
            )
            for site in self._sites
        ]
        http = [
            network.ApplicationGatewayHttpListenerArgs(
                name=f"{site.name}-http",
                frontend_ip_configuration=address,
                frontend_port=self._ref("frontendPorts", "http"),
                host_names=site.host_names,
                protocol=network.ApplicationGatewayProtocol.HTTP,
            )
            for site in self._sites
        ]
        return [*https, *(http if self._settings.redirect_http else [])]

    @property
    def redirects(self) -> list[network.ApplicationGatewayRedirectConfigurationArgs]:
        """Port 80 leads to the same host and path of port 443."""
        if not self._settings.redirect_http:
            return []
        return [
            network.ApplicationGatewayRedirectConfigurationArgs(
                name=f"{site.name}-http",
                include_path=True,
                include_query_string=True,
                redirect_type=network.ApplicationGatewayRedirectType.PERMANENT,
                target_listener=self._ref("httpListeners", site.name),
            )
            for site in self._sites
        ]

    @property
    def rules(self) -> list[network.ApplicationGatewayRequestRoutingRuleArgs]:
        """Which listener leads where."""
        https = [
            network.ApplicationGatewayRequestRoutingRuleArgs(
                name=site.name,
                backend_address_pool=self._ref("backendAddressPools", site.name),
                backend_http_settings=self._ref("backendHttpSettingsCollection", site.name),
                http_listener=self._ref("httpListeners", site.name),
                priority=100 + place,
                rewrite_rule_set=None if self._settings.hsts is None else self._ref("rewriteRuleSets", _HSTS),
                rule_type=network.ApplicationGatewayRequestRoutingRuleType.BASIC,
            )
            for place, site in enumerate(self._sites)
        ]
        http = [
            network.ApplicationGatewayRequestRoutingRuleArgs(
                name=f"{site.name}-http",
                http_listener=self._ref("httpListeners", f"{site.name}-http"),
                priority=200 + place,
                redirect_configuration=self._ref("redirectConfigurations", f"{site.name}-http"),
                rule_type=network.ApplicationGatewayRequestRoutingRuleType.BASIC,
            )
            for place, site in enumerate(self._sites)
        ]
        return [*https, *(http if self._settings.redirect_http else [])]

    @property
    def rewrites(self) -> list[network.ApplicationGatewayRewriteRuleSetArgs]:
        """The header of HSTS on every answer."""
        if self._settings.hsts is None:
            return []
        header = network.ApplicationGatewayHeaderConfigurationArgs(
            header_name="Strict-Transport-Security", header_value=self._settings.hsts.header
        )
        return [
            network.ApplicationGatewayRewriteRuleSetArgs(
                name=_HSTS,
                rewrite_rules=[
                    network.ApplicationGatewayRewriteRuleArgs(
                        name=_HSTS,
                        action_set=network.ApplicationGatewayRewriteRuleActionSetArgs(
                            response_header_configurations=[header]
                        ),
                        rule_sequence=100,
                    )
                ],
            )
        ]
