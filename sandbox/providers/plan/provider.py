"""A provider that plans: it checks, compares and answers like the cloud's own, and creates nothing."""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from collections.abc import Mapping

from sandbox.providers import rehearsal
from sandbox.providers.compare import compare
from sandbox.providers.plan.checking import Checker
from sandbox.providers.plan.completion import Completion
from sandbox.providers.plan.planned import Planned
from sandbox.providers.plan.sdk import ResourceType, Sdk
from sandbox.providers.resource import (
    Checked,
    Difference,
    Naming,
    Operation,
    Provider,
    ProviderError,
    Resource,
    State,
)
from sandbox.providers.values import UNKNOWN, Properties, Unknown, Value, marked_like, reveal, revealed


class PlanProvider(Provider):
    """One cloud, planned. What differs between clouds is in the methods that subclasses fill in."""

    fills_lists = True
    """Whether lists that only the cloud fills have an entry as soon as a resource is made."""

    def __init__(self, types: Sdk, checker: Checker) -> None:
        self.types = types
        self.checker = checker

    @abstractmethod
    def name_property(self, kind: ResourceType) -> str | None:
        """The input that names the resource in the cloud."""

    @abstractmethod
    def is_named_automatically(self, kind: ResourceType) -> bool:
        """Whether a resource that the program leaves without a name gets one before it is made."""

    @abstractmethod
    def automatic_name(self, kind: ResourceType, resource: Resource, digits: str) -> str:
        """That name; `digits` are random, hexadecimal, and the same in a preview and in what follows."""

    @abstractmethod
    def replacing(self, kind: ResourceType) -> frozenset[str]:
        """Inputs that cannot be changed in place."""

    def decisive(self, kind: ResourceType) -> frozenset[str]:
        """Inputs that what is made up for a resource comes from: with them it is the same one."""
        return self.replacing(kind)

    @abstractmethod
    def id_of(self, planned: Planned) -> str:
        """What the cloud would call the resource."""

    @abstractmethod
    def facts(self, planned: Planned, id: str) -> Mapping[str, Value]:
        """Outputs, by path, of which more is known than their type."""

    def settled(self, planned: Planned) -> Mapping[str, Value]:
        """Outputs, by path, that are known in a preview already."""
        del planned
        return {}

    def text(self, planned: Planned, name: str) -> str | None:
        """A made-up text for the output `name`, None where any will do."""
        del planned, name
        return None

    def check(self, resource: Resource, old: Properties, new: Properties, seed: bytes, naming: Naming) -> Checked:
        """Hold every input against the SDK's types; name what the program leaves without a name."""
        kind = self.types.resource(resource.type)
        problems = self.checker.problems(resource.type, kind.inputs, new)
        if problems:
            return Checked(new, problems)
        return self._named(kind, resource, old, new, seed, naming)

    def _named(
        self, kind: ResourceType, resource: Resource, old: Properties, new: Properties, seed: bytes, naming: Naming
    ) -> Checked:
        key = self.name_property(kind)
        given = key is None or any(new.get(name) is not None for name in (key, f"{key}Prefix"))
        if key is None or given or not self.is_named_automatically(kind):
            return Checked(new)
        if old.get(key) is not None:
            return Checked({**new, key: old[key]})
        if naming.disabled:
            return Checked(new, [(key, f"Automatic naming is switched off (`pulumi:autonaming`): set `{key}`.")])
        digits = hashlib.sha256(seed).hexdigest()
        return Checked({**new, key: naming.proposed or self.automatic_name(kind, resource, digits)})

    def diff(self, resource: Resource, state: State, new: Properties) -> Difference:
        """Compare inputs."""
        kind = self.types.resource(resource.type)
        changes = compare(state.inputs, new)
        replacing = self.replacing(kind)
        replaces = frozenset(path for path in changes if _first(path) in replacing)
        key = self.name_property(kind)
        same_name = key is not None and new.get(key) is not None and reveal(state.inputs.get(key)) == reveal(new[key])
        return Difference(changes, replaces, delete_before_replace=bool(replaces) and same_name)

    def create(self, operation: Operation, inputs: Properties) -> State:
        """In a preview and in a rehearsal, what the cloud would answer; refused otherwise."""
        self._refuse_in_earnest(operation)
        planned = self._planned(operation.resource, inputs)
        id = "" if operation.preview else self.id_of(planned)
        return State(id, self._outputs(planned, id, preview=operation.preview))

    def update(self, operation: Operation, state: State, inputs: Properties) -> State:
        """Likewise; in a preview, what the program does not give is as it was."""
        self._refuse_in_earnest(operation)
        planned = self._planned(operation.resource, inputs)
        outputs = self._outputs(planned, state.id, preview=operation.preview)
        if operation.preview:
            outputs = {key: _kept(value, state.outputs.get(key)) for key, value in outputs.items()}
        return State(state.id, outputs)

    def read(self, operation: Operation, state: State) -> State | None:
        """The state as it is: nothing changes a planned resource. One that is looked up by id is made up."""
        if state.outputs:
            return state
        kind = self.types.resource(operation.resource.type)
        key = self.name_property(kind)
        named: Properties = {} if key is None else {key: state.id.rsplit("/", 1)[-1]}
        planned = self._planned(operation.resource, {**named, **state.inputs})
        return State(state.id, self._outputs(planned, state.id, preview=False), state.inputs)

    def delete(self, operation: Operation, state: State) -> None:
        """Forget the resource; refused outside a rehearsal."""
        del state
        self._refuse_in_earnest(operation)

    def _planned(self, resource: Resource, inputs: Properties) -> Planned:
        kind = self.types.resource(resource.type)
        key = self.name_property(kind)
        given = reveal(inputs.get(key)) if key is not None else None
        return Planned(
            resource,
            kind,
            inputs,
            given if isinstance(given, str) else resource.name,
            tuple(sorted(self.decisive(kind))),
        )

    def _outputs(self, planned: Planned, id: str, *, preview: bool) -> Properties:
        facts = {**({} if preview else self.facts(planned, id)), **self.settled(planned)}
        outputs = Completion(planned, facts, preview, self.text, self.fills_lists).outputs()
        return {key: marked_like(value, planned.inputs.get(key)) for key, value in revealed(outputs).items()}

    def _refuse_in_earnest(self, operation: Operation) -> None:
        if not operation.preview and rehearsal.cluster() is None:
            raise ProviderError(
                f"The offline provider `{self.name}` only plans: nothing was created, changed or deleted. Preview the "
                "stack with it, rehearse it with `--sandbox`, or let Pulumi fetch its official plugin to deploy."
            )


def _first(path: str) -> str:
    return path.split(".", 1)[0].split("[", 1)[0]


def _kept(value: Value, old: Value) -> Value:
    """The value with what is unknown in it as it was before."""
    match value, old:
        case Unknown(), _:
            return UNKNOWN if old is None else old
        case dict(), dict():
            return {key: _kept(item, old.get(key)) for key, item in value.items()}
        case _:
            return value
