"""REST calls to the API server over the official client's connections and credentials."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast
from urllib.parse import urlencode

from sandbox.providers.resource import ProviderError
from sandbox.providers.values import Properties, as_list, as_object, as_text

if TYPE_CHECKING:
    from kubernetes.client import ApiClient

_FORBIDDEN: Final = 403
_NOT_FOUND: Final = 404
_CONFLICT: Final = 409
_OVERLOADED: Final = frozenset({429, 503, 504})
_NOT_SEEN_YET: Final = ("status unknown for quota", "error looking up service account")
_TIMEOUT_SECONDS: Final = 60.0
_METADATA_ONLY: Final = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"


Warn: TypeAlias = Callable[[str], None]


def _ignore(message: str) -> None:
    del message


class ApiError(ProviderError):
    """The API server's refusal, in its own words."""

    def __init__(self, status: int, body: Properties, fallback: str) -> None:
        super().__init__(as_text(body.get("message")) or fallback)
        self.status = status
        self.reason = as_text(body.get("reason")) or ""
        self._details = as_object(body.get("details"))

    @property
    def missing(self) -> bool:
        """Whether the object, or its whole kind, is not there."""
        return self.status == _NOT_FOUND

    @property
    def missing_kind(self) -> str:
        """The resource name (`namespaces`) of what is not there, empty where the server doesn't say."""
        return (as_text(self._details.get("kind")) or "") if self.missing else ""

    @property
    def field_conflict(self) -> bool:
        """Whether another field manager owns a field that was to be changed."""
        causes = [as_object(cause) for cause in as_list(self._details.get("causes"))]
        return self.status == _CONFLICT and any(cause.get("reason") == "FieldManagerConflict" for cause in causes)

    @property
    def passing(self) -> bool:
        """Whether the refusal is likely gone in a moment: an overload, or something just made that isn't seen yet."""
        if self.status in _OVERLOADED:
            return True
        if self.status == _CONFLICT:
            return self.reason == "Conflict" and not self.field_conflict
        if self.missing:  # the namespace comes with this program, or a new kind is not served everywhere yet
            return self.missing_kind in {"namespaces", ""}
        return self.status == _FORBIDDEN and any(text in str(self) for text in _NOT_SEEN_YET)

    @property
    def over_quota(self) -> bool:
        """Whether the namespace's quota has no room for the object."""
        return self.status == _FORBIDDEN and "exceeded quota" in str(self)


class UnreachableError(ProviderError):
    """There is no answer from the API server."""


class Api:
    """Calls the API server; safe for many threads."""

    def __init__(self, client: ApiClient) -> None:
        self._client: Any = client  # without types where it matters
        self._host = str(self._client.configuration.host)

    def get(self, path: str, query: Mapping[str, str] | None = None) -> Properties:
        """The object or list at `path`."""
        return self._call("GET", path, query)

    def metadata_of_all(self, path: str) -> Properties:
        """The list at `path`, each object with its metadata only."""
        return self._call("GET", path, None, accept=_METADATA_ONLY)

    def apply(self, path: str, body: Properties, query: Mapping[str, str], warn: Warn = _ignore) -> Properties:
        """Server-side apply of `body`; `warn` gets the API server's warnings."""
        return self._call("PATCH", path, query, body, "application/apply-patch+yaml", warn)

    def apply_text(self, path: str, text: str, query: Mapping[str, str]) -> Properties:
        """Server-side apply of an object that is written as YAML."""
        return self._call("PATCH", path, query, text, "application/apply-patch+yaml")

    def merge(self, path: str, body: Properties, query: Mapping[str, str], warn: Warn = _ignore) -> Properties:
        """JSON merge patch with `body`."""
        return self._call("PATCH", path, query, body, "application/merge-patch+json", warn)

    def post(self, path: str, body: Properties, query: Mapping[str, str], warn: Warn = _ignore) -> Properties:
        """Create the object `body` in the collection at `path`."""
        return self._call("POST", path, query, body, "application/json", warn)

    def delete(self, path: str, options: Properties) -> Properties:
        """Delete the object at `path`."""
        return self._call("DELETE", path, None, options, "application/json")

    def _call(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None,
        body: Properties | str | None = None,
        content_type: str | None = None,
        warn: Warn = _ignore,
        accept: str = "application/json",
    ) -> Properties:
        # The client's configuration is asked each time: a token of an exec plugin is renewed there.
        headers: dict[str, str] = {**self._client.default_headers, "Accept": accept}
        for setting in self._client.configuration.auth_settings().values():
            if setting["in"] == "header" and setting["value"]:
                headers[setting["key"]] = setting["value"]
        if content_type:
            headers["Content-Type"] = content_type
        url = f"{self._host}{path}" + (f"?{urlencode(query)}" if query else "")
        sent = body if body is None or isinstance(body, str) else json.dumps(body)
        status, text, warnings = self._send(method, url, headers, sent)
        for warning in warnings:
            warn(warning)
        answer = _parsed(text)
        if status >= 400:  # noqa: PLR2004
            raise ApiError(status, answer, text.strip() or f"the API server answered {status}")
        return answer

    def _send(self, method: str, url: str, headers: dict[str, str], body: str | None) -> tuple[int, str, list[str]]:
        from urllib3.exceptions import HTTPError

        pool = self._client.rest_client.pool_manager
        try:
            response = pool.request(method, url, body=body, headers=headers, timeout=_TIMEOUT_SECONDS)
        except HTTPError as error:
            cause = getattr(error, "reason", None) or error
            raise UnreachableError(f"The cluster at {self._host} cannot be reached: {cause}") from error
        warnings: list[str] = response.headers.getlist("Warning")
        return response.status, response.data.decode(), [_warning(text) for text in warnings]


def _warning(header: str) -> str:
    """The text of a header such as `299 - "spec.x: deprecated since v1.2"`."""
    quoted = header.partition('"')[2].rpartition('"')[0]
    return quoted.replace('\\"', '"') or header


def _parsed(text: str) -> Properties:
    try:
        answer: object = json.loads(text)
    except ValueError:
        return {}
    return cast("Properties", answer) if isinstance(answer, dict) else {}
