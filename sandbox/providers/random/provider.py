"""The provider `random`: values are made once and kept in the state until an input changes."""

from __future__ import annotations

from sandbox.providers.random.kinds import KINDS, RandomKind, complete
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
from sandbox.providers.values import (
    UNKNOWN,
    Properties,
    Secret,
    Unknown,
    Value,
    has_unknown,
    marked_like,
    reveal,
)

_WORDS = {int: "a whole number", bool: "true or false", str: "text", list: "a list", dict: "an object"}
_SECRETS = frozenset({"bcryptHash", "base64"})


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
        kind = _kind(resource)
        allowed = {**kind.inputs, "keepers": dict}
        failures: list[tuple[str, str]] = []
        for key, value in new.items():
            if key not in allowed:
                failures.append((key, f"`{key}` is not an input of {_short(resource)}; it has: {_listed(allowed)}."))
            elif not _fits(value, allowed[key]):
                failures.append((key, f"`{key}` is {_words(allowed[key])}, not {_shown(value)}."))
        missing = [key for key in kind.required if new.get(key) is None]
        failures += [(key, f"`{key}` is missing: {_short(resource)} needs it.") for key in missing]
        if not failures and not has_unknown({key: value for key, value in new.items() if key != "keepers"}):
            failures += kind.problems(complete(kind, new))
        return Checked(new, failures)

    def diff(self, resource: Resource, state: State, new: Properties) -> Difference:
        """Any changed input makes a new value."""
        kind = _kind(resource)
        before, after = complete(kind, state.inputs), complete(kind, new)
        changes = {
            key: Change.ADDED if key not in before else Change.DELETED if key not in after else Change.UPDATED
            for key in dict.fromkeys((*before, *after))
            if before.get(key) != after.get(key)
        }
        return Difference(changes, frozenset(changes))

    def create(self, operation: Operation, inputs: Properties) -> State:
        """Make the value; in a preview it is unknown."""
        kind = _kind(operation.resource)
        given = complete(kind, inputs)
        if operation.preview or has_unknown({key: value for key, value in given.items() if key != "keepers"}):
            unknown: Properties = {
                key: Secret(UNKNOWN) if _is_secret(operation.resource, key) else UNKNOWN for key in kind.computed
            }
            return State("", {**given, **unknown})
        state = kind.generate(given)
        outputs = {
            key: marked_like(value, inputs.get(key)) if key in inputs else value for key, value in state.outputs.items()
        }
        return State(state.id, outputs)

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


def _kind(resource: Resource) -> RandomKind:
    kind = KINDS.get(_short(resource))
    if kind is None:
        raise ProviderError(f"The offline provider `random` has no resource {resource.type}; it has: {_listed(KINDS)}.")
    return kind


def _short(resource: Resource) -> str:
    return resource.type.rsplit(":", 1)[-1]


def _is_secret(resource: Resource, key: str) -> bool:
    kind = _short(resource)
    return key in _SECRETS or kind == "RandomBytes" or (kind == "RandomPassword" and key == "result")


def _fits(value: Value, type: object) -> bool:
    plain = reveal(value)
    if plain is None or isinstance(plain, Unknown):
        return True
    if type is int:
        return isinstance(plain, int) and not isinstance(plain, bool)
    return {bool: isinstance(plain, bool), str: isinstance(plain, str), list: isinstance(plain, list)}.get(
        type if isinstance(type, type_of) else object, isinstance(plain, dict)
    )


type_of = type


def _words(type: object) -> str:
    return next((words for known, words in _WORDS.items() if known is type), "another type")


def _shown(value: Value) -> str:
    return "this secret" if isinstance(value, Secret) else repr(value)


def _listed(names: object) -> str:
    return ", ".join(sorted(str(name) for name in names)) if isinstance(names, dict) else ""
