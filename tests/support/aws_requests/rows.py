"""The table: for each type of the SDK that the stacks use, the requests that create one.

A new type is one function in the module of its service, and a line in that module's ROWS. Every type here has a request
of its own, so there is no list of exceptions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.support.aws_requests import access, balancing, buckets, edge, eks, events, network, stores, watch
from tests.support.aws_requests.call import Call, Row, calls_of
from tests.support.aws_requests.fitting import Unfit
from tests.support.aws_requests.plan import PlannedResource

ROWS: Mapping[str, Row] = {
    **network.ROWS,
    **access.ROWS,
    **eks.ROWS,
    **stores.ROWS,
    **buckets.ROWS,
    **balancing.ROWS,
    **edge.ROWS,
    **watch.ROWS,
    **events.ROWS,
}


def requests_of(resources: Sequence[PlannedResource]) -> list[tuple[PlannedResource, Call]]:
    """All requests, in the plan's order. Raises Unfit with a sentence for each resource that has no place in them."""
    found: list[tuple[PlannedResource, Call]] = []
    problems: list[str] = []
    for resource in resources:
        row = ROWS.get(resource.type)
        if row is None:
            problems.append(f"{resource.type} has no row")
            continue
        try:
            found += [(resource, call) for call in calls_of(resource, row)]
        except Unfit as error:
            problems.append(f"{resource.type} {resource.name}: {error}")
    if problems:
        raise Unfit("\n".join(dict.fromkeys(problems)))
    return found
