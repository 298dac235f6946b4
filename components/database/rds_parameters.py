"""The parameters that PostgreSQL on RDS runs with."""

from __future__ import annotations

import pulumi
from pulumi_aws import rds

from components.cloud.aws.contract import AwsCloud
from components.database.rds_settings import RdsDatabase


def parameter_group(settings: RdsDatabase, *, cloud: AwsCloud, parent: pulumi.Resource) -> rds.ParameterGroup:
    """TLS only, slow statements and waits in the log, and statistics of statements."""
    family = f"postgres{settings.version}"
    name = f"{settings.identifier}-{family}"
    at_once = {
        "rds.force_ssl": "1",
        "ssl_min_protocol_version": "TLSv1.2",
        "log_min_duration_statement": str(settings.slow_query_milliseconds),
        "log_lock_waits": "1",
        "log_temp_files": "0",
    }
    at_restart = {
        "max_connections": str(settings.max_connections),
        "shared_preload_libraries": "pg_stat_statements",
    }
    return rds.ParameterGroup(
        # A major version's own: the next one's stands beside it until the instance has changed over.
        family,
        name=name,
        family=family,
        description=f"PostgreSQL {settings.version} of Jarvis: TLS only",
        parameters=[
            rds.ParameterGroupParameterArgs(name=key, value=value, apply_method=method)
            for method, values in (("immediate", at_once), ("pending-reboot", at_restart))
            for key, value in values.items()
        ],
        tags=cloud.named(name),
        opts=cloud.child_of(parent),
    )
