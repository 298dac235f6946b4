"""The operators' custom kinds in a test's sandbox, as they are published: every field of an object is checked."""

from __future__ import annotations

import pytest

from sandbox import kinds
from sandbox.definitions import PUBLISHED_VARIABLE, published_folder
from tests.support.kubectl import Kubectl


def install_published_kinds(kubectl: Kubectl, *operators: str) -> None:
    """Define the kinds of these operators (all where none is named), once; skips the test where none are at hand.

    `operators` are names of files in sandbox/crds (cloudnative-pg, cert-manager, ...); the fewer, the faster. Their
    objects get the status that the operators would give: see sandbox/stages.
    """
    if published_folder() is None:
        pytest.skip(f"no folder with published definitions of custom kinds; {PUBLISHED_VARIABLE} names one")
    kinds.install(kubectl.plane.kubeconfig, operators or None, strict=True)
