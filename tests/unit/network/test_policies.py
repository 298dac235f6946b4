"""For any list of flows: exactly these connections get through, and everything else is denied."""

from __future__ import annotations

import random
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.network.contract import AnyPeer, ApiServerPeer, CidrPeer, Flow, NamespacePeer, Peer, PodPeer
from components.network.rules import app_policies
from tests.support.network import Endpoint, allows
from tests.unit.network.support import NAMESPACE, network_graph, policies_of

APPS = ("a", "b", "c")
PORTS = ((80, "TCP"), (80, "UDP"), (443, "TCP"))
PODS = {app: Endpoint(f"10.0.0.{index}", NAMESPACE, app) for index, app in enumerate(APPS, start=1)}
FOREIGN = Endpoint("10.0.1.1", "other", "a")
FOREIGN_SIBLING = Endpoint("10.0.1.2", "other", "b")
THIRD = Endpoint("10.0.2.1", "third", "a")
OUTSIDE = Endpoint("203.0.113.7")
METADATA = Endpoint("169.254.169.254")
ENDPOINTS = (*PODS.values(), FOREIGN, FOREIGN_SIBLING, THIRD, OUTSIDE, METADATA)
PUBLIC = CidrPeer("0.0.0.0/0", ("10.0.0.0/8", "169.254.0.0/16"))
OWN = st.sampled_from([PodPeer(app) for app in APPS])
ANY_PEER = st.sampled_from(
    [
        *(PodPeer(app) for app in APPS),
        PodPeer("a", namespace="other"),
        NamespacePeer("other"),
        PUBLIC,
        ApiServerPeer(),
        AnyPeer(),
    ]
)
PORT = st.sampled_from(PORTS)
POD_FLOWS = st.lists(st.builds(lambda s, t, p: Flow(s, t, *p), OWN, OWN, PORT), max_size=6)
ALL_FLOWS = st.lists(
    st.one_of(
        st.builds(lambda s, t, p: Flow(s, t, *p), OWN, ANY_PEER, PORT),
        st.builds(lambda s, t, p: Flow(s, t, *p), ANY_PEER, OWN, PORT),
    ),
    max_size=6,
)


def covers(peer: Peer, endpoint: Endpoint) -> bool:
    """Whether a flow's end means the endpoint, from the words of the contract."""
    match peer:
        case AnyPeer() | ApiServerPeer():
            return True
        case CidrPeer():
            return endpoint is OUTSIDE
        case NamespacePeer():
            return endpoint.namespace == peer.namespace
        case PodPeer():
            return (endpoint.app, endpoint.namespace) == (peer.app, peer.namespace or NAMESPACE)


def expected(flows: list[Flow], source: Endpoint, target: Endpoint, port: tuple[int, str]) -> bool:
    """A Pod of the namespace needs a flow of its own for what it sends, and one for what it gets."""
    meant = [flow for flow in flows if (flow.port, flow.protocol) == port]
    out = any(flow.source == PodPeer(source.app) and covers(flow.target, target) for flow in meant)
    into = any(flow.target == PodPeer(target.app) and covers(flow.source, source) for flow in meant)
    return (source.namespace != NAMESPACE or out) and (target.namespace != NAMESPACE or into)


@settings(max_examples=150, deadline=None)
@given(POD_FLOWS)
def test_between_pods_exactly_the_listed_flows_are_allowed(flows: list[Flow]) -> None:
    policies = policies_of(flows)
    allowed = {
        Flow(PodPeer(source), PodPeer(target), *port)
        for source, target, port in product(APPS, APPS, PORTS)
        if allows(policies, PODS[source], PODS[target], *port)
    }
    assert allowed == set(flows)


@settings(max_examples=100, deadline=None)
@given(ALL_FLOWS)
def test_every_connection_is_judged_as_the_flows_say(flows: list[Flow]) -> None:
    policies = policies_of(flows)
    for source, target, port in product(ENDPOINTS, ENDPOINTS, PORTS):
        if NAMESPACE in (source.namespace, target.namespace):
            judged = allows(policies, source, target, *port)
            assert judged == expected(flows, source, target, port), (source, target, port)


@settings(max_examples=15, deadline=None)
@given(ALL_FLOWS, st.randoms(use_true_random=False))
def test_the_order_of_flows_changes_nothing(flows: list[Flow], order: random.Random) -> None:
    shuffled = [*flows, *flows]
    order.shuffle(shuffled)
    assert policies_of(shuffled) == policies_of(flows)


DNS = Endpoint("10.0.9.9", "kube-system", k8s_app="kube-dns")


@pytest.mark.parametrize("protocol", ["TCP", "UDP"])
def test_dns_is_allowed_and_nothing_else_in_its_namespace(protocol: str) -> None:
    policies = policies_of([])
    assert allows(policies, PODS["a"], DNS, 53, protocol)
    assert not allows(policies, PODS["a"], DNS, 9153, protocol)
    assert not allows(policies, PODS["a"], Endpoint("10.0.9.8", "kube-system", "x"), 53, protocol)
    assert not allows(policies, PODS["a"], Endpoint("10.0.9.7", "third", k8s_app="kube-dns"), 53, protocol)
    assert not allows(policies, PODS["a"], PODS["b"], 53, protocol)


def test_the_component_registers_these_policies_and_no_other() -> None:
    flows = [Flow(PodPeer("b"), PodPeer("a"), 80), Flow(PodPeer("a"), PUBLIC, 443), Flow(AnyPeer(), PodPeer("c"), 80)]
    registered = {policy.object_name: policy.inputs for policy in network_graph(flows).of_kind("NetworkPolicy")}
    assert sorted(registered) == ["a", "allow-dns", "b", "c", "default-deny"]
    assert [registered[name]["spec"] for name in sorted(registered)] == [item["spec"] for item in policies_of(flows)]


def test_pods_without_a_flow_are_denied_too() -> None:
    stranger = Endpoint("10.0.0.99", NAMESPACE, "stranger")
    policies = policies_of([Flow(PodPeer("a"), PodPeer("b"), 80), Flow(AnyPeer(), PodPeer("a"), 80)])
    assert not allows(policies, stranger, PODS["b"], 80)
    assert not allows(policies, stranger, PODS["a"], 80)
    assert not allows(policies, OUTSIDE, stranger, 80)
    assert not allows(policies, stranger, OUTSIDE, 443)


def test_the_default_comes_after_what_allows() -> None:
    graph = network_graph([Flow(PodPeer("a"), PodPeer("b"), 80)])
    deny = graph.one("NetworkPolicy", "default-deny")
    others = {policy.urn for policy in graph.of_kind("NetworkPolicy")} - {deny.urn}
    assert len(others) == 3
    assert others <= deny.dependencies


@pytest.mark.parametrize("ends", [(AnyPeer(), CidrPeer("10.0.0.0/8")), (PodPeer("a", "other"), NamespacePeer("x"))])
def test_a_flow_between_strangers_is_a_mistake(ends: tuple[Any, Any]) -> None:
    with pytest.raises(ValueError, match="neither end"):
        app_policies([Flow(*ends, 80)])
