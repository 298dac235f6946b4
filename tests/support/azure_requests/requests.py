"""A planned resource, held against the request that the SDK would send for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from automation.rendering.plan import Hidden, Planned
from tests.support.azure_requests.addresses import SUBSCRIPTION, Address, address_of
from tests.support.azure_requests.checking import Checker
from tests.support.azure_requests.table import REQUESTS, Request

PROVIDER: Final = "azure-native:"
SOMETHING: Final = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Any/kind/known-later"
"""Stands for the id of a resource that is not made yet."""


def own_type(planned: Planned) -> str:
    """The type token without the provider's name."""
    return planned.type.removeprefix(PROVIDER)


def request_problems(planned: Planned) -> list[str]:
    """A sentence for each thing that Azure's API would refuse or overlook in it."""
    request = REQUESTS[own_type(planned)]
    return list(_problems(request, planned.inputs))


def _problems(request: Request, inputs: Mapping[str, Any]) -> Iterator[str]:
    for name, value in request.fixed.items():
        if inputs.get(name, value) != value:
            yield f"{name}: must be {value}, not {inputs[name]}"
    address = _address(request, inputs)
    yield from address.problems
    body = {key: value for key, value in inputs.items() if key not in {*address.inputs, *request.fixed}}
    yield from Checker(request.module, request.open).problems(request.model, body)


def request_address(planned: Planned) -> Address:
    """Where the request goes."""
    return _address(REQUESTS[own_type(planned)], planned.inputs)


def with_known_ids(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs, whatever is not known yet being the id of some resource."""
    return {key: SOMETHING if isinstance(value, Hidden) else value for key, value in inputs.items()}


def _address(request: Request, inputs: Mapping[str, Any]) -> Address:
    return address_of(request.address, with_known_ids(inputs))
