"""The vocabulary of signals. Nothing here knows how a signal is delivered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

MetricKind = Literal["counter", "gauge", "histogram"]
Severity = Literal["critical", "warning", "none"]
"""How bad it is; `none` where nothing is wrong, such as of the alert that always fires."""
Exporter = Literal[
    "application",
    "prometheus",
    "alertmanager",
    "cadvisor",
    "kubelet",
    "postgres-exporter",
    "cloudnative-pg",
    "pgbouncer",
    "redis-exporter",
    "kube-state-metrics",
    "node-exporter",
    "loki",
    "alloy",
    "tempo",
    "otel-collector",
]


@dataclass(frozen=True)
class Metric:
    """A metric that something exports."""

    name: str
    kind: MetricKind
    help: str
    labels: tuple[str, ...]
    """Its own labels, without those that the scrape adds (`job`, `instance`, ...)."""
    exported_by: Exporter
    buckets: tuple[float, ...] = ()
    """Upper bounds of a histogram's buckets, in the unit that the name ends with; `+Inf` is implied."""

    @property
    def series(self) -> tuple[str, ...]:
        """The names that queries may use."""
        if self.kind == "histogram":
            return tuple(f"{self.name}_{suffix}" for suffix in ("bucket", "sum", "count"))
        return (self.name,)


@dataclass(frozen=True)
class AlertRule:
    """A condition that somebody must hear about."""

    name: str
    expr: str
    for_: str
    """How long `expr` must hold, a Prometheus duration such as 30s; 0s to fire at once."""
    labels: dict[str, str]
    annotations: dict[str, str]


def alert(name: str, expr: str, for_: str, severity: Severity, summary: str, description: str) -> AlertRule:
    """An alert labelled with its severity alone; `summary` and `description` are for people to read."""
    return AlertRule(
        name=name,
        expr=expr,
        for_=for_,
        labels={"severity": severity},
        annotations={"summary": summary, "description": description},
    )


@dataclass(frozen=True)
class RecordingRule:
    """A query that is evaluated once for all its readers, named level:metric:operations."""

    record: str
    expr: str


@dataclass(frozen=True)
class RuleGroup:
    """Rules that are evaluated together; one rule file."""

    name: str
    rules: tuple[AlertRule | RecordingRule, ...]
    needs: Exporter | None = None
    """Delivered only where this exporter runs; always where absent."""


@dataclass(frozen=True)
class Relabeling:
    """One relabeling step; `regex` must match the whole of the source labels joined by `;`."""

    source_labels: tuple[str, ...]
    action: Literal["keep", "drop", "replace"] = "replace"
    regex: str | None = None
    """Everything where absent."""
    target_label: str | None = None
    """Of `replace` only."""


@dataclass(frozen=True)
class KubernetesTargets:
    """Targets that the API server names."""

    role: Literal["endpoints", "pod", "node"]
    namespaces: tuple[str, ...] = ()
    """None for `node`, which belongs to no namespace."""


@dataclass(frozen=True)
class StaticTargets:
    """Targets at fixed addresses, host:port."""

    addresses: tuple[str, ...]


@dataclass(frozen=True)
class ServiceAccountAccess:
    """HTTPS with the token and the CA of Prometheus' own service account."""

    verify_certificate: bool = True


@dataclass(frozen=True)
class CertificateAccess:
    """HTTPS to a server that proves itself by a certificate of the stack's own authority."""

    ca_file: str
    server_name: str


@dataclass(frozen=True)
class ScrapeJob:
    """A set of targets that are scraped in the same way."""

    name: str
    targets: KubernetesTargets | StaticTargets
    relabelings: tuple[Relabeling, ...] = ()
    metric_relabelings: tuple[Relabeling, ...] = ()
    metrics_path: str = "/metrics"
    access: ServiceAccountAccess | CertificateAccess | None = None
    """Plain HTTP where absent."""
    honor_timestamps: bool = True
