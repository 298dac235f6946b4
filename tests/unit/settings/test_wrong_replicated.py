"""Wrong settings of replicated databases and caches: each gives its exact sentence, and only that."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.settings.stacks import Case, assert_refused, production, staging

SET = "\n    pulumi config set --path"

CASES: dict[str, Case] = {
    # database
    "two instances that wait for each other": (
        production,
        {"database.instances": 2},
        "jarvis:database: synchronous required needs instances 3 or more, not 2: with one instance down "
        "every write would wait.",
    ),
    "no instance": (
        production,
        {"database.instances": 0},
        "jarvis:database.instances is the number 0; it must be a whole number from 1 to 9.",
    ),
    "version unknown": (
        production,
        {"database.version": 14},
        "jarvis:database.version is the number 14; it must be 15, 16, 17 or 18.",
    ),
    "image of another version": (
        production,
        {"database.image": "ghcr.io/cloudnative-pg/postgresql:16.4"},
        "jarvis:database: the tag of image ghcr.io/cloudnative-pg/postgresql:16.4 must begin with 17, which "
        "version says it is.",
    ),
    "buffers beyond the limit": (
        production,
        {"database.parameters.sharedBuffers": "2GB"},
        "jarvis:database: resources.limits.memory 2Gi must exceed parameters.sharedBuffers 2GB and "
        "sharedMemory 256Mi together.",
    ),
    "parameter in small letters": (
        production,
        {"database.parameters.sharedBuffers": "256mb"},
        'jarvis:database.parameters.sharedBuffers is "256mb"; it must be a whole number with kB, MB, GB or '
        "TB (powers of 1024), such as 256MB or 1GB.",
    ),
    "parameter of PostgreSQL's own name": (
        production,
        {"database.parameters": {"max_connections": 200}},
        "jarvis:database.parameters.max_connections is not a setting (did you mean maxConnections?); "
        "allowed here are maxConnections, sharedBuffers, effectiveCacheSize.",
    ),
    "synchronous a boolean": (
        production,
        {"database.synchronous": True},
        "jarvis:database.synchronous is true; it must be required, preferred or off.",
    ),
    "pools beyond the connections": (
        production,
        {"database.pooler": {"instances": 4}},
        "jarvis:database: pooler.instances 4 times pooler.poolSize 50 must leave 20 of "
        "parameters.maxConnections 200 to others.",
    ),
    "pooler of no mode": (
        production,
        {"database.pooler": {"mode": "statement"}},
        'jarvis:database.pooler.mode is "statement"; it must be transaction or session.',
    ),
    "pooler of no Pod": (
        production,
        {"database.pooler": {"instances": 0}},
        "jarvis:database.pooler.instances is the number 0; it must be a whole number from 1 to 10.",
    ),
    "pooler false": (
        production,
        {"database.pooler": False},
        "jarvis:database.pooler is false; it must be a mapping.",
    ),
    "bootstrap of no kind": (
        production,
        {"database.bootstrap": {"kind": "clone"}},
        'jarvis:database.bootstrap.kind is "clone"; it must be initdb or recovery.',
    ),
    "bootstrap without its kind": (
        production,
        {"database.bootstrap": {"location": "second"}},
        f"jarvis:database.bootstrap.kind is missing; it must be initdb or recovery.{SET} "
        "'jarvis:database.bootstrap.kind' VALUE --stack dev",
    ),
    "recovery into what it reads": (
        production,
        {"database.bootstrap": {"kind": "recovery"}},
        "jarvis:database: archive postgres-cluster must be a new name while bootstrap recovers from it: the "
        "recovered cluster must not write into what it reads.",
    ),
    "recovery from a third place": (
        production,
        {"database.archive": "again", "database.bootstrap": {"kind": "recovery", "location": "third"}},
        'jarvis:database.bootstrap.location is "third"; it must be location or second.',
    ),
    "time without a zone": (
        production,
        {"database.archive": "again", "database.bootstrap": {"kind": "recovery",
         "targetTime": "2026-01-31 14:05:00"}},
        'jarvis:database.bootstrap.targetTime is "2026-01-31 14:05:00"; it must be a time with its zone, '
        "such as 2026-01-31T14:05:00Z.",
    ),
    "exporter of the container": (
        production,
        {"database.exporter": {}},
        "jarvis:database.exporter is not a setting; allowed here are ...",
    ),
    "name with a scheme": (
        production,
        {"database.dnsNames": ["https://postgres.jarvis.local"]},
        'jarvis:database.dnsNames[0] is "https://postgres.jarvis.local"; it must be a DNS name in lower '
        "case, such as api.jarvis.com or *.jarvis.com.",
    ),
    "zones at random": (
        production,
        {"database.zones": "none"},
        'jarvis:database.zones is "none"; it must be preferred or required.',
    ),
    # cache
    "two servers": (
        production,
        {"cache.replicas": 2},
        "jarvis:cache.replicas is the number 2; it must be a whole number from 3 to 9.",
    ),
    "too many must follow": (
        production,
        {"cache.minReplicasToWrite": 2},
        "jarvis:cache: minReplicasToWrite 2 must be at most 1: with 3 replicas, the loss of one leaves no "
        "more beside the primary.",
    ),
    "even Sentinels": (
        production,
        {"cache.sentinel": {"replicas": 4, "quorum": 3}},
        "jarvis:cache.sentinel: replicas 4 must be odd: an even number outlives no more losses.",
    ),
    "quorum of a minority": (
        production,
        {"cache.sentinel": {"replicas": 5}},
        "jarvis:cache.sentinel: quorum 2 must be more than half of replicas 5 and no more than all.",
    ),
    "quorum of more than all": (
        production,
        {"cache.sentinel": {"quorum": 4}},
        "jarvis:cache.sentinel: quorum 4 must be more than half of replicas 3 and no more than all.",
    ),
    "quorum of one": (
        production,
        {"cache.sentinel": {"quorum": 1}},
        "jarvis:cache.sentinel.quorum is the number 1; it must be a whole number from 2 to 9.",
    ),
    "failover in no time": (
        production,
        {"cache.sentinel": {"failoverTimeoutSeconds": 5}},
        "jarvis:cache.sentinel.failoverTimeoutSeconds is the number 5; it must be a whole number from 10 to "
        "3600.",
    ),
    "memory beyond the limit": (
        production,
        {"cache.maxMemory": "3gb"},
        "jarvis:cache: resources.limits.memory 3Gi must exceed maxMemory 3gb.",
    ),
    "policy of Redis 3": (
        production,
        {"cache.maxMemoryPolicy": "volatile-rlu"},
        'jarvis:cache.maxMemoryPolicy is "volatile-rlu"; it must be noeviction, allkeys-lru, allkeys-lfu, '
        "allkeys-random, volatile-lru, volatile-lfu, volatile-random or volatile-ttl (did you mean "
        "volatile-lru?).",
    ),
    "sentinel a number": (
        production,
        {"cache.sentinel": 3},
        "jarvis:cache.sentinel is the number 3; it must be a mapping.",
    ),
    "Sentinels of the container": (
        staging,
        {"cache": {"kind": "container", "sentinel": {}}},
        "jarvis:cache.sentinel is not a setting; allowed here are ...",
    ),
    "lag of a second": (
        production,
        {"cache.minReplicasMaxLagSeconds": 1},
        "jarvis:cache.minReplicasMaxLagSeconds is the number 1; it must be a whole number from 2 to 300.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_sentence(name: str, tmp_path: Path) -> None:
    assert_refused(tmp_path, *CASES[name])
