"""Wrong settings of the cluster, the database and the cache: each gives its exact sentence, and only that."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from infra.settings.load import load_stack_file
from tests.unit.settings.stacks import CIPHERTEXT, DEV, assert_refused, changed, written

MEMORY = "a whole number of bytes with a suffix (Ki, Mi, Gi, Ti, k, M, G or T), such as 512Mi or 20Gi"
CPU = "CPU cores, more than zero, as text such as 500m, 0.5 or 2"
LABEL = "lower-case letters, digits and hyphens, 63 characters at most, no hyphen first or last (RFC 1123)"
POSTGRES_MEMORY = "a whole number with kB, MB, GB or TB (powers of 1024), such as 256MB or 1GB"
REDIS_MEMORY = "a whole number with kb, mb or gb (powers of 1024), such as 512mb or 2gb"
IDENTIFIER = "lower-case letters, digits and underscores, no digit first, 63 at most, such as jarvis_dev"
IMAGE = "an image with its registry and its tag, such as quay.io/prometheus/prometheus:v3.13.5"
POLICIES = (
    "noeviction, allkeys-lru, allkeys-lfu, allkeys-random, volatile-lru, volatile-lfu, volatile-random or volatile-ttl"
)
CASES: dict[str, tuple[dict[str, Any], str]] = {
    # the cluster
    "cluster of no kind": ({"cluster.kind": "gke"}, 'jarvis:cluster.kind is "gke"; it must be aks, eks or existing.'),
    "cluster a word": ({"cluster": "existing"}, 'jarvis:cluster is "existing"; it must be a mapping.'),
    "namespace in capitals": (
        {"cluster.namespace": "Jarvis"},
        f'jarvis:cluster.namespace is "Jarvis"; it must be {LABEL}.',
    ),
    "namespace with an underscore": (
        {"cluster.namespace": "jarvis_dev"},
        f'jarvis:cluster.namespace is "jarvis_dev"; it must be {LABEL}.',
    ),
    "namespace too long": (
        {"cluster.namespace": "j" * 64},
        f'jarvis:cluster.namespace is "{"j" * 60}..."; it must be {LABEL}.',
    ),
    "namespace a number": (
        {"cluster.namespace": 7},
        f'jarvis:cluster.namespace is the number 7; it must be {LABEL}.\n    Put it in quotes: "7"',
    ),
    "namespace misspelt": (
        {"cluster.namespce": "jarvis"},
        "jarvis:cluster.namespce is not a setting (did you mean namespace?); allowed here are ...",
    ),
    "kubeconfig empty": (
        {"cluster.kubeconfig": ""},
        'jarvis:cluster.kubeconfig is ""; it must be a path, such as ~/.kube/config.',
    ),
    "context a list": (
        {"cluster.context": ["a"]},
        "jarvis:cluster.context is a list; it must be the name of a context.",
    ),
    "conflicts a word": (
        {"cluster.forceConflicts": "true"},
        'jarvis:cluster.forceConflicts is "true"; it must be true or false, without quotes.'
        "\n    Leave the quotes out: true",
    ),
    "unknown standard": (
        {"cluster.podSecurity": {"enforce": "strict"}},
        'jarvis:cluster.podSecurity.enforce is "strict"; it must be restricted, baseline or privileged '
        "(did you mean restricted?).",
    ),
    "standard of a bare version": (
        {"cluster.podSecurity": {"version": "1.36"}},
        'jarvis:cluster.podSecurity.version is "1.36"; it must be latest or a Kubernetes version such as v1.36.',
    ),
    "quota in GB": (
        {"cluster.quota": {"storage": "500GB"}},
        f'jarvis:cluster.quota.storage is "500GB"; it must be {MEMORY}.',
    ),
    "quota of half a pair": (
        {"cluster.quota": {"requests": {"cpu": "16"}}},
        "jarvis:cluster.quota.requests.memory is missing; it must be "
        f"{MEMORY}.\n    pulumi config set --path 'jarvis:cluster.quota.requests.memory' VALUE --stack dev",
    ),
    "quota of no Pods": (
        {"cluster.quota": {"pods": 0}},
        "jarvis:cluster.quota.pods is the number 0; it must be a whole number from 1 to 100000.",
    ),
    "default limit below the request": (
        {"cluster.limitRange": {"default": {"cpu": "50m", "memory": "512Mi"}}},
        "jarvis:cluster.limitRange: default.cpu 50m is below defaultRequest.cpu 100m.",
    ),
    "maximum below the default": (
        {"cluster.limitRange": {"default": {"cpu": "500m", "memory": "8Gi"}, "max": {"memory": "6Gi"}}},
        "jarvis:cluster.limitRange: max.memory 6Gi is below default.memory 8Gi.",
    ),
    # the cluster and what the rest asks of it
    "quota below the requests": (
        {"cluster.quota": {"requests": {"cpu": "2", "memory": "48Gi"}}},
        "jarvis:cluster.quota.requests.cpu is 2, but the containers' requests are 2600m together: "
        "not all of their Pods could start.",
    ),
    "quota below the limits of many": (
        {"cluster.quota": {"limits": {"cpu": "32", "memory": "16Gi"}}},
        "jarvis:cluster.quota.limits.memory is 16Gi, but the containers' limits are 17664Mi together: "
        "not all of their Pods could start.",
    ),
    "replicas beyond the quota": (
        {"app.tts": {"replicas": 60}, "cluster.quota": {"limits": {"cpu": "100", "memory": "100Gi"}}},
        "jarvis:cluster.quota.requests.cpu is 16, but the containers' requests are 17350m together: "
        "not all of their Pods could start.",
    ),
    "more Pods than the quota": (
        {"cluster.quota": {"pods": 9}},
        "jarvis:cluster.quota.pods is 9, but there may be 10 Pods when autoscaling is at its maximum: "
        "not all could start.",
    ),
    "autoscaling beyond the quota's Pods": (
        {"app.tts": {"autoscaling": {"minReplicas": 2, "maxReplicas": 6}}, "cluster.quota": {"pods": 14},
         "platform.metricsServer": {"kind": "external"}},
        "jarvis:cluster.quota.pods is 14, but there may be 15 Pods when autoscaling is at its maximum: "
        "not all could start.",
    ),
    "volumes beyond the quota": (
        {"database.storage": {"size": "1Ti"}},
        "jarvis:cluster.quota.storage is 500Gi, but the claims are 1088512Mi together: not all could be made.",
    ),
    "more claims than the quota": (
        {"cluster.quota": {"persistentVolumeClaims": 5}},
        "jarvis:cluster.quota.persistentVolumeClaims is 5, but there are 6 claims: not all could be made.",
    ),
    "container beyond the maximum": (
        {"cluster.limitRange": {"max": {"memory": "2Gi"}}, "app.ollama": {"resources": {"requests": {
            "cpu": "1", "memory": "1Gi"}, "limits": {"cpu": "1", "memory": "3Gi"}}},
            "cache": {"kind": "container", "maxMemory": "1gb", "resources": {"requests": {
                "cpu": "100m", "memory": "512Mi"}, "limits": {"cpu": "500m", "memory": "2Gi"}}}},
        "jarvis:app.ollama.resources.limits.memory is 3Gi, more than jarvis:cluster.limitRange.max.memory 2Gi: "
        "the Pod would be refused.",
    ),
    # the database
    "database of no kind": (
        {"database.kind": "mysql"},
        'jarvis:database.kind is "mysql"; it must be ...',
    ),
    "version unknown": (
        {"database.version": 14},
        "jarvis:database.version is the number 14; it must be 15, 16, 17 or 18.",
    ),
    "version in quotes": (
        {"database.version": "17"},
        'jarvis:database.version is "17"; it must be 15, 16, 17 or 18.\n    Leave the quotes out: 17',
    ),
    "image of another version": (
        {"database.image": "docker.io/library/postgres:16.4"},
        "jarvis:database: the tag of image docker.io/library/postgres:16.4 must begin with 17, "
        "which version says it is.",
    ),
    "image without a tag": (
        {"database.image": "docker.io/library/postgres"},
        f'jarvis:database.image is "docker.io/library/postgres"; it must be {IMAGE}.',
    ),
    "database name with a hyphen": (
        {"database.database": "jarvis-dev"},
        f'jarvis:database.database is "jarvis-dev"; it must be {IDENTIFIER}.',
    ),
    "user name encrypted": (
        {"database.username": CIPHERTEXT},
        "jarvis:database.username is encrypted, but it is no secret; give it in plain text."
        "\n    pulumi config set --path 'jarvis:database.username' VALUE --stack dev",
    ),
    "password given to the database": (
        {"database.password": CIPHERTEXT},
        "jarvis:database.password is not a setting; allowed here are ...",
    ),
    "buffers in Mi": (
        {"database.parameters": {"sharedBuffers": "256Mi"}},
        f'jarvis:database.parameters.sharedBuffers is "256Mi"; it must be {POSTGRES_MEMORY}.',
    ),
    "buffers beyond the limit": (
        {"database.parameters": {"sharedBuffers": "2GB"}},
        "jarvis:database: resources.limits.memory 2Gi must exceed parameters.sharedBuffers 2GB and sharedMemory 256Mi "
        "together.",
    ),
    "too few connections": (
        {"database.parameters": {"maxConnections": 5}},
        "jarvis:database.parameters.maxConnections is the number 5; it must be a whole number from 10 to 10000.",
    ),
    "database as root": (
        {"database.userId": 0},
        "jarvis:database.userId is the number 0; it must be a whole number from 1 to 2147483647.",
    ),
    "database volume fractional": (
        {"database.storage": {"size": "1.5Gi"}},
        f'jarvis:database.storage.size is "1.5Gi"; it must be {MEMORY}.',
    ),
    "database volume without a size": (
        {"database.storage": {"storageClass": "fast-ssd"}},
        f"jarvis:database.storage.size is missing; it must be {MEMORY}."
        "\n    pulumi config set --path 'jarvis:database.storage.size' VALUE --stack dev",
    ),
    "database limit below its request": (
        {"database.resources": {"requests": {"cpu": "2", "memory": "1Gi"}, "limits": {"cpu": "1", "memory": "2Gi"}}},
        "jarvis:database.resources: limits.cpu 1 is below requests.cpu 2.",
    ),
    # the cache
    "cache of no kind": (
        {"cache": {"kind": "memcached"}},
        'jarvis:cache.kind is "memcached"; it must be ...',
    ),
    "cache memory in Gi": (
        {"cache": {"kind": "container", "maxMemory": "2Gi"}},
        f'jarvis:cache.maxMemory is "2Gi"; it must be {REDIS_MEMORY}.',
    ),
    "cache memory a number": (
        {"cache": {"kind": "container", "maxMemory": 2}},
        f"jarvis:cache.maxMemory is the number 2; it must be {REDIS_MEMORY}.",
    ),
    "cache limit at maxMemory": (
        {"cache": {"kind": "container", "maxMemory": "3gb"}},
        "jarvis:cache: resources.limits.memory 3Gi must exceed maxMemory 3gb.",
    ),
    "policy unknown": (
        {"cache": {"kind": "container", "maxMemoryPolicy": "lru"}},
        f'jarvis:cache.maxMemoryPolicy is "lru"; it must be {POLICIES}.',
    ),
    "policy misspelt": (
        {"cache": {"kind": "container", "maxMemoryPolicy": "allkeys_lru"}},
        f'jarvis:cache.maxMemoryPolicy is "allkeys_lru"; it must be {POLICIES} (did you mean allkeys-lru?).',
    ),
    "save points as in redis.conf": (
        {"cache": {"kind": "container", "savePoints": "900 1"}},
        'jarvis:cache.savePoints is "900 1"; it must be a list.',
    ),
    "save point of zero seconds": (
        {"cache": {"kind": "container", "savePoints": [{"seconds": 0, "changes": 1}]}},
        "jarvis:cache.savePoints[0].seconds is the number 0; it must be a whole number from 1 to 2147483647.",
    ),
    "save point without changes": (
        {"cache": {"kind": "container", "savePoints": [{"seconds": 60}]}},
        "jarvis:cache.savePoints[0].changes is missing: Changes since the last writing, at least."
        "\n    pulumi config set --path 'jarvis:cache.savePoints[0].changes' VALUE --stack dev",
    ),
    "exporter's CPU zero": (
        {"cache": {"kind": "container", "exporter": {"resources": {
            "requests": {"cpu": "0", "memory": "32Mi"}, "limits": {"cpu": "100m", "memory": "128Mi"}}}}},
        f'jarvis:cache.exporter.resources.requests.cpu is "0"; it must be {CPU}.',
    ),
    "cache's first start too short": (
        {"cache": {"kind": "container", "startupSeconds": 1}},
        "jarvis:cache.startupSeconds is the number 1; it must be a whole number from 5 to 86400.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_sentence(name: str, tmp_path: Path) -> None:
    changes, expected = CASES[name]
    assert_refused(tmp_path, lambda: DEV, changes, expected)


def test_what_fits_is_not_refused(tmp_path: Path) -> None:
    exact: dict[str, Any] = {
        "requests": {"cpu": "2600m", "memory": "7232Mi"},
        "limits": {"cpu": "9200m", "memory": "17664Mi"},
    }
    load_stack_file(
        written(
            tmp_path,
            changed(DEV, {"cluster.quota": {**exact, "storage": "59Gi", "persistentVolumeClaims": 6, "pods": 10}}),
        )
    )


def test_no_quota_refuses_nothing(tmp_path: Path) -> None:
    load_stack_file(written(tmp_path, changed(DEV, {"cluster.quota": None, "app.tts": {"replicas": 100}})))
