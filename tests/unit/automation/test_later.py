"""What a rendering writes in the place of a value that only a cloud can give."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from automation.errors import AutomationError
from automation.rendering.later import PLACEHOLDER, LaterValue, with_placeholders
from automation.rendering.manifests import rendering_of
from automation.rendering.plan import Hidden, Planned
from components.kubernetes.checksum import CHECKSUM_ANNOTATION

DATABASE = "urn:pulumi:test::jarvis::jarvis:database:Rds$aws:rds/instance:Instance::postgres"
RANDOM = "urn:pulumi:test::jarvis::jarvis:secrets:Generated$random:index/randomId:RandomId::id"


def planned(kind: str, metadata: dict[str, Any], sources: dict[str, str], **fields: Any) -> Planned:
    body = {"apiVersion": "v1", "kind": kind, "metadata": {"namespace": "jarvis-test", **metadata}, **fields}
    urn = f"urn:pulumi:test::jarvis::jarvis:jarvis:Part$kubernetes:core/v1:{kind}::part"
    of = {key: frozenset([source]) for key, source in sources.items()}
    return Planned(urn, f"kubernetes:core/v1:{kind}", body, sources=of)


CONFIG = planned(
    "ConfigMap",
    {"name": "config"},
    {"data": DATABASE},
    data={"HOST": Hidden.UNKNOWN, "KEY": Hidden.SECRET, "PORT": "1"},
)


def test_a_cloud_s_value_has_a_placeholder_and_is_listed_with_where_it_comes_from() -> None:
    item, later = with_placeholders(CONFIG)
    assert item.inputs["data"] == {"HOST": PLACEHOLDER, "KEY": Hidden.SECRET, "PORT": "1"}
    assert later == (
        LaterValue("ConfigMap", "jarvis-test", "config", "data.HOST", ("aws:rds/instance:Instance postgres",)),
    )


def test_what_is_unknown_for_another_reason_is_refused_still() -> None:
    unknown = planned("ConfigMap", {"name": "config"}, {"data": RANDOM}, data={"ID": Hidden.UNKNOWN})
    assert with_placeholders(unknown) == (unknown, ())
    with pytest.raises(AutomationError, match="known only once something else is deployed"):
        rendering_of([unknown])


def test_a_secret_among_a_cloud_s_values_is_refused_still() -> None:
    with pytest.raises(AutomationError, match=r"its data\.KEY is a secret"):
        rendering_of([CONFIG])


def test_a_checksum_is_left_to_be_made_anew() -> None:
    annotations = {CHECKSUM_ANNOTATION: Hidden.UNKNOWN}
    spec = {"template": {"metadata": {"annotations": annotations}}}
    item, later = with_placeholders(planned("Deployment", {"name": "backend"}, {"spec": DATABASE}, spec=spec))
    assert (item.inputs["spec"], later) == (spec, ())


def test_a_job_that_is_named_after_such_values_is_named_by_what_is_known_of_it() -> None:
    metadata = {"name": Hidden.UNKNOWN, "labels": {"app": "jarvis-migrate"}}

    def name(image: str) -> str:
        job = planned("Job", metadata, {"metadata": DATABASE}, spec={"image": image})
        item, later = with_placeholders(job)
        assert later == ()
        return item.inputs["metadata"]["name"]

    assert name("jarvis:1") == name("jarvis:1") != name("jarvis:2")
    assert name("jarvis:1").startswith("jarvis-migrate-")


def test_an_object_of_another_kind_cannot_be_named_after_such_values() -> None:
    unnamed = planned("ConfigMap", {"name": Hidden.UNKNOWN}, {"metadata": RANDOM})
    with pytest.raises(AutomationError, match=r"no fixed metadata\.name"):
        rendering_of([unnamed])
    with pytest.raises(AutomationError, match=r"no fixed metadata\.name"):
        rendering_of([replace(unnamed, sources={"metadata": frozenset([DATABASE])})])
