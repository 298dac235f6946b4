"""Sections that must fit each other, in every environment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from components.backup.settings import ObjectStorageBackup, VolumeBackup
from components.certificates.settings import CertManagerCertificates, NoCertificates
from components.database.settings import CloudNativePgDatabase, ContainerDatabase
from components.exposure.gateway_settings import GatewayExposure, OwnGateway
from components.exposure.ingress_settings import IngressExposure
from components.exposure.settings import NodePortExposure, PortForwardExposure
from components.exposure.web_settings import CertManagerTls, WebExposure
from components.platform.settings import HelmAddon, NoAddon
from components.secrets.settings import ExternalSecrets
from components.settings.section import Section
from infra.settings.rule import BrokenRule, Rule

if TYPE_CHECKING:
    from infra.settings.model import StackSettings


def _interface_may_call_api(stack: StackSettings) -> Iterator[BrokenRule]:
    exposure = stack.exposure
    origins: tuple[str, ...]
    match exposure:
        case PortForwardExposure():
            origins = (f"http://localhost:{exposure.local_ports.frontend}",)
        case NodePortExposure():
            origins = (f"http://{exposure.host}:{exposure.node_ports.frontend}",)
        case _:
            origins = exposure.frontend_origins
    if stack.app.frontend_url is not None and not isinstance(exposure, WebExposure):
        return  # somebody else's proxy stands before it
    for origin in origins:
        if origin not in stack.app.cors_origins:
            yield BrokenRule(
                ("app", "corsOrigins"),
                f"must hold {origin}, where jarvis:exposure serves the user interface, or browsers refuse its API "
                "calls.",
            )


def _addresses_are_those_of_the_hosts(stack: StackSettings) -> Iterator[BrokenRule]:
    if not isinstance(stack.exposure, WebExposure):
        return
    hosts, app = stack.exposure.hosts, stack.app
    for alias, given, host in (
        ("backendUrl", app.backend_url, hosts.backend),
        ("frontendUrl", app.frontend_url, hosts.frontend),
    ):
        if given != f"https://{host}":
            shown = "absent" if given is None else given
            yield BrokenRule(
                ("app", alias), f"must be https://{host}, where jarvis:exposure.hosts serves it, not {shown}."
            )


def _load_balancer_finds_tls(stack: StackSettings) -> Iterator[BrokenRule]:
    exposure = stack.exposure
    if isinstance(exposure, WebExposure) and exposure.load_balancer is not None and stack.app.tls is None:
        yield BrokenRule(
            ("exposure", "loadBalancer"),
            "needs jarvis:app.tls: it leads port 443 straight to the backend, which then must serve TLS itself.",
        )


def _controller_can_talk_tls(stack: StackSettings) -> Iterator[BrokenRule]:
    exposure = stack.exposure
    if isinstance(exposure, IngressExposure) and not exposure.verifies_backends and stack.app.tls is not None:
        yield BrokenRule(
            ("app", "tls"),
            f"must be absent with jarvis:exposure.controller {exposure.controller}: it can talk plain HTTP to the "
            "backend only.",
        )


def _somebody_issues_the_backends_certificate(stack: StackSettings) -> Iterator[BrokenRule]:
    tls = stack.app.tls
    if tls is not None and tls.secret_name is None and isinstance(stack.certificates, NoCertificates):
        yield BrokenRule(
            ("app", "tls", "secretName"),
            "is missing: name a Secret that holds the certificate, or let jarvis:certificates issue one.",
        )


def _backup_fits_the_database(stack: StackSettings) -> Iterator[BrokenRule]:
    match stack.backup, stack.database:
        case VolumeBackup(), CloudNativePgDatabase():
            yield BrokenRule(
                ("backup", "kind"),
                "must be object-storage with jarvis:database.kind cloudnative-pg, which archives what it writes there.",
            )
        case ObjectStorageBackup(), ContainerDatabase():
            yield BrokenRule(
                ("backup", "kind"),
                "must be volume with jarvis:database.kind container, which is dumped to one.",
            )
        case _:
            return


def _object_storage_has_a_key(stack: StackSettings) -> Iterator[BrokenRule]:
    if not isinstance(stack.backup, ObjectStorageBackup):
        return
    secrets = stack.secrets
    if isinstance(secrets, ExternalSecrets):
        if not secrets.backup_access_keys:
            yield BrokenRule(
                ("secrets", "backupAccessKeys"), "must be true: jarvis:backup of kind object-storage needs the key."
            )
        return
    for alias, value in (
        ("backupAccessKeyId", secrets.backup_access_key_id),
        ("backupSecretAccessKey", secrets.backup_secret_access_key),
    ):
        if value is None:
            yield BrokenRule(
                ("secrets", alias),
                "is missing: jarvis:backup of kind object-storage needs it.",
                missing_secret=True,
            )


def _controllers_are_there(stack: StackSettings) -> Iterator[BrokenRule]:
    platform = stack.platform
    needs = (
        ("certManager", platform.cert_manager, _uses_cert_manager(stack)),
        ("cloudnativePg", platform.cloudnative_pg, _if(stack.database, CloudNativePgDatabase, "database")),
        ("barmanCloud", platform.barman_cloud, _if(stack.backup, ObjectStorageBackup, "backup")),
        ("gateway", platform.gateway, _if(stack.exposure, GatewayExposure, "exposure")),
        ("traefik", platform.traefik, _uses_traefik(stack)),
        ("externalSecrets", platform.external_secrets, _if(stack.secrets, ExternalSecrets, "secrets")),
        ("metricsServer", platform.metrics_server, _scales(stack)),
    )
    for alias, addon, user in needs:
        if user is not None and isinstance(addon, NoAddon):
            yield BrokenRule(
                ("platform", alias, "kind"),
                f"must be helm, or external where the cluster has it already: jarvis:{user} needs it.",
            )


def _if(settings: Section, kind: type[Section], user: str) -> str | None:
    return user if isinstance(settings, kind) else None


def _uses_cert_manager(stack: StackSettings) -> str | None:
    if isinstance(stack.certificates, CertManagerCertificates):
        return "certificates"
    exposure = stack.exposure
    tls: object = None
    match exposure:
        case IngressExposure():
            tls = exposure.tls
        case GatewayExposure(gateway=OwnGateway() as gateway):
            tls = gateway.tls
        case _:
            pass
    if isinstance(tls, CertManagerTls):
        return "exposure"
    # Its plugin and its operator prove themselves to each other by certificates.
    return "platform.barmanCloud" if isinstance(stack.platform.barman_cloud, HelmAddon) else None


def _uses_traefik(stack: StackSettings) -> str | None:
    exposure = stack.exposure
    return "exposure" if isinstance(exposure, IngressExposure) and exposure.controller == "traefik" else None


def _scales(stack: StackSettings) -> str | None:
    app = stack.app
    for name, service in (
        ("backend", app.backend),
        ("frontend", app.frontend),
        ("interface", app.interface),
        ("stt", app.stt),
        ("tts", app.tts),
    ):
        if service.autoscaling is not None:
            return f"app.{name}.autoscaling"
    return None


FITTING_RULES: Final = (
    Rule(frozenset({"app", "exposure"}), _interface_may_call_api, production_only=False),
    Rule(frozenset({"app", "exposure"}), _addresses_are_those_of_the_hosts, production_only=False),
    Rule(frozenset({"app", "exposure"}), _load_balancer_finds_tls, production_only=False),
    Rule(frozenset({"app", "exposure"}), _controller_can_talk_tls, production_only=False),
    Rule(frozenset({"app", "certificates"}), _somebody_issues_the_backends_certificate, production_only=False),
    Rule(frozenset({"backup", "database"}), _backup_fits_the_database, production_only=False),
    Rule(frozenset({"backup", "secrets"}), _object_storage_has_a_key, production_only=False),
    Rule(
        frozenset({"platform", "certificates", "database", "backup", "exposure", "secrets", "app"}),
        _controllers_are_there,
        production_only=False,
    ),
)
