"""The provider `random`: values are made once and kept in the state until an input changes."""

from __future__ import annotations

from collections.abc import Iterable

from sandbox.providers.random.kind import RandomKind, Type
from sandbox.providers.random.kinds import KINDS
from sandbox.providers.resource import (
    Change,
    Checked,
    Difference,
    Naming,
    Operation,
    Provider,
    ProviderError,
    Resource,
    State,
)
from sandbox.providers.values import UNKNOWN, Properties, Secret, Value, has_unknown, marked_like


class RandomProvider(Provider):
    """Random values from the system's source of secrets."""

    name = "random"
    sdk = "pulumi_random"

    def check_config(self, inputs: Properties) -> Checked:
        """The provider has no settings."""
        known = {"version", "pluginDownloadURL"}
        extra = [key for key in inputs if key not in known and not key.startswith("__")]
        return Checked(inputs, [(key, f"The provider `random` has no setting `{key}`.") for key in extra])

    def check(self, resource: Resource, old: Properties, new: Properties, seed: bytes, naming: Naming) -> Checked:
        """Refuse unknown, missing, wrongly typed and contradictory inputs."""
        del old, seed, naming
        kind, name = _kind(resource), _short(resource)
        allowed = {**kind.inputs, "keepers": Type.OBJECT}
        failures: list[tuple[str, str]] = []
        for key, value in new.items():
            if key not in allowed:
                failures.append((key, f"`{key}` is not an input of {name}; it has: {_listed(allowed)}."))
            elif not allowed[key].fits(value):
                failures.append((key, f"`{key}` is {allowed[key].value}, not {_shown(value)}."))
        missing = [key for key in kind.required if new.get(key) is None]
        failures += [(key, f"`{key}` is missing: {name} needs it.") for key in missing]
        if not failures and not _open(new):
            failures += kind.problems(kind.complete(new))
        return Checked(new, failures)

    def diff(self, resource: Resource, state: State, new: Properties) -> Difference:
        """Any changed input makes a new value."""
        kind = _kind(resource)
        before, after = kind.complete(state.inputs), kind.complete(new)
        changes = {
            key: Change.ADDED if key not in before else Change.DELETED if key not in after else Change.UPDATED
            for key in dict.fromkeys((*before, *after))
            if before.get(key) != after.get(key)
        }
        return Difference(changes, frozenset(changes))

    def create(self, operation: Operation, inputs: Properties) -> State:
        """Make the value; in a preview it is unknown."""
        kind = _kind(operation.resource)
        given = kind.complete(inputs)
        if operation.preview:
            unknown: Properties = {key: Secret(UNKNOWN) if key in kind.secret else UNKNOWN for key in kind.computed}
            return State("", _marked({**given, **unknown}, inputs))
        state = kind.generate(given)
        return State(state.id, _marked(state.outputs, inputs))

    def read(self, operation: Operation, state: State) -> State | None:
        """The value as the state has it; an import takes it from the id."""
        if state.outputs:
            return state
        return _kind(operation.resource).restore(state.id)

    def update(self, operation: Operation, state: State, inputs: Properties) -> State:
        """Never asked for by a diff; a secret mark may come or go."""
        del operation
        return State(state.id, {**state.outputs, **inputs})

    def delete(self, operation: Operation, state: State) -> None:
        """Forget the value: it is only in the state."""


def _open(inputs: Properties) -> bool:
    """Whether an input that decides on the value is not known yet; keepers don't."""
    return has_unknown({key: value for key, value in inputs.items() if key != "keepers"})


def _marked(outputs: Properties, inputs: Properties) -> Properties:
    return {key: marked_like(value, inputs.get(key)) for key, value in outputs.items()}


def _kind(resource: Resource) -> RandomKind:
    kind = KINDS.get(_short(resource))
    if kind is None:
        raise ProviderError(f"The offline provider `random` has no resource {resource.type}; it has: {_listed(KINDS)}.")
    return kind


def _short(resource: Resource) -> str:
    return resource.type.rsplit(":", 1)[-1]


def _shown(value: Value) -> str:
    return "this secret" if isinstance(value, Secret) else repr(value)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
