"""What is scraped of the stack's database and cache."""

from __future__ import annotations

from dataclasses import replace

from components.monitoring.data_parts import data_parts
from components.monitoring.parts import Part
from components.monitoring.signals.rules import RuleOptions, rule_groups
from components.monitoring.signals.scrape import ExporterTarget
from tests.unit.monitoring.support import cache_connection, database_connection

POOLER = Part("pgbouncer", (ExporterTarget("postgres-pooler", "postgres-pooler-rw", 9127),))


def test_single_servers_have_their_sidecars() -> None:
    assert data_parts(database_connection(), cache_connection()) == (
        Part("postgres-exporter", (ExporterTarget("postgres", "postgres", 9187),)),
        Part("redis-exporter", (ExporterTarget("redis", "redis", 9121),)),
    )


def test_of_a_cluster_every_instance_the_standby_and_the_pooler_are_scraped() -> None:
    cluster = replace(
        database_connection("postgres-cluster"),
        exporter_kind="cloudnative-pg",
        standby_app="postgres-cluster-second",
        pooler_app="postgres-pooler-rw",
    )
    assert data_parts(cluster, cache_connection(None)) == (
        Part("cloudnative-pg", (ExporterTarget("postgres", "postgres-cluster", 9187),)),
        Part("cloudnative-pg", (ExporterTarget("postgres-second", "postgres-cluster-second", 9187),)),
        POOLER,
    )


def test_the_pooler_s_alerts_come_with_it() -> None:
    with_it = {group.name for group in rule_groups(RuleOptions("production", frozenset({POOLER.exporter})))}
    without = {group.name for group in rule_groups(RuleOptions("production"))}
    assert with_it - without == {"jarvis-postgres-pooler"}
