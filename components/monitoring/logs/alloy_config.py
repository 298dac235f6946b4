"""Alloy's configuration: from the API server through a few stages to Loki.

Source: https://grafana.com/docs/alloy/latest/reference/components/loki/
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

HTTP_PORT: Final = 12345
"""Metrics, readiness, and the other replicas."""

SECRETS: Final = (
    r"(?i)\bbearer\s+([A-Za-z0-9._~+/-]{8,}=*)",
    r"\b(eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*)",
    r"://[^/\s:@]*:([^/\s@]+)@",
    r"""(?i)(?:password|passwd|secret|api_?key|token)["']?\s*[=:]\s*["']?([^\s"',;&}]{4,})""",
)
"""What is masked: bearer tokens, JSON web tokens, passwords in URLs, values beside a telling name. RE2 expressions,
whose only group is the secret itself."""
MASK: Final = "[masked]"

_LABELS: Final = (
    ("__meta_kubernetes_namespace", "namespace"),
    ("__meta_kubernetes_pod_name", "pod"),
    ("__meta_kubernetes_pod_container_name", "container"),
    ("__meta_kubernetes_pod_label_app", "app"),
)
_LEVEL: Final = "level || severity || levelname"
_TRACE: Final = "trace_id || otelTraceID || traceId"
"""Names by which Python's loggers and OpenTelemetry's give the trace."""


@dataclass(frozen=True)
class AlloyConfig:
    """What the text depends on."""

    namespace: str
    environment: str
    loki_url: str
    events: bool
    redact: bool
    clustered: bool
    """Whether replicas share the Pods among themselves."""


def alloy_config(config: AlloyConfig) -> str:
    """The text of the file; the same settings always give the same bytes."""
    blocks = [_discovery(config.namespace), _pod_labels(), _source(config.clustered)]
    if config.events:
        blocks.append(_events(config.namespace))
    return "\n".join([*blocks, _process(config.redact), _write(config)])


def _discovery(namespace: str) -> str:
    return f"""\
discovery.kubernetes "pods" {{
  role = "pod"

  namespaces {{
    names = [{_text(namespace)}]
  }}
}}
"""


def _pod_labels() -> str:
    """What Loki indexes by: few values each. Finished Pods stay, for a short Job is over before it is seen."""
    rules = [
        _rule(f"source_labels = [{_text(source)}]", f"target_label  = {_text(label)}") for source, label in _LABELS
    ]
    return f"""\
discovery.relabel "pods" {{
  targets = discovery.kubernetes.pods.targets
{"".join(rules)}}}
"""


def _rule(*assignments: str) -> str:
    lines = "".join(f"    {line}\n" for line in assignments)
    return f"\n  rule {{\n{lines}  }}\n"


def _source(clustered: bool) -> str:
    return f"""\
loki.source.kubernetes "pods" {{
  targets    = discovery.relabel.pods.output
  forward_to = [loki.process.stack.receiver]

  clustering {{
    enabled = {_boolean(clustered)}
  }}
}}
"""


def _events(namespace: str) -> str:
    """Every replica reads them: Loki keeps one of lines that are alike in labels, time and text."""
    return f"""\
loki.source.kubernetes_events "namespace" {{
  namespaces = [{_text(namespace)}]
  job_name   = "kubernetes-events"
  log_format = "json"
  forward_to = [loki.process.stack.receiver]
}}
"""


def _process(redact: bool) -> str:
    """Level and trace go beside the line, not into the index, where each trace would be a stream of its own."""
    masks = "".join(_mask(expression) for expression in SECRETS) if redact else ""
    return f"""\
loki.process "stack" {{
  forward_to = [loki.write.loki.receiver]
{masks}
  stage.json {{
    expressions = {{
      level    = {_text(_LEVEL)},
      trace_id = {_text(_TRACE)},
    }}
  }}

  stage.structured_metadata {{
    values = {{
      level    = "",
      trace_id = "",
    }}
  }}

  stage.label_drop {{
    values = ["instance"]
  }}
}}
"""


def _mask(expression: str) -> str:
    return f"""
  stage.replace {{
    expression = {_text(expression)}
    replace    = {_text(MASK)}
  }}
"""


def _write(config: AlloyConfig) -> str:
    return f"""\
loki.write "loki" {{
  endpoint {{
    url = {_text(f"{config.loki_url}/loki/api/v1/push")}
  }}

  external_labels = {{
    environment = {_text(config.environment)},
  }}
}}
"""


def _text(value: str) -> str:
    """A string in Alloy's notation, which for what JSON escapes is JSON's."""
    return json.dumps(value)


def _boolean(value: bool) -> str:
    return "true" if value else "false"
