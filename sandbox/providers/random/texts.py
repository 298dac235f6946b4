"""RandomPassword, RandomString and RandomPet."""

from __future__ import annotations

from sandbox.providers.random import characters, pets
from sandbox.providers.random.kind import Problems, plain
from sandbox.providers.resource import State
from sandbox.providers.values import Properties, Secret, as_number, as_text


def complete(inputs: Properties) -> Properties:
    """Inputs of a password or string with defaults."""
    return characters.with_defaults(plain(inputs))


def problems(inputs: Properties) -> Problems:
    """What no password or string can satisfy."""
    return characters.Rules.of(inputs).problems()


def _bcrypt(password: str) -> str:
    import bcrypt

    # bcrypt reads the first 72 bytes; the library refuses more than that.
    return bcrypt.hashpw(password.encode()[:72], bcrypt.gensalt(10)).decode()


def _password_state(inputs: Properties, password: str) -> State:
    """The id is not the password, because ids are not secret."""
    return State("none", {**inputs, "result": Secret(password), "bcryptHash": Secret(_bcrypt(password))})


def password(inputs: Properties) -> State:
    """A new password."""
    return _password_state(inputs, characters.Rules.of(inputs).generate())


def restored_password(id: str) -> State:
    """The password that is given as the id of an import."""
    inputs: Properties = {"length": len(id)}
    return State("none", _password_state(complete(inputs), id).outputs, inputs)


def string(inputs: Properties) -> State:
    """A new string."""
    result = characters.Rules.of(inputs).generate()
    return State(result, {**inputs, "result": result})


def restored_string(id: str) -> State:
    """The string that is given as the id of an import."""
    inputs: Properties = {"length": len(id)}
    return State(id, {**complete(inputs), "result": id}, inputs)


def complete_pet(inputs: Properties) -> Properties:
    """Inputs of a pet with defaults."""
    return {"length": 2, "separator": "-", **plain(inputs)}


def pet(inputs: Properties) -> State:
    """A new pet's name, which is the id."""
    separator = as_text(inputs.get("separator")) or ""
    name = pets.generate(as_number(inputs.get("length")) or 1, as_text(inputs.get("prefix")), separator)
    return State(name, inputs)
