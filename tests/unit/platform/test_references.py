"""Image references in their parts, and where a mirror has them."""

from __future__ import annotations

import pytest

from components.platform.references import image_name, mirrored, mirrored_chart, published

MIRROR = "mirror.example:5000/jarvis"
DIGEST = "sha256:" + "a" * 64


@pytest.mark.parametrize(
    ("reference", "target"),
    [
        ("redis", "docker.io/library/redis"),
        ("redis:8.2", "docker.io/library/redis:8.2"),
        (f"redis@{DIGEST}", f"docker.io/library/redis@{DIGEST}"),
        ("grafana/grafana:13.0", "docker.io/grafana/grafana:13.0"),
        ("docker.io/redis:8", "docker.io/library/redis:8"),
        ("index.docker.io/library/redis:8", "docker.io/library/redis:8"),
        ("quay.io/prometheus/prometheus:v3", "quay.io/prometheus/prometheus:v3"),
        (f"ghcr.io/a/b/c:1@{DIGEST}", f"ghcr.io/a/b/c:1@{DIGEST}"),
        ("localhost/jarvis:dev", "localhost/jarvis:dev"),
        ("registry.local:5000/jarvis:1", "registry.local-5000/jarvis:1"),
        ("registry.local:5000/jarvis", "registry.local-5000/jarvis"),
    ],
)
def test_an_image_lies_under_its_whole_name(reference: str, target: str) -> None:
    assert mirrored(reference, MIRROR) == f"{MIRROR}/{target}"
    assert published(f"{MIRROR}/{target}", MIRROR) == str(image_name(reference))


def test_what_is_in_the_mirror_already_stays() -> None:
    once = mirrored("redis:8", MIRROR)
    assert mirrored(once, MIRROR) == once
    assert published("redis:8", MIRROR) == "docker.io/library/redis:8"


def test_no_two_images_share_a_place() -> None:
    references = ["redis:1", "library.io/redis:1", "quay.io/library/redis:1", "redis/redis:1", "localhost/redis:1"]
    assert len({mirrored(reference, MIRROR) for reference in references}) == len(references)


def test_parts() -> None:
    image = image_name(f"quay.io:443/a/b:v1@{DIGEST}")
    assert (image.registry, image.repository, image.tag, image.digest) == ("quay.io:443", "a/b", "v1", DIGEST)
    assert str(image) == f"quay.io:443/a/b:v1@{DIGEST}"


@pytest.mark.parametrize(
    ("chart", "target"),
    [
        ("cert-manager", "oci://mirror.example/charts/cert-manager"),
        ("oci://docker.io/envoyproxy/gateway-helm", "oci://mirror.example/charts/gateway-helm"),
        ("./charts/own", "./charts/own"),
    ],
)
def test_a_chart_lies_under_its_own_name(chart: str, target: str) -> None:
    assert mirrored_chart(chart, "mirror.example/charts") == target
