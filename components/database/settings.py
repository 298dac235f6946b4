"""Which PostgreSQL a stack has, one model a kind."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from components.database.cluster_settings import CloudNativePgDatabase
from components.database.flexible_server_settings import FlexibleServerDatabase
from components.database.rds_settings import RdsDatabase
from components.database.server_settings import (
    RELEASES,
    Identifier,
    PostgresParameters,
    PostgresVersion,
    check_memory,
    check_version,
)
from components.settings.addresses import DnsName
from components.settings.quantities import MemoryQuantity
from components.settings.section import Section
from components.settings.workloads import ImageReference, Resources, Storage


class PostgresExporter(Section):
    """The sidecar that serves the server's metrics to Prometheus."""

    image: ImageReference = "quay.io/prometheuscommunity/postgres-exporter:v0.20.1"
    resources: Resources = Resources.of(requests=("25m", "32Mi"), limits=("100m", "128Mi"))


class ContainerDatabase(Section):
    """One PostgreSQL Pod with a volume of its own.

    A new minor release is a new image. A new major version is refused by the data of an old one: the Pod does not
    start, and nothing is lost. To change it, dump, remove the volume, deploy, restore.
    """

    kind: Literal["container"] = "container"
    version: PostgresVersion = 17
    """Major version; see above before changing that of a database that has data."""
    image: ImageReference | None = None
    """The whole image, for another registry or release: its tag must begin with `version`."""
    database: Identifier = "jarvis"
    """The guide's POSTGRES_DB. Like `username` it takes effect on an empty volume only."""
    username: Identifier = "jarvis"
    """The guide's POSTGRES_USER, owner of the database and superuser."""
    parameters: PostgresParameters = PostgresParameters()
    storage: Storage = Storage(size="20Gi")
    """Room for the data, the guide's for staging. It may grow, where the storage class allows, but not shrink."""
    shared_memory: MemoryQuantity = "256Mi"
    """Bytes of /dev/shm, which parallel queries use; they count as the container's memory."""
    resources: Resources = Resources.of(requests=("250m", "1Gi"), limits=("1000m", "2Gi"))
    """The guide gives no figure."""
    user_id: Annotated[int, Field(ge=1, le=2**31 - 1)] = 999
    """The image's own user: 999 in the Debian image, 70 in the Alpine one."""
    startup_seconds: Annotated[int, Field(ge=30, le=86_400)] = 300
    """How long the first start, or the recovery after a crash, may take before the container is restarted."""
    termination_grace_seconds: Annotated[int, Field(ge=60, le=3_600)] = 120
    """Time to write everything out and leave."""
    exporter: PostgresExporter = PostgresExporter()
    dns_names: tuple[DnsName, ...] = ()
    """Further names in the server's certificate, where the stack issues one: those by which clients outside of the
    cluster know it, such as the guide's postgres-staging.jarvis.local."""

    @property
    def image_reference(self) -> str:
        """The image to run."""
        return self.image or f"docker.io/library/postgres:{RELEASES[self.version]}-trixie"

    @model_validator(mode="after")
    def _image_has_the_version(self) -> Self:
        check_version(self.image_reference, self.version)
        return self

    @model_validator(mode="after")
    def _memory_suffices(self) -> Self:
        check_memory(self.resources.limits.memory, self.parameters, self.shared_memory)
        return self


DatabaseSettings = Annotated[
    ContainerDatabase | CloudNativePgDatabase | RdsDatabase | FlexibleServerDatabase, Field(discriminator="kind")
]
