"""Settings of the application's workloads: one class a workload, each with its own defaults."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from components.jarvis.images import Image, ImageOverride, Registry, Repository
from components.jarvis.scale import Autoscaling, Replicas
from components.jarvis.values import (
    Command,
    DirectoryPath,
    Email,
    ExtendedResource,
    HttpPath,
    OllamaModel,
    Port,
    Seconds,
    UserId,
    UserName,
)
from components.settings.quantities import MemoryQuantity
from components.settings.section import Section
from components.settings.workloads import DnsLabel, ImageTag, Resources, Storage


class HotReload(Section):
    """Runs a service from a source volume that a developer syncs, and restarts it when a file changes.

    For development. The first start copies the image's own source into the volume, so the image must hold a shell
    and `cp`. Why a volume: docs/decisions/0003-hot-reload-from-a-source-volume.md.
    """

    command: Command
    """The reload command; `$(NAME)` stands for a variable of the environment."""
    source_path: DirectoryPath = "/app"
    """Where the image holds the source: the volume is mounted over it."""
    storage: Storage = Storage(size="2Gi")
    """Room for the source and what lies beside it (node_modules)."""


class BackendHotReload(HotReload):
    """Hot reload of the backend by uvicorn."""

    command: Command = (
        *("uvicorn", "backend.main:app", "--reload"),
        *("--host", "0.0.0.0", "--port", "$(BACKEND_PORT)"),  # noqa: S104 - in a container, behind network policies
    )


class FrontendHotReload(HotReload):
    """Hot reload of the frontend by React's development server (the guide's `npm start`)."""

    # With CI=true the server goes on when standard input closes, which it does at once in a container.
    command: Command = ("env", "CI=true", "PORT=$(FRONTEND_PORT)", "npm", "start")


class ServiceSettings(Section):
    """What every service of the application has: an HTTP server with /health and /metrics on one port."""

    port: Port
    resources: Resources
    replicas: Replicas = 1
    """Pods that serve at the same time; not beside `autoscaling`, which has its own bounds."""
    autoscaling: Autoscaling | None = None
    """Changes the number of Pods with the load; `{}` switches it on with the guide's bounds."""
    image: ImageOverride = ImageOverride()
    user_id: UserId = 10001
    health_path: HttpPath = "/health"
    """Answers 2xx while the service works; asked by the startup, readiness and liveness probes."""
    startup_seconds: Seconds = 150
    """How long the first healthy answer may take before the container is restarted."""
    drain_seconds: Seconds = 10
    """Pause between leaving the Service and SIGTERM: load balancers and proxies stop sending meanwhile."""
    termination_grace_seconds: Seconds = 45
    """Time from the start of the drain to SIGKILL: running requests end in it."""
    writable_paths: tuple[DirectoryPath, ...] = ()
    """Directories on scratch volumes, empty at each start, beside /tmp; everything else is read-only."""
    scratch_size: MemoryQuantity = "256Mi"
    """Bytes that each scratch volume may take."""

    @property
    def least_replicas(self) -> int:
        """Pods that serve at any time."""
        return self.autoscaling.min_replicas if self.autoscaling else self.replicas

    @property
    def most_replicas(self) -> int:
        """Pods that may serve at the same time, not counting the ones that a rollout adds meanwhile."""
        return self.autoscaling.max_replicas if self.autoscaling else self.replicas

    @model_validator(mode="after")
    def _one_decides_on_replicas(self) -> Self:
        if self.autoscaling is not None and "replicas" in self.model_fields_set:
            raise ValueError(
                f"replicas {self.replicas} and autoscaling exclude each other: "
                "leave replicas out, autoscaling.minReplicas takes its place"
            )
        return self

    @model_validator(mode="after")
    def _grace_covers_drain(self) -> Self:
        if self.termination_grace_seconds <= self.drain_seconds:
            raise ValueError(
                f"terminationGraceSeconds {self.termination_grace_seconds} must exceed "
                f"drainSeconds {self.drain_seconds}: no time would be left for running requests"
            )
        return self


def _one_replica_reloads(settings: BackendSettings | FrontendSettings) -> None:
    if settings.hot_reload is not None and settings.most_replicas > 1:
        raise ValueError(
            f"hotReload needs one replica, not {settings.most_replicas}: the source volume belongs to one Pod at a time"
        )


class BackendSettings(ServiceSettings):
    """The FastAPI backend. Port and resources: the guide's Variables and values-staging.yaml."""

    port: Port = 8000
    resources: Resources = Resources.of(requests=("500m", "1Gi"), limits=("1000m", "2Gi"))
    internet_access: bool = False
    """Whether the backend may reach public addresses on TCP 443, as web search over MCP does."""
    hot_reload: BackendHotReload | None = None
    """Development only: `{}` switches it on with its defaults."""

    @model_validator(mode="after")
    def _reload_alone(self) -> Self:
        _one_replica_reloads(self)
        return self


class FrontendSettings(ServiceSettings):
    """The React frontend. Port and resources: the guide's Variables and values-staging.yaml."""

    port: Port = 3000
    resources: Resources = Resources.of(requests=("250m", "512Mi"), limits=("500m", "1Gi"))
    writable_paths: tuple[DirectoryPath, ...] = ("/var/cache",)
    """Scratch volumes beside /tmp, for a web server's cache."""
    hot_reload: FrontendHotReload | None = None
    """Development only: `{}` switches it on with its defaults."""

    @model_validator(mode="after")
    def _reload_alone(self) -> Self:
        _one_replica_reloads(self)
        return self


class InterfaceSettings(ServiceSettings):
    """The conversation interface. The guide gives no figure: port and resources are ours."""

    port: Port = 8001
    resources: Resources = Resources.of(requests=("100m", "256Mi"), limits=("500m", "512Mi"))


class TtsSettings(ServiceSettings):
    """Text to speech. The guide gives no figure: port and resources are ours."""

    port: Port = 8002
    resources: Resources = Resources.of(requests=("250m", "512Mi"), limits=("1000m", "1Gi"))
    scratch_size: MemoryQuantity = "1Gi"


class SttSettings(ServiceSettings):
    """Speech to text. The guide gives no figure: port and resources are ours."""

    port: Port = 8003
    resources: Resources = Resources.of(requests=("250m", "512Mi"), limits=("1000m", "2Gi"))
    scratch_size: MemoryQuantity = "1Gi"


class Gpu(Section):
    """GPUs of each Ollama instance."""

    count: Annotated[int, Field(ge=1, le=16)] = 1
    """GPUs of one instance."""
    resource: ExtendedResource = "nvidia.com/gpu"
    """Extended resource that the device plugin offers."""
    runtime_class: DnsLabel | None = None
    """RuntimeClass that hands the devices to the container, such as nvidia; the node's default where absent."""
    tolerated_taints: tuple[str, ...] = ("nvidia.com/gpu",)
    """Keys of the NoSchedule taints that keep other Pods off GPU nodes."""
    node_selector: Annotated[dict[str, str], Field(default_factory=dict)]
    """Labels that a node must have."""


class OllamaImage(Image):
    """The published Ollama image."""

    registry: Registry | None = "docker.io"
    repository: Repository = "ollama/ollama"
    tag: ImageTag = "0.33.3"


class OllamaSettings(Section):
    """The model server. The guide gives its port only; resources and storage are ours, for models of 3e9 parameters."""

    image: OllamaImage = OllamaImage()
    instances: Annotated[int, Field(ge=1, le=10)] = 1
    """Independent servers, each with its own storage; more than one gives the guide's OLLAMA_CLUSTER_URLS."""
    port: Port = 11434
    resources: Resources = Resources.of(requests=("500m", "2Gi"), limits=("2000m", "4Gi"))
    storage: Storage = Storage(size="20Gi")
    """Room for the models of one instance."""
    gpu: Gpu | None = None
    """GPUs; the CPU does the work where absent."""
    models: tuple[OllamaModel, ...] = ()
    """Models to have ready; pulling one that is there already changes nothing."""
    internet_access: bool = True
    """Whether the servers may reach public addresses on TCP 443, where `models` names any to pull."""
    pull_deadline_seconds: Annotated[int, Field(ge=60, le=86400)] = 3600
    """How long all pulls together may take."""
    user_id: UserId = 10001
    termination_grace_seconds: Seconds = 60
    """Time for running generations to end."""


class JobSettings(Section):
    """A task that runs once in every release."""

    command: Command
    backoff_limit: Annotated[int, Field(ge=0, le=20)] = 4
    """Retries before the release fails."""
    deadline_seconds: Annotated[int, Field(ge=30, le=86400)] = 600
    """Time for all tries together."""
    resources: Resources = Resources.of(requests=("100m", "256Mi"), limits=("500m", "512Mi"))


class MigrationSettings(JobSettings):
    """Brings the database schema to the release's version (the guide's setup, step 6)."""

    command: Command = ("python", "-m", "alembic", "upgrade", "head")


class AdminSettings(JobSettings):
    """Makes the first administrator (the guide's setup, step 7).

    The guide leaves the logic open ("Create admin user logic here"), so the command is a setting. It runs in every
    release, so it must do nothing and succeed where the user is there already.
    """

    command: Command = ("python", "-m", "backend.auth.create_admin")
    username: UserName = "admin"
    email: Email = "admin@jarvis.local"
