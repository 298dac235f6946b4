"""Sections that must fit each other, in every environment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from components.backup.settings import NoBackup, ObjectStorageBackup, VolumeBackup
from components.certificates.settings import NoCertificates
from components.database.cluster_settings import Recovery
from components.database.settings import CloudNativePgDatabase, ContainerDatabase
from components.exposure.ingress_settings import IngressExposure
from components.exposure.settings import NodePortExposure, PortForwardExposure
from components.exposure.web_settings import WebExposure
from components.monitoring.settings import OperatorMonitoring
from components.secrets.settings import ExternalSecrets
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


def _load_balancer_serves_its_name(stack: StackSettings) -> Iterator[BrokenRule]:
    exposure, tls = stack.exposure, stack.app.tls
    if not isinstance(exposure, WebExposure) or exposure.load_balancer is None:
        return
    if tls is None or tls.secret_name is not None:
        return  # there is none, or its names are another's business
    host = exposure.hosts.backend
    if not {host, f"*.{host.partition('.')[2]}"} & set(tls.dns_names):
        yield BrokenRule(
            ("app", "tls", "dnsNames"),
            f"must hold {host}: jarvis:exposure.loadBalancer leads its clients straight to the backend.",
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


def _recovers_from_a_backup(stack: StackSettings) -> Iterator[BrokenRule]:
    database, backup = stack.database, stack.backup
    if not isinstance(database, CloudNativePgDatabase) or not isinstance(database.bootstrap, Recovery):
        return
    match backup:
        case NoBackup():
            yield BrokenRule(
                ("backup", "kind"), "must be object-storage: jarvis:database.bootstrap recovers from what lies there."
            )
        case ObjectStorageBackup(second=None) if database.bootstrap.location == "second":
            yield BrokenRule(("backup", "second"), "is missing: jarvis:database.bootstrap recovers from there.")
        case _:
            return  # a volume does not fit the database at all


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


def _grafana_knows_its_address(stack: StackSettings) -> Iterator[BrokenRule]:
    exposure = stack.exposure
    if not isinstance(exposure, WebExposure) or exposure.hosts.grafana is None:
        return
    host, monitoring = exposure.hosts.grafana, stack.monitoring
    if isinstance(monitoring, OperatorMonitoring):
        yield BrokenRule(
            ("exposure", "hosts", "grafana"),
            "must be absent with jarvis:monitoring.kind operator: Grafana is the cluster's own.",
        )
    elif monitoring.grafana.root_url != f"https://{host}":
        shown = "absent" if monitoring.grafana.root_url is None else monitoring.grafana.root_url
        yield BrokenRule(
            ("monitoring", "grafana", "rootUrl"),
            f"must be https://{host}, where jarvis:exposure serves it, not {shown}: it refuses WebSockets otherwise.",
        )


FITTING_RULES: Final = (
    Rule(frozenset({"app", "exposure"}), _interface_may_call_api, production_only=False),
    Rule(frozenset({"app", "exposure"}), _addresses_are_those_of_the_hosts, production_only=False),
    Rule(frozenset({"app", "exposure"}), _load_balancer_finds_tls, production_only=False),
    Rule(frozenset({"app", "exposure"}), _load_balancer_serves_its_name, production_only=False),
    Rule(frozenset({"app", "exposure"}), _controller_can_talk_tls, production_only=False),
    Rule(frozenset({"exposure", "monitoring"}), _grafana_knows_its_address, production_only=False),
    Rule(frozenset({"app", "certificates"}), _somebody_issues_the_backends_certificate, production_only=False),
    Rule(frozenset({"backup", "database"}), _backup_fits_the_database, production_only=False),
    Rule(frozenset({"backup", "database"}), _recovers_from_a_backup, production_only=False),
    Rule(frozenset({"backup", "secrets"}), _object_storage_has_a_key, production_only=False),
)
