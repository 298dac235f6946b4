"""What becomes of planned resources: manifests, waves, checksums, files, and the folder that holds them."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from automation.cli import parser
from automation.errors import AutomationError, BadInputError
from automation.layout import Layout
from automation.rehearsal import SandboxCluster, derive
from automation.rendering.argocd import prepared, release_of
from automation.rendering.files import files_of
from automation.rendering.folder import MARKER, RenderingFolder
from automation.rendering.manifests import Manifest, ordered, rendering_of
from automation.rendering.plan import Hidden, Planned, read_plan
from automation.rendering.text import as_yaml
from automation.rendering.waves import waves
from components.gitops.settings import GitopsSettings

ROOT = Path(__file__).resolve().parents[3]
CHECKSUM = "jarvis.io/config-checksum"
NAMESPACE = "jarvis-test"
SETTINGS = GitopsSettings.model_validate({"repoUrl": "https://git.example.com/deploy.git", "path": "clusters/test"})


def urn(name: str, family: str = "jarvis", kind: str = "apps/v1:Deployment") -> str:
    return f"urn:pulumi:test::jarvis::jarvis:{family}:Part$kubernetes:{kind}::{name}"


def planned(
    kind: str,
    name: str,
    *,
    version: str = "v1",
    family: str = "jarvis",
    after: tuple[Planned, ...] = (),
    protect: bool = False,
    metadata: dict[str, Any] | None = None,
    **fields: Any,
) -> Planned:
    token = f"{version if '/' in version else f'core/{version}'}:{kind}"
    meta = {"name": name, "namespace": NAMESPACE, **(metadata or {})}
    body = {"apiVersion": version, "kind": kind, "metadata": {k: v for k, v in meta.items() if v}, **fields}
    dependencies = frozenset(item.urn for item in after)
    return Planned(urn(name, family, token), f"kubernetes:{token}", body, dependencies, protect)


def namespace() -> Planned:
    labels = {"environment": "test", "app.kubernetes.io/managed-by": "pulumi"}
    return planned("Namespace", NAMESPACE, family="cluster", metadata={"namespace": None, "labels": labels})


def deployment(name: str, checksum: Any, config: str, **extra: Any) -> Planned:
    container = {
        "envFrom": [{"configMapRef": {"name": config}}],
        "env": [{"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "secrets", "key": "password"}}}],
    }
    template = {"metadata": {"annotations": {CHECKSUM: checksum}}, "spec": {"containers": [container]}}
    return planned("Deployment", name, version="apps/v1", spec={"template": template}, **extra)


def checksum_of(manifests: tuple[Manifest, ...], name: str) -> Any:
    found = next(item for item in manifests if item.kind == "Deployment" and item.name == name)
    return found.body["spec"]["template"]["metadata"]["annotations"][CHECKSUM]


def test_the_program_is_given_placeholders_and_no_value_that_it_would_generate(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: jarvis\nruntime: python\n")
    given = {"kind": "generated", "length": 64, "slackWebhookUrl": {"secure": "v1:ciphertext"}}
    (tmp_path / "Pulumi.test.yaml").write_text(yaml.safe_dump({"config": {"jarvis:secrets": given}}))
    cluster = SandboxCluster(tmp_path / "kubeconfig", None)
    folder = tmp_path / "derived"
    made = derive(Layout(tmp_path), "test", cluster, lambda _: ("postgresPassword",), folder=folder, given=True)
    assert set(made.placeholders) == {"jarvis:secrets.postgresPassword", "jarvis:secrets.slackWebhookUrl"}
    written_file = (folder / "Pulumi.test.yaml").read_text()
    assert "v1:ciphertext" not in written_file
    assert yaml.safe_load(written_file)["config"]["jarvis:secrets"] == {"kind": "config"}


def test_a_plan_s_secrets_and_unknown_values_are_marked_and_components_left_out(tmp_path: Path) -> None:
    secret = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:x"}
    inputs = {"a": secret, "b": ["04da6b54-80e4-46f7-96ec-b56ff0331ba9"], "c": {"d": 1}}
    goal = {"type": "kubernetes:core/v1:ConfigMap", "custom": True, "inputDiff": {"adds": inputs}, "protect": True}
    component = {"type": "jarvis:tiny:Part", "custom": False, "inputDiff": {}}
    file = tmp_path / "plan.json"
    file.write_text(json.dumps({"resourcePlans": {"urn:b::x": {"goal": goal}, "urn:a::y": {"goal": component}}}))
    (only,) = read_plan(file)
    assert only.inputs == {"a": Hidden.SECRET, "b": [Hidden.UNKNOWN], "c": {"d": 1}}
    assert only.protect
    assert only.name == "x"


def test_pulumi_s_annotations_go_and_the_object_s_own_label_names_argo_cd() -> None:
    item = planned(
        "ConfigMap",
        "config",
        metadata={
            "annotations": {"pulumi.com/skipAwait": "true", "example.com/kept": "yes"},
            "labels": {"app.kubernetes.io/managed-by": "pulumi", "app": "config"},
        },
        status={"x": 1},
    )
    (manifest,) = rendering_of([item]).manifests
    assert manifest.body["metadata"]["annotations"] == {"example.com/kept": "yes"}
    assert manifest.body["metadata"]["labels"] == {"app.kubernetes.io/managed-by": "argocd", "app": "config"}
    assert "status" not in manifest.body
    assert manifest.file == "jarvis-test/configmap-config.yaml"


def test_labels_inside_templates_stay_because_some_can_never_change() -> None:
    labels = {"app.kubernetes.io/managed-by": "pulumi"}
    claims = {"volumeClaimTemplates": [{"metadata": {"labels": labels}}]}
    (manifest,) = rendering_of([planned("StatefulSet", "db", version="apps/v1", spec=claims)]).manifests
    assert manifest.body["spec"] == claims


def test_a_secret_is_listed_by_its_keys_and_not_written() -> None:
    data = {"password": Hidden.SECRET, "username": Hidden.SECRET}
    rendering = rendering_of([planned("Secret", "secrets", data=data, type="Opaque")])
    assert rendering.manifests == ()
    (secret,) = rendering.secrets
    assert (secret.namespace, secret.name, secret.keys) == (NAMESPACE, "secrets", ("password", "username"))


@pytest.mark.parametrize(("value", "words"), [(Hidden.SECRET, "a secret"), (Hidden.UNKNOWN, "known only once")])
def test_a_secret_anywhere_else_is_refused_by_its_path(value: Hidden, words: str) -> None:
    item = planned("ConfigMap", "config", data={"list": ["plain", {"deep": value}]})
    with pytest.raises(
        AutomationError, match=rf"ConfigMap config cannot be written: its data.list\[1\].deep is {words}"
    ):
        rendering_of([item])


def test_what_has_no_fixed_name_or_is_a_patch_is_refused_with_one_sentence_each() -> None:
    auto = planned("ConfigMap", "auto", metadata={"annotations": {"pulumi.com/autonamed": "true"}})
    patch = Planned(urn("patched"), "kubernetes:core/v1:ConfigMapPatch", auto.inputs)
    with pytest.raises(AutomationError) as raised:
        rendering_of([auto, patch])
    assert len(str(raised.value).splitlines()) == 2
    assert "auto has no fixed metadata.name" in str(raised.value)
    assert "patched changes an object" in str(raised.value)


def test_a_checksum_over_a_secret_is_made_anew_over_what_the_pod_reads_of_the_rendering() -> None:
    def checksum(value: str, other: str = "x") -> str:
        config, unread = planned("ConfigMap", "config", data={"a": value}), planned("ConfigMap", "b", data={"a": other})
        rendered = rendering_of([config, unread, deployment("backend", Hidden.SECRET, "config")])
        return checksum_of(rendered.manifests, "backend")

    assert checksum("1") == checksum("1")
    assert checksum("1") != checksum("2")
    assert checksum("1", "x") == checksum("1", "y")
    assert len(checksum("1")) == 64


def test_a_checksum_follows_an_external_secret_by_the_name_of_what_it_makes() -> None:
    def checksum(key: str) -> str:
        spec = {"target": {"name": "secrets"}, "data": [{"remoteRef": {"key": key}}]}
        external = planned("ExternalSecret", "any", version="external-secrets.io/v1", spec=spec)
        return checksum_of(rendering_of([external, deployment("backend", Hidden.UNKNOWN, "none")]).manifests, "backend")

    assert checksum("one") != checksum("two")


def test_a_checksum_that_covers_no_secret_stays_as_it_is() -> None:
    rendered = rendering_of([deployment("backend", "abc", "config")])
    assert checksum_of(rendered.manifests, "backend") == "abc"


def test_waves_follow_families_and_dependencies() -> None:
    place = namespace()
    config = planned("ConfigMap", "db-config", family="database", after=(place,))
    claim = planned("PersistentVolumeClaim", "data", family="database", after=(place,))
    database = planned("StatefulSet", "db", version="apps/v1", family="database", after=(config, claim))
    secret = planned("Secret", "secrets", family="jarvis", after=(database,), data={})
    migrate = planned("Job", "migrate", version="batch/v1", after=(database, secret))
    backend = planned("Deployment", "backend", version="apps/v1", after=(migrate,))
    late = planned("PersistentVolumeClaim", "uploads", after=(place,))
    worker = planned("Deployment", "worker", version="apps/v1", after=(backend, late))
    route = planned("Ingress", "web", version="networking.k8s.io/v1", family="exposure", spec={}, after=(backend,))
    rendering = rendering_of([place, config, claim, database, secret, migrate, backend, late, worker, route])
    found = waves(rendering.manifests, rendering.secrets)
    assert {item.name: found[item.urn] for item in rendering.manifests} == {
        NAMESPACE: 0,
        "db-config": 0,
        "data": 10,
        "db": 10,
        "migrate": 20,
        "backend": 21,
        "uploads": 22,
        "worker": 22,
        "web": 30,
    }


def test_what_may_be_unhealthy_for_long_is_in_the_last_wave_for_which_nothing_waits() -> None:
    database = planned("StatefulSet", "db", version="apps/v1", family="database")
    dumps = planned("PersistentVolumeClaim", "dumps", family="database")
    backup = planned("CronJob", "backup", version="batch/v1", family="database", after=(database, dumps))
    budget = planned("PodDisruptionBudget", "db", version="policy/v1", family="database", after=(database,))
    issued = {"annotations": {"pulumi.com/waitFor": "condition=Programmed"}}
    gateway = planned("Gateway", "gate", version="gateway.networking.k8s.io/v1", family="exposure", metadata=issued)
    route = planned("HTTPRoute", "web", version="gateway.networking.k8s.io/v1", family="exposure", after=(gateway,))
    rollout = planned("Rollout", "backend", version="argoproj.io/v1alpha1", after=(database,))
    uploads = planned("PersistentVolumeClaim", "uploads")
    user = planned("Deployment", "user", version="apps/v1", after=(uploads,))
    outside = planned("Service", "outside", spec={"type": "LoadBalancer"})
    inside = planned("Service", "inside", spec={"type": "ClusterIP"})
    objects = [database, dumps, backup, budget, gateway, route, rollout, uploads, user, outside, inside]
    rendering = rendering_of(objects)
    found = waves(rendering.manifests)
    last = max(found.values())
    assert {item.name for item in objects if found[item.urn] == last} == {
        "dumps", "backup", "db", "web", "backend", "outside",
    }  # fmt: skip
    assert found[database.urn] == 10
    assert found[gateway.urn] == last - 1
    assert found[uploads.urn] == found[user.urn] == found[inside.urn] == 20


def test_what_waits_for_an_operator_s_work_comes_a_wave_later() -> None:
    issued = {"annotations": {"pulumi.com/waitFor": "condition=Ready"}}
    certificate = planned("Certificate", "tls", version="cert-manager.io/v1", metadata=issued)
    server = planned("Deployment", "server", version="apps/v1", after=(certificate,))
    rendering = rendering_of([certificate, server])
    found = waves(rendering.manifests)
    assert found[server.urn] == found[certificate.urn] + 1


def test_a_wave_counts_what_a_secret_that_is_not_written_waits_for() -> None:
    exposed = planned("Deployment", "first", version="apps/v1", family="exposure")
    secret = planned("Secret", "between", after=(exposed,), data={})
    last = planned("ConfigMap", "last", after=(secret,))
    rendering = rendering_of([exposed, secret, last])
    assert waves(rendering.manifests, rendering.secrets)[last.urn] == 31


def test_jobs_become_hooks_and_protected_objects_are_never_pruned() -> None:
    job = planned("Job", "migrate", version="batch/v1", spec={"backoffLimit": 1})
    claim = planned("PersistentVolumeClaim", "data", protect=True)
    custom = planned("Cluster", "postgres", version="postgresql.cnpg.io/v1", protect=True)
    route = planned("HTTPRoute", "web", version="gateway.networking.k8s.io/v1")
    policy = planned("NetworkPolicy", "deny", version="networking.k8s.io/v1")
    manifests = rendering_of([job, claim, custom, route, policy]).manifests
    made = {item.name: item.body for item in prepared(manifests, waves(manifests))}
    prefix = "argocd.argoproj.io"
    assert made["migrate"]["metadata"]["annotations"] == {
        f"{prefix}/hook": "Sync",
        f"{prefix}/hook-delete-policy": "BeforeHookCreation",
        f"{prefix}/sync-wave": "20",
    }
    assert made["migrate"]["spec"] == {"backoffLimit": 1, "ttlSecondsAfterFinished": 604_800}
    options = {name: body["metadata"]["annotations"].get(f"{prefix}/sync-options") for name, body in made.items()}
    assert options == {
        "migrate": None,
        "data": "Prune=false,Delete=false",
        "postgres": "Prune=false,Delete=false,SkipDryRunOnMissingResource=true",
        "web": "SkipDryRunOnMissingResource=true",
        "deny": None,
    }


def release(**changes: Any) -> Planned:
    inputs = {
        "name": "cert-manager",
        "chart": "cert-manager",
        "version": "v1.21.1",
        "repositoryOpts": {"repo": "https://charts.example.com"},
        "namespace": "cert-manager",
        "createNamespace": True,
        "values": {"crds": {"enabled": True, "none": None}},
        **changes,
    }
    return Planned(urn("cert-manager", "platform"), "kubernetes:helm.sh/v3:Release", inputs)


def test_a_helm_release_becomes_an_application_of_its_chart() -> None:
    theirs = planned("Namespace", "cert-manager", family="platform", metadata={"namespace": None})
    files = files_of(rendering_of([namespace(), theirs, release()]), SETTINGS, "test")
    assert yaml.safe_load(files["addons/kustomization.yaml"])["resources"] == [
        "cluster/namespace-cert-manager.yaml", "project.yaml", "addon-cert-manager.yaml",
    ]  # fmt: skip
    assert "manifests/cluster/namespace-cert-manager.yaml" not in files
    assert "name: cert-manager" not in files["argocd/project.yaml"]
    assert "`kubectl apply -k addons`" in files["README.md"]
    addon = yaml.safe_load(files["addons/addon-cert-manager.yaml"])
    assert addon["spec"]["source"] == {
        "repoURL": "https://charts.example.com",
        "chart": "cert-manager",
        "targetRevision": "v1.21.1",
        "helm": {"releaseName": "cert-manager", "valuesObject": {"crds": {"enabled": True, "none": None}}},
    }
    assert addon["spec"]["destination"]["namespace"] == "cert-manager"
    assert "CreateNamespace=true" in addon["spec"]["syncPolicy"]["syncOptions"]
    assert int(addon["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"]) < 0
    project = yaml.safe_load(files["addons/project.yaml"])
    assert addon["spec"]["project"] == project["metadata"]["name"]
    assert project["spec"]["sourceRepos"] == ["https://charts.example.com"]


def test_an_oci_chart_is_named_as_argo_cd_wants_it() -> None:
    made = release_of(release(chart="oci://ghcr.io/org/charts/app", repositoryOpts={}))
    assert (made.repository, made.chart) == ("ghcr.io/org/charts", "app")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"version": None}, "it pins no version"),
        ({"chart": "./charts/own", "repositoryOpts": {}}, "its chart comes from no repository"),
        ({"values": {"password": Hidden.SECRET}}, "its values.password is a secret"),
        ({"valueYamlFiles": ["x"]}, "its values come from files"),
    ],
)
def test_a_release_that_argo_cd_could_not_sync_is_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(AutomationError, match=words):
        release_of(release(**changes))


def test_files_are_listed_in_the_order_of_their_waves_and_the_namespace_comes_first() -> None:
    place = namespace()
    config = planned("ConfigMap", "config", after=(place,), data={"a": "1"})
    files = files_of(rendering_of([config, deployment("backend", "x", "config", after=(config,)), place]), None, "test")
    listed = yaml.safe_load(files["manifests/kustomization.yaml"])["resources"]
    assert listed == [
        "cluster/namespace-jarvis-test.yaml",
        "jarvis-test/configmap-config.yaml",
        "jarvis-test/deployment.apps-backend.yaml",
    ]
    assert {f"manifests/{name}" for name in listed} <= set(files)
    assert not [name for name in files if name.startswith("argocd/")]


def test_the_application_leaves_autoscaled_replicas_alone_and_the_project_allows_only_what_is_used() -> None:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "backend"}
    scaler = planned("HorizontalPodAutoscaler", "backend", version="autoscaling/v2", spec={"scaleTargetRef": target})
    elsewhere = planned("DaemonSet", "collector", version="apps/v1", metadata={"namespace": "jarvis-test-nodes"})
    rendered = rendering_of([namespace(), scaler, deployment("backend", "x", "config"), elsewhere])
    files = files_of(rendered, SETTINGS, "test")
    application = yaml.safe_load(files["argocd/application.yaml"])
    assert application["spec"]["ignoreDifferences"] == [
        {"group": "apps", "kind": "Deployment", "name": "backend", "namespace": NAMESPACE,
         "jsonPointers": ["/spec/replicas"]},
    ]  # fmt: skip
    assert application["spec"]["source"]["path"] == "clusters/test/manifests"
    project = yaml.safe_load(files["argocd/project.yaml"])["spec"]
    assert project["sourceRepos"] == ["https://git.example.com/deploy.git"]
    assert [item["namespace"] for item in project["destinations"]] == [NAMESPACE, "jarvis-test-nodes"]
    assert project["clusterResourceWhitelist"] == [{"group": "", "kind": "Namespace", "name": NAMESPACE}]
    assert project["namespaceResourceWhitelist"] == [
        {"group": "", "kind": "Pod"},
        {"group": "apps", "kind": "DaemonSet"},
        {"group": "apps", "kind": "Deployment"},
        {"group": "apps", "kind": "ReplicaSet"},
        {"group": "autoscaling", "kind": "HorizontalPodAutoscaler"},
    ]


@pytest.mark.parametrize(
    "text", ["1e3", "0o17", "0x1F", "y", "N", "~", "on", "null", "1_000", "-1", "+5", ".5", "", "10.4"]
)
def test_text_that_another_reader_takes_for_a_number_or_a_truth_is_quoted(text: str) -> None:
    written = as_yaml({"value": text})
    assert written.strip() == f"value: '{text}'"
    assert yaml.safe_load(written) == {"value": text}


def test_lines_stay_lines_and_keys_are_sorted() -> None:
    body = ordered({"spec": {"b": [{"z": 1, "a": "x\ny\n"}], "a": 1}, "kind": "K", "data": {}, "apiVersion": "v1"})
    assert as_yaml(body) == (
        "apiVersion: v1\nkind: K\ndata: {}\nspec:\n  a: 1\n  b:\n    - a: |\n        x\n        y\n      z: 1\n"
    )


FILES = {"manifests/a.yaml": "a\n", "manifests/deep/b.yaml": "b\n", "README.md": "r\n"}


def content(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in folder.rglob("*")
        if path.is_file() and path.name != MARKER
    }


@pytest.fixture
def folder(tmp_path: Path) -> RenderingFolder:
    return RenderingFolder(tmp_path / "deep" / "out", "test")


def written(folder: RenderingFolder, files: dict[str, str] = FILES) -> int:
    folder.path.parent.mkdir(exist_ok=True)
    return folder.write(files)


def test_a_second_rendering_of_the_same_writes_nothing(folder: RenderingFolder) -> None:
    assert written(folder) == 3
    before = {path: path.stat().st_mtime_ns for path in folder.path.rglob("*")}
    assert written(folder) == 0
    assert {path: path.stat().st_mtime_ns for path in folder.path.rglob("*")} == before
    assert [path.name for path in folder.path.parent.iterdir()] == ["out"]


def test_a_rendering_replaces_its_own_files_and_leaves_others(folder: RenderingFolder) -> None:
    written(folder)
    (folder.path / "OWNERS").write_text("somebody")
    (folder.path / "manifests" / "a.yaml").write_text("changed by hand")
    assert written(folder, {"manifests/a.yaml": "A\n", "manifests/new/c.yaml": "c\n"}) == 4
    assert content(folder.path) == {"manifests/a.yaml": "A\n", "manifests/new/c.yaml": "c\n", "OWNERS": "somebody"}
    assert not (folder.path / "manifests" / "deep").exists()


def test_files_that_no_rendering_wrote_are_neither_overwritten_nor_followed(
    folder: RenderingFolder, tmp_path: Path
) -> None:
    written(folder)
    (folder.path / "manifests" / "new.yaml").write_text("mine")
    with pytest.raises(BadInputError, match="is in the way"):
        written(folder, {**FILES, "manifests/new.yaml": "theirs\n"})
    (tmp_path / "outside").mkdir()
    (folder.path / "linked").symlink_to(tmp_path / "outside")
    with pytest.raises(BadInputError, match="leads out"):
        written(folder, {**FILES, "linked/x.yaml": "x\n"})
    assert (folder.path / "manifests" / "new.yaml").read_text() == "mine"
    assert content(folder.path)["manifests/a.yaml"] == "a\n"


def test_a_folder_of_somebody_else_a_file_and_another_stack_s_rendering_are_refused(
    folder: RenderingFolder, tmp_path: Path
) -> None:
    folder.path.mkdir(parents=True)
    folder.check()
    (folder.path / "precious").write_text("x")
    with pytest.raises(BadInputError, match="not empty and holds no rendering"):
        folder.check()
    with pytest.raises(BadInputError, match="is a file"):
        RenderingFolder(folder.path / "precious", "test").check()
    other = RenderingFolder(tmp_path / "other", "staging")
    other.write(FILES)
    with pytest.raises(BadInputError, match="holds the rendering of staging"):
        RenderingFolder(tmp_path / "other", "test").check()


@pytest.mark.parametrize("name", ["../precious", "/etc/passwd", "a/../../precious"])
def test_a_marker_that_names_files_outside_is_refused(folder: RenderingFolder, name: str) -> None:
    written(folder)
    marker = json.loads((folder.path / MARKER).read_text())
    (folder.path.parent / "precious").write_text("x")
    (folder.path / MARKER).write_text(json.dumps({**marker, "files": {name: ""}}))
    with pytest.raises(BadInputError, match="cannot be read as a rendering's list"):
        written(folder, {"README.md": "r\n"})
    assert (folder.path.parent / "precious").exists()


KILLED = """
import os, pathlib, signal, sys
from automation.rendering.folder import RenderingFolder
original, left = pathlib.Path.replace, [int(sys.argv[2])]
def replace(path, target):
    left[0] -= 1
    if left[0] < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return original(path, target)
pathlib.Path.replace = replace
RenderingFolder(pathlib.Path(sys.argv[1]), "test").write(eval(sys.argv[3]))
"""


@pytest.mark.parametrize("steps", [0, 1, 2, 4])
def test_a_rendering_that_is_killed_while_it_writes_is_finished_by_the_next(
    folder: RenderingFolder, steps: int
) -> None:
    written(folder)
    newer = {"manifests/a.yaml": "A\n", "manifests/c.yaml": "c\n", "manifests/d.yaml": "d\n"}
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(folder.path), str(steps), repr(newer)], cwd=ROOT, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    cut_short = content(folder.path)
    assert all(text in (FILES.get(name), newer.get(name)) for name, text in cut_short.items())
    assert written(folder, newer) > 0
    assert content(folder.path) == newer
    assert [path.name for path in folder.path.parent.iterdir()] == ["out"]


def test_a_first_rendering_comes_into_being_whole(folder: RenderingFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    original = Path.write_bytes

    def cut_short(path: Path, data: bytes) -> int:
        if path.name == "b.yaml":
            raise OSError(28, "No space left on device")
        return original(path, data)

    monkeypatch.setattr(Path, "write_bytes", cut_short)
    with pytest.raises(AutomationError, match="No space left on device"):
        written(folder)
    assert not folder.path.exists()
    assert list(folder.path.parent.iterdir()) == []


@pytest.mark.parametrize(
    "arguments",
    [[], ["--out"], ["--out", "x", "--sandbox"], ["--out", "x", "--offline"], ["--out", "x", "--format", "markdown"]],
)
def test_a_wrong_flag_is_exit_code_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        parser().parse_args(["render", "dev", *arguments])
    assert raised.value.code == 2
