"""Add-ons: what is installed, in which order, with which values; the catalogue's promises."""

from __future__ import annotations

import re
from typing import Any

import pulumi
import pytest
from pydantic import TypeAdapter, ValidationError

from components.platform.catalogue import CATALOGUE, SANDBOX_KINDS
from components.platform.kinds import create_platform
from components.platform.releases import chart_images, chart_values, helm_addons, images_in_values, overlay, put
from components.platform.settings import ChartVersion, HelmAddon, Mirror, PlatformSettings
from sandbox.definitions import definitions, operators
from sandbox.kinds import operators_of_chart
from tests.support.mocks import Graph, aks_access, cluster_access, eks_access, registered

EVERYTHING = {name: {"kind": "helm"} for name in CATALOGUE}


def deployed(**settings: Any) -> Graph:
    parsed = PlatformSettings.model_validate(settings)
    return registered(lambda: create_platform(parsed, cluster=of_any_cloud()))


def of_any_cloud() -> Any:
    """A cluster that each add-on finds what it needs in."""
    return cluster_access(eks=eks_access(), aks=aks_access())


def found(values: Any, path: str) -> Any:
    for key in path.split("."):
        values = values[key]
    return values


def test_nothing_is_installed_unless_asked() -> None:
    assert [item.type for item in deployed().resources] == ["pulumi:providers:kubernetes"]
    graph = deployed(cert_manager={"kind": "external"}, traefik={"kind": "external"})
    assert not graph.of_kind("Release")
    assert not graph.of_kind("Namespace")


def test_an_addon_is_an_atomic_release_in_a_namespace_that_holds_pods_to_a_standard() -> None:
    graph = deployed(cert_manager={"kind": "helm", "timeoutSeconds": 300})
    (release,) = graph.of_kind("Release")
    assert release.name == "cert-manager"
    assert release.inputs["chart"] == "cert-manager"
    assert release.inputs["version"] == "v1.21.1"
    assert release.inputs["repositoryOpts"] == {"repo": "https://charts.jetstack.io"}
    assert release.inputs["atomic"] is True
    assert release.inputs["timeout"] == 300
    namespace = graph.one("Namespace", "cert-manager")
    assert namespace.inputs["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    assert namespace.urn in release.dependencies


def test_an_addon_waits_for_those_that_it_needs() -> None:
    graph = deployed(**EVERYTHING)
    releases = {release.name: release for release in graph.of_kind("Release")}
    assert {releases["cloudnative-pg"].urn, releases["cert-manager"].urn} <= releases["barman-cloud"].dependencies
    assert releases["barman-cloud"].inputs["namespace"] == releases["cloudnative-pg"].inputs["namespace"]
    assert len([item for item in graph.of_kind("Namespace") if item.object_name == "cnpg-system"]) == 1


def test_the_platform_hands_out_every_release() -> None:
    platforms: list[Any] = []
    settings = PlatformSettings.model_validate(EVERYTHING)
    registered(lambda: platforms.append(create_platform(settings, cluster=of_any_cloud())))
    assert len(platforms[0].resources) == len(CATALOGUE)


def test_the_namespace_of_the_cluster_itself_is_not_made() -> None:
    graph = deployed(metrics_server={"kind": "helm"})
    assert not graph.of_kind("Namespace")
    assert graph.of_kind("Release")[0].inputs["namespace"] == "kube-system"


def test_amazons_controllers_are_told_of_their_cluster() -> None:
    values = {item.name: item.inputs["values"] for item in deployed(**EVERYTHING).of_kind("Release")}
    balancer = values["aws-load-balancer-controller"]
    assert (balancer["clusterName"], balancer["region"], balancer["vpcId"]) == ("jarvis-test", "eu-west-3", "vpc-1")
    assert balancer["serviceAccount"] == {"name": "aws-load-balancer-controller"}
    autoscaler = values["cluster-autoscaler"]
    assert (autoscaler["autoDiscovery"], autoscaler["awsRegion"]) == ({"clusterName": "jarvis-test"}, "eu-west-3")
    assert autoscaler["rbac"]["serviceAccount"] == {"name": "cluster-autoscaler"}
    karpenter = values["karpenter"]
    assert karpenter["settings"] == {
        "clusterName": "jarvis-test",
        "interruptionQueue": "jarvis-karpenter",
        "eksControlPlane": True,
        "enableZonalShift": True,
    }
    assert karpenter["controller"]["image"]["digest"] == ""


def test_the_load_balancer_controller_makes_nothing_that_the_program_makes() -> None:
    """It has no rights on AWS for that, and would fail where it tried."""
    values: Any = CATALOGUE["aws_load_balancer_controller"].values
    assert values["controllerConfig"]["featureGates"]["EnableServiceController"] is False
    for switch in ("enableServiceMutatorWebhook", "enableBackendSecurityGroup", "enableShield", "enableWafv2"):
        assert values[switch] is False


@pytest.mark.parametrize("key", ["aws_load_balancer_controller", "cluster_autoscaler", "karpenter"])
def test_amazons_controllers_need_a_cluster_of_amazons(key: str) -> None:
    settings = PlatformSettings.model_validate({key: {"kind": "helm"}})
    with pytest.raises(pulumi.RunError, match=r"needs jarvis:cluster of kind eks\."):
        registered(lambda: create_platform(settings, cluster=cluster_access()))


def test_azures_controller_is_told_who_it_is() -> None:
    values = deployed(alb_controller={"kind": "helm"}).of_kind("Release")[0].inputs["values"]["albController"]
    assert values["podIdentity"] == {"clientID": "44444444-4444-4444-4444-444444444444"}
    assert values["namespace"] == "azure-alb-system"
    assert values["image"] == {
        "registry": "mcr.microsoft.com",
        "name": {
            "controller": "application-lb/images/alb-controller",
            "bootstrap": "application-lb/images/alb-controller-bootstrap",
            "CRDs": "application-lb/images/alb-controller-crds",
        },
    }
    settings = PlatformSettings.model_validate({"albController": {"kind": "helm"}})
    with pytest.raises(pulumi.RunError, match=r"needs jarvis:cluster of kind aks with albController: true\."):
        registered(lambda: create_platform(settings, cluster=cluster_access(eks=eks_access())))


def test_values_of_the_stack_file_come_last() -> None:
    given = {
        "kind": "helm",
        "replicas": 3,
        "values": {"webhook": {"replicaCount": 5}, "image": {"pullPolicy": "Always"}},
    }
    values = deployed(cert_manager=given).of_kind("Release")[0].inputs["values"]
    assert (values["replicaCount"], values["webhook"]["replicaCount"]) == (3, 5)
    assert values["webhook"]["resources"]["limits"]
    assert values["image"] == {
        "repository": "quay.io/jetstack/cert-manager-controller",
        "tag": "v1.21.1",
        "pullPolicy": "Always",
    }


def test_a_mirror_serves_charts_images_and_names_its_pull_secrets() -> None:
    mirror = {"registry": "mirror.example:5000/all", "pullSecrets": ["pull"]}
    graph = deployed(**EVERYTHING, mirror=mirror)
    for release in graph.of_kind("Release"):
        assert release.inputs["chart"].startswith("oci://mirror.example:5000/all/charts/")
        assert "repositoryOpts" not in release.inputs
        text = str(release.inputs["values"])
        assert not re.findall(
            r"'(?:quay\.io|ghcr\.io|docker\.io|registry\.k8s\.io|mcr\.microsoft|public\.ecr|ecr-public)[^']*'", text
        ), release.name
        assert "mirror.example:5000" in text
        assert ("{'name': 'pull'}" in text) != ("'pullSecrets': ['pull']" in text)


@pytest.mark.parametrize("key", CATALOGUE)
def test_every_image_of_a_chart_can_be_redirected(key: str) -> None:
    chart = CATALOGUE[key]
    mirror = Mirror(registry="mirror.example/all")
    addon = HelmAddon(kind="helm")
    values = chart_values(chart, addon, mirror)
    moved = [f"mirror.example/all/{reference}" for reference in chart_images(chart, addon)]
    assert images_in_values(chart, values) == moved
    assert images_in_values(chart, chart_values(chart, addon, None)) == chart_images(chart, addon)
    for image, reference in zip(
        chart.images, map(str, [f"{i.name}:{i.tag or chart.app_version}" for i in chart.images]), strict=True
    ):
        if image.whole is not None:
            assert found(values, image.whole) == f"mirror.example/all/{reference}"
            continue
        assert image.repository is not None
        name = found(values, image.repository)
        if image.registry is not None:
            name = f"{found(values, image.registry)}/{name}"
        tag = chart.app_version if image.tag_at is None else found(values, image.tag_at)
        assert f"{name}:{tag}" == f"mirror.example/all/{reference}"


@pytest.mark.parametrize("key", CATALOGUE)
def test_versions_are_pinned_and_kinds_are_known_to_the_sandbox(key: str) -> None:
    chart = CATALOGUE[key]
    TypeAdapter(ChartVersion).validate_python(chart.version)
    assert all(image.tag or chart.app_version for image in chart.images)
    assert operators_of_chart(chart.chart) == SANDBOX_KINDS[key]
    names = {item.name for operator in SANDBOX_KINDS[key] for item in definitions(operator)}
    assert {f"{kind.plural}.{kind.group}" for kind in chart.kinds} <= names


def test_the_kinds_of_every_setting_are_known_to_the_sandbox() -> None:
    settings = set(PlatformSettings.model_fields) - {"mirror"}
    assert settings == set(SANDBOX_KINDS)
    assert {name for names in SANDBOX_KINDS.values() for name in names} <= set(operators())


IN_A_FOLDER = ("gateway", "aws_load_balancer_controller", "karpenter", "alb_controller")
"""Charts whose kinds Helm never deletes: they lie in a folder, or their own Pods make them (ALB controller)."""


@pytest.mark.parametrize("key", [key for key, chart in CATALOGUE.items() if chart.kinds and key not in IN_A_FOLDER])
def test_no_chart_takes_its_kinds_along(key: str) -> None:
    """CloudNativePG's carry the annotation."""
    values = CATALOGUE[key].values
    keeps = {
        "cert_manager": "crds.keep",
        "argo_cd": "crds.keep",
        "argo_rollouts": "keepCRDs",
        "cloudnative_pg": "crds.create",
        "barman_cloud": "crds.create",
        "external_secrets": "crds.annotations",
    }
    assert found(values, keeps[key])


def test_a_version_of_ones_own_names_its_images_tag() -> None:
    addon = HelmAddon(kind="helm", version="0.30.0", app_version="1.31.0")
    assert chart_images(CATALOGUE["cloudnative_pg"], addon) == ["ghcr.io/cloudnative-pg/cloudnative-pg:1.31.0"]
    with pytest.raises(ValidationError, match="version and appVersion go together"):
        HelmAddon(kind="helm", version="0.30.0")


@pytest.mark.parametrize(
    "wrong",
    [
        {"cert_manager": {"kind": "helm", "version": "^1.0", "appVersion": "v1"}},
        {"traefik": {"kind": "helm"}},
        {"cert_manager": {"kind": "helm", "replicas": 0}},
        {"mirror": {"registry": "https://mirror.example"}},
        {"mirror": {"registry": "mirror.example/"}},
        {"cert-manager": {"kind": "helm"}},
    ],
)
def test_wrong_settings_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        PlatformSettings.model_validate(wrong)


def test_helm_addons_stand_in_the_order_of_their_needs() -> None:
    order = list(helm_addons(PlatformSettings.model_validate(EVERYTHING)))
    assert order.index("cloudnative_pg") < order.index("barman_cloud")
    assert order.index("cert_manager") < order.index("barman_cloud")


def test_overlay_replaces_lists_and_merges_objects() -> None:
    values: dict[str, Any] = {"a": {"b": 1, "c": [1]}, "d": 1}
    overlay(values, {"a": {"c": [2]}, "d": {"e": 1}})
    assert values == {"a": {"b": 1, "c": [2]}, "d": {"e": 1}}
    put(values, "a.f.g", 1)
    assert values["a"]["f"] == {"g": 1}
    with pytest.raises(TypeError, match="b holds no values"):
        put(values, "a.b.c", 1)
