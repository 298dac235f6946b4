"""The application's settings: the guide's figures as defaults, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from components.jarvis.settings import AppSettings
from tests.unit.jarvis.support import MINIMAL, app_settings


def test_guides_figures_are_the_defaults() -> None:
    settings = app_settings()
    assert settings.backend.port == 8000
    assert settings.frontend.port == 3000
    assert settings.ollama.port == 11434
    assert settings.backend.resources.requests.as_map() == {"cpu": "500m", "memory": "1Gi"}
    assert settings.backend.resources.limits.as_map() == {"cpu": "1000m", "memory": "2Gi"}
    assert settings.frontend.resources.requests.as_map() == {"cpu": "250m", "memory": "512Mi"}
    assert settings.frontend.resources.limits.as_map() == {"cpu": "500m", "memory": "1Gi"}
    assert settings.migration is not None
    assert settings.migration.command == ("python", "-m", "alembic", "upgrade", "head")


def test_defaults_are_safe() -> None:
    settings = app_settings()
    assert settings.debug is False
    assert settings.jwt_expire_minutes == 60
    assert settings.backend.internet_access is False
    assert settings.backend.hot_reload is None


def test_one_changed_field_keeps_the_others_defaults() -> None:
    settings = app_settings(backend={"replicas": 2})
    assert settings.backend.replicas == 2
    assert settings.backend.port == 8000


@pytest.mark.parametrize(
    ("service", "changes", "reference"),
    [
        ("backend", {}, "jarvis:1.9.0"),
        ("frontend", {}, "jarvis-frontend:1.9.0"),
        ("stt", {"registry": "registry.jarvis.local:5000"}, "registry.jarvis.local:5000/jarvis-stt:1.9.0"),
        ("tts", {"repository": "team/jarvis"}, "team/jarvis-tts:1.9.0"),
    ],
)
def test_image_of_a_service(service: str, changes: dict[str, Any], reference: str) -> None:
    assert app_settings(image={"tag": "1.9.0", **changes}).image.of(service).reference == reference


def test_one_services_image_can_differ() -> None:
    digest = "sha256:" + "a" * 64
    settings = app_settings(stt={"image": {"repository": "whisper", "tag": "3", "digest": digest}})
    image = settings.image.of("stt", settings.stt.image)
    assert image.reference == f"whisper:3@{digest}"
    assert image.pull_policy == "IfNotPresent"


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no image": ({"image": {}}, "image.tag"),
    "tag": ({"image": {"tag": "a b"}}, "image.tag"),
    "digest": ({"backend": {"image": {"digest": "sha256:1"}}}, "backend.image.digest"),
    "registry with scheme": ({"image": {"tag": "1", "registry": "https://x"}}, "image.registry"),
    "no origin": ({"corsOrigins": []}, "corsOrigins"),
    "any origin": ({"corsOrigins": ["*"]}, "corsOrigins.0"),
    "origin with a path": ({"corsOrigins": ["http://localhost:3000/"]}, "corsOrigins.0"),
    "origin with a line break": ({"corsOrigins": ["http://localhost:3000\n"]}, "corsOrigins.0"),
    "log level": ({"logLevel": "TRACE"}, "logLevel"),
    "jwt": ({"jwtExpireMinutes": 0}, "jwtExpireMinutes"),
    "unknown key": ({"jwtExpiry": 60}, "jwtExpiry"),
    "url": ({"backendUrl": "api.jarvis.com"}, "backendUrl"),
    "privileged port": ({"backend": {"port": 80}}, "backend.port"),
    "root": ({"backend": {"userId": 0}}, "backend.userId"),
    "no replica": ({"frontend": {"replicas": 0}}, "frontend.replicas"),
    "drain without grace": ({"tts": {"drainSeconds": 60}}, "tts"),
    "reload with replicas": ({"backend": {"hotReload": {}, "replicas": 2}}, "backend"),
    "frontend reload with replicas": ({"frontend": {"hotReload": {}, "replicas": 2}}, "frontend"),
    "model": ({"ollama": {"models": ["--help"]}}, "ollama.models.0"),
    "gpu": ({"ollama": {"gpu": {"count": 0}}}, "ollama.gpu.count"),
    "half of tls": ({"tls": {"secretName": "x", "certificatePath": "/a"}}, "tls.keyPath"),
    "empty command": ({"migration": {"command": []}}, "migration.command"),
    "email": ({"admin": {"email": "admin"}}, "admin.email"),
    "relative path": ({"backend": {"writablePaths": ["cache"]}}, "backend.writablePaths.0"),
    "limit below request": (
        {
            "backend": {
                "resources": {"requests": {"cpu": "2", "memory": "1Gi"}, "limits": {"cpu": "1", "memory": "1Gi"}}
            }
        },
        "backend.resources",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_settings_name_their_place(case: str) -> None:
    changes, place = WRONG[case]
    with pytest.raises(ValidationError) as caught:
        AppSettings.model_validate({**MINIMAL, **changes})
    assert place in {".".join(str(part) for part in error["loc"]) for error in caught.value.errors()}
