"""Replacement, naming, settings and file names of the kubernetes provider."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sandbox.providers.compare import compare
from sandbox.providers.kubernetes import config as settings
from sandbox.providers.kubernetes.discovery import Discovery
from sandbox.providers.kubernetes.kubeconfig import connect
from sandbox.providers.kubernetes.naming import kind_from_type, with_name, with_namespace
from sandbox.providers.kubernetes.objects import hidden, id_of, split_id
from sandbox.providers.kubernetes.rendering import path_for
from sandbox.providers.kubernetes.replacement import replacing
from sandbox.providers.resource import Naming, ProviderError, Resource
from sandbox.providers.values import UNKNOWN, Secret

SETTINGS = Resource("urn", "kubernetes:core/v1:ConfigMap", "Settings")


@pytest.mark.parametrize(
    ("version", "kind", "old", "new", "replaced"),
    [
        (
            "apps/v1",
            "Deployment",
            {"spec": {"selector": {"a": 1}}},
            {"spec": {"selector": {"a": 2}}},
            "spec.selector.a",
        ),
        ("apps/v1", "Deployment", {"spec": {"replicas": 1}}, {"spec": {"replicas": 2}}, None),
        ("apps/v1", "StatefulSet", {"spec": {"serviceName": "a"}}, {"spec": {"serviceName": "b"}}, "spec.serviceName"),
        ("apps/v1", "StatefulSet", {"spec": {"template": 1}}, {"spec": {"template": 2}}, None),
        (
            *("apps/v1", "StatefulSet", {"spec": {"volumeClaimTemplates": [{"a": 1}]}}),
            {"spec": {"volumeClaimTemplates": [{"a": 2}]}},
            "spec.volumeClaimTemplates[0].a",
        ),
        ("batch/v1", "Job", {"spec": {"template": {"a": 1}}}, {"spec": {"template": {"a": 2}}}, "spec.template.a"),
        ("batch/v1", "Job", {"spec": {"parallelism": 1}}, {"spec": {"parallelism": 2}}, None),
        ("v1", "Service", {"spec": {"clusterIP": "a"}}, {"spec": {"clusterIP": "None"}}, "spec.clusterIP"),
        ("v1", "Service", {"spec": {"type": "a"}}, {"spec": {"type": "b"}}, None),
        (
            *("v1", "PersistentVolumeClaim", {"spec": {"resources": {"requests": {"storage": "1Gi"}}}}),
            {"spec": {"resources": {"requests": {"storage": "2Gi"}}}},
            None,
        ),
        (
            *("v1", "PersistentVolumeClaim", {"spec": {"storageClassName": "a"}}),
            {"spec": {"storageClassName": "b"}},
            "spec.storageClassName",
        ),
        ("v1", "Secret", {"type": "a"}, {"type": "b"}, "type"),
        ("v1", "Secret", {"stringData": {"a": "1"}}, {"stringData": {"a": "2"}}, "stringData.a"),
        ("v1", "ConfigMap", {"data": {"a.conf": "1"}}, {"data": {"a.conf": "2"}}, 'data["a.conf"]'),
        (
            "rbac.authorization.k8s.io/v1",
            "RoleBinding",
            {"roleRef": {"name": 1}},
            {"roleRef": {"name": 2}},
            "roleRef.name",
        ),
        ("rbac.authorization.k8s.io/v1", "RoleBinding", {"subjects": [1]}, {"subjects": [2]}, None),
        ("storage.k8s.io/v1", "StorageClass", {"provisioner": "a"}, {"provisioner": "b"}, "provisioner"),
        ("v1", "ConfigMap", {"metadata": {"name": "a"}}, {"metadata": {"name": "b"}}, "metadata.name"),
        ("v1", "ConfigMap", {"metadata": {"labels": {"name": "a"}}}, {"metadata": {"labels": {"name": "b"}}}, None),
        ("example.org/v1", "Deployment", {"spec": {"selector": 1}}, {"spec": {"selector": 2}}, None),
        ("v1", "Pod", {"spec": {"containers": [{"image": "a"}]}}, {"spec": {"containers": [{"image": "b"}]}}, None),
        (
            *("v1", "Pod", {"spec": {"containers": [{"command": ["a"]}]}}),
            {"spec": {"containers": [{"command": ["b"]}]}},
            "spec.containers[0].command[0]",
        ),
    ],
)
def test_what_replaces(version: str, kind: str, old: Any, new: Any, replaced: str | None) -> None:
    type = {"apiVersion": version, "kind": kind}
    found = replacing({**type, **old}, {**type, **new}, compare(old, new), settings.Config())
    assert found == ({replaced} if replaced else set())


def test_another_group_replaces_and_another_version_does_not() -> None:
    def changed(old: str, new: str) -> frozenset[str]:
        before: Any = {"apiVersion": old, "kind": "Ingress"}
        after: Any = {"apiVersion": new, "kind": "Ingress"}
        return replacing(before, after, compare(before, after), settings.Config())

    assert changed("extensions/v1beta1", "networking.k8s.io/v1") == {"apiVersion"}
    assert changed("networking.k8s.io/v1beta1", "networking.k8s.io/v1") == set()


def test_mutable_maps_are_updated_unless_the_object_is_immutable() -> None:
    config = settings.Config(config_map_mutable=True, secret_mutable=True)
    for kind in ("ConfigMap", "Secret"):
        old: Any = {"apiVersion": "v1", "kind": kind, "data": {"a": "1"}}
        new: Any = {**old, "data": {"a": "2"}}
        assert replacing(old, new, compare(old, new), config) == set()
        old["immutable"] = new["immutable"] = True
        assert replacing(old, new, compare(old, new), config) == {"data.a"}


def test_names_are_given_kept_and_refused() -> None:
    inputs: Any = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"labels": {"a": "b"}}}
    named: Any = with_name(inputs, {}, SETTINGS, b"seed", Naming())
    assert named == with_name(inputs, {}, SETTINGS, b"seed", Naming())
    assert named["metadata"]["name"].startswith("settings-")
    assert named["metadata"]["annotations"] == {"pulumi.com/autonamed": "true"}
    assert with_name(inputs, named, SETTINGS, b"other", Naming()) == named
    proposed: Any = with_name(inputs, {}, SETTINGS, b"", Naming(proposed="chosen"))
    assert proposed["metadata"]["name"] == "chosen"
    with pytest.raises(ProviderError, match=r"set `metadata\.name`"):
        with_name(inputs, {}, SETTINGS, b"", Naming(disabled=True))
    for metadata in ({"name": "mine"}, {"name": UNKNOWN}, {"generateName": "mine-"}):
        given: Any = {**inputs, "metadata": metadata}
        assert with_name(given, {}, SETTINGS, b"", Naming()) == given
    unknown: Any = {**inputs, "metadata": UNKNOWN}
    assert with_name(unknown, {}, SETTINGS, b"", Naming()) == unknown


def test_a_patch_needs_a_name() -> None:
    patch = Resource("urn", "kubernetes:core/v1:ConfigMapPatch", "patch")
    with pytest.raises(ProviderError, match="has to name the object"):
        with_name({"metadata": {}}, {}, patch, b"", Naming())


def test_namespaces_are_filled_in_where_none_is_given() -> None:
    assert with_namespace({"metadata": {"name": "a"}}, "n") == {"metadata": {"name": "a", "namespace": "n"}}
    assert with_namespace({"metadata": {"namespace": "own"}}, "n") == {"metadata": {"namespace": "own"}}
    assert with_namespace({"metadata": {"namespace": UNKNOWN}}, "n") == {"metadata": {"namespace": UNKNOWN}}
    assert with_namespace({"metadata": {"name": "a", "namespace": ""}}, None) == {"metadata": {"name": "a"}}
    assert with_namespace({"metadata": Secret({"name": "a"})}, "n") == {
        "metadata": Secret({"name": "a", "namespace": "n"})
    }


def test_ids_and_types_are_read() -> None:
    assert id_of({"metadata": {"name": "a", "namespace": "b"}}) == "b/a"
    assert split_id("b/a") == ("b", "a")
    assert split_id("a") == (None, "a")
    assert kind_from_type("kubernetes:core/v1:ConfigMap") == ("v1", "ConfigMap")
    assert kind_from_type("kubernetes:apps/v1:DeploymentPatch") == ("apps/v1", "Deployment")


def test_data_of_secrets_is_hidden_even_where_it_is_unknown() -> None:
    secret: Any = {"apiVersion": "v1", "kind": "Secret", "data": {"a": "b"}, "stringData": UNKNOWN}
    assert hidden(secret) == {**secret, "data": {"a": Secret("b")}, "stringData": Secret(UNKNOWN)}
    applied = "kubectl.kubernetes.io/last-applied-configuration"
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"annotations": {applied: "all of it", "x": "y"}}}
    found: Any = hidden(secret)
    assert found["metadata"]["annotations"] == {applied: Secret("all of it"), "x": "y"}


def test_settings_are_checked() -> None:
    assert settings.problems({"kubeconfig": "x", "enableServerSideApply": "true", "version": "4.34.2"}) == []
    [(key, sentence)] = settings.problems({"kubeConfig": "x"})
    assert key == "kubeConfig"
    assert "has no setting `kubeConfig`" in sentence
    [(key, sentence)] = settings.problems({"enablePatchForce": "maybe"})
    assert "true or false, not 'maybe'" in sentence


def test_settings_are_read_with_the_environment_behind_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_K8S_ENABLE_PATCH_FORCE", "true")
    assert settings.parse({}).patch_force
    assert not settings.parse({"enablePatchForce": "false"}).patch_force
    assert settings.parse({"kubeconfig": Secret("x")}).kubeconfig == "x"


KUBECONFIG = """
apiVersion: v1
kind: Config
current-context: a
clusters: [{name: one, cluster: {server: "http://127.0.0.1:1"}}, {name: two, cluster: {server: "http://127.0.0.1:2"}}]
contexts: [{name: a, context: {cluster: one, user: u, namespace: of-a}}, {name: b, context: {cluster: two, user: u}}]
users: [{name: u, user: {token: t}}]
"""


@pytest.mark.parametrize(
    ("config", "port", "namespace"),
    [
        (settings.Config(KUBECONFIG), 1, "of-a"),
        (settings.Config(KUBECONFIG, context="b"), 2, "default"),
        (settings.Config(KUBECONFIG, cluster="two"), 2, "of-a"),
        (settings.Config(KUBECONFIG, namespace="own"), 1, "own"),
    ],
)
def test_context_cluster_and_namespace_are_chosen(config: settings.Config, port: int, namespace: str) -> None:
    client: Any
    client, found = connect(config)
    assert client.configuration.host == f"http://127.0.0.1:{port}"
    assert found == namespace


def test_files_are_found_from_the_kubeconfig_s_folder(tmp_path: Path) -> None:
    (tmp_path / "ca.crt").write_text("ca")
    path = tmp_path / "kubeconfig"
    text = KUBECONFIG.replace('"http://127.0.0.1:1"', '"https://127.0.0.1:1", certificate-authority: ca.crt')
    path.write_text(text)
    client: Any
    client, _ = connect(settings.Config(str(path)))
    assert client.configuration.ssl_ca_cert == str(tmp_path / "ca.crt")


@pytest.mark.parametrize(
    ("obj", "path"),
    [
        (
            {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}},
            "1-manifest/v1-configmap-default-a.yaml",
        ),
        (
            {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "a:b", "namespace": "n"}},
            "1-manifest/apps_v1-deployment-n-a_b.yaml",
        ),
        (
            {"apiVersion": "x/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "a"}},
            "0-crd/x_v1-customresourcedefinition-default-a.yaml",
        ),
    ],
)
def test_rendered_files_have_the_official_names(obj: Any, path: str) -> None:
    assert path_for(obj, Path("/out")) == Path("/out") / path


class CountingApi:
    """A server that gets a kind after the first question."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def get(self, path: str, query: Any = None) -> Any:
        self.asked.append(path)
        widgets = [
            {"name": "widgets", "kind": "Widget", "namespaced": True},
            {"name": "widgets/status", "kind": "Widget"},
        ]
        return {"resources": widgets if len(self.asked) > 1 else []}


def test_kinds_are_asked_for_again_only_while_they_are_missing() -> None:
    api: Any = CountingApi()
    discovery = Discovery(api)
    assert discovery.find("example.org/v1", "Widget") is None
    for _ in range(2):
        kind = discovery.find("example.org/v1", "Widget")
        assert kind is not None
        assert kind.path("n", "a") == "/apis/example.org/v1/namespaces/n/widgets/a"
    assert api.asked == ["/apis/example.org/v1"] * 2
