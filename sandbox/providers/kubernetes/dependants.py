"""Readiness that shows only in other objects: endpoints behind a Service, a claim's storage class, pods, events."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from sandbox.providers.kubernetes.api import Api, ApiError, UnreachableError
from sandbox.providers.kubernetes.objects import metadata, name_of, namespace_of
from sandbox.providers.kubernetes.readiness import READY, Readiness, pod_problems, waiting
from sandbox.providers.values import Properties, as_list, as_object, as_text

_SHOWN: Final = 3
"""Warnings shown at once."""
_RECENT_SECONDS: Final = 600.0
_WORKLOADS: Final = frozenset({"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job"})


class Dependants:
    """Looks at the objects that another one depends on."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def judge(self, live: Properties, own: Readiness) -> Readiness:
        """The object's readiness with that of the objects that it depends on, given its own."""
        core = live.get("apiVersion") == "v1"
        if core and live.get("kind") == "PersistentVolumeClaim" and not own.ready and not own.failed:
            return READY if self._waits_for_consumer(live) else own
        if core and live.get("kind") == "Service" and own.ready:
            return self._service(live)
        if live.get("kind") == "Ingress" and str(live.get("apiVersion")).startswith("networking.k8s.io/") and own.ready:
            return self._ingress(live)
        return own

    def _waits_for_consumer(self, live: Properties) -> bool:
        name = as_text(as_object(live.get("spec")).get("storageClassName"))
        if not name:
            return False
        try:
            found = self._api.get(f"/apis/storage.k8s.io/v1/storageclasses/{name}")
        except ApiError as error:
            if error.missing:
                return False
            raise
        return found.get("volumeBindingMode") == "WaitForFirstConsumer"

    def _service(self, live: Properties) -> Readiness:
        spec = as_object(live.get("spec"))
        if spec.get("type") == "ExternalName" or spec.get("clusterIP") == "None" or not as_object(spec.get("selector")):
            return READY
        namespace, name = namespace_of(live), name_of(live)
        return READY if self._has_endpoints(namespace, name) else waiting("no ready pod matches its selector")

    def _has_endpoints(self, namespace: str | None, service: str) -> bool:
        path = f"/apis/discovery.k8s.io/v1/namespaces/{namespace}/endpointslices"
        slices = self._api.get(path, {"labelSelector": f"kubernetes.io/service-name={service}"})
        for item in map(as_object, as_list(slices.get("items"))):
            for endpoint in map(as_object, as_list(item.get("endpoints"))):
                if as_object(endpoint.get("conditions")).get("ready") is not False:
                    return True
        return False

    def _ingress(self, live: Properties) -> Readiness:
        for service in sorted(_backends(live)):
            found = self._api.get(f"/api/v1/namespaces/{namespace_of(live)}/services/{service}")
            verdict = self._service(found)
            if not verdict.ready:
                return waiting(f"service {service}: {verdict.message}")
        return READY

    def warnings(self, live: Properties) -> list[str]:
        """What goes wrong with the object just now: what its pods wait for, and the cluster's recent warnings."""
        try:
            return list(dict.fromkeys([*self._pods(live), *self._events(live)]))[:_SHOWN]
        except (ApiError, UnreachableError):
            return []  # they only help to explain; the wait itself goes on

    def _pods(self, live: Properties) -> list[str]:
        labels = as_object(as_object(as_object(live.get("spec")).get("selector")).get("matchLabels"))
        if live.get("kind") not in _WORKLOADS or not labels:
            return []
        selector = ",".join(f"{key}={value}" for key, value in labels.items())
        pods = self._api.get(f"/api/v1/namespaces/{namespace_of(live)}/pods", {"labelSelector": selector})
        return [
            f"pod {name_of(pod)}: {problem}"
            for pod in map(as_object, as_list(pods.get("items")))
            for problem in pod_problems(pod)
        ]

    def _events(self, live: Properties) -> list[str]:
        namespace = namespace_of(live)
        if namespace is None:
            return []
        found = self._api.get(f"/api/v1/namespaces/{namespace}/events", {"fieldSelector": "type=Warning"})
        events = [as_object(item) for item in as_list(found.get("items"))]
        recent = [event for event in events if _concerns(event, live) and _age(event) < _RECENT_SECONDS]
        recent.sort(key=_age)
        return [f"{event.get('reason')}: {event.get('message')}" for event in recent]


def _backends(ingress: Properties) -> set[str]:
    spec = as_object(ingress.get("spec"))
    backends = [as_object(spec.get("defaultBackend"))]
    for rule in map(as_object, as_list(spec.get("rules"))):
        paths = as_list(as_object(rule.get("http")).get("paths"))
        backends += [as_object(as_object(path).get("backend")) for path in paths]
    names = [as_text(as_object(backend.get("service")).get("name")) for backend in backends]
    return {name for name in names if name}


def _concerns(event: Properties, live: Properties) -> bool:
    about = as_object(event.get("involvedObject"))
    if about.get("uid") == metadata(live).get("uid"):
        return True
    owned = (as_text(about.get("name")) or "").startswith(f"{name_of(live)}-")
    return owned and about.get("kind") in {"Pod", "ReplicaSet", "Job"} and live.get("kind") in _WORKLOADS | {"CronJob"}


def _age(event: Properties) -> float:
    """Seconds since the event was last seen."""
    text = as_text(event.get("lastTimestamp")) or as_text(event.get("eventTime"))
    text = text or as_text(metadata(event).get("creationTimestamp"))
    try:
        seen = datetime.fromisoformat(text or "")
    except ValueError:
        return 0.0
    return (datetime.now(UTC) - seen).total_seconds()
