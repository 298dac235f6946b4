"""The offline provider `kubernetes` under the real engine, against a real API server."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pulumi_kubernetes as k8s
import pytest

from sandbox.control_plane import ControlPlane
from sandbox.toolchain import Toolchain
from tests.support.inline_stack import InlineStack
from tests.support.kubectl import Kubectl

NUMBERS = itertools.count(1)


@pytest.fixture
def stack(tmp_path: Path, toolchain: Toolchain, control_plane: ControlPlane) -> InlineStack:
    return InlineStack(tmp_path, toolchain.ensure("pulumi")["pulumi"], control_plane.kubeconfig)


@pytest.fixture
def namespace(kubectl: Kubectl) -> str:
    name = f"provider-{next(NUMBERS)}"
    kubectl("create", "namespace", name)
    return name


def config_map(namespace: str, data: dict[str, str], **extra: Any) -> Callable[[], None]:
    def program() -> None:
        metadata = {"name": "settings", "namespace": namespace, **extra}
        k8s.core.v1.ConfigMap("settings", metadata=metadata, data=data)

    return program


def deployment(namespace: str, *, replicas: int = 1, selector: str = "web", **extra: Any) -> k8s.apps.v1.Deployment:
    pod: dict[str, Any] = {"containers": [{"name": "web", "image": "web:1", "ports": [{"containerPort": 80}]}]}
    pod["containers"][0]["resources"] = {"requests": {"cpu": "1000m", "memory": "1024Mi"}}
    return k8s.apps.v1.Deployment(
        "web",
        metadata={"name": "web", "namespace": namespace, **extra.pop("metadata", {})},
        spec={
            "replicas": replicas,
            "selector": {"matchLabels": {"app": selector}},
            "template": {"metadata": {"labels": {"app": selector}}, "spec": {**pod, **extra.pop("pod", {})}},
        },
        **extra,
    )


def test_a_workload_lives_from_create_to_destroy(stack: InlineStack, namespace: str, kubectl: Kubectl) -> None:
    def program(replicas: int = 1) -> None:
        web = deployment(namespace, replicas=replicas)
        service = k8s.core.v1.Service(
            "web",
            metadata={"name": "web", "namespace": namespace},
            spec={"selector": {"app": "web"}, "ports": [{"port": 80}]},
        )
        pulumi.export("ready", web.status.ready_replicas)
        pulumi.export("address", service.spec.cluster_ip)

    assert stack.preview(program) == {"create": 3}
    assert stack.up(program) == {"create": 3}
    assert stack.outputs["ready"] == 1
    assert stack.outputs["address"] == kubectl.get("service", "web", "-n", namespace)["spec"]["clusterIP"]
    assert stack.up(program) == {"same": 3}
    assert stack.refresh(program) == {"same": 3}
    assert stack.up(program) == {"same": 3}

    assert stack.up(lambda: program(3)) == {"same": 2, "update": 1}
    assert stack.outputs["ready"] == 3
    assert stack.resource("web")["id"] == f"{namespace}/web"
    assert "managedFields" not in stack.state

    stack.destroy(program)
    left = kubectl("get", "deployments,services,pods", "-n", namespace, "-o", "name")
    assert left == ""


def test_a_field_taken_out_of_the_program_leaves_the_object(
    stack: InlineStack, namespace: str, kubectl: Kubectl
) -> None:
    stack.up(config_map(namespace, {"a": "1"}, labels={"keep": "yes", "drop": "yes"}))
    assert stack.up(config_map(namespace, {"a": "1"}, labels={"keep": "yes"})) == {"same": 1, "update": 1}
    assert kubectl.get("configmap", "settings", "-n", namespace)["metadata"]["labels"] == {"keep": "yes"}


def test_a_config_map_is_replaced_in_the_official_provider_s_way(
    stack: InlineStack, namespace: str, kubectl: Kubectl
) -> None:
    stack.up(config_map(namespace, {"a": "1"}))
    first = kubectl.get("configmap", "settings", "-n", namespace)["metadata"]["uid"]
    assert stack.preview(config_map(namespace, {"a": "2"})) == {"same": 1, "replace": 1}
    assert stack.up(config_map(namespace, {"a": "2"})) == {"same": 1, "replace": 1}
    now = kubectl.get("configmap", "settings", "-n", namespace)
    assert now["data"] == {"a": "2"}
    assert now["metadata"]["uid"] != first


def test_a_provider_may_allow_config_maps_to_change(stack: InlineStack, namespace: str, kubectl: Kubectl) -> None:
    def program(value: str) -> Callable[[], None]:
        def declare() -> None:
            provider = k8s.Provider("cluster", enable_config_map_mutable=True)
            k8s.core.v1.ConfigMap(
                "settings",
                metadata={"name": "settings", "namespace": namespace},
                data={"a": value},
                opts=pulumi.ResourceOptions(provider=provider),
            )

        return declare

    stack.up(program("1"))
    assert stack.up(program("2")) == {"same": 2, "update": 1}
    assert kubectl.get("configmap", "settings", "-n", namespace)["data"] == {"a": "2"}


def test_immutable_fields_replace_the_object(stack: InlineStack, namespace: str, kubectl: Kubectl) -> None:
    stack.up(lambda: deployment(namespace) and None)
    assert stack.up(lambda: deployment(namespace, selector="other") and None) == {"same": 1, "replace": 1}
    assert kubectl.get("deployment", "web", "-n", namespace)["spec"]["selector"] == {"matchLabels": {"app": "other"}}


def test_a_nameless_object_gets_a_name_that_stays(stack: InlineStack, namespace: str) -> None:
    def program(value: str) -> Callable[[], None]:
        def declare() -> None:
            settings = k8s.core.v1.ConfigMap("Settings", metadata={"namespace": namespace}, data={"a": value})
            pulumi.export("name", settings.metadata.name)

        return declare

    stack.up(program("1"))
    name = stack.outputs["name"]
    assert name.startswith("settings-")
    assert stack.up(program("1")) == {"same": 2}
    assert stack.outputs["name"] == name
    stack.up(program("2"))  # replaced, and the new one exists before the old one goes
    assert stack.outputs["name"] != name
    assert [op for op in stack.steps().values() if op == "delete-replaced"] == ["delete-replaced"]


def test_refresh_finds_drift_in_the_program_s_fields_only(stack: InlineStack, namespace: str, kubectl: Kubectl) -> None:
    def program() -> None:
        deployment(namespace, metadata={"labels": {"team": "a"}, "annotations": {"pulumi.com/patchForce": "true"}})

    stack.up(program)
    kubectl("label", "deployment", "web", "-n", namespace, "extra=yes")
    kubectl("delete", "pods", "-n", namespace, "--all", "--wait=false")  # the status is written again
    assert stack.refresh(program) == {"same": 2}
    assert stack.up(program) == {"same": 2}

    kubectl("label", "deployment", "web", "-n", namespace, "team=b", "--overwrite")
    kubectl("set", "image", "deployment/web", "-n", namespace, "web=web:2")
    assert stack.refresh(program) == {"same": 1, "update": 1}
    assert stack.up(program) == {"same": 1, "update": 1}
    live = kubectl.get("deployment", "web", "-n", namespace)
    assert live["metadata"]["labels"] == {"team": "a", "extra": "yes"}
    assert live["spec"]["template"]["spec"]["containers"][0]["image"] == "web:1"


def test_refresh_forgets_an_object_that_is_gone(stack: InlineStack, namespace: str, kubectl: Kubectl) -> None:
    program = config_map(namespace, {"a": "1"})
    stack.up(program)
    kubectl("delete", "configmap", "settings", "-n", namespace)
    assert stack.refresh(program) == {"same": 1, "delete": 1}
    assert stack.up(program) == {"same": 1, "create": 1}


def test_an_existing_object_is_adopted_by_create(stack: InlineStack, namespace: str, kubectl: Kubectl) -> None:
    kubectl("create", "configmap", "settings", "-n", namespace, "--from-literal=a=1", "--from-literal=b=2")
    assert stack.up(config_map(namespace, {"a": "1"})) == {"create": 2}
    assert kubectl.get("configmap", "settings", "-n", namespace)["data"] == {"a": "1", "b": "2"}


def test_a_conflict_is_told_in_the_api_server_s_words(stack: InlineStack, namespace: str, kubectl: Kubectl) -> None:
    manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}, "data": {"a": "other"}}
    kubectl("apply", "--server-side", "--field-manager=boss", "-n", namespace, "-f", "-", manifest=manifest)
    program = config_map(namespace, {"a": "1"})
    for operation in ("preview", "up"):
        text = stack.failing(operation, program)
        assert 'conflict with "boss"' in text
        assert ".data.a" in text
        assert 'pulumi.com/patchForce: "true"' in text
    forced = config_map(namespace, {"a": "1"}, annotations={"pulumi.com/patchForce": "true"})
    stack.up(forced)
    assert kubectl.get("configmap", "settings", "-n", namespace)["data"] == {"a": "1"}


def test_an_object_is_imported(stack: InlineStack, namespace: str, kubectl: Kubectl) -> None:
    kubectl("create", "configmap", "settings", "-n", namespace, "--from-literal=a=1")

    def program(imports: str | None, value: str = "1") -> Callable[[], None]:
        def declare() -> None:
            k8s.core.v1.ConfigMap(
                "settings",
                metadata={"name": "settings", "namespace": namespace},
                data={"a": value},
                opts=pulumi.ResourceOptions(import_=imports),
            )

        return declare

    assert stack.up(program(f"{namespace}/settings")) == {"create": 1, "import": 1}
    assert stack.up(program(None)) == {"same": 2}
    other = stack.failing("up", program(f"{namespace}/absent"))
    assert "absent" in other


def test_an_object_that_somebody_else_made_is_read(stack: InlineStack, namespace: str, kubectl: Kubectl) -> None:
    kubectl("create", "configmap", "settings", "-n", namespace, "--from-literal=a=1")

    def program() -> None:
        pulumi.export("a", k8s.core.v1.ConfigMap.get("settings", f"{namespace}/settings").data["a"])

    stack.up(program)
    assert stack.outputs["a"] == "1"


def test_what_is_not_ready_in_time_stays_in_the_state(stack: InlineStack, namespace: str, kubectl: Kubectl) -> None:
    def program(*, possible: bool) -> Callable[[], None]:
        def declare() -> None:
            deployment(
                namespace,
                pod={} if possible else {"nodeSelector": {"nowhere": "yes"}},
                opts=pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(create="4s", update="60s")),
            )

        return declare

    text = stack.failing("up", program(possible=False))
    assert "Deployment web was not ready after 4 s: 0 of 1 replicas available" in text
    assert "didn't match Pod's node affinity/selector" in text
    shown = [event.diagnostic_event for event in stack.events if event.diagnostic_event is not None]
    progress = [event.message for event in shown if event.ephemeral]
    assert any("waiting: 0 of 1 replicas available" in message for message in progress)
    assert stack.resource("web")["id"] == f"{namespace}/web"
    assert stack.resource("web")["initErrors"]
    assert stack.up(program(possible=True)) == {"same": 1, "update": 1}
    assert kubectl.get("deployment", "web", "-n", namespace)["status"]["readyReplicas"] == 1


def test_annotations_bound_and_skip_the_wait(stack: InlineStack, namespace: str) -> None:
    def program(**annotations: str) -> Callable[[], None]:
        def declare() -> None:
            k8s.core.v1.Service(
                "lonely",
                metadata={"name": "lonely", "namespace": namespace, "annotations": annotations},
                spec={"selector": {"app": "nobody"}, "ports": [{"port": 80}]},
            )

        return declare

    text = stack.failing("up", program(**{"pulumi.com/timeoutSeconds": "1"}))
    assert "Service lonely was not ready after 1 s: no ready pod matches its selector" in text
    assert stack.up(program(**{"pulumi.com/skipAwait": "true"})) == {"same": 1, "update": 1}


def test_kinds_without_endpoints_are_not_waited_for(stack: InlineStack, namespace: str) -> None:
    def program() -> None:
        def service(name: str, **spec: Any) -> None:
            k8s.core.v1.Service(name, metadata={"name": name, "namespace": namespace}, spec=spec)

        service("headless", clusterIP="None", selector={"app": "nobody"}, ports=[{"port": 80}])
        service("external", type="ExternalName", externalName="example.org")
        service("manual", ports=[{"port": 80}])

    assert stack.up(program) == {"create": 4}
    assert stack.refresh(program) == {"same": 4}


def widget_definition(group: str) -> k8s.apiextensions.v1.CustomResourceDefinition:
    schema = {
        "type": "object",
        "properties": {"spec": {"type": "object", "properties": {"size": {"type": "integer", "maximum": 10}}}},
    }
    return k8s.apiextensions.v1.CustomResourceDefinition(
        "widgets",
        metadata={"name": f"widgets.{group}"},
        spec={
            "group": group,
            "names": {"kind": "Widget", "plural": "widgets"},
            "scope": "Namespaced",
            "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}],
        },
    )


def test_a_kind_and_its_object_come_up_in_one_program(stack: InlineStack, namespace: str, kubectl: Kubectl) -> None:
    group = f"{namespace}.example.org"

    def program(size: int = 1) -> None:
        definition = widget_definition(group)
        k8s.apiextensions.CustomResource(
            "widget",
            api_version=f"{group}/v1",
            kind="Widget",
            metadata={"name": "widget", "namespace": namespace},
            spec={"size": size},
            opts=pulumi.ResourceOptions(depends_on=[definition]),
        )

    assert stack.preview(program) == {"create": 3}
    assert stack.up(program) == {"create": 3}
    assert stack.up(lambda: program(2)) == {"same": 2, "update": 1}
    assert kubectl.get(f"widgets.{group}", "widget", "-n", namespace)["spec"] == {"size": 2}
    assert "should be less than or equal to 10" in stack.failing("preview", lambda: program(11))
    stack.destroy(program)
    assert kubectl("get", "crd", "-o", "name").find(group) == -1


def test_preview_works_before_the_namespace_exists(stack: InlineStack, kubectl: Kubectl) -> None:
    name = f"provider-{next(NUMBERS)}"

    def program() -> None:
        made = k8s.core.v1.Namespace("namespace", metadata={"name": name})
        config_map(name, {"a": "1"})()
        k8s.core.v1.Secret(
            "secret",
            metadata={"name": "secret", "namespace": made.metadata.name},
            string_data={"a": "b"},
        )

    assert stack.preview(program) == {"create": 4}
    assert kubectl.run("get", "namespace", name).returncode != 0


def test_the_api_server_s_refusal_shows_in_the_preview(stack: InlineStack, namespace: str) -> None:
    def program() -> None:
        k8s.core.v1.Service(
            "wrong", metadata={"name": "wrong", "namespace": namespace}, spec={"ports": [{"port": 70000}]}
        )

    text = stack.failing("preview", program)
    assert "spec.ports[0].port: Invalid value: 70000: must be between 1 and 65535" in text


def test_a_misspelt_field_shows_in_the_preview(stack: InlineStack, namespace: str) -> None:
    text = stack.failing("preview", config_map(namespace, {}, lables={"a": "b"}))
    assert "lables" in text


def test_rendering_needs_no_cluster(tmp_path: Path, toolchain: Toolchain) -> None:
    stack = InlineStack(tmp_path / "project", toolchain.ensure("pulumi")["pulumi"], tmp_path / "no-kubeconfig")
    folder = tmp_path / "rendered"

    def program(value: str = "1") -> None:
        provider = k8s.Provider("files", render_yaml_to_directory=str(folder))
        opts = pulumi.ResourceOptions(provider=provider)
        k8s.core.v1.ConfigMap("a", metadata={"name": "a", "namespace": "b"}, data={"value": value}, opts=opts)
        k8s.rbac.v1.ClusterRole("c", metadata={"name": "c"}, rules=[], opts=opts)
        k8s.apiextensions.v1.CustomResourceDefinition(
            "d",
            metadata={"name": "ds.example.org"},
            spec={"group": "example.org", "names": {"kind": "D", "plural": "ds"}, "scope": "Cluster", "versions": []},
            opts=opts,
        )

    def rendered() -> set[str]:
        return {str(path.relative_to(folder)) for path in folder.rglob("*.yaml")}

    stack.preview(program)
    assert rendered() == set()
    stack.up(program)
    assert rendered() == {
        "1-manifest/v1-configmap-b-a.yaml",
        "1-manifest/rbac.authorization.k8s.io_v1-clusterrole-default-c.yaml",
        "0-crd/apiextensions.k8s.io_v1-customresourcedefinition-default-ds.example.org.yaml",
    }
    assert stack.up(program) == {"same": 5}
    stack.up(lambda: program("2"))
    assert "value: '2'" in (folder / "1-manifest/v1-configmap-b-a.yaml").read_text("utf-8")
    stack.destroy(program)
    assert rendered() == set()


def test_no_secret_lies_in_the_state_or_the_output_in_plain_text(stack: InlineStack, namespace: str) -> None:
    hidden = {"text": "s3cr3t-in-text", "data": "czNjcjN0LWluLWRhdGE=", "config": "s3cr3t-in-config"}

    def program(suffix: str = "") -> None:
        metadata = {"namespace": namespace}
        k8s.core.v1.Secret("text", metadata={**metadata, "name": "t"}, string_data={"a": hidden["text"] + suffix})
        k8s.core.v1.Secret("data", metadata={**metadata, "name": "d"}, data={"a": hidden["data"]})
        k8s.core.v1.ConfigMap(
            "c", metadata={**metadata, "name": "c"}, data={"a": pulumi.Output.secret(hidden["config"]), "b": "plain"}
        )

    shown = []
    for step in (stack.preview, stack.up, stack.refresh, lambda _: stack.up(lambda: program("2"), diff=True)):
        step(program)
        shown.append(stack.text + str([event.__dict__ for event in stack.events]))
    text = stack.state + "".join(shown)
    assert "plain" in text
    for value in (*hidden.values(), "czNjcjN0LWluLXRleHQ"):
        assert value not in text


def test_a_patch_changes_some_fields_and_gives_them_up(stack: InlineStack, namespace: str, kubectl: Kubectl) -> None:
    kubectl("create", "configmap", "settings", "-n", namespace, "--from-literal=a=1")

    def program() -> None:
        metadata = {"name": "settings", "namespace": namespace, "labels": {"patched": "yes"}}
        k8s.core.v1.ConfigMapPatch("patch", metadata=metadata)

    stack.up(program)
    assert kubectl.get("configmap", "settings", "-n", namespace)["metadata"]["labels"] == {"patched": "yes"}
    assert stack.up(program) == {"same": 2}
    stack.destroy(program)
    left = kubectl.get("configmap", "settings", "-n", namespace)
    assert left["data"] == {"a": "1"}
    assert "labels" not in left["metadata"]


def test_client_side_updates_are_possible_too(stack: InlineStack, namespace: str, kubectl: Kubectl) -> None:
    def program(labels: dict[str, str]) -> Callable[[], None]:
        def declare() -> None:
            provider = k8s.Provider("cluster", enable_server_side_apply=False)
            k8s.core.v1.ConfigMap(
                "settings",
                metadata={"name": "settings", "namespace": namespace, "labels": labels},
                opts=pulumi.ResourceOptions(provider=provider),
            )

        return declare

    stack.up(program({"a": "1", "b": "2"}))
    assert stack.up(program({"a": "3"})) == {"same": 2, "update": 1}
    assert kubectl.get("configmap", "settings", "-n", namespace)["metadata"]["labels"] == {"a": "3"}


def test_an_unreachable_cluster_is_named(tmp_path: Path, toolchain: Toolchain) -> None:
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(
        "apiVersion: v1\nkind: Config\ncurrent-context: gone\nclusters: [{name: gone, cluster: {server: "
        '"https://127.0.0.1:1"}}]\ncontexts: [{name: gone, context: {cluster: gone, user: gone}}]\n'
        "users: [{name: gone, user: {token: t}}]\n"
    )
    stack = InlineStack(tmp_path / "project", toolchain.ensure("pulumi")["pulumi"], kubeconfig)
    assert "https://127.0.0.1:1 cannot be reached" in stack.failing("preview", config_map("default", {"a": "1"}))


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"context": "nowhere"}, "The kubeconfig has no context `nowhere`"),
        ({"kubeconfig": "/does/not/exist"}, "There is no kubeconfig at /does/not/exist"),
        ({"kubeconfig": "a:\n\t- b"}, "The kubeconfig given to the provider cannot be read"),
    ],
)
def test_wrong_settings_are_refused(stack: InlineStack, settings: dict[str, str], sentence: str) -> None:
    def program() -> None:
        provider = k8s.Provider("cluster", **settings)
        k8s.core.v1.Namespace("n", metadata={"name": "n"}, opts=pulumi.ResourceOptions(provider=provider))

    assert sentence in stack.failing("preview", program)


def test_a_replacement_in_place_is_previewed_by_the_server(stack: InlineStack, namespace: str) -> None:
    def program(selector: str, image: str) -> Callable[[], None]:
        def declare() -> None:
            pod = {"containers": [{"name": "web", "image": image}]}
            template = {"metadata": {"labels": {"app": selector}}, "spec": pod}
            k8s.apps.v1.StatefulSet(
                "web",
                metadata={"name": "web", "namespace": namespace},
                spec={"serviceName": "web", "selector": {"matchLabels": {"app": selector}}, "template": template},
            )

        return declare

    stack.up(program("web", "web:1"))
    assert stack.preview(program("other", "web:1")) == {"same": 1, "replace": 1}
    assert "image: Required value" in stack.failing("preview", program("other", ""))


def test_an_object_may_come_before_its_namespace(stack: InlineStack, kubectl: Kubectl) -> None:
    name = f"provider-{next(NUMBERS)}"

    def program() -> None:
        config_map(name, {"a": "1"})()
        k8s.core.v1.Namespace("namespace", metadata={"name": name})

    assert stack.up(program) == {"create": 3}
    assert kubectl.get("configmap", "settings", "-n", name)["data"] == {"a": "1"}


def test_a_lost_state_finds_its_own_objects_again(stack: InlineStack, namespace: str, kubectl: Kubectl) -> None:
    stack.up(lambda: deployment(namespace) and None)
    stack.forget("web")
    assert stack.up(lambda: deployment(namespace) and None) == {"same": 1, "create": 1}
    assert stack.up(lambda: deployment(namespace, replicas=2) and None) == {"same": 1, "update": 1}
    fields = kubectl.get("deployment", "web", "-n", namespace, "--show-managed-fields")["metadata"]["managedFields"]
    assert len([entry for entry in fields if entry["manager"].startswith("pulumi-kubernetes-")]) == 1


def test_an_ignored_field_is_left_to_who_owns_it(stack: InlineStack, namespace: str, kubectl: Kubectl) -> None:
    def program(team: str, replicas: int = 2) -> Callable[[], None]:
        def declare() -> None:
            options = pulumi.ResourceOptions(ignore_changes=["spec.replicas"])
            deployment(namespace, replicas=replicas, metadata={"labels": {"team": team}}, opts=options)

        return declare

    def replicas() -> int:
        return kubectl.get("deployment", "web", "-n", namespace)["spec"]["replicas"]

    stack.up(lambda: deployment(namespace, replicas=3) and None)
    assert stack.up(program("a")) == {"same": 1, "update": 1}
    assert replicas() == 3, "the resource is the only owner: it must neither change nor drop the field"
    kubectl("scale", "deployment", "web", "-n", namespace, "--replicas=4")
    assert stack.refresh(program("a")) == {"same": 2}
    assert stack.up(program("b")) == {"same": 1, "update": 1}
    assert replicas() == 4
    assert stack.up(program("b", replicas=1)) == {"same": 2}


def test_the_api_server_s_warnings_are_shown(stack: InlineStack, kubectl: Kubectl) -> None:
    name = f"provider-{next(NUMBERS)}"
    kubectl("create", "namespace", name)
    kubectl("label", "namespace", name, "pod-security.kubernetes.io/warn=restricted")
    stack.up(lambda: deployment(name) and None)
    assert "would violate PodSecurity" in stack.text
