"""Images of the program's objects, pointed to a mirror wherever they stand."""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi_kubernetes.apps.v1 import Deployment, DeploymentSpecArgs
from pulumi_kubernetes.core.v1 import (
    ContainerArgs,
    ImageVolumeSourceArgs,
    LocalObjectReferenceArgs,
    PodSpecArgs,
    PodTemplateSpecArgs,
    VolumeArgs,
)
from pulumi_kubernetes.meta.v1 import LabelSelectorArgs, ObjectMetaArgs

from components.platform.mirror import install_mirror, redirected
from components.platform.settings import Mirror
from tests.support.mocks import Graph, registered

MIRROR = Mirror(registry="mirror.example/all", pull_secrets=("pull",))
REDIS = "mirror.example/all/docker.io/library/redis:8"


def deployment() -> None:
    pod = PodSpecArgs(
        containers=[
            ContainerArgs(name="a", image="redis:8"),
            ContainerArgs(name="b", image=pulumi.Output.from_input("redis:8")),
        ],
        init_containers=[ContainerArgs(name="c", image="redis:8")],
        image_pull_secrets=[LocalObjectReferenceArgs(name="own")],
        volumes=[VolumeArgs(name="v", image=ImageVolumeSourceArgs(reference="redis:8"))],
    )
    Deployment(
        "web",
        metadata=ObjectMetaArgs(name="web", annotations={"image": "redis:8"}),
        spec=DeploymentSpecArgs(
            selector=LabelSelectorArgs(match_labels={"app": "web"}),
            template=PodTemplateSpecArgs(metadata=ObjectMetaArgs(labels={"app": "web"}), spec=pod),
        ),
    )


def with_mirror(build: Any, mirror: Mirror | None = MIRROR) -> Graph:
    """The graph of a program under the mirror, which is taken back: the root resource of the mocks outlives it."""

    def program() -> None:
        root: Any = pulumi.runtime.get_root_resource()
        before = root._transformations
        root._transformations = list(before or [])
        try:
            install_mirror(mirror)
            build()
        finally:
            root._transformations = before

    return registered(program)


def test_every_image_of_a_pod_comes_from_the_mirror() -> None:
    web = with_mirror(deployment).one("Deployment", "web")
    pod = web.inputs["spec"]["template"]["spec"]
    assert [item["image"] for item in (*pod["containers"], *pod["initContainers"])] == [REDIS] * 3
    assert pod["volumes"][0]["image"]["reference"] == REDIS
    assert pod["imagePullSecrets"] == [{"name": "own"}, {"name": "pull"}]
    assert web.inputs["metadata"]["annotations"] == {"image": "redis:8"}


def test_without_a_mirror_nothing_changes() -> None:
    pod = with_mirror(deployment, None).one("Deployment", "web").inputs["spec"]["template"]["spec"]
    assert pod["containers"][0]["image"] == "redis:8"


def test_a_pod_without_pull_secrets_of_its_own_gets_the_mirrors() -> None:
    spec: Any = redirected("kubernetes:core/v1:Pod", PodSpecArgs(containers=[ContainerArgs(name="a")]), MIRROR)
    assert spec.image_pull_secrets == [{"name": "pull"}]
    assert "imagePullSecrets" not in vars(spec)


def test_images_in_custom_objects_too() -> None:
    def build() -> None:
        kubernetes.apiextensions.CustomResource(
            "postgres",
            api_version="postgresql.cnpg.io/v1",
            kind="Cluster",
            metadata=ObjectMetaArgs(name="postgres"),
            spec={"instances": 3, "imageName": "ghcr.io/cloudnative-pg/postgresql:18", "plugins": [{"name": "image"}]},
        )
        kubernetes.apiextensions.CustomResource(
            "proxy",
            api_version="gateway.envoyproxy.io/v1alpha1",
            kind="EnvoyProxy",
            metadata=ObjectMetaArgs(name="proxy"),
            spec={"provider": {"kubernetes": {"envoyDeployment": {"container": {"image": "envoyproxy/envoy:1"}}}}},
        )

    graph = with_mirror(build)
    cluster = graph.one("Cluster", "postgres").inputs["spec"]
    assert cluster["imageName"] == "mirror.example/all/ghcr.io/cloudnative-pg/postgresql:18"
    assert cluster["imagePullSecrets"] == [{"name": "pull"}]
    proxy = graph.one("EnvoyProxy", "proxy").inputs["spec"]["provider"]["kubernetes"]["envoyDeployment"]
    assert proxy["container"]["image"] == "mirror.example/all/docker.io/envoyproxy/envoy:1"


def test_an_image_that_is_a_secret_stays_one() -> None:
    secret = pulumi.Output.secret

    def build() -> None:
        kubernetes.core.v1.Pod(
            "pod",
            metadata=ObjectMetaArgs(name="pod"),
            spec=PodSpecArgs(containers=[ContainerArgs(name="a", image=secret("redis:8"))]),
        )

    pod = with_mirror(build).one("Pod", "pod")
    assert "spec" in pod.secret_inputs
    assert pod.inputs["spec"]["containers"][0]["image"] == REDIS


def test_definitions_and_data_are_left_alone() -> None:
    def build() -> None:
        kubernetes.core.v1.ConfigMap("data", metadata=ObjectMetaArgs(name="data"), data={"image": "redis:8"})
        kubernetes.helm.v3.Release("chart", chart="x", name="chart", values={"image": "redis:8"})

    graph = with_mirror(build)
    assert graph.one("ConfigMap", "data").inputs["data"] == {"image": "redis:8"}
    assert graph.of_kind("Release")[0].inputs["values"] == {"image": "redis:8"}
