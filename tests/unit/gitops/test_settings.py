"""Which settings of jarvis:gitops are taken, and what is said of the others."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from components.gitops.settings import GitopsSettings

REPOSITORY = "https://git.example.com/jarvis/deployments.git"


def settings(**changes: Any) -> GitopsSettings:
    return GitopsSettings.model_validate({"repoUrl": REPOSITORY, "path": "clusters/staging", **changes})


def test_the_defaults_sync_by_themselves_and_never_delete_the_stack() -> None:
    chosen = settings()
    assert chosen.target_revision == "main"
    assert chosen.namespace == "argocd"
    assert chosen.sync_policy.automated
    assert chosen.sync_policy.prune
    assert chosen.sync_policy.self_heal
    assert not chosen.cascade_delete


@pytest.mark.parametrize(
    "url",
    [
        REPOSITORY,
        "ssh://git@git.example.com:2222/jarvis/deployments.git",
        "ssh://git.example.com/jarvis.git",
        "git@git.example.com:jarvis/deployments.git",
    ],
)
def test_addresses_of_repositories(url: str) -> None:
    assert settings(repoUrl=url).repo_url == url


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"repoUrl": "https://user:password@git.example.com/x.git"}, "with no password in it"),
        ({"repoUrl": "https://token@git.example.com/x.git"}, "with no password in it"),
        ({"repoUrl": "http://git.example.com/x.git"}, "the https or ssh address"),
        ({"repoUrl": "*"}, "the https or ssh address"),
        ({"repoUrl": "ssh://git:password@git.example.com/x.git"}, "the https or ssh address"),
        ({"path": "/clusters"}, "a folder of the repository"),
        ({"path": "clusters/../.."}, "a folder of the repository"),
        ({"path": "."}, "a folder of the repository"),
        ({"targetRevision": "--upload-pack=x"}, "a branch, a tag or a commit"),
        ({"namespace": "Argo CD"}, "lower-case letters"),
        ({"destination": {"server": "https://a.example.com", "name": "a"}}, "give one of them"),
        ({"destination": {"server": "http://a.example.com"}}, "the https address of an API server"),
        ({"syncPolicy": {"retry": {"backoffSeconds": 60, "maxBackoffSeconds": 5}}}, "maxBackoffSeconds 5 is below"),
        ({"syncPolicy": {"retry": {"limit": -1}}}, "greater than or equal to 0"),
        ({"autoSync": True}, "Extra inputs"),
    ],
)
def test_wrong_settings_are_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        settings(**changes)
