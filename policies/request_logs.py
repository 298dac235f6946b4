"""What people ask of a stack is written down, and what lets them in is not."""

from __future__ import annotations

from typing import Final

from pulumi_policy import Severity

from policies.demands import Demand, is_true, keeps, types_of
from policies.rule import Config, Rule
from policies.seen import UNKNOWN, at, each

_CREDENTIALS: Final = ("authorization", "cookie")
_ON: Final = "is not true: name a bucket for them"


def _leaves_out_credentials(fields: object, _: Config) -> bool:
    names = [at(field, "singleHeader", "name") for field in each(fields)]
    return UNKNOWN in names or set(_CREDENTIALS) <= {str(name).lower() for name in names}


DEMANDS: Final = (
    Demand("aws:lb/loadBalancer:LoadBalancer", "accessLogs.enabled", is_true, _ON,
           unless=lambda balancer: balancer.get("loadBalancerType") not in (None, "application")),
    Demand("aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration", "redactedFields",
           _leaves_out_credentials, "lacks the headers authorization or cookie, which let whoever reads the log in"),
)  # fmt: skip

RULES: Final = (
    Rule(
        name="request-logs",
        title="Load balancers write each request down, and no log holds what lets somebody in.",
        reason="After an attack it is the only trace; and logs are read by many.",
        fix="Give the load balancer a bucket, and leave credentials out of the firewall's log.",
        check=keeps(DEMANDS),
        applies=types_of(DEMANDS),
        severity=Severity.MEDIUM,
    ),
)
