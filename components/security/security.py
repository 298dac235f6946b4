"""Access of people and admission of objects, in the stack's namespace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pulumi

from components.cluster.contract import ClusterAccess
from components.security.access import PeopleAccess
from components.security.admission import AdmissionPolicies
from components.security.promises import promises
from components.security.settings import SecuritySettings


class Security(pulumi.ComponentResource):
    """Roles for people, and admission policies that judge whatever enters the namespace, whoever sends it."""

    cluster: ClusterAccess
    """For what is to be judged: whatever uses it waits for the policies.

    They come first: what comes before them would be let in and then refused when its Pods move to another node.
    """

    def __init__(
        self,
        name: str,
        settings: SecuritySettings,
        *,
        cluster: ClusterAccess,
        mirror: str | None = None,
        exposed_services: Sequence[str] = (),
        cron_jobs: Sequence[str] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Takes the site's registry `mirror`, the Services that the stack opens, and the CronJobs for operators."""
        super().__init__("jarvis:security:Security", name, None, opts)
        inside = pulumi.ResourceOptions(parent=self)
        self.cluster, held = cluster, False
        if settings.admission is not None:
            kept = promises(settings.admission, mirror=mirror, exposed_services=exposed_services, cron_jobs=cron_jobs)
            policies = AdmissionPolicies("admission", kept, cluster=cluster, opts=inside)
            self.cluster = replace(cluster, prerequisites=(*cluster.prerequisites, *policies.bindings))
            held = settings.admission.operators.action == "Deny"
        PeopleAccess("access", settings.access, held=held, cluster=self.cluster, opts=inside)
        self.register_outputs({})
