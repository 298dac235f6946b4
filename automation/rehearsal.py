"""A stack put into the sandbox: a derived project whose stack file points at it, with secrets of its own.

The tracked stack file is read and never written; see docs/decisions/0002.
"""

from __future__ import annotations

import secrets
import string
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

import yaml

from automation.cluster import CLUSTER, makes_its_cluster
from automation.errors import BadInputError
from automation.layout import Layout, write_private

Keys = tuple[str | int, ...]
"""A path in a stack file's configuration: `("jarvis:secrets", "postgresPassword")`."""
SECRETS: Final = "jarvis:secrets"
NeededSecrets = Callable[[Mapping[str, Any]], tuple[str, ...]]
"""From a stack file's configuration to the members of `jarvis:secrets` that must have a value."""
_PENDING: Final = "placeholder"


@dataclass(frozen=True)
class SandboxCluster:
    """How the derived stack reaches the sandbox."""

    kubeconfig: Path
    context: str | None


@dataclass(frozen=True)
class Rehearsal:
    """The derived project of one stack."""

    cluster: SandboxCluster
    """Where its Kubernetes objects go."""
    folder: Path
    """Holds the derived Pulumi.yaml and stack file."""
    placeholders: Mapping[str, str]
    """Secrets that only the real environment has, by configuration path: values that still have to be encrypted."""
    replaced: tuple[str, ...]
    """Configuration paths of every secret that has a placeholder, new or kept."""


def derive(
    layout: Layout,
    stack: str,
    cluster: SandboxCluster,
    needed_secrets: NeededSecrets,
    *,
    folder: Path | None = None,
    given: bool = False,
) -> Rehearsal:
    """Write the derived project of `stack`; `needed_secrets` tells which secrets it cannot do without.

    Encrypted placeholders and the salt of an earlier run are kept, so that a second run finds nothing to change.
    `folder`: another place than the sandbox's. `given`: values that would be generated get placeholders too.
    Raises BadInputError where a file cannot be read.
    """
    folder = layout.rehearsal(stack) if folder is None else folder
    tracked = _mapping(layout.stack_file(stack))
    config = dict(cast("dict[str, Any]", tracked.get("config") or {}))
    config[CLUSTER] = _pointed_at(config.get(CLUSTER), cluster, stack)
    _complete_secrets(config, needed_secrets, given=given)
    file = folder / f"Pulumi.{stack}.yaml"
    earlier = _mapping(file) if file.is_file() else {}
    kept = dict(_ciphertexts(cast("dict[str, Any]", earlier.get("config") or {}), ()))
    missing, replaced = _fill_in(config, kept)
    derived: dict[str, Any] = {"config": config}
    if "encryptionsalt" in earlier:
        derived["encryptionsalt"] = earlier["encryptionsalt"]
    _write_yaml(file, derived)
    _write_project(layout, folder)
    return Rehearsal(cluster, folder, missing, replaced)


def _complete_secrets(config: dict[str, Any], needed: NeededSecrets, *, given: bool) -> None:
    """Add each secret that the stack cannot do without and has no value of; `_fill_in` gives it one."""
    chosen = _as_given(config.get(SECRETS)) if given else config.get(SECRETS)
    section = dict(cast("dict[str, Any]", chosen)) if isinstance(chosen, dict) else {}
    for name in needed({**config, SECRETS: section}):
        section.setdefault(name, {"secure": _PENDING})
    if section:
        config[SECRETS] = section


def _fill_in(config: dict[str, Any], kept: Mapping[Keys, str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Put the ciphertexts of an earlier run in place of the real ones, and take out what has none yet.

    Returns placeholders for the latter, by configuration path, and the paths of all.
    """
    missing: dict[str, str] = {}
    replaced: list[str] = []
    for path, _ in list(_ciphertexts(config, ())):
        name = spelled(path)
        replaced.append(name)
        if path in kept:
            _put(config, path, {"secure": kept[path]})
        else:
            _remove(config, path)
            missing[name] = _placeholder(path)
    return missing, tuple(replaced)


def _placeholder(path: Keys) -> str:
    """A value that passes for a real one: an address under a name that never resolves, or a random text.

    No server's rules for passwords refuse it: capital and small letters and digits, and nothing else.
    """
    token = "Aa1" + "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(40))
    return f"https://placeholder.invalid/{token}" if str(path[-1]).endswith("Url") else token


def spelled(path: Keys) -> str:
    """A path as `pulumi config set --path` takes it."""
    text = str(path[0])
    for step in path[1:]:
        text += f"[{step}]" if isinstance(step, int) else f".{step}"
    return text


def _pointed_at(tracked: object, cluster: SandboxCluster, stack: str) -> dict[str, Any]:
    """The tracked cluster section with its namespace and quotas, but in the sandbox.

    A cluster that the stack makes itself is only planned, so its section stays: the offline Kubernetes provider puts
    its objects into the sandbox, in a namespace called after the stack, since there are others' beside it.
    """
    section = dict(cast("dict[str, Any]", tracked)) if isinstance(tracked, dict) else {}
    if makes_its_cluster(section):
        return {"namespace": f"jarvis-{stack}", **section}
    pointed = {**section, "kind": "existing", "kubeconfig": str(cluster.kubeconfig.resolve())}
    pointed.pop("context", None)
    if cluster.context is not None:
        pointed["context"] = cluster.context
    return pointed


def _as_given(tracked: object) -> dict[str, Any]:
    """The tracked secrets section; of kind `generated`, the default, as one of kind `config`."""
    section = dict(cast("dict[str, Any]", tracked)) if isinstance(tracked, dict) else {}
    if section.get("kind", "generated") != "generated":
        return section
    return {"kind": "config", **{key: value for key, value in section.items() if isinstance(value, dict)}}


def _ciphertexts(value: object, path: Keys) -> Iterator[tuple[Keys, str]]:
    """Every `{secure: ...}` and where it stands."""
    match value:
        case {"secure": str(ciphertext)} if len(cast("dict[str, Any]", value)) == 1:
            yield path, ciphertext
        case dict():
            for key, item in cast("dict[str, Any]", value).items():
                yield from _ciphertexts(item, (*path, key))
        case list():
            for index, item in enumerate(cast("list[Any]", value)):
                yield from _ciphertexts(item, (*path, index))
        case _:
            return


def _put(config: dict[str, Any], path: Keys, value: object) -> None:
    holder: Any = config
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value


def _remove(config: dict[str, Any], path: Keys) -> None:
    """Take a value out; in a list its place is kept, so that the indices of others stay right."""
    holder: Any = config
    for step in path[:-1]:
        holder = holder[step]
    if isinstance(path[-1], int):
        holder[path[-1]] = ""
    else:
        del holder[path[-1]]


def _mapping(path: Path) -> dict[str, Any]:
    try:
        content: object = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadInputError(f"{path.name} cannot be read: {type(error).__name__}.") from error
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise BadInputError(f"{path.name} holds no mapping of settings.")
    return cast("dict[str, Any]", content)


def _write_project(layout: Layout, folder: Path) -> None:
    """The tracked project, told where its program and its interpreter are."""
    project = _mapping(layout.root / "Pulumi.yaml")
    runtime = {"name": "python", "options": {"virtualenv": str((layout.root / ".venv").resolve())}}
    _write_yaml(folder / "Pulumi.yaml", {**project, "runtime": runtime, "main": str(layout.root.resolve())})


def _write_yaml(path: Path, content: dict[str, Any]) -> None:
    write_private(path, yaml.safe_dump(content, sort_keys=False, allow_unicode=True))
