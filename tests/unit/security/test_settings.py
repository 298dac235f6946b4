"""What the security settings take, and the sentence for what they don't."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from components.security.settings import SecuritySettings


def read(**sections: Any) -> SecuritySettings:
    return SecuritySettings.model_validate(sections)


def test_the_default_refuses_and_names_nobody() -> None:
    settings = read()
    assert settings.admission is not None
    policies = settings.admission.model_dump().values()
    assert {policy["action"] for policy in policies} == {"Deny"}
    assert not any(settings.access.operators.model_dump().values())
    assert not any(settings.access.viewers.model_dump().values())


@pytest.mark.parametrize(
    "people",
    [
        {"users": ["marie@jarvis.local", "oidc:7f3a", "CN=Marie Curie,OU=Ops,DC=jarvis"]},
        {"groups": ["Jarvis Operators", "oidc:ops"]},
        {"serviceAccounts": ["ci/deployer", "argo-cd/argocd-server.v2"]},
    ],
)
def test_names_as_directories_give_them(people: dict[str, Any]) -> None:
    assert read(access={"operators": people})


PREFIX = "a registry's host"
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"access": {"operators": {"groups": ["system:masters"]}}}, "names that begin with system: are Kubernetes' own"),
    ({"access": {"operators": {"groups": ["system:authenticated"]}}}, "system:"),
    ({"access": {"viewers": {"users": ["system:anonymous"]}}}, "system:"),
    ({"access": {"viewers": {"users": [""]}}}, "a name as the cluster's authentication gives it"),
    ({"access": {"viewers": {"users": [" marie"]}}}, "a name as"),
    ({"access": {"viewers": {"users": ["a\nb"]}}}, "a name as"),
    ({"access": {"viewers": {"serviceAccounts": ["deployer"]}}}, "namespace/name of a ServiceAccount"),
    ({"access": {"viewers": {"serviceAccounts": ["a/b/c"]}}}, "namespace/name of a ServiceAccount"),
    ({"access": {"viewers": {"serviceAccounts": ["CI/deployer"]}}}, "namespace/name of a ServiceAccount"),
    ({"admission": {"imageTags": {"allowed": ["jarvis"]}}}, "an image with its tag"),
    ({"admission": {"imageTags": {"allowed": ["jarvis:a'b"]}}}, "an image with its tag"),
    ({"admission": {"imageTags": {"mutableTags": ["a|b"]}}}, "a container image tag"),
    ({"admission": {"registries": {"allowed": ["jarvis"]}}}, PREFIX),
    ({"admission": {"registries": {"allowed": ["quay.io/"]}}}, PREFIX),
    ({"admission": {"registries": {"allowed": ["https://quay.io"]}}}, PREFIX),
    ({"admission": {"registries": {"allowed": ["quay.io/*"]}}}, PREFIX),
    ({"admission": {"registries": {"allowed": []}}}, "must be one registry or more, or absent"),
    ({"admission": {"privileges": {"action": "deny"}}}, "'Deny', 'Warn', 'Audit' or 'Off'"),
    ({"admission": {"services": {"allowed": ["a.b"]}}}, "lower-case letters, digits and hyphens"),
]


@pytest.mark.parametrize(("sections", "sentence"), WRONG, ids=[str(wrong[0]) for wrong in WRONG])
def test_what_is_wrong_is_said(sections: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError) as error:
        read(**sections)
    assert error.value.error_count() == 1
    assert sentence in error.value.errors()[0]["msg"]
