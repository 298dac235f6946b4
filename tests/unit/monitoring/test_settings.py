from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from components.monitoring.settings import StandaloneMonitoring


def test_an_empty_section_is_the_guide_s_monitoring() -> None:
    settings = StandaloneMonitoring.model_validate({"kind": "standalone"})
    assert settings.prometheus.retention_days == 30
    assert settings.prometheus.resources.limits.as_map() == {"cpu": "2000m", "memory": "4Gi"}
    assert settings.prometheus.container_metrics.enabled
    assert settings.grafana.storage is None


def test_images_are_pinned() -> None:
    settings = StandaloneMonitoring()
    for image in (settings.prometheus.image, settings.grafana.image):
        tag = image.rsplit(":", 1)[1]
        assert tag.removeprefix("v").count(".") == 2, image


@pytest.mark.parametrize(
    "image",
    [
        "quay.io/prometheus/prometheus:v3.13.5",
        "registry.jarvis.local:5000/mirror/grafana/grafana:12.4.3",
        "docker.io/grafana/grafana:12.4.3@sha256:" + "a" * 64,
    ],
)
def test_images_from_any_registry(image: str) -> None:
    given = {"prometheus": {"image": image}}
    assert StandaloneMonitoring.model_validate(given).prometheus.image == image


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"prometheus": {"image": "prometheus"}}, ("prometheus", "image")),
        ({"prometheus": {"image": "quay.io/prometheus/prometheus"}}, ("prometheus", "image")),
        ({"prometheus": {"retentionDays": 0}}, ("prometheus", "retentionDays")),
        ({"prometheus": {"retention": "30d"}}, ("prometheus", "retention")),
        ({"prometheus": {"storage": {"size": "50"}}}, ("prometheus", "storage", "size")),
        ({"grafana": {"rootUrl": "localhost:3001"}}, ("grafana", "rootUrl")),
        ({"grafana": {"adminPassword": "x"}}, ("grafana", "adminPassword")),
        ({"clusterName": ""}, ("clusterName",)),
        ({"kind": "operator"}, ("kind",)),
    ],
)
def test_a_mistake_is_found_where_it_is(given: dict[str, Any], path: tuple[str, ...]) -> None:
    with pytest.raises(ValidationError) as caught:
        StandaloneMonitoring.model_validate(given)
    assert [error["loc"] for error in caught.value.errors()] == [path]
