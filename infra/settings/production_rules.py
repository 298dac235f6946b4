"""What a production stack must be, and must not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, cast

from pydantic import SecretStr

from components.cache.settings import ContainerCache, SentinelCache
from components.certificates.settings import NoCertificates
from components.database.settings import CloudNativePgDatabase, ContainerDatabase
from components.exposure.settings import NodePortExposure
from components.monitoring.settings import StandaloneMonitoring
from components.secrets.settings import ConfigSecrets, ExternalSecrets, GeneratedSecrets
from components.security.settings import MUTABLE_TAGS
from components.settings.section import Section
from infra.settings.document import Path
from infra.settings.recovery_rules import stands_by
from infra.settings.rule import BrokenRule, Rule

if TYPE_CHECKING:
    from infra.settings.model import StackSettings

_PUBLISHED_VALUES: Final = frozenset(
    {"dev_password_123", "dev_redis_123", "dev_secret_key_32_chars_long_123"}  # the guide's development .env
)
_JWT_MINUTES: Final = 60  # the guide's production .env: "1h strict"
_REPLICAS: Final = 2


def _no_debugging(stack: StackSettings) -> Iterator[BrokenRule]:
    app = stack.app
    if app.debug:
        yield BrokenRule(("app", "debug"), "must be false in production: debug pages show the program's insides.")
    if app.log_level == "DEBUG":
        yield BrokenRule(("app", "logLevel"), "must not be DEBUG in production: such logs hold what users say.")
    for name, service in (("backend", app.backend), ("frontend", app.frontend)):
        if service.hot_reload is not None:
            yield BrokenRule(("app", name, "hotReload"), "must be absent in production: its images are immutable.")


def _own_secrets(stack: StackSettings) -> Iterator[BrokenRule]:
    match stack.secrets:
        case GeneratedSecrets():
            yield BrokenRule(
                ("secrets", "kind"),
                "must be config or external-secrets in production: passwords and keys are given, not made by the way.",
            )
        case ConfigSecrets() as given:
            for name, field in type(given).model_fields.items():
                value = cast("object", getattr(given, name))
                if isinstance(value, SecretStr) and value.get_secret_value() in _PUBLISHED_VALUES:
                    yield BrokenRule(
                        ("secrets", field.alias or name),
                        "is a value published in the deployment guide, which production must not use.",
                    )
        case ExternalSecrets():
            return


def _several_pods(stack: StackSettings) -> Iterator[BrokenRule]:
    if stands_by(stack):
        return
    for name, service in (("backend", stack.app.backend), ("frontend", stack.app.frontend)):
        if service.least_replicas < _REPLICAS:
            given = "replicas" if service.autoscaling is None else "autoscaling.minReplicas"
            yield BrokenRule(
                ("app", name, *given.split(".")),
                f"must be {_REPLICAS} or more in production, not {service.least_replicas}: "
                "one is no zero-downtime release.",
            )


def _immutable_images(stack: StackSettings) -> Iterator[BrokenRule]:
    for path, section in _sections(stack, ()):
        for name, tag in _image_tags(section):
            if tag.lower() in MUTABLE_TAGS:
                yield BrokenRule(
                    (*path, name),
                    f"must name a fixed version in production, not {tag}, which names another image after each build.",
                )


def _image_tags(section: Section) -> Iterator[tuple[str, str]]:
    """Tags that no digest pins: a field `tag`, or the end of a whole reference in a field `image`."""
    tag = cast("object", getattr(section, "tag", None))
    if isinstance(tag, str) and getattr(section, "digest", None) is None:
        yield "tag", tag
    image = cast("object", getattr(section, "image", None))
    if isinstance(image, str) and "@" not in image:
        _, colon, tag = image.rpartition("/")[2].partition(":")
        yield "image", tag if colon else "latest"


def _encrypted_addresses(stack: StackSettings) -> Iterator[BrokenRule]:
    for index, origin in enumerate(stack.app.cors_origins):
        if not origin.startswith("https://"):
            yield BrokenRule(("app", "corsOrigins", index), f"must be an https:// origin in production, not {origin}.")
    for alias, url in (("backendUrl", stack.app.backend_url), ("frontendUrl", stack.app.frontend_url)):
        if url is not None and not url.startswith("https://"):
            yield BrokenRule(("app", alias), f"must be an https:// address in production, not {url}.")


def _encrypted_exposure(stack: StackSettings) -> Iterator[BrokenRule]:
    if isinstance(stack.exposure, NodePortExposure):
        yield BrokenRule(
            ("exposure", "kind"), "must not be node-port in production: every node would serve plain HTTP."
        )


def _encrypted_inside(stack: StackSettings) -> Iterator[BrokenRule]:
    """Servers that a cloud runs bring their own certificates."""
    runs_data = isinstance(stack.database, ContainerDatabase | CloudNativePgDatabase) or isinstance(
        stack.cache, ContainerCache | SentinelCache
    )
    if runs_data and isinstance(stack.certificates, NoCertificates):
        yield BrokenRule(
            ("certificates", "kind"),
            "must be cert-manager in production: passwords and data would cross the cluster in plain text.",
        )


def _somebody_is_told(stack: StackSettings) -> Iterator[BrokenRule]:
    monitoring = stack.monitoring
    # The cluster's own Alertmanager, which kind operator reports to, may have its routes from elsewhere.
    if isinstance(monitoring, StandaloneMonitoring) and monitoring.alertmanager is None:
        yield BrokenRule(("monitoring", "alertmanager"), "is missing: in production somebody must be told of alerts.")


def _admission_denies(stack: StackSettings) -> Iterator[BrokenRule]:
    admission = stack.security.admission
    if admission is None:
        yield BrokenRule(("security", "admission"), "must not be null in production: nothing would refuse an image.")
        return
    for alias, policy in (
        ("imageTags", admission.image_tags),
        ("registries", admission.registries),
        ("privileges", admission.privileges),
        ("resources", admission.resources),
        ("services", admission.services),
    ):
        if policy.action != "Deny":
            yield BrokenRule(
                ("security", "admission", alias, "action"), f"must be Deny in production, not {policy.action}."
            )
    if admission.image_tags.allowed:
        yield BrokenRule(
            ("security", "admission", "imageTags", "allowed"), "must be empty in production: its images are immutable."
        )


def _short_sessions(stack: StackSettings) -> Iterator[BrokenRule]:
    minutes = stack.app.jwt_expire_minutes
    if minutes > _JWT_MINUTES:
        yield BrokenRule(("app", "jwtExpireMinutes"), f"must be {_JWT_MINUTES} or less in production, not {minutes}.")


def _sections(section: Section, path: Path) -> Iterator[tuple[Path, Section]]:
    """The section and every one inside it, each with its path."""
    yield path, section
    for name, field in type(section).model_fields.items():
        value = cast("object", getattr(section, name, None))
        if isinstance(value, Section):
            yield from _sections(value, (*path, field.alias or name))


PRODUCTION_RULES: Final = (
    Rule(frozenset({"app"}), _no_debugging),
    Rule(frozenset({"secrets"}), _own_secrets),
    Rule(frozenset({"app", "database"}), _several_pods),
    Rule(frozenset(), _immutable_images),
    Rule(frozenset({"app"}), _encrypted_addresses),
    Rule(frozenset({"exposure"}), _encrypted_exposure),
    Rule(frozenset({"certificates", "database", "cache"}), _encrypted_inside),
    Rule(frozenset({"app"}), _short_sessions),
    Rule(frozenset({"monitoring"}), _somebody_is_told),
    Rule(frozenset({"security"}), _admission_denies),
)
