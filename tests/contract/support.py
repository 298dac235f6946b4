"""A deployed stack's recorded resources, as the tests of the components' promises read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml
from pydantic import SecretStr

from components.secrets.settings import ConfigSecrets
from infra.program import deploy
from infra.settings.load import load_stack_file
from infra.settings.model import StackSettings
from tests.support.graph import Resource
from tests.support.jarvis_project import REPOSITORY
from tests.support.mocks import Graph, registered
from tests.unit.cloud.aws.support import AwsGraph
from tests.unit.cloud.azure.support import AzureGraph

STACK_TYPE = "pulumi:pulumi:Stack"
SECRET_MARK = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}
"""What the engine writes beside the ciphertext of a secret: its own constants for `a value` and `secret`."""
LONG_RUNNING = ("Deployment", "StatefulSet")


def kind_of(resource: Resource) -> str:
    """`Deployment` of `kubernetes:apps/v1:Deployment`."""
    return resource["type"].rsplit(":", 1)[-1]


def component_resources(resources: Sequence[Resource]) -> list[Resource]:
    """What groups others: everything that is neither the stack nor an object of some provider."""
    return [item for item in resources if not item.get("custom") and item["type"] != STACK_TYPE]


def custom_resources(resources: Sequence[Resource]) -> list[Resource]:
    """What a provider made; the providers themselves too."""
    return [item for item in resources if item.get("custom")]


def kubernetes_objects(resources: Sequence[Resource], *kinds: str) -> list[Resource]:
    """Kubernetes objects, of the named kinds where any are named."""
    objects = [item for item in resources if item["type"].startswith("kubernetes:")]
    return [item for item in objects if not kinds or kind_of(item) in kinds]


def object_name(resource: Resource) -> str:
    """`kind/name`, for messages."""
    return f"{kind_of(resource)}/{resource['inputs'].get('metadata', {}).get('name')}"


def is_ciphertext(value: object) -> bool:
    """Whether a value of the checkpoint is a secret that only the stack's key opens."""
    return (
        isinstance(value, dict) and set(value) == {*SECRET_MARK, "ciphertext"} and SECRET_MARK.items() <= value.items()
    )


def registered_stack(stack: str, *, protect: bool | None = None) -> Graph:
    """What a stack registers, by mocks; `protect` in place of what its file says."""
    settings = stack_settings(stack)
    if protect is not None:
        settings = settings.model_copy(update={"protect": protect})
    return registered(lambda: deploy(settings), GRAPHS.get(stack, Graph)())


GRAPHS: Mapping[str, type[Graph]] = {"production-aws": AwsGraph, "production-azure": AzureGraph}
"""Mocks that make up what the stack's cloud would."""
SECRETS = (
    *("postgresPassword", "redisPassword", "jarvisSecretKey", "jarvisAdminPassword", "grafanaAdminPassword"),
    *("backupAccessKeyId", "backupSecretAccessKey"),
)
"""What people give a production stack before its first deployment."""


def stack_settings(stack: str) -> StackSettings:
    """Of a stack file as it is, with the secrets that are given to it."""
    file = REPOSITORY / f"Pulumi.{stack}.yaml"
    content = yaml.safe_load(file.read_text("utf-8"))
    given = content["config"].get("jarvis:secrets", {})
    content["config"]["jarvis:cluster"].pop("kubeconfig", None)  # of a machine that is none of the tests'
    if given.get("kind") == "config":
        given |= {name: {"secure": "v1:rYJ0:cGxhY2Vob2xkZXI="} for name in SECRETS}
    with TemporaryDirectory() as folder:
        whole = Path(folder) / file.name
        whole.write_text(yaml.safe_dump(content), "utf-8")
        settings = load_stack_file(whole)
    if given.get("kind") != "config":
        return settings
    values = {name: SecretStr(f"a-value-for-{name}-that-is-long-enough") for name in SECRETS}
    return settings.model_copy(update={"secrets": ConfigSecrets.model_validate({"kind": "config", **values})})


@dataclass(frozen=True)
class PodTemplate:
    """The Pods that one workload makes."""

    workload: Resource

    @property
    def name(self) -> str:
        return object_name(self.workload)

    @property
    def _template(self) -> Mapping[str, Any]:
        spec = self.workload["inputs"]["spec"]
        return spec["jobTemplate"]["spec"]["template"] if "jobTemplate" in spec else spec["template"]

    @property
    def metadata(self) -> Mapping[str, Any]:
        return self._template["metadata"]

    @property
    def spec(self) -> Mapping[str, Any]:
        return self._template["spec"]

    @property
    def app(self) -> str:
        return self.metadata["labels"]["app"]

    @property
    def containers(self) -> list[Mapping[str, Any]]:
        """Those that run side by side."""
        return list(self.spec["containers"])

    @property
    def references(self) -> set[tuple[str, str]]:
        """Kind and name of every ConfigMap and Secret that a Pod reads."""
        every = [*self.containers, *(self.spec.get("initContainers") or [])]
        return {*_from_environment(every), *_from_volumes(self.spec.get("volumes") or [])}

    @property
    def ports(self) -> dict[str, int]:
        """Container ports by name."""
        return {port["name"]: port["containerPort"] for c in self.containers for port in c.get("ports") or []}


def _from_environment(containers: Iterable[Mapping[str, Any]]) -> Iterable[tuple[str, str]]:
    for container in containers:
        for variable in container.get("env") or []:
            source = variable.get("valueFrom") or {}
            if "configMapKeyRef" in source:
                yield "ConfigMap", source["configMapKeyRef"]["name"]
            if "secretKeyRef" in source:
                yield "Secret", source["secretKeyRef"]["name"]
        for source in container.get("envFrom") or []:
            if "configMapRef" in source:
                yield "ConfigMap", source["configMapRef"]["name"]
            if "secretRef" in source:
                yield "Secret", source["secretRef"]["name"]


def _from_volumes(volumes: Iterable[Mapping[str, Any]]) -> Iterable[tuple[str, str]]:
    for volume in volumes:
        sources = [volume, *((volume.get("projected") or {}).get("sources") or [])]
        for source in sources:
            if "configMap" in source:
                yield "ConfigMap", source["configMap"]["name"]
            if "secret" in source:
                yield "Secret", source["secret"].get("secretName") or source["secret"]["name"]


def pod_templates(resources: Sequence[Resource], *kinds: str) -> list[PodTemplate]:
    """The template of every workload, or of the named kinds."""
    chosen = kinds or (*LONG_RUNNING, "DaemonSet", "Job", "CronJob")
    return [PodTemplate(item) for item in kubernetes_objects(resources, *chosen)]
