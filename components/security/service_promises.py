"""What every Service of the stack's namespace keeps to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from components.security.promise import Check, Expression, Promise, Resource

CONTROLLERS: Final[dict[str, str]] = {
    "acme.cert-manager.io/http01-solver": "Challenge",
}
"""Labels of Services that controllers open for a short time, and the kind of the object that they make them for.

cert-manager's solver Services are NodePorts unless the issuer's `serviceType` says otherwise."""


def closed_services(allowed: Sequence[str]) -> Promise:
    """ClusterIP only, but for the Services named."""
    names = ", ".join(f"'{name}'" for name in allowed)
    excepted = [f"object.metadata.name in [{names}]"] if allowed else []
    excepted += [
        f"'{label}' in object.metadata.?labels.orValue({{}}) && "
        f"object.metadata.?ownerReferences.orValue([]).exists(owner, owner.kind == '{kind}'"
        " && owner.?controller.orValue(false))"
        for label, kind in CONTROLLERS.items()
    ]
    subject = "'Service ' + object.metadata.name + ' '"
    fix = "make it ClusterIP, or name it in jarvis:security admission.services.allowed."
    return Promise(
        name="services",
        title="A Service opens no port to the world outside the cluster unless it is named.",
        reason="An entry point that nobody planned has no TLS, no limits and no network policy in front of it.",
        resources=(Resource("", "v1", ("services",)),),
        conditions=(Expression("changes-the-service", "oldObject == null || object.spec != oldObject.spec"),),
        variables=(Expression("excepted", " || ".join(f"({condition})" for condition in excepted)),),
        checks=(
            Check(
                "variables.excepted || !(object.spec.?type.orValue('ClusterIP') in ['NodePort', 'LoadBalancer'])",
                f"The Service is open to the world outside the cluster: {fix}",
                f"{subject} + 'is of type ' + object.spec.type + ': {fix}'",
            ),
            Check(
                "object.spec.?externalIPs.orValue([]).size() == 0",
                "The Service takes addresses from others: leave externalIPs out.",
                f"{subject} + 'takes the addresses ' + object.spec.externalIPs.join(', ') + ': leave externalIPs out.'",
            ),
        ),
    )
