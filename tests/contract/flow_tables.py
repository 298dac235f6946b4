"""Who may talk to whom, written by hand: a line a source, then everything it may reach, as `app:port[/UDP]`.

Beside the stack's own Pods there are strangers: `internet`, `site` (an address of the site's own network), `metadata`
(a cloud's metadata service), `elsewhere` (a Pod of another stack), the namespaces of controllers, and `kube-dns`. `any`
is every stranger, `every` each Pod of the stack.
"""

from __future__ import annotations

from typing import Final

Row = tuple[str, str, int, str]
"""Source, target, port and protocol."""

CONTROLLERS: Final = ("cnpg-system", "envoy-gateway-system", "kube-system")
STRANGERS: Final = ("internet", "site", "metadata", "elsewhere", *CONTROLLERS, "kube-dns")
SUBNETS: Final = {
    "production-aws": ("database-subnets", "public-subnets"),
    "production-azure": ("database-subnet", "endpoints-subnet", "gateway-subnet", "nodes-subnet"),
}
"""Of a cloud's network, where its servers and its load balancers are; strangers too."""

_EVERYWHERE = """
every            -> kube-dns:53 kube-dns:53/UDP
# the API and its microservices call each other
jarvis-backend   -> jarvis-interface:8001 jarvis-tts:8002 jarvis-stt:8003 ollama:11434
jarvis-interface -> jarvis-backend:8000
jarvis-tts       -> jarvis-backend:8000
jarvis-stt       -> jarvis-backend:8000
# metrics are pulled from what the API server names and from kubelets, and shown
prometheus-server -> jarvis-backend:8000 jarvis-interface:8001 jarvis-tts:8002 jarvis-stt:8003
prometheus-server -> any:443 any:6443 any:10250
grafana           -> prometheus-server:9090
"""

_SINGLE_STORES = """
jarvis-backend      -> postgres:5432 redis:6379
jarvis-migrate      -> postgres:5432
jarvis-create-admin -> postgres:5432
prometheus-server   -> postgres:9187 redis:9121
"""

_OBSERVABILITY = """
prometheus-server -> alertmanager:9093 loki:3100 alloy:12345 tempo:3200 otel-collector:8888 kube-state-metrics:8080
alertmanager      -> webhook-handler:5000
# logs are read through the API server, traces are sent
alloy              -> loki:3100 any:443 any:6443
kube-state-metrics -> any:443 any:6443
jarvis-backend     -> otel-collector:4317
jarvis-interface   -> otel-collector:4317
jarvis-stt         -> otel-collector:4317
jarvis-tts         -> otel-collector:4317
otel-collector     -> tempo:4317
grafana            -> loki:3100 tempo:3200
"""

_STAGING = """
postgres-backup -> postgres:5432
# K3s's Traefik, by its namespace: a Traefik that was installed otherwise has other labels
kube-system     -> jarvis-backend:8000 jarvis-frontend:3000
kube-dns        -> jarvis-backend:8000 jarvis-frontend:3000
"""

_PRODUCTION = """
# writes through the pooler, reads from the replicas; what changes the schema needs a session of its own
jarvis-backend      -> postgres-pooler-rw:5432 postgres-cluster:5432
jarvis-create-admin -> postgres-pooler-rw:5432
jarvis-migrate      -> postgres-cluster:5432
postgres-pooler-rw  -> postgres-cluster:5432 any:443 any:6443
# instances replicate, report to the operator and the API server, and archive over the internet
postgres-cluster        -> postgres-cluster:5432 postgres-cluster:8000 any:443 any:6443
postgres-cluster-second -> postgres-cluster-second:5432 postgres-cluster-second:8000 any:443 any:6443
postgres-cluster-second -> postgres-cluster:5432
cnpg-system             -> postgres-cluster:5432 postgres-cluster:8000
cnpg-system             -> postgres-cluster-second:5432 postgres-cluster-second:8000
# clients ask a Sentinel for the primary; Sentinels watch the servers and each other
jarvis-backend -> redis:6379 redis-sentinel:26379 ollama-2:11434
redis          -> redis:6379 redis-sentinel:26379
redis-sentinel -> redis:6379 redis-sentinel:26379
prometheus-server -> postgres-cluster:9187 postgres-cluster-second:9187 postgres-pooler-rw:9127
prometheus-server -> redis:9121 redis-sentinel:9121
# the Gateway's proxies, and the load balancer that leads to the API itself
envoy-gateway-system -> jarvis-backend:8000 jarvis-frontend:3000
any                  -> jarvis-backend:8000
"""

_REPLICATED_MONITORING = """
# replicas share silences and work
alertmanager -> alertmanager:9094 alertmanager:9094/UDP
alloy        -> alloy:12345
"""

_CLOUD = """
jarvis-backend -> ollama-2:11434
"""

_AWS = """
# RDS and ElastiCache are in the database subnets; the load balancer comes to the Pods from the public ones
jarvis-backend      -> database-subnets:5432 database-subnets:6379
jarvis-migrate      -> database-subnets:5432
jarvis-create-admin -> database-subnets:5432
public-subnets      -> jarvis-backend:8000 jarvis-frontend:3000
"""

_AZURE = """
# the gateway's traffic comes by an internal load balancer
jarvis-backend      -> database-subnet:5432 endpoints-subnet:10000
jarvis-migrate      -> database-subnet:5432
jarvis-create-admin -> database-subnet:5432
gateway-subnet      -> jarvis-backend:8000 jarvis-frontend:3000
"""

TABLES: Final = {
    "dev": _EVERYWHERE + _SINGLE_STORES,
    "staging": _EVERYWHERE + _SINGLE_STORES + _OBSERVABILITY + _STAGING,
    "production": _EVERYWHERE + _OBSERVABILITY + _REPLICATED_MONITORING + _PRODUCTION,
    "production-aws": _EVERYWHERE + _OBSERVABILITY + _REPLICATED_MONITORING + _CLOUD + _AWS,
    "production-azure": _EVERYWHERE + _OBSERVABILITY + _REPLICATED_MONITORING + _CLOUD + _AZURE,
}
"""By stack."""


def rows(stack: str, apps: set[str]) -> set[Row]:
    """The stack's table as single connections between these `app` labels and strangers."""
    table, strangers = TABLES[stack], {*STRANGERS, *SUBNETS.get(stack, ())}
    groups = {"any": strangers, "every": apps}
    found: set[Row] = set()
    for line in table.splitlines():
        if not line or line.startswith("#"):
            continue
        source, _, targets = line.partition("->")
        for target in targets.split():
            app, _, port = target.partition(":")
            number, _, protocol = port.partition("/")
            found |= {
                (left, right, int(number), protocol or "TCP")
                for left in groups.get(source.strip(), {source.strip()})
                for right in groups.get(app, {app})
            }
    return found
