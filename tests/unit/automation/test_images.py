"""The list of images and charts, made from planned resources."""

from __future__ import annotations

from typing import Any

from automation.commands.images import as_object, lines, platform_settings
from automation.inventory import inventory_of
from automation.rendering.plan import Hidden, Planned
from components.platform.catalogue import CATALOGUE
from components.platform.mirror import redirected
from components.platform.releases import chart_images, chart_source, chart_values
from components.platform.settings import HelmAddon, Mirror

MIRROR = Mirror(registry="mirror.example:5000/all")
ADDON = HelmAddon(kind="helm")


def planned(type: str, kind: str, name: str, spec: Any, mirror: Mirror | None = None) -> Planned:
    moved = spec if mirror is None else redirected(type, spec, mirror)
    inputs = {"kind": kind, "metadata": {"name": name, "namespace": "jarvis"}, "spec": moved}
    return Planned(f"urn:pulumi:s::p::{type}::{name}", type, inputs)


def release(key: str, mirror: Mirror | None = None) -> Planned:
    chart = CATALOGUE[key]
    source, repository = chart_source(chart, mirror)
    inputs = {
        "name": chart.name,
        "chart": source,
        "version": chart.version,
        "values": chart_values(chart, ADDON, mirror),
        **({"repositoryOpts": {"repo": repository}} if repository else {}),
    }
    return Planned(
        f"urn:pulumi:s::p::kubernetes:helm.sh/v3:Release::{chart.name}", "kubernetes:helm.sh/v3:Release", inputs
    )


def stack(mirror: Mirror | None = None) -> list[Planned]:
    pod = {
        "containers": [{"image": "redis:8"}, {"image": "quay.io/a/exporter:1"}, {"image": Hidden.UNKNOWN}],
        "initContainers": [{"image": "redis:8"}],
        "volumes": [{"name": "model", "image": {"reference": "ghcr.io/a/model:1"}}],
    }
    job = {"jobTemplate": {"spec": {"template": {"spec": {"containers": [{"image": "redis:8"}]}}}}}
    return [
        planned("kubernetes:apps/v1:StatefulSet", "StatefulSet", "redis", {"template": {"spec": pod}}, mirror),
        planned("kubernetes:batch/v1:CronJob", "CronJob", "dump", job, mirror),
        planned(
            "kubernetes:postgresql.cnpg.io/v1:Cluster",
            "Cluster",
            "postgres",
            {"imageName": "ghcr.io/cloudnative-pg/postgresql:18"},
            mirror,
        ),
        Planned("urn:p::s::random", "random:index/randomPassword:RandomPassword", {"spec": {"image": "no:1"}}),
        *(release(key, mirror) for key in CATALOGUE),
    ]


def test_every_image_is_there_once_with_those_who_use_it() -> None:
    inventory = inventory_of(stack(), None)
    used = {item.source: item.used_by for item in inventory.images}
    assert used["docker.io/library/redis:8"] == ("CronJob dump in jarvis", "StatefulSet redis in jarvis")
    assert used["quay.io/a/exporter:1"] == ("StatefulSet redis in jarvis",)
    assert used["ghcr.io/a/model:1"] == ("StatefulSet redis in jarvis",)
    assert used["ghcr.io/cloudnative-pg/postgresql:18"] == ("Cluster postgres in jarvis",)
    for chart in CATALOGUE.values():
        assert set(chart_images(chart, ADDON)) <= set(used)
    assert "docker.io/library/no:1" not in used
    assert [item.source for item in inventory.images] == sorted(used)
    assert all(item.target is None for item in (*inventory.images, *inventory.charts))


def test_a_mirror_changes_no_source_and_names_every_target() -> None:
    plain, moved = inventory_of(stack(), None), inventory_of(stack(MIRROR), MIRROR)
    assert [item.source for item in moved.images] == [item.source for item in plain.images]
    assert [(item.name, item.version, item.source) for item in moved.charts] == [
        (item.name, item.version, item.source) for item in plain.charts
    ]
    for item in moved.images:
        assert item.target == f"mirror.example:5000/all/{item.source}"
    for chart in moved.charts:
        assert chart.target == f"oci://mirror.example:5000/all/charts/{chart.name}"


def test_a_chart_that_is_not_in_the_catalogue_is_said() -> None:
    own = Planned(
        "urn:p::s::own", "kubernetes:helm.sh/v3:Release", {"name": "own", "chart": "./own", "version": "1.0.0"}
    )
    inventory = inventory_of([own], None)
    assert inventory.unknown == ("Release own",)
    assert inventory.charts[0].source == "./own"


def test_the_order_does_not_depend_on_the_plans() -> None:
    items = stack(MIRROR)
    assert inventory_of(items, MIRROR) == inventory_of(reversed(items), MIRROR)


def test_lines_and_object_say_the_same() -> None:
    inventory = inventory_of(stack(MIRROR), MIRROR)
    found: Any = as_object("production", inventory)
    text = "\n".join(lines(inventory))
    assert found["stack"] == "production"
    for item in (*found["images"], *found["charts"]):
        assert item["source"] in text
        assert f"copy to: {item['target']}" in text
        assert all(user in text for user in item["usedBy"])


def test_the_section_of_the_stack_file(tmp_path: Any) -> None:
    file = tmp_path / "Pulumi.x.yaml"
    file.write_text("config:\n  jarvis:platform:\n    mirror: {registry: mirror.example}\n")
    mirror = platform_settings(file).mirror
    assert mirror is not None
    assert mirror.chart_registry == "mirror.example/charts"
    file.write_text("config: {}\n")
    assert platform_settings(file).mirror is None
