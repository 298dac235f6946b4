"""Which kind of monitoring a stack has."""

from __future__ import annotations

import pulumi

from components.cache.contract import CacheConnection
from components.cluster.contract import ClusterAccess
from components.database.contract import DatabaseConnection
from components.jarvis.contract import JarvisEndpoints, TelemetryTarget
from components.monitoring.contract import MonitoringEndpoints
from components.monitoring.data_parts import data_parts
from components.monitoring.settings import MonitoringSettings, OperatorMonitoring, StandaloneMonitoring
from components.secrets.contract import Credentials


def create_monitoring(
    settings: MonitoringSettings,
    *,
    cluster: ClusterAccess,
    jarvis: JarvisEndpoints,
    database: DatabaseConnection,
    cache: CacheConnection,
    credentials: Credentials,
    protect: bool,
    opts: pulumi.ResourceOptions | None = None,
) -> MonitoringEndpoints:
    """Observe the application, its database and its cache."""
    data = data_parts(database, cache)
    match settings:
        case StandaloneMonitoring():
            from components.monitoring.standalone import Monitoring

            return Monitoring(
                "monitoring",
                settings,
                cluster=cluster,
                jarvis=jarvis,
                data=data,
                credentials=credentials,
                protect=protect,
                opts=opts,
            ).endpoints
        case OperatorMonitoring():
            from components.monitoring.operator.objects import MonitoringObjects

            return MonitoringObjects(
                "monitoring",
                settings,
                cluster=cluster,
                jarvis=jarvis,
                data=data,
                credentials=credentials,
                protect=protect,
                opts=opts,
            ).endpoints


def telemetry_target(settings: MonitoringSettings, environment: str) -> TelemetryTarget | None:
    """Where the application sends its traces, which it must know before monitoring is made; None for nowhere."""
    match settings:
        case StandaloneMonitoring(traces=None) | OperatorMonitoring(traces=None):
            return None
        case StandaloneMonitoring() | OperatorMonitoring():
            from components.monitoring.traces.traces import collector_target

            return collector_target(environment)
