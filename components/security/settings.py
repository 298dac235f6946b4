"""Who may do what in the stack's namespace, and what no object in it may be."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator

from components.security.image_settings import ImagePattern, RegistryPrefix
from components.security.images import MUTABLE_TAGS
from components.settings.section import Section
from components.settings.text import Matching, not_allowed
from components.settings.workloads import DnsLabel, ImageTag

SubjectName = Annotated[
    str,
    Matching(
        r"(?!system:)[^\s\x00-\x1f]([^\x00-\x1f]*[^\s\x00-\x1f])?",
        "a name as the cluster's authentication gives it, such as marie@jarvis.local; names that begin with system: "
        "are Kubernetes' own",
        max_length=253,
    ),
]
ServiceAccountName = Annotated[
    str,
    Matching(
        r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?/[a-z0-9]([-a-z0-9.]*[a-z0-9])?",
        "namespace/name of a ServiceAccount, such as ci/deployer",
        max_length=317,
    ),
]
Action = Literal["Deny", "Warn", "Audit", "Off"]


def _not_empty(registries: tuple[str, ...]) -> tuple[str, ...]:
    if not registries:
        raise not_allowed("one registry or more, or absent")
    return registries


class People(Section):
    """Whom a role is given to."""

    users: tuple[SubjectName, ...] = ()
    """User names."""
    groups: tuple[SubjectName, ...] = ()
    """Groups of users: the better choice, for who is in them is decided in one place."""
    service_accounts: tuple[ServiceAccountName, ...] = ()
    """namespace/name of ServiceAccounts: programs that act as people do."""


class Access(Section):
    """Who has the namespace's two roles. The roles are there where nobody is named, too."""

    operators: People = People()
    """Role jarvis-operator: reads everything but Secrets, runs commands in Pods, forwards ports, reads logs, restarts
    and scales workloads, deletes Pods, starts CronJobs. Whoever can run commands in a Pod can do what that Pod can."""
    viewers: People = People()
    """Role jarvis-viewer: reads what is deployed; no Secrets, no logs, no roles."""


class Policy(Section):
    """One admission policy over the stack's namespace."""

    action: Action = "Deny"
    """What happens to an object that breaks it: Deny refuses it, Warn tells whoever sends it, Audit writes into the
    API server's audit log only (as the other two do as well), Off makes no policy."""


class ImageTagPolicy(Policy):
    """Every image names a fixed version: a tag that is not moved, or a digest."""

    mutable_tags: tuple[ImageTag, ...] = MUTABLE_TAGS
    """Tags that name another image after each build; no tag at all counts as `latest`. Case does not matter."""
    allowed: tuple[ImagePattern, ...] = ()
    """Images that may have such a tag all the same, `*` for any part of a name: `jarvis:staging`, `jarvis-*:staging`.
    Names without a registry are Docker Hub's, as they are to container runtimes."""


class RegistryPolicy(Policy):
    """Every image comes from a registry that is on the list."""

    allowed: Annotated[tuple[RegistryPrefix, ...], AfterValidator(_not_empty)] | None = None
    """Registries, or beginnings of image names: `registry.jarvis.local:5000`, `docker.io/library`. Absent, the site's
    mirror where it has one, else the publishers of the platform's own images."""


class ServicePolicy(Policy):
    """A Service opens no port to the world outside the cluster unless it is named."""

    allowed: tuple[DnsLabel, ...] = ()
    """Names of Services that may be of type NodePort or LoadBalancer, beside those that the stack itself makes."""


class Admission(Section):
    """What the API server refuses in the stack's namespace, whoever asks for it."""

    image_tags: ImageTagPolicy = ImageTagPolicy()
    registries: RegistryPolicy = RegistryPolicy()
    privileges: Policy = Policy()
    """No container has the node's rights: not privileged, no namespaces, paths or ports of the host."""
    resources: Policy = Policy()
    """Every container says what it needs and the most that it may have."""
    services: ServicePolicy = ServicePolicy()
    operators: Policy = Policy()
    """Operators restart workloads as they are and start CronJobs as they are. Unless it denies, they do neither: they
    can then only delete Pods."""


class SecuritySettings(Section):
    """Access of people and admission of objects, in the stack's namespace."""

    access: Access = Access()
    admission: Admission | None = Admission()
    """Null makes no policies, which belong to the whole cluster and need Kubernetes 1.30: for those who may write into
    their namespace only."""
