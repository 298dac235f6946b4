"""One call of an AWS API, and how a planned resource's inputs become its parameters.

The provider renames little: most inputs differ from the API's parameters only in their capitals. So a request takes an
input by itself where the model of AWS has a parameter of that name, and a row says only what is otherwise. An input
that no request has taken in the end is a mistake: of the row, or of the component.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from tests.support.aws_requests.fitting import Unfit, fit, member_of
from tests.support.aws_requests.models import Model, parameters_of
from tests.support.aws_requests.plan import PlannedResource

Parameters: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """One request."""

    service: str
    """As boto3 calls it: `elbv2`."""
    operation: str
    """As AWS calls it: `CreateLoadBalancer`."""
    parameters: Parameters
    region: str
    answers: Mapping[str, str] = field(default_factory=dict[str, str])
    """What of the planned resource AWS decides: an output, or `id`, by its JMESPath in the response."""

    @property
    def name(self) -> str:
        """`elbv2:CreateLoadBalancer`."""
        return f"{self.service}:{self.operation}"

    @property
    def model(self) -> Model:
        """AWS's, of its parameters."""
        return parameters_of(self.service, self.operation)


class Item:
    """A planned resource while its requests are made."""

    def __init__(self, resource: PlannedResource) -> None:
        self.resource = resource
        self.left = {key for key, value in resource.inputs.items() if value is not None} - {"region"}
        """Inputs that nothing has taken so far."""

    @property
    def id(self) -> str:
        return self.resource.id

    def has(self, name: str) -> bool:
        """Whether the input is given."""
        return self.resource.inputs.get(name) is not None

    def take(self, name: str, default: Any = None) -> Any:
        """An input, for a parameter that the row makes itself."""
        self.left.discard(name)
        value = self.resource.inputs.get(name)
        return default if value is None else value

    def text(self, name: str) -> str:
        """An input for a parameter that is always a text."""
        value = self.take(name)
        return str(value).lower() if isinstance(value, bool) else str(value)

    def leave(self, *names: str, to: str) -> None:
        """Inputs that no request of the creation has; `to` says what they are for."""
        assert to
        self.left -= set(names)

    def pairs(self) -> list[dict[str, str]]:
        """The tags, as most of AWS writes them."""
        return [{"Key": key, "Value": value} for key, value in self.take("tags", {}).items()]

    def tagged(self, kind: str) -> list[Parameters]:
        """The tags, as EC2 takes them at a creation."""
        return [{"ResourceType": kind, "Tags": self.pairs()}]

    def call(
        self, service: str, operation: str, parameters: Parameters, *, answers: Mapping[str, str] | None = None
    ) -> Call:
        """A request with exactly these parameters."""
        return Call(service, operation, parameters, self.resource.region, answers or {})

    def request(
        self,
        service: str,
        operation: str,
        parameters: Parameters | None = None,
        *,
        renamed: Mapping[str, str] | None = None,
        under: str | None = None,
        instead: Mapping[str, Any] | None = None,
        answers: Mapping[str, str] | None = None,
    ) -> Call:
        """A request with these parameters and with every input left that it has a parameter for.

        `renamed` names inputs, at any depth, that the API calls otherwise; `under` the parameter that holds them all;
        `instead` has inputs that the row has changed.
        """
        names, own = renamed or {}, dict(parameters or {})
        model = parameters_of(service, operation)
        target = model if under is None else model.members[under]
        made = own if under is None else own.pop(under, {})
        found: Parameters = {}
        for key, value in {**{key: self.resource.inputs[key] for key in sorted(self.left)}, **(instead or {})}.items():
            member = member_of(target, key, names)
            if member is not None and member not in made:
                try:
                    found[member] = fit(value, target.members[member], names)
                except Unfit as error:
                    raise Unfit(f"{key}{error}") from None
                self.left.discard(key)
        inner = found if under is None else {under: {**found, **made}}
        return Call(service, operation, {**inner, **own}, self.resource.region, answers or {})


Row: TypeAlias = Callable[[Item], Iterator[Call]]


def calls_of(resource: PlannedResource, row: Row) -> list[Call]:
    """The requests that create a resource. Raises Unfit where an input goes into none of them."""
    item = Item(resource)
    calls = list(row(item))
    if item.left:
        raise Unfit(f"no request takes {', '.join(sorted(item.left))}")
    return calls
