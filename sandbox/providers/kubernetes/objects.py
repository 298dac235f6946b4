"""Names, namespaces and annotations of objects, and what of a live object the program gets to see."""

from __future__ import annotations

from typing import Final

from sandbox.providers.values import Properties, Secret, as_object, as_text, marked_like, secret

AUTONAMED: Final = "pulumi.com/autonamed"
FIELD_MANAGER: Final = "__fieldManager"
"""Output that keeps the name under which the object's fields are owned."""
INITIAL_API_VERSION: Final = "__initialApiVersion"
_LAST_APPLIED: Final = "kubectl.kubernetes.io/last-applied-configuration"


def metadata(obj: Properties) -> Properties:
    """The object's metadata."""
    return as_object(obj.get("metadata"))


def with_metadata(obj: Properties, changed: Properties) -> Properties:
    """The object with other metadata, which stays a secret where it was one."""
    return {**obj, "metadata": Secret(changed) if isinstance(obj.get("metadata"), Secret) else changed}


def name_of(obj: Properties) -> str:
    """The object's name, empty where it has none."""
    return as_text(metadata(obj).get("name")) or ""


def namespace_of(obj: Properties) -> str | None:
    """The object's namespace, None where it has none."""
    return as_text(metadata(obj).get("namespace")) or None


def annotation(obj: Properties, key: str) -> str | None:
    """The text of an annotation, None where there is none."""
    return as_text(as_object(metadata(obj).get("annotations")).get(key))


def is_autonamed(obj: Properties) -> bool:
    """Whether the provider chose the object's name."""
    return annotation(obj, AUTONAMED) == "true"


def id_of(obj: Properties) -> str:
    """The resource's id: `namespace/name`, or the name of a cluster-scoped object."""
    namespace, name = namespace_of(obj), name_of(obj)
    return f"{namespace}/{name}" if namespace else name


def split_id(id: str) -> tuple[str | None, str]:
    """Namespace and name of an id."""
    namespace, _, name = id.rpartition("/")
    return namespace or None, name


def is_secret(obj: Properties) -> bool:
    """Whether the object is a Secret, whose data is hidden whatever the program says."""
    return obj.get("kind") == "Secret" and obj.get("apiVersion") == "v1"


def hidden(obj: Properties) -> Properties:
    """The object with a Secret's data marked as secrets, value by value."""
    if not is_secret(obj):
        return obj
    marked = dict(obj)
    for key in ("data", "stringData"):
        values = marked.get(key)
        if isinstance(values, dict):
            marked[key] = {item: secret(value) for item, value in values.items()}
        elif values is not None:
            marked[key] = secret(values)
    if annotation(obj, _LAST_APPLIED) is not None:
        meta = dict(metadata(obj))
        meta["annotations"] = {
            key: secret(value) if key == _LAST_APPLIED else value
            for key, value in as_object(meta.get("annotations")).items()
        }
        return with_metadata(marked, meta)
    return marked


def without_managed_fields(obj: Properties) -> Properties:
    """The object without `metadata.managedFields`, which is most of its size and of no use to a program."""
    return with_metadata(obj, {key: value for key, value in metadata(obj).items() if key != "managedFields"})


def outputs(live: Properties, inputs: Properties, field_manager: str | None) -> Properties:
    """What the program sees of the live object, with the secrets of its inputs marked again."""
    seen = hidden(without_managed_fields(live))
    seen = {key: marked_like(value, inputs.get(key)) for key, value in seen.items()}
    seen[INITIAL_API_VERSION] = as_text(live.get("apiVersion"))
    if field_manager is not None:
        seen[FIELD_MANAGER] = field_manager
    return seen
