"""AWS's own descriptions of its operations, which botocore ships, with types."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from botocore.loaders import Loader
from botocore.model import ServiceModel


@dataclass(frozen=True)
class Model:
    """What AWS says of one parameter, or of all parameters of an operation."""

    shape: Any
    """botocore's, which has no types."""

    @property
    def kind(self) -> str:
        """`structure`, `list`, `map`, `string`, ..."""
        return self.shape.type_name

    @property
    def name(self) -> str:
        """The type's name: `NodegroupScalingConfig`."""
        return self.shape.name

    @property
    def members(self) -> Mapping[str, Model]:
        """Of a structure; nothing where it is none."""
        members: Mapping[str, Any] = self.shape.members if self.kind == "structure" else {}
        return {name: Model(member) for name, member in members.items()}

    @property
    def item(self) -> Model:
        """Of a list's items, or of a map's values."""
        return Model(self.shape.member if self.kind == "list" else self.shape.value)

    @property
    def key(self) -> Model:
        """Of a map's keys."""
        return Model(self.shape.key)

    @property
    def limits(self) -> Mapping[str, Any]:
        """`min`, `max`, `pattern`, `enum`: those that it states."""
        return self.shape.metadata

    @property
    def words(self) -> frozenset[str]:
        """Those of its text."""
        text = html.unescape(re.sub(r"<[^>]+>", " ", self.shape.documentation))
        return frozenset(word.strip(".,:;()|") for word in text.split())


@cache
def _service(name: str) -> Any:
    loader: Any = Loader([Loader.BUILTIN_DATA_PATH])
    return ServiceModel(loader.load_service_model(name, "service-2"), name)


def parameters_of(service: str, operation: str) -> Model:
    """The parameters of an operation that has some."""
    shape = _service(service).operation_model(operation).input_shape
    assert shape is not None, f"{service}:{operation} takes no parameters"
    return Model(shape)
