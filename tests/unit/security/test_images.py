"""Which images the patterns mean. RE2, which the API server uses, reads these expressions as Python does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from components.security.images import full_name, like, tagged, within
from components.security.publishers import PUBLISHERS
from components.security.settings import MUTABLE_TAGS

COMPONENTS = Path(__file__).parents[3] / "components"


@pytest.mark.parametrize(
    ("reference", "full"),
    [
        ("redis", "docker.io/library/redis"),
        ("redis:8", "docker.io/library/redis:8"),
        ("grafana/grafana:12", "docker.io/grafana/grafana:12"),
        ("docker.io/redis:8", "docker.io/library/redis:8"),
        ("docker.io/library/redis:8", "docker.io/library/redis:8"),
        ("index.docker.io/redis:8", "docker.io/library/redis:8"),
        ("index.docker.io/grafana/grafana", "docker.io/grafana/grafana"),
        ("quay.io/prometheus/prometheus:v3", "quay.io/prometheus/prometheus:v3"),
        ("localhost/a:1", "localhost/a:1"),
        ("localhosts/a:1", "docker.io/localhosts/a:1"),
        ("registry:5000/a", "registry:5000/a"),
        ("my.docker.io/a", "my.docker.io/a"),
    ],
)
def test_short_names_are_docker_hubs(reference: str, full: str) -> None:
    assert full_name(reference) == full


@pytest.mark.parametrize(
    ("prefix", "inside", "outside"),
    [
        ("quay.io", ["quay.io/a:1", "quay.io/a/b@sha256:0"], ["quay.io:5000/a", "quay.io.evil/a", "a/quay.io/b"]),
        ("registry:5000", ["registry:5000/a:1"], ["registry:50001/a", "registry/a"]),
        ("quay.io/a", ["quay.io/a:1", "quay.io/a/b:1", "quay.io/a@sha256:0"], ["quay.io/ab:1", "quayxio/a:1"]),
    ],
)
def test_a_prefix_ends_where_a_part_of_the_name_does(prefix: str, inside: list[str], outside: list[str]) -> None:
    pattern = within(["other.example", prefix])
    assert [name for name in [*inside, *outside] if re.search(pattern, name)] == inside


@pytest.mark.parametrize(
    ("pattern", "meant", "others"),
    [
        ("jarvis:staging", ["jarvis:staging", "docker.io/jarvis:staging"], ["a/jarvis:staging", "jarvis:stagings"]),
        ("jarvis-*:staging", ["jarvis-stt:staging"], ["jarvis:staging", "jarvis-a/b:staging", "jarvis-a:b:staging"]),
        ("r.local:5000/*/a:*", ["r.local:5000/x/a:dev"], ["r.local:5000/x/y/a:dev", "r.local:5000/x/a", "x/a:dev"]),
    ],
)
def test_a_star_is_any_part_of_one_name(pattern: str, meant: list[str], others: list[str]) -> None:
    found = [name for name in [*meant, *others] if re.search(like(["never:1", pattern]), full_name(name))]
    assert found == meant


def test_no_tag_is_a_moved_tag() -> None:
    pattern = tagged(MUTABLE_TAGS)
    moved = ["a", "r.local:5000/a", "a:latest", "a:LATEST", "r.local:5000/latest:main"]
    fixed = ["a:1", "a:1-latest", "latest:1", "r.local:5000/a:v1", "a:latest-1"]
    assert [name for name in [*moved, *fixed] if re.search(pattern, full_name(name))] == moved


def default_images() -> set[str]:
    """Whole image references in the components' sources."""
    literal = re.compile(r'"([a-z0-9-]+(?:\.[a-z0-9-]+)+/[a-z0-9./_-]+:[A-Za-z0-9_][A-Za-z0-9._-]*)"')
    return {name for path in COMPONENTS.rglob("*.py") for name in literal.findall(path.read_text("utf-8"))}


def test_every_default_image_is_from_a_publisher_on_the_list() -> None:
    pattern = within(list(PUBLISHERS))
    assert len(default_images()) > 3
    assert {name for name in default_images() if not re.search(pattern, full_name(name))} == set()


@pytest.mark.parametrize(
    "image",
    [
        "ghcr.io/cloudnative-pg/postgresql:18.1-standard-trixie",
        "ghcr.io/cloudnative-pg/cloudnative-pg:1.30.0",
        "ghcr.io/cloudnative-pg/pgbouncer:1.25.0",
        "ghcr.io/cloudnative-pg/plugin-barman-cloud-sidecar:v0.14.0",
        "quay.io/jetstack/cert-manager-acmesolver:v1.21.1",
    ],
)
def test_images_of_the_controllers_pods_are_on_the_list(image: str) -> None:
    assert re.search(within(list(PUBLISHERS)), full_name(image))
    assert not re.search(tagged(MUTABLE_TAGS), full_name(image))
