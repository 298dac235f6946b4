"""Backups of kind `volume`: a CronJob that dumps the database to a volume, and one to restore by hand.

By hand (`kubectl create job NAME --from=cronjob/...`): a backup now, or a restore of the latest one. For another
backup, or to end the sessions of clients that are connected, its variables are set on the way:

    kubectl create job restore-now --from=cronjob/postgres-restore --dry-run=client -o yaml |
      kubectl set env --local -f - BACKUP=jarvis_staging-20260131T020000Z DISCONNECT=--disconnect -o yaml |
      kubectl create -f -
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_kubernetes.batch.v1 import CronJob, CronJobSpecArgs, JobSpecArgs, JobTemplateSpecArgs
from pulumi_kubernetes.core.v1 import (
    ConfigMap,
    ConfigMapVolumeSourceArgs,
    ContainerArgs,
    EmptyDirVolumeSourceArgs,
    EnvVarArgs,
    EnvVarSourceArgs,
    KeyToPathArgs,
    PersistentVolumeClaimVolumeSourceArgs,
    PodSpecArgs,
    PodTemplateSpecArgs,
    SecretKeySelectorArgs,
    SecretVolumeSourceArgs,
    VolumeArgs,
    VolumeMountArgs,
)
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from components.backup.contract import VolumeTarget
from components.certificates.contract import TrustAnchor
from components.cluster.contract import ClusterAccess
from components.database.configuration import PORT, script
from components.database.pod import NAME as SERVER
from components.database.settings import ContainerDatabase
from components.kubernetes.metadata import AppLabels, object_meta
from components.kubernetes.pods import requirements, restricted_container, restricted_pod
from components.kubernetes.services import service_account
from components.kubernetes.volumes import data_volume
from components.network.contract import Flow, PodPeer

NAME: Final = "postgres-backup"
"""Name of the CronJob, its ConfigMap and its ServiceAccount, and `app` label of the Pods that dump or restore."""
RESTORE: Final = "postgres-restore"
CLAIM: Final = "postgres-backups"
SCRIPTS_DIRECTORY: Final = "/etc/postgres-backup"
BACKUP_DIRECTORY: Final = "/backups"
SCRIPTS: Final = ("backup.sh", "restore.sh", "tables.sql")
_TRUST_DIRECTORY: Final = "/run/secrets/postgres-trust"
_STARTING_DEADLINE_SECONDS: Final = 3_600
_KEPT_JOBS: Final = 3


@dataclass(frozen=True)
class Dumped:
    """The database that is dumped and restored."""

    host: pulumi.Output[str]
    settings: ContainerDatabase
    secret_name: str
    """A Secret with the key `password`."""
    trust: TrustAnchor | None
    """What its certificate is verified by; None where it serves no TLS."""


class DumpBackup(pulumi.ComponentResource):
    """The CronJob `postgres-backup`, the suspended one `postgres-restore`, their scripts and the volume of the dumps.

    `protect` keeps the volume from deletion.
    """

    flows: tuple[Flow, ...]

    def __init__(
        self,
        name: str,
        target: VolumeTarget,
        database: Dumped,
        *,
        cluster: ClusterAccess,
        protect: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("jarvis:database:DumpBackup", name, None, opts)
        self._target = target
        self._database = database
        self._cluster = cluster
        self._labels = AppLabels(NAME, "backup", cluster.environment, version=str(database.settings.version))
        needed: list[pulumi.Resource] = [
            ConfigMap(
                NAME,
                metadata=object_meta(NAME, cluster.namespace, self._labels),
                data={file: script(file) for file in SCRIPTS},
                opts=cluster.child_of(self),
            ),
            service_account(f"{NAME}-account", self._labels, cluster, cluster.child_of(self)),
            data_volume(CLAIM, target.storage, self._labels, cluster, parent=self, protect=protect),
        ]
        self._cron_job(NAME, _command("backup.sh"), {}, needed, retries=1)
        # Never by itself: a template that `kubectl create job --from` copies.
        choice = {"BACKUP": "latest", "DISCONNECT": ""}
        restore = _command("restore.sh", "$(BACKUP)", "$(DISCONNECT)")
        self._cron_job(RESTORE, restore, choice, needed, retries=0, suspended=True)
        self.flows = (Flow(PodPeer(NAME), PodPeer(SERVER), PORT),)
        self.register_outputs({})

    def _cron_job(
        self,
        name: str,
        command: list[str],
        choice: dict[str, str],
        needed: list[pulumi.Resource],
        *,
        retries: int,
        suspended: bool = False,
    ) -> CronJob:
        job = JobSpecArgs(
            backoff_limit=retries,
            active_deadline_seconds=self._target.deadline_seconds,
            template=PodTemplateSpecArgs(
                metadata=ObjectMetaArgs(labels=self._labels.all), spec=self._pod(name, command, choice)
            ),
        )
        return CronJob(
            name,
            metadata=object_meta(name, self._cluster.namespace, self._labels),
            spec=CronJobSpecArgs(
                schedule=self._target.plan.schedule,
                time_zone="Etc/UTC",
                suspend=suspended,
                concurrency_policy="Forbid",
                starting_deadline_seconds=_STARTING_DEADLINE_SECONDS,
                successful_jobs_history_limit=_KEPT_JOBS,
                failed_jobs_history_limit=_KEPT_JOBS,
                job_template=JobTemplateSpecArgs(metadata=ObjectMetaArgs(labels=self._labels.all), spec=job),
            ),
            opts=self._cluster.child_of(self, *needed),
        )

    def _pod(self, name: str, command: list[str], choice: dict[str, str]) -> PodSpecArgs:
        trust = [] if self._database.trust is None else [_trust_volume(self._database.trust)]
        return PodSpecArgs(
            service_account_name=NAME,
            automount_service_account_token=False,
            enable_service_links=False,
            restart_policy="Never",
            security_context=restricted_pod(self._database.settings.user_id),
            containers=[self._container(name, command, choice)],
            volumes=[
                VolumeArgs(
                    name="backups", persistent_volume_claim=PersistentVolumeClaimVolumeSourceArgs(claim_name=CLAIM)
                ),
                VolumeArgs(name="scripts", config_map=ConfigMapVolumeSourceArgs(name=NAME)),
                VolumeArgs(name="tmp", empty_dir=EmptyDirVolumeSourceArgs(size_limit="64Mi")),
                *trust,
            ],
        )

    def _container(self, name: str, command: list[str], choice: dict[str, str]) -> ContainerArgs:
        resources = self._target.resources
        mounts = [
            VolumeMountArgs(name="backups", mount_path=BACKUP_DIRECTORY),
            VolumeMountArgs(name="scripts", mount_path=SCRIPTS_DIRECTORY, read_only=True),
            VolumeMountArgs(name="tmp", mount_path="/tmp"),  # noqa: S108 - a mount point, not a file
        ]
        if self._database.trust is not None:
            mounts.append(VolumeMountArgs(name="trust", mount_path=_TRUST_DIRECTORY, read_only=True))
        return ContainerArgs(
            name=name,
            image=self._database.settings.image_reference,
            image_pull_policy="IfNotPresent",
            command=command,
            env=[*self._libpq(), *(EnvVarArgs(name=key, value=value) for key, value in choice.items())],
            resources=requirements(resources),
            security_context=restricted_container(),
            volume_mounts=mounts,
        )

    def _libpq(self) -> list[EnvVarArgs]:
        settings = self._database.settings
        variables: dict[str, pulumi.Input[str]] = {
            "PGHOST": self._database.host,
            "PGPORT": str(PORT),
            "PGUSER": settings.username,
            "PGDATABASE": settings.database,
            "PGSSLMODE": "disable",
            "BACKUP_DIRECTORY": BACKUP_DIRECTORY,
            "RETENTION_DAYS": str(self._target.plan.retention_days),
        }
        if self._database.trust is not None:
            variables |= {"PGSSLMODE": "verify-full", "PGSSLROOTCERT": f"{_TRUST_DIRECTORY}/ca.crt"}
        password = EnvVarSourceArgs(
            secret_key_ref=SecretKeySelectorArgs(name=self._database.secret_name, key="password")
        )
        return [
            *(EnvVarArgs(name=name, value=value) for name, value in variables.items()),
            EnvVarArgs(name="PGPASSWORD", value_from=password),
        ]


def _command(name: str, *arguments: str) -> list[str]:
    return ["sh", f"{SCRIPTS_DIRECTORY}/{name}", *arguments]


def _trust_volume(trust: TrustAnchor) -> VolumeArgs:
    only = [KeyToPathArgs(key=trust.key, path="ca.crt")]
    return VolumeArgs(name="trust", secret=SecretVolumeSourceArgs(secret_name=trust.secret_name, items=only))
