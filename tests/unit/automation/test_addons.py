"""Which Helm releases a stack file asks for."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from automation.addons import AddonRelease
from automation.default_project import ROOT, addon_releases


def test_those_of_kind_helm_in_the_namespaces_that_they_go_into(tmp_path: Path) -> None:
    file = tmp_path / "Pulumi.x.yaml"
    addons = {"certManager": {"kind": "helm"}, "argoCd": {"kind": "helm", "namespace": "delivery"}}
    platform = {**addons, "traefik": {"kind": "external"}}
    file.write_text(yaml.safe_dump({"config": {"jarvis:platform": platform}}), "utf-8")
    assert set(addon_releases(file)) == {
        AddonRelease("jarvis:platform.certManager", "cert-manager", "cert-manager"),
        AddonRelease("jarvis:platform.argoCd", "argo-cd", "delivery"),
    }


@pytest.mark.parametrize("kind", ["eks", "aks"])
def test_a_cluster_that_the_stack_makes_has_no_other_stack_in_it(kind: str, tmp_path: Path) -> None:
    file = tmp_path / "Pulumi.x.yaml"
    config = {"jarvis:cluster": {"kind": kind}, "jarvis:platform": {"certManager": {"kind": "helm"}}}
    file.write_text(yaml.safe_dump({"config": config}), "utf-8")
    assert addon_releases(file) == ()


def test_the_committed_production_stack_asks_for_some() -> None:
    assert {addon.name for addon in addon_releases(ROOT / "Pulumi.production.yaml")} >= {"cert-manager"}
