"""Whether the cluster has what the stack is made with: controllers, and registries that it lets images come from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, cast

from components.backup.settings import ObjectStorageBackup
from components.certificates.settings import CertManagerCertificates
from components.cluster.aks_settings import AksCluster
from components.cluster.eks_settings import EksCluster
from components.database.settings import CloudNativePgDatabase, ContainerDatabase
from components.exposure.alb_settings import AlbExposure
from components.exposure.container_gateway_settings import ContainerGatewayExposure
from components.exposure.gateway_settings import GatewayExposure, OwnGateway
from components.exposure.ingress_settings import IngressExposure
from components.exposure.web_settings import CertManagerTls
from components.jarvis.images import ImageOverride
from components.monitoring.exporters.settings import NodeExporterSettings
from components.monitoring.settings import OperatorMonitoring
from components.platform.catalogue import CATALOGUE
from components.platform.references import image_name, mirrored
from components.platform.settings import Addon, ExternalAddon, HelmAddon, NoAddon
from components.secrets.settings import ExternalSecrets
from components.security.images import within
from components.security.promises import allowed_registries
from components.settings.section import Section
from infra.settings.document import Path
from infra.settings.rule import BrokenRule, Rule

if TYPE_CHECKING:
    from infra.settings.model import StackSettings

_OFFERED: Final = "helm, or external where the cluster has it already"
_OTHERS: Final = ("traefik", "prometheusOperator")
"""Add-ons that the program never installs."""
_NAMESPACE: Final = "kube-system"
"""Where Amazon's controllers have their rights."""
_AUTOSCALERS: Final = {"clusterAutoscaler": "cluster-autoscaler", "karpenter": "karpenter"}
"""What `jarvis:cluster.autoscaler` must be for each add-on that is one."""


def _controllers_are_there(stack: StackSettings) -> Iterator[BrokenRule]:
    platform = stack.platform
    needs = (
        ("certManager", platform.cert_manager, _uses_cert_manager(stack)),
        ("cloudnativePg", platform.cloudnative_pg, _uses_cloudnative_pg(stack)),
        ("barmanCloud", platform.barman_cloud, _if(stack.backup, ObjectStorageBackup, "backup")),
        ("gateway", platform.gateway, _if(stack.exposure, GatewayExposure, "exposure")),
        ("traefik", platform.traefik, _uses_traefik(stack)),
        ("externalSecrets", platform.external_secrets, _if(stack.secrets, ExternalSecrets, "secrets")),
        ("metricsServer", platform.metrics_server, _scales(stack)),
        ("awsLoadBalancerController", platform.aws_load_balancer_controller, _on_eks(stack, AlbExposure)),
        ("albController", platform.alb_controller, _if(stack.exposure, ContainerGatewayExposure, "exposure")),
        ("clusterAutoscaler", platform.cluster_autoscaler, _scaled_by(stack, "cluster-autoscaler")),
        ("karpenter", platform.karpenter, _scaled_by(stack, "karpenter")),
        ("prometheusOperator", platform.prometheus_operator, _if(stack.monitoring, OperatorMonitoring, "monitoring")),
    )
    for alias, addon, user in needs:
        if user is not None and isinstance(addon, NoAddon):
            offered = "external, once the cluster has it" if alias in _OTHERS else _OFFERED
            yield BrokenRule(("platform", alias, "kind"), f"must be {offered}: jarvis:{user} needs it.")


def _uses_cloudnative_pg(stack: StackSettings) -> str | None:
    if isinstance(stack.database, CloudNativePgDatabase):
        return "database"
    return "platform.barmanCloud" if isinstance(stack.platform.barman_cloud, HelmAddon) else None


def _if(settings: Section, kind: type[Section], user: str) -> str | None:
    return user if isinstance(settings, kind) else None


def _uses_cert_manager(stack: StackSettings) -> str | None:
    if isinstance(stack.certificates, CertManagerCertificates):
        return "certificates"
    exposure = stack.exposure
    tls: object = None
    match exposure:
        case IngressExposure() | ContainerGatewayExposure():
            tls = exposure.tls
        case GatewayExposure(gateway=OwnGateway() as gateway):
            tls = gateway.tls
        case _:
            pass
    if isinstance(tls, CertManagerTls):
        return "exposure"
    # Its plugin and its operator prove themselves to each other by certificates.
    return "platform.barmanCloud" if isinstance(stack.platform.barman_cloud, HelmAddon) else None


def _uses_traefik(stack: StackSettings) -> str | None:
    exposure = stack.exposure
    return "exposure" if isinstance(exposure, IngressExposure) and exposure.controller == "traefik" else None


def _on_eks(stack: StackSettings, kind: type[Section]) -> str | None:
    return _if(stack.exposure, kind, "exposure") if isinstance(stack.cluster, EksCluster) else None


def _scaled_by(stack: StackSettings, autoscaler: str) -> str | None:
    cluster = stack.cluster
    return "cluster.autoscaler" if isinstance(cluster, EksCluster) and cluster.autoscaler == autoscaler else None


def _scales(stack: StackSettings) -> str | None:
    if _brings_metrics_server(stack):
        return None  # another rule's
    app = stack.app
    for name, service in (
        ("backend", app.backend),
        ("frontend", app.frontend),
        ("interface", app.interface),
        ("stt", app.stt),
        ("tts", app.tts),
    ):
        if service.autoscaling is not None:
            return f"app.{name}.autoscaling"
    return None


def _brings_metrics_server(stack: StackSettings) -> bool:
    return isinstance(stack.cluster, EksCluster | AksCluster)


def _metrics_server_comes_once(stack: StackSettings) -> Iterator[BrokenRule]:
    addon = stack.platform.metrics_server
    if _brings_metrics_server(stack) and not isinstance(addon, ExternalAddon):
        yield BrokenRule(
            ("platform", "metricsServer", "kind"),
            f"must be external, not {addon.kind}: a cluster of kind {stack.cluster.kind} brings it.",
        )


def _aws_controllers_have_rights(stack: StackSettings) -> Iterator[BrokenRule]:
    cluster = stack.cluster
    for alias, addon in _aws_controllers(stack):
        if isinstance(addon, NoAddon):
            continue
        path = ("platform", alias)
        if not isinstance(cluster, EksCluster):
            yield BrokenRule(
                (*path, "kind"), f"must be none: it is for clusters of kind eks, and jarvis:cluster is {cluster.kind}."
            )
        elif alias == "awsLoadBalancerController":
            if not cluster.load_balancer_controller:
                yield BrokenRule(
                    ("cluster", "loadBalancerController"),
                    f"must be true: jarvis:platform.{alias} would have no rights on AWS.",
                )
        elif cluster.autoscaler != _AUTOSCALERS[alias]:
            yield BrokenRule(
                (*path, "kind"),
                f"must be none: jarvis:cluster.autoscaler is {cluster.autoscaler}, so it would have no rights on AWS.",
            )
        if isinstance(addon, HelmAddon) and addon.namespace not in {None, _NAMESPACE}:
            yield BrokenRule(
                (*path, "namespace"),
                f"must be {_NAMESPACE}, not {addon.namespace}: only there has it rights on AWS.",
            )


def _aws_controllers(stack: StackSettings) -> tuple[tuple[str, Addon], ...]:
    platform = stack.platform
    return (
        ("awsLoadBalancerController", platform.aws_load_balancer_controller),
        ("clusterAutoscaler", platform.cluster_autoscaler),
        ("karpenter", platform.karpenter),
    )


def _autoscaler_is_of_the_cluster_s_version(stack: StackSettings) -> Iterator[BrokenRule]:
    """It simulates the scheduler of one minor version, and is tested with that only.

    Source: https://github.com/kubernetes/autoscaler/blob/cluster-autoscaler-1.35.2/cluster-autoscaler/README.md
    (2026-11-24).
    """
    addon, cluster = stack.platform.cluster_autoscaler, stack.cluster
    if not isinstance(addon, HelmAddon) or not isinstance(cluster, EksCluster):
        return
    image = addon.app_version or CATALOGUE["cluster_autoscaler"].app_version
    found = re.match(r"v?(1\.[0-9]+)\.", image)
    if found is not None and found[1] != cluster.version:
        yield BrokenRule(
            ("platform", "clusterAutoscaler", "appVersion"),
            f"is {image}, of Kubernetes {found[1]}, but jarvis:cluster.version is {cluster.version}: name an image of "
            "that, with its chart in version.",
        )


def _images_come_from_allowed_registries(stack: StackSettings) -> Iterator[BrokenRule]:
    admission, mirror = stack.security.admission, stack.platform.mirror
    if admission is None or admission.registries.action != "Deny":
        return
    registry = None if mirror is None else mirror.registry
    allowed = re.compile(within(allowed_registries(admission.registries, registry)))
    missing: dict[str, str] = {}
    for user, reference in _images(stack):
        full = str(image_name(reference if registry is None else mirrored(reference, registry)))
        if allowed.match(full) is None:
            missing.setdefault(registry or image_name(full).name.rpartition("/")[0], user)
    for place, user in missing.items():
        yield BrokenRule(
            ("security", "admission", "registries", "allowed"),
            f"must hold {place}, where the image of jarvis:{user} comes from: its Pods would be refused.",
        )


def _images(stack: StackSettings) -> Iterator[tuple[str, str]]:
    """Every image that the settings name of Pods in the stack's namespace, and whose it is."""
    app = stack.app
    for name in ("backend", "frontend", "interface", "stt", "tts"):
        override = cast("ImageOverride", getattr(app, name).image)
        yield ("app" if override.registry is None else f"app.{name}"), app.image.of(name, override).reference
    yield "app.ollama", app.ollama.image.reference
    if isinstance(stack.database, ContainerDatabase | CloudNativePgDatabase):
        yield "database", stack.database.image_reference
    for section in ("database", "cache", "monitoring"):
        yield from _references(getattr(stack, section), (section,))


def _references(section: Section, path: Path) -> Iterator[tuple[str, str]]:
    if isinstance(section, NodeExporterSettings):
        return  # in a namespace of its own
    image = cast("object", getattr(section, "image", None))
    if isinstance(image, str):
        yield ".".join(map(str, path)), image
    for name, field in type(section).model_fields.items():
        value = cast("object", getattr(section, name))
        if isinstance(value, Section):
            yield from _references(value, (*path, field.alias or name))


PLATFORM_RULES: Final = (
    Rule(
        frozenset(
            {"cluster", "platform", "certificates", "database", "backup", "exposure", "secrets", "app", "monitoring"}
        ),
        _controllers_are_there,
        production_only=False,
    ),
    Rule(frozenset({"cluster", "platform"}), _metrics_server_comes_once, production_only=False),
    Rule(frozenset({"cluster", "platform"}), _aws_controllers_have_rights, production_only=False),
    Rule(frozenset({"cluster", "platform"}), _autoscaler_is_of_the_cluster_s_version, production_only=False),
    Rule(
        frozenset({"security", "platform", "app", "database", "cache", "monitoring"}),
        _images_come_from_allowed_registries,
        production_only=False,
    ),
)
