"""Kubernetes quantities: accepted exactly where the API server accepts them and people mean them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kubernetes.utils.quantity import parse_quantity
from pydantic import TypeAdapter, ValidationError

from components.settings.quantities import CpuQuantity, MemoryQuantity, quantity_value
from components.settings.workloads import Resources

MEMORY = TypeAdapter[str](MemoryQuantity)
CPU = TypeAdapter[str](CpuQuantity)
memory_texts = st.builds(
    "{}{}".format, st.integers(1, 10**6), st.sampled_from(["Ki", "Mi", "Gi", "Ti", "k", "M", "G", "T"])
)
cpu_texts = st.one_of(
    st.integers(1, 10**5).map("{}m".format),
    st.integers(1, 10**3).map(str),
    st.integers(1, 10**6)
    .map(lambda thousandths: str(Decimal(thousandths) / 1000))
    .filter(lambda text: "E" not in text),
)


@given(memory_texts)
def test_memory_means_what_kubernetes_means(text: str) -> None:
    assert MEMORY.validate_python(text) == text
    assert quantity_value(text) == parse_quantity(text)


@given(cpu_texts)
def test_cpu_means_what_kubernetes_means(text: str) -> None:
    assert CPU.validate_python(text) == text
    assert quantity_value(text) == parse_quantity(text)


@given(st.text(alphabet="0123456789.-+mkKMGTiE \n", max_size=8))
def test_whatever_is_accepted_is_positive_and_a_quantity(text: str) -> None:
    for adapter in (MEMORY, CPU):
        try:
            adapter.validate_python(text)
        except ValidationError:
            continue
        assert quantity_value(text) == parse_quantity(text) > 0


@given(st.text(max_size=12))
def test_no_text_makes_another_error(text: str) -> None:
    try:
        assert quantity_value(text) >= 0
    except ValueError as error:
        assert "is not a Kubernetes quantity" in str(error)


@given(memory_texts, memory_texts)
def test_a_limit_is_never_below_its_request(request_memory: str, limit_memory: str) -> None:
    def build() -> Resources:
        return Resources.of(requests=("1", request_memory), limits=("1", limit_memory))

    if quantity_value(limit_memory) >= quantity_value(request_memory):
        assert build().limits.memory == limit_memory
    else:
        with pytest.raises(ValidationError, match=r"limits\.memory"):
            build()


@pytest.mark.parametrize("text", ["0", "0.0", "0m", "00", "01", "1.0000", ".5", "1.", "-1", "1k", "1 ", "1\n", ""])
def test_no_cpu(text: str) -> None:
    with pytest.raises(ValidationError):
        CPU.validate_python(text)


@pytest.mark.parametrize("text", ["512", "0Gi", "1.5Gi", "1gi", "1GB", "1Pi", "Gi", "1Gi ", "1Gi\n", "01Gi", "1e3"])
def test_no_memory(text: str) -> None:
    with pytest.raises(ValidationError):
        MEMORY.validate_python(text)
