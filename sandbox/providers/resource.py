"""What a provider deals in: the resources, checks, differences and errors of the protocol, without its wire format."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from sandbox.providers.values import Properties


class ProviderError(Exception):
    """Why an operation could not be done, in one sentence for the person who runs it."""


class InitializationError(ProviderError):
    """The object exists but is not ready: the state keeps it, and the run fails with the reasons."""

    def __init__(self, id: str, outputs: Properties, inputs: Properties, reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.id, self.outputs, self.inputs, self.reasons = id, outputs, inputs, reasons


@dataclass(frozen=True)
class Resource:
    """Which resource of the program an operation is about."""

    urn: str
    type: str
    """`package:module:Type`, as in `kubernetes:apps/v1:Deployment`."""
    name: str


@dataclass(frozen=True)
class Naming:
    """What the engine's `pulumi:autonaming` setting says about a name that the program leaves open."""

    proposed: str | None = None
    disabled: bool = False
    enforced: bool = False


@dataclass(frozen=True)
class Checked:
    """Inputs with their defaults, or what is wrong with them: (property, sentence)."""

    inputs: Properties
    failures: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])


class Change(Enum):
    """What happened to one property."""

    ADDED = "add"
    DELETED = "delete"
    UPDATED = "update"


@dataclass(frozen=True)
class Difference:
    """The properties that changed, by path (`spec.ports[0].port`)."""

    changes: Mapping[str, Change] = field(default_factory=dict[str, Change])
    replaces: frozenset[str] = frozenset()
    """Those of the paths that cannot be changed in place."""
    delete_before_replace: bool = False


@dataclass(frozen=True)
class State:
    """A resource as it is."""

    id: str
    outputs: Properties
    inputs: Properties = field(default_factory=Properties)


@dataclass(frozen=True)
class Operation:
    """How an operation is to be done."""

    resource: Resource
    preview: bool = False
    timeout: float | None = None
    """Seconds given by the program's `custom_timeouts`."""
    ignored: tuple[str, ...] = ()
    """Paths of the inputs that an update leaves as they are: the program's `ignore_changes`."""


class Provider(ABC):
    """One provider; the server calls it from many threads."""

    name: str
    """The package's name, as in the resources' types."""
    sdk: str
    """The Python package whose version the plugin reports."""

    def check_config(self, inputs: Properties) -> Checked:
        """Check the provider's own settings."""
        return Checked(inputs)

    def diff_config(self, old: Properties, new: Properties) -> Difference:
        """Compare the provider's own settings."""
        changed = {key: Change.UPDATED for key in old.keys() | new.keys() if old.get(key) != new.get(key)}
        return Difference(changed)

    def configure(self, inputs: Properties) -> None:
        """Take the provider's own settings; comes before any operation on resources."""
        del inputs

    @abstractmethod
    def check(self, resource: Resource, old: Properties, new: Properties, seed: bytes, naming: Naming) -> Checked:
        """Check inputs and fill in defaults. `seed` makes random names that are the same in preview and up."""

    @abstractmethod
    def diff(self, resource: Resource, state: State, new: Properties) -> Difference:
        """Compare what is with what is wanted."""

    @abstractmethod
    def create(self, operation: Operation, inputs: Properties) -> State:
        """Make the resource; in a preview, say what it would be."""

    @abstractmethod
    def read(self, operation: Operation, state: State) -> State | None:
        """The resource as it is now, None where there is none; `state` is empty but for the id in an import."""

    @abstractmethod
    def update(self, operation: Operation, state: State, inputs: Properties) -> State:
        """Change the resource in place; in a preview, say what it would be."""

    @abstractmethod
    def delete(self, operation: Operation, state: State) -> None:
        """Remove the resource; one that is gone already is fine."""

    def invoke(self, token: str, args: Properties) -> Properties:
        """Call a function of the package."""
        del args
        raise ProviderError(f"The offline provider `{self.name}` has no function `{token}`.")

    def cancel(self) -> None:  # noqa: B027  (a provider that never waits has nothing to stop)
        """Stop whatever is being waited for, at once."""

    def close(self) -> None:  # noqa: B027  (a provider that keeps no files has none to remove)
        """Remove what the provider keeps outside its process; called last of all."""
