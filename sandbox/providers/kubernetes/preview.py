"""What a preview says an object will be."""

from __future__ import annotations

import secrets
from typing import Final

from sandbox.providers.kubernetes.objects import metadata, name_of, outputs, with_metadata
from sandbox.providers.values import UNKNOWN, Properties, as_list, as_object

_NAME_LENGTH: Final = 40
"""Short enough for every kind, with what is added."""
_ASSIGNED_METADATA: Final = ("creationTimestamp", "generation", "resourceVersion", "uid")


def expected(live: Properties, inputs: Properties, manager: str, *, is_new: bool) -> Properties:
    """The outputs of a dry run, with what the server only assigns in earnest (uid, addresses, status) unknown."""
    seen = outputs(live, inputs, manager)
    del seen["__fieldManager"]
    seen["status"] = UNKNOWN
    if not is_new:
        return seen
    meta = {key: value for key, value in metadata(seen).items() if key != "managedFields"}
    seen = with_metadata(seen, {**meta, **dict.fromkeys(_ASSIGNED_METADATA, UNKNOWN)})
    if seen.get("kind") == "Service" and "spec" in seen:
        seen["spec"] = _service_spec(as_object(seen["spec"]), as_object(inputs.get("spec")))
    return seen


def _service_spec(spec: Properties, wanted: Properties) -> Properties:
    assigned = {key: UNKNOWN for key in ("clusterIP", "clusterIPs") if key in spec and key not in wanted}
    given = [as_object(port).get("nodePort") for port in as_list(wanted.get("ports"))]
    ports = [
        {**as_object(port), "nodePort": UNKNOWN} if as_object(port).get("nodePort") not in (None, *given) else port
        for port in as_list(spec.get("ports"))
    ]
    return {**spec, **assigned, "ports": [*ports]} if ports else {**spec, **assigned}


def can_rehearse(inputs: Properties) -> bool:
    """Whether a replacement can be tried under another name while the old object is still there.

    A definition's name follows from its kind, and a Service's addresses and ports are taken by the old one.
    """
    return inputs.get("kind") not in {"CustomResourceDefinition", "APIService", "Service"}


def rehearsed(inputs: Properties) -> Properties:
    """The inputs under a name that nothing has."""
    name = f"{name_of(inputs)[:_NAME_LENGTH].rstrip('-.')}-{secrets.token_hex(4)}"
    return with_metadata(inputs, {**metadata(inputs), "name": name})
