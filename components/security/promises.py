"""The one list of what a stack's namespace promises, with what happens to an object that breaks a promise."""

from __future__ import annotations

from collections.abc import Sequence

from components.security.operator_promises import listed_cron_jobs, restarts_only, unchanged_cron_jobs
from components.security.pod_promises import bounded_resources, fixed_versions, known_registries, no_privileges
from components.security.promise import Promise
from components.security.publishers import PUBLISHERS
from components.security.service_promises import closed_services
from components.security.settings import Action, Admission, RegistryPolicy


def promises(
    settings: Admission, *, mirror: str | None, exposed_services: Sequence[str], cron_jobs: Sequence[str]
) -> dict[Promise, Action]:
    """Every promise, kept or switched off; the arguments are those of `Security`."""
    tags, services = settings.image_tags, settings.services
    return {
        fixed_versions(tags.mutable_tags, tags.allowed): tags.action,
        known_registries(allowed_registries(settings.registries, mirror)): settings.registries.action,
        no_privileges(): settings.privileges.action,
        bounded_resources(): settings.resources.action,
        closed_services(sorted({*services.allowed, *exposed_services})): services.action,
        restarts_only(): settings.operators.action,
        listed_cron_jobs(sorted(cron_jobs)): settings.operators.action,
        unchanged_cron_jobs(): settings.operators.action,
    }


def allowed_registries(settings: RegistryPolicy, mirror: str | None) -> tuple[str, ...]:
    """The list that the settings give, else the mirror, else the publishers of the platform's images."""
    if settings.allowed is not None:
        return settings.allowed
    return (mirror,) if mirror is not None else tuple(PUBLISHERS)
