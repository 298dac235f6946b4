"""Where the images of the platform and of the controllers that make Pods in its namespace are published."""

from __future__ import annotations

from typing import Final

PUBLISHERS: Final[dict[str, str]] = {
    "docker.io/library": "Docker's official images, and images built on the nodes under a name without a registry",
    "docker.io/ollama": "Ollama",
    "docker.io/grafana": "Grafana, Loki, Alloy, Tempo",
    "docker.io/otel": "OpenTelemetry Collector",
    "docker.io/oliver006": "redis_exporter",
    "quay.io/oliver006": "redis_exporter",
    "quay.io/prometheus": "Prometheus, Alertmanager, node-exporter",
    "quay.io/prometheuscommunity": "postgres-exporter",
    "ghcr.io/open-telemetry": "OpenTelemetry Collector",
    "ghcr.io/cloudnative-pg": "CloudNativePG: PostgreSQL, PgBouncer, the operator in its init containers, Barman Cloud",
    "quay.io/jetstack": "cert-manager's solver Pods of the HTTP-01 challenge",
    "registry.k8s.io": "Kubernetes' own: kube-state-metrics",
}
"""Registry and beginning of the name, and whose images these are."""
