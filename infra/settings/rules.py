"""Rules that span several sections of a stack file, each with its own sentence."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, LiteralString, cast

from pydantic import SecretStr
from pydantic_core import PydanticCustomError

from components.exposure.settings import NodePortExposure, PortForwardExposure
from components.secrets.settings import ConfigSecrets, ExternalSecrets, GeneratedSecrets
from components.settings.quantities import quantity_value
from components.settings.section import Section
from infra.settings.capacity import RESOURCES, SIDES, containers, total, total_storage, written
from infra.settings.document import Path

if TYPE_CHECKING:
    from infra.settings.model import StackSettings

BROKEN_RULES: Final[LiteralString] = "broken_rules"
"""Type of the validation error whose context holds, under `broken`, a tuple of BrokenRule."""
MUTABLE_TAGS: Final = frozenset(
    {"latest", "stable", "edge", "nightly", "snapshot", "dev", "develop", "development", "test", "staging"}
    | {"prod", "production", "main", "master", "trunk", "head"}
)
"""Image tags that are moved from build to build, whatever the registry."""
_PUBLISHED_VALUES: Final = frozenset(
    {"dev_password_123", "dev_redis_123", "dev_secret_key_32_chars_long_123"}  # the guide's development .env
)
_PRODUCTION_JWT_MINUTES: Final = 60  # the guide's production .env: "1h strict"
_PRODUCTION_REPLICAS: Final = 2


@dataclass(frozen=True)
class BrokenRule:
    """One setting that another one forbids."""

    path: Path
    sentence: str
    """Follows the setting's name: "must be false in production."."""


@dataclass(frozen=True)
class Rule:
    """A check that needs nothing but the named sections, so that mistakes in other ones don't hide what it finds."""

    needs: frozenset[str]
    """Fields of StackSettings beside `environment`."""
    check: Callable[[StackSettings], Iterator[BrokenRule]]
    production_only: bool = True


def broken_rules(stack: StackSettings, valid: frozenset[str]) -> tuple[BrokenRule, ...]:
    """What breaks the rules, of those that need only the `valid` fields."""
    return tuple(
        broken
        for rule in RULES
        if rule.needs | {"environment"} <= valid and (stack.environment == "production" or not rule.production_only)
        for broken in rule.check(stack)
    )


def rules_error(broken: tuple[BrokenRule, ...]) -> PydanticCustomError:
    """The validation error that carries broken rules."""
    return PydanticCustomError(BROKEN_RULES, "settings contradict each other", {"broken": broken})


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


def _several_backends(stack: StackSettings) -> Iterator[BrokenRule]:
    replicas = stack.app.backend.replicas
    if replicas < _PRODUCTION_REPLICAS:
        yield BrokenRule(
            ("app", "backend", "replicas"),
            f"must be {_PRODUCTION_REPLICAS} or more in production, not {replicas}: one is no zero-downtime release.",
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


def _protected(stack: StackSettings) -> Iterator[BrokenRule]:
    if not stack.protect:
        yield BrokenRule(("protect",), "must be true in production: it keeps data from being deleted.")


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


def _short_sessions(stack: StackSettings) -> Iterator[BrokenRule]:
    minutes = stack.app.jwt_expire_minutes
    if minutes > _PRODUCTION_JWT_MINUTES:
        yield BrokenRule(
            ("app", "jwtExpireMinutes"), f"must be {_PRODUCTION_JWT_MINUTES} or less in production, not {minutes}."
        )


def _interface_may_call_api(stack: StackSettings) -> Iterator[BrokenRule]:
    exposure = stack.exposure
    match exposure:
        case PortForwardExposure():
            origin = f"http://localhost:{exposure.local_ports.frontend}"
        case NodePortExposure():
            origin = f"http://{exposure.host}:{exposure.node_ports.frontend}"
    if stack.app.frontend_url is None and origin not in stack.app.cors_origins:
        yield BrokenRule(
            ("app", "corsOrigins"),
            f"must hold {origin}, where jarvis:exposure serves the user interface, or browsers refuse its API calls.",
        )


def _quota_suffices(stack: StackSettings) -> Iterator[BrokenRule]:
    """A lower bound, so that no stack that fits is refused: Jobs and the second Pods of a roll-out come on top."""
    quota = stack.cluster.quota
    if quota is None:
        return
    for side, resource in itertools.product(SIDES, RESOURCES):
        pair = quota.requests if side == "requests" else quota.limits
        given = pair.cpu if resource == "cpu" else pair.memory
        asked = total(stack, side, resource)
        if asked > quantity_value(given):
            yield BrokenRule(
                ("cluster", "quota", side, resource),
                f"is {given}, but the containers' {side} are {written(asked, resource)} together: "
                "not all of their Pods could start.",
            )
    asked = total_storage(stack)
    if asked > quantity_value(quota.storage):
        yield BrokenRule(
            ("cluster", "quota", "storage"),
            f"is {quota.storage}, but the claims are {written(asked, 'memory')} together: not all could be made.",
        )


def _no_container_exceeds_the_maximum(stack: StackSettings) -> Iterator[BrokenRule]:
    most = stack.cluster.limit_range.max
    for path, resources, _ in containers(stack):
        for resource, limit, greatest in (
            ("cpu", resources.limits.cpu, most.cpu),
            ("memory", resources.limits.memory, most.memory),
        ):
            if quantity_value(limit) > quantity_value(greatest):
                yield BrokenRule(
                    (*path, "limits", resource),
                    f"is {limit}, more than jarvis:cluster.limitRange.max.{resource} {greatest}: "
                    "the Pod would be refused.",
                )


def _sections(section: Section, path: Path) -> Iterator[tuple[Path, Section]]:
    """The section and every one inside it, each with its path."""
    yield path, section
    for name, field in type(section).model_fields.items():
        value = cast("object", getattr(section, name, None))
        if isinstance(value, Section):
            yield from _sections(value, (*path, field.alias or name))


RULES: Final = (
    Rule(frozenset({"app"}), _no_debugging),
    Rule(frozenset({"secrets"}), _own_secrets),
    Rule(frozenset({"app"}), _several_backends),
    Rule(frozenset(), _immutable_images),
    Rule(frozenset({"protect"}), _protected),
    Rule(frozenset({"app"}), _encrypted_addresses),
    Rule(frozenset({"exposure"}), _encrypted_exposure),
    Rule(frozenset({"app"}), _short_sessions),
    Rule(frozenset({"app", "exposure"}), _interface_may_call_api, production_only=False),
    Rule(frozenset({"cluster"}), _quota_suffices, production_only=False),
    Rule(frozenset({"cluster"}), _no_container_exceeds_the_maximum, production_only=False),
)
