"""Settings of a database of kind `cloudnative-pg`: several PostgreSQL instances under the CloudNativePG operator."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

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
from components.settings.text import Matching
from components.settings.workloads import DnsLabel, ImageReference, Resources, Storage

NAME = "postgres-cluster"
SECOND = f"{NAME}-second"
_KEPT_CONNECTIONS = 20
"""Of the server's connections, those that no pooler may use: for migrations, replicas, the operator and people."""
_ENOUGH_FOR_QUORUM = 3


class Pooler(Section):
    """PgBouncer between the application and the primary."""

    image: ImageReference = "ghcr.io/cloudnative-pg/pgbouncer:1.25.1"
    instances: Annotated[int, Field(ge=1, le=10)] = 2
    """Pods; one alone is lost with its node."""
    mode: Literal["transaction", "session"] = "transaction"
    """When a server's connection is given to the next client: after each transaction, or when the client leaves.

    Many processes that each keep a pool of connections need `transaction`, or the idle ones hold every connection.
    What lives longer than a transaction then does not work: SET, LISTEN, temporary tables, advisory locks of a session.
    Prepared statements do, by `maxPreparedStatements`.
    """
    max_prepared_statements: Annotated[int, Field(ge=0, le=10_000)] = 200
    """Prepared statements that PgBouncer keeps for each connection, so that drivers which prepare every statement, such
    as asyncpg, work in mode `transaction`; above the 100 that asyncpg keeps itself. 0 turns it off."""
    max_client_connections: Annotated[int, Field(ge=10, le=100_000)] = 2_000
    """Clients of each instance."""
    pool_size: Annotated[int, Field(ge=1, le=1_000)] = 50
    """Connections to the server, for all clients of one instance; further clients wait their turn."""
    resources: Resources = Resources.of(requests=("100m", "64Mi"), limits=("500m", "256Mi"))
    """Of each instance. The guide gives no figure."""


class InitDb(Section):
    """Begin with an empty database."""

    kind: Literal["initdb"] = "initdb"


class Recovery(Section):
    """Begin with what a backup holds: for disaster recovery, once the former cluster is gone.

    It takes effect on a new cluster only. `archive` of the database must be a new name then, and may stay as it is
    afterwards.
    """

    kind: Literal["recovery"] = "recovery"
    location: Literal["location", "second"] = "location"
    """Which place of jarvis:backup holds the backups."""
    archive: DnsLabel | None = None
    """Name of the lost cluster's archive in that place: its `archive`, which is the default of the first place, or
    postgres-cluster-second, that of the second one."""
    target_time: (
        Annotated[
            str,
            Matching(
                r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)",
                "a time with its zone, such as 2026-01-31T14:05:00Z",
            ),
        ]
        | None
    ) = None
    """The moment to go back to; as late as possible where absent."""

    @property
    def source(self) -> str:
        """Name of the archive that is read."""
        return self.archive or (NAME if self.location == "location" else SECOND)


class CloudNativePgDatabase(Section):
    """A cluster of PostgreSQL instances: a primary, standbys that take its place, and poolers in front.

    A new minor release rolls through the instances; a new major version upgrades the data in place, off line.
    """

    kind: Literal["cloudnative-pg"] = "cloudnative-pg"
    version: PostgresVersion = 17
    """Major version."""
    image: ImageReference | None = None
    """The whole image, for another registry or release: its tag must begin with `version`."""
    database: Identifier = "jarvis_production"
    """The guide's POSTGRES_DB. Like `username` it takes effect on a new cluster only."""
    username: Identifier = "jarvis_prod"
    """The guide's POSTGRES_USER, owner of the database."""
    instances: Annotated[int, Field(ge=1, le=9)] = 3
    """The guide's: one primary and two standbys."""
    parameters: PostgresParameters = PostgresParameters()
    storage: Storage = Storage(size="100Gi", storage_class="fast-ssd")
    """The guide's, of each instance. It may grow, where the storage class allows, but not shrink."""
    wal_storage: Storage | None = None
    """A volume of its own for the write-ahead log, so that a full one does not stop the other; fixed once made."""
    resources: Resources = Resources.of(requests=("1000m", "2Gi"), limits=("2000m", "2Gi"))
    """Of each instance. The guide gives no figure."""
    shared_memory: MemoryQuantity = "256Mi"
    """Bytes of /dev/shm, which parallel queries use; they count as the container's memory."""
    synchronous: Literal["required", "preferred", "off"] = "required"
    """Whether a commit waits until one standby has it too.

    `required`: always, so that a failover loses nothing; with no standby left, writes wait for one. `preferred`: only
    while there is one. `off`: never, and a failover may lose the last moments.
    """
    zones: Literal["preferred", "required"] = "preferred"
    """Whether instances are spread over the nodes' zones as far as possible, or wait for a zone's node; on nodes
    without zones only `preferred` runs. Over nodes they are always spread."""
    primary_update: Literal["unsupervised", "supervised"] = "unsupervised"
    """Whether the primary is switched over by itself once every standby is updated, or waits for a person."""
    pooler: Pooler | None = Pooler()
    """Null connects the application to the primary itself."""
    archive: DnsLabel = NAME
    """Name of this cluster's backups inside each place: a new one for each recovery, since an archive never takes two
    clusters."""
    bootstrap: Annotated[InitDb | Recovery, Field(discriminator="kind")] = InitDb()
    """What a new cluster begins with."""
    sidecar_resources: Resources = Resources.of(requests=("50m", "128Mi"), limits=("1000m", "512Mi"))
    """Of the container beside each instance that archives and backs up."""
    dns_names: tuple[DnsName, ...] = ("postgres-cluster.jarvis.local", "postgres-replica.jarvis.local")
    """Further names in the server's certificate, by which clients outside of the cluster know it: the guide's
    POSTGRES_HOST and POSTGRES_REPLICA_HOST."""
    operator_namespace: DnsLabel = "cnpg-system"
    """Where the operator runs, which network policies let in."""
    ready_seconds: Annotated[int, Field(ge=60, le=86_400)] = 1_800
    """How long the first start, or a recovery, may take."""

    @property
    def image_reference(self) -> str:
        """The image to run."""
        return self.image or f"ghcr.io/cloudnative-pg/postgresql:{RELEASES[self.version]}-standard-trixie"

    @model_validator(mode="after")
    def _image_has_the_version(self) -> Self:
        check_version(self.image_reference, self.version)
        return self

    @model_validator(mode="after")
    def _memory_suffices(self) -> Self:
        check_memory(self.resources.limits.memory, self.parameters, self.shared_memory)
        return self

    @model_validator(mode="after")
    def _commits_find_a_standby(self) -> Self:
        if self.synchronous == "required" and self.instances < _ENOUGH_FOR_QUORUM:
            raise ValueError(
                f"synchronous required needs instances {_ENOUGH_FOR_QUORUM} or more, not {self.instances}: with one "
                "instance down every write would wait"
            )
        return self

    @model_validator(mode="after")
    def _pools_fit_the_server(self) -> Self:
        if self.pooler is None:
            return self
        pooled = self.pooler.instances * self.pooler.pool_size
        if pooled + _KEPT_CONNECTIONS > self.parameters.max_connections:
            raise ValueError(
                f"pooler.instances {self.pooler.instances} times pooler.poolSize {self.pooler.pool_size} must leave "
                f"{_KEPT_CONNECTIONS} of parameters.maxConnections {self.parameters.max_connections} to others"
            )
        return self

    @model_validator(mode="after")
    def _recovers_into_a_new_archive(self) -> Self:
        if isinstance(self.bootstrap, Recovery) and self.archive == self.bootstrap.source:
            raise ValueError(
                f"archive {self.archive} must be a new name while bootstrap recovers from it: the recovered cluster "
                "must not write into what it reads"
            )
        return self
