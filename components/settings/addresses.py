"""Names of servers, and networks."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Annotated, Final

from pydantic import AfterValidator

from components.settings.text import Matching, not_allowed

_PRIVATE: Final = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))

DnsName = Annotated[
    str,
    Matching(
        r"(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*",
        "a DNS name in lower case, such as api.jarvis.com or *.jarvis.com",
        max_length=253,
    ),
]


def _private_network(text: str) -> str:
    try:
        network = IPv4Network(text)
    except ValueError:
        network = None
    if network is None or not any(network.subnet_of(private) for private in _PRIVATE):
        raise not_allowed("a private IPv4 network with no host bits set (RFC 1918), such as 10.20.0.0/16")
    return str(network)


PrivateNetwork = Annotated[str, AfterValidator(_private_network)]
