"""`render` of every stack file: the real engine plans, files are written, the API server judges them."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pulumi_kubernetes as k8s
import pulumi_random as random
import pytest
import yaml

from automation import rehearsal
from automation.commands.render import gitops_settings
from automation.errors import AutomationError
from automation.rendering.files import files_of
from automation.rendering.folder import MARKER
from automation.rendering.later import PLACEHOLDER
from automation.rendering.manifests import rendering_of
from automation.rendering.preview import plan_of
from infra.settings.model import StackSettings
from sandbox.control_plane import ControlPlane
from tests.support.jarvis_project import REPOSITORY, JarvisProject
from tests.support.kinds import install_published_kinds
from tests.support.kubectl import Kubectl
from tests.support.planned_stack import session_in

STACKS = sorted(path.name.split(".")[1] for path in REPOSITORY.glob("Pulumi.*.yaml"))
CLOUDS = ("production-aws", "production-azure")
GITOPS = {"repoUrl": "https://git.example.com/jarvis.git", "path": "clusters/jarvis"}
BUILT_IN = {
    "v1",
    "apps/v1",
    "autoscaling/v2",
    "batch/v1",
    "networking.k8s.io/v1",
    "policy/v1",
    "rbac.authorization.k8s.io/v1",
}


def render(project: JarvisProject, stack: str, out: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """`python -m automation render` in the project, with no cluster and no passphrase to be found."""
    return subprocess.run(
        command(project, stack, out), cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=300,
        env=without_cluster(environment),
    )  # fmt: skip


def command(project: JarvisProject, stack: str, out: Path) -> list[str]:
    module = [sys.executable, "-m", "tests.support.jarvis_project", str(project.root), str(project.root / "none")]
    return [*module, "render", stack, "--out", str(out)]


def without_cluster(more: dict[str, str]) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PULUMI_CONFIG_PASSPHRASE")}
    return {**kept, "KUBECONFIG": "/nowhere/kubeconfig", **more}


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def clone(root: Path, plane: ControlPlane | None = None) -> JarvisProject:
    """A fresh clone: the stack files, and no state; with `jarvis:gitops` where the model has it."""
    project = JarvisProject.create(root, plane or ControlPlane(root / "none"))
    if "gitops" in StackSettings.model_fields:
        for stack in STACKS:
            file = root / f"Pulumi.{stack}.yaml"
            document = yaml.safe_load(file.read_text())
            document["config"].setdefault("jarvis:gitops", GITOPS)
            file.write_text(yaml.safe_dump(document))
    return project


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> JarvisProject:
    return clone(tmp_path_factory.mktemp("clone"))


@pytest.fixture(scope="module")
def renderings(project: JarvisProject, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A rendering of each stack."""
    folder = tmp_path_factory.mktemp("renderings")
    for stack in STACKS:
        done = render(project, stack, folder / stack)
        assert done.returncode == 0, done.stderr
    return {stack: folder / stack for stack in STACKS}


def manifests(rendering: Path) -> list[dict[str, Any]]:
    listed = yaml.safe_load((rendering / "manifests" / "kustomization.yaml").read_text())["resources"]
    return [yaml.safe_load((rendering / "manifests" / name).read_text()) for name in listed]


def test_rendering_twice_and_from_a_fresh_clone_gives_the_same_bytes(
    renderings: dict[str, Path], tmp_path: Path
) -> None:
    before = content(renderings["dev"])
    other = clone(tmp_path / "other")
    assert render(other, "dev", renderings["dev"], PYTHONHASHSEED="7").returncode == 0
    assert content(renderings["dev"]) == before
    assert len(before) > 50


@pytest.mark.parametrize("stack", STACKS)
def test_every_manifest_is_listed_and_stands_after_what_it_needs(stack: str, renderings: dict[str, Path]) -> None:
    rendering = renderings[stack]
    objects = manifests(rendering)
    files = [path for path in (rendering / "manifests").rglob("*.yaml") if path.name != "kustomization.yaml"]
    assert len(objects) == len(files)
    waves = [int(item["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"]) for item in objects]
    assert waves == sorted(waves)
    assert objects[0]["kind"] in ("Namespace", "ClusterRole")
    wave_of = {(item["kind"], item["metadata"]["name"]): wave for item, wave in zip(objects, waves, strict=True)}
    backend = wave_of.get(("Deployment", "jarvis-backend"), wave_of.get(("Rollout", "jarvis-backend")))
    assert backend is not None
    (migrate,) = (wave for (kind, name), wave in wave_of.items() if kind == "Job" and "migrate" in name)
    databases = [
        wave for (kind, name), wave in wave_of.items() if kind in ("StatefulSet", "Cluster") and "postgres" in name
    ]
    assert bool(databases) == (stack not in CLOUDS), "a cloud's is no object of the cluster"
    assert max(databases, default=-1) < migrate < backend


@pytest.mark.parametrize("stack", STACKS)
def test_jobs_are_hooks_nothing_is_pulumi_s_and_no_secret_is_written(stack: str, renderings: dict[str, Path]) -> None:
    for item in manifests(renderings[stack]):
        annotations = item["metadata"]["annotations"]
        assert item["kind"] != "Secret"
        assert not [key for key in annotations if key.startswith("pulumi.com/")]
        if item["kind"] == "Job":
            assert annotations["argocd.argoproj.io/hook"] == "Sync"
            assert annotations["argocd.argoproj.io/hook-delete-policy"] == "BeforeHookCreation"
            assert item["spec"]["ttlSecondsAfterFinished"] > 0


@pytest.mark.parametrize("stack", STACKS)
def test_no_secret_that_the_program_was_given_is_anywhere_and_other_ones_give_the_same_bytes(
    stack: str, project: JarvisProject, renderings: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[str] = []

    def placeholder(_: rehearsal.Keys) -> str:
        given.append(f"a-Known-secret-number-{len(given)}-".ljust(40, "x"))
        return given[-1]

    monkeypatch.setattr(rehearsal, "_placeholder", placeholder)
    rendering = rendering_of(plan_of(session_in(project.root, stack)))
    files = files_of(rendering, gitops_settings(project.root / f"Pulumi.{stack}.yaml"), stack)
    before = content(renderings[stack])
    assert {name: text.encode() for name, text in files.items()} == {
        name: before[name] for name in before.keys() - {MARKER}
    }
    text = "\n".join(files.values())
    if rendering.secrets:
        assert len(given) >= 5
    for value in given:
        assert value not in text
        assert base64.b64encode(value.encode()).decode() not in text
        for digest in (hashlib.sha256, hashlib.sha1, hashlib.md5):
            assert digest(value.encode()).hexdigest() not in text


def test_no_secret_of_the_deployed_stack_is_anywhere(
    dev_stack: JarvisProject, kubectl: Kubectl, tmp_path: Path
) -> None:
    assert render(dev_stack, "dev", tmp_path / "out").returncode == 0
    text = b"\n".join(content(tmp_path / "out").values()).decode()
    secrets = kubectl.get("secrets", "-n", "jarvis-development")["items"]
    required = yaml.safe_load((tmp_path / "out" / "required-secrets.yaml").read_text())["requiredSecrets"]
    assert {item["name"]: item["keys"] for item in required} == {
        item["metadata"]["name"]: sorted(item["data"]) for item in secrets
    }
    encoded = {value for item in secrets for value in item["data"].values() if len(base64.b64decode(value)) >= 16}
    assert len(encoded) >= 4
    for value in encoded:
        assert value not in text
        assert base64.b64decode(value).decode() not in text


def test_the_server_admits_the_folder_over_the_stack_that_pulumi_deployed(
    dev_stack: JarvisProject, renderings: dict[str, Path], kubectl: Kubectl
) -> None:
    """Server-side apply, as Argo CD does it: nothing immutable differs, so it can take a running stack over."""
    folder = str(renderings["dev"] / "manifests")
    built = list(yaml.safe_load_all(kubectl("kustomize", folder)))
    assert built == manifests(renderings["dev"])
    done = kubectl("apply", "-k", folder, "--server-side", "--force-conflicts", "--dry-run=server", "--validate=strict")
    assert len(done.splitlines()) == len(built)


def admitted(kubectl: Kubectl, objects: list[dict[str, Any]]) -> int:
    """How many of the objects the server would take, moved into a namespace that there is."""
    place = "render-check"
    kubectl("create", "namespace", place)
    try:
        moved = [{**item, "metadata": {**item["metadata"], "namespace": place}} for item in objects]
        listed = {"apiVersion": "v1", "kind": "List", "items": moved}
        done = kubectl("apply", "-f", "-", "--server-side", "--dry-run=server", "--validate=strict", manifest=listed)
        return len(done.splitlines())
    finally:
        kubectl("delete", "namespace", place, "--wait=true", "--timeout=60s")


@pytest.mark.parametrize("stack", STACKS)
def test_the_server_admits_every_built_in_kind_of_each_stack(
    stack: str, renderings: dict[str, Path], kubectl: Kubectl
) -> None:
    objects = [item for item in manifests(renderings[stack]) if "namespace" in item["metadata"]]
    built_in = [item for item in objects if item["apiVersion"] in BUILT_IN]
    assert admitted(kubectl, built_in) == len(built_in) > 30


@pytest.mark.parametrize("stack", STACKS)
def test_operators_published_definitions_admit_every_custom_kind_of_each_stack(
    stack: str, renderings: dict[str, Path], kubectl: Kubectl
) -> None:
    objects = [item for item in manifests(renderings[stack]) if "namespace" in item["metadata"]]
    custom = [item for item in objects if item["apiVersion"] not in BUILT_IN]
    if not custom:
        pytest.skip(f"{stack} has no object of a custom kind")
    install_published_kinds(kubectl)
    assert admitted(kubectl, custom) == len(custom)
    for item in custom:
        options = item["metadata"]["annotations"]["argocd.argoproj.io/sync-options"]
        assert "SkipDryRunOnMissingResource=true" in options


def test_secrets_of_a_store_are_rendered_as_references_and_nothing_has_to_be_made_by_hand(
    tmp_path: Path, kubectl: Kubectl
) -> None:
    project = clone(tmp_path / "project")
    file = project.root / "Pulumi.dev.yaml"
    document = yaml.safe_load(file.read_text())
    store = {"kind": "external-secrets", "store": {"name": "vault"}, "entry": "jarvis/dev"}
    operator = {"externalSecrets": {"kind": "external"}}
    document["config"] |= {"jarvis:secrets": store, "jarvis:platform": operator, "jarvis:protect": True}
    file.write_text(yaml.safe_dump(document))
    out = tmp_path / "out"
    done = render(project, "dev", out)
    assert done.returncode == 0, done.stderr
    assert not (out / "required-secrets.yaml").exists()
    objects = manifests(out)
    external = [item for item in objects if item["kind"] == "ExternalSecret"]
    assert len(external) >= 4
    claims = [
        item for item in objects if item["kind"] == "PersistentVolumeClaim" and "data" in item["metadata"]["name"]
    ]
    options = {item["metadata"]["annotations"].get("argocd.argoproj.io/sync-options") for item in claims}
    assert "Prune=false,Delete=false" in options
    install_published_kinds(kubectl, "external-secrets")
    assert admitted(kubectl, external) == len(external)


def test_argo_cd_s_own_definitions_admit_its_objects(renderings: dict[str, Path], kubectl: Kubectl) -> None:
    install_published_kinds(kubectl, "argo-cd")
    kubectl("apply", "-f", "-", manifest={"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "argocd"}})
    # As Argo CD applies: a stack that another test has deployed has the same objects, by Pulumi.
    checked = ("--server-side", "--force-conflicts", "--dry-run=server", "--validate=strict")
    for stack in STACKS:
        done = kubectl("apply", "-k", str(renderings[stack] / "argocd"), *checked)
        assert f"application.argoproj.io/{namespace_of(renderings[stack])} serverside-applied" in done
        if (renderings[stack] / "addons").is_dir():
            addons = renderings[stack] / "addons"
            kubectl("apply", "-k", str(addons), *checked)
        allowed = yaml.safe_load((renderings[stack] / "argocd" / "project.yaml").read_text())["spec"]
        used = {kind_of(item) for item in manifests(renderings[stack]) if "namespace" in item["metadata"]}
        listed = {(item["group"], item["kind"]) for item in allowed["namespaceResourceWhitelist"]}
        assert used <= listed <= used | {("", "Pod"), ("apps", "ReplicaSet"), ("batch", "Job")}


def namespace_of(rendering: Path) -> str:
    return yaml.safe_load((rendering / "argocd" / "application.yaml").read_text())["metadata"]["name"]


def kind_of(item: dict[str, Any]) -> tuple[str, str]:
    return item["apiVersion"].rpartition("/")[0], item["kind"]


@pytest.mark.parametrize(
    ("stack", "hosts"),
    [
        (CLOUDS[0], {"aws:rds/instance:Instance", "aws:elasticache/replicationGroup:ReplicationGroup"}),
        (CLOUDS[1], {"azure-native:dbforpostgresql:Server", "azure-native:redisenterprise:Database"}),
    ],
)
def test_values_of_the_cloud_are_placeholders_that_are_listed(
    stack: str, hosts: set[str], renderings: dict[str, Path]
) -> None:
    rendering = renderings[stack]
    listed = yaml.safe_load((rendering / "required-values.yaml").read_text())["requiredValues"]
    written = [text for part in ("manifests", "addons") for text in content(rendering / part).values()]
    assert b"".join(written).count(PLACEHOLDER.encode()) == len(listed) > 0
    (config,) = (item for item in manifests(rendering) if item["metadata"]["name"] == "jarvis-config")
    paths = {item["path"] for item in listed if item["name"] == "jarvis-config"}
    assert paths == {f"data.{key}" for key, value in config["data"].items() if value == PLACEHOLDER}
    assert paths >= {"data.POSTGRES_HOST", "data.REDIS_HOST"}
    (of,) = (item["of"] for item in listed if item["path"] == "data.POSTGRES_HOST")
    assert hosts <= {source.split()[0] for source in of}
    assert PLACEHOLDER in (rendering / "README.md").read_text()


@pytest.mark.parametrize("stack", sorted({*STACKS} - {*CLOUDS}))
def test_a_stack_without_a_cloud_has_no_placeholder(stack: str, renderings: dict[str, Path]) -> None:
    assert not (renderings[stack] / "required-values.yaml").exists()
    assert PLACEHOLDER.encode() not in b"".join(content(renderings[stack]).values())


def test_a_helm_release_is_planned_without_fetching_its_chart(project: JarvisProject) -> None:
    def program() -> None:
        k8s.helm.v3.Release(
            "cert-manager",
            name="cert-manager",
            chart="cert-manager",
            version="v1.21.1",
            namespace="cert-manager",
            create_namespace=True,
            repository_opts=k8s.helm.v3.RepositoryOptsArgs(repo="https://charts.example.com"),
            values={"replicaCount": 2, "crds": {"enabled": True}},
            opts=cluster(),
        )

    rendering = rendering_of(plan_of(session_in(project.root, "dev", program)))
    assert rendering.manifests == ()
    (release,) = rendering.releases
    assert release.inputs["values"] == {"replicaCount": 2, "crds": {"enabled": True}}
    assert release.inputs["repositoryOpts"] == {"repo": "https://charts.example.com"}


def cluster() -> pulumi.ResourceOptions:
    return pulumi.ResourceOptions(provider=k8s.Provider("cluster"))


def leaks_a_secret() -> None:
    data = {"url": pulumi.Output.concat("redis://:", pulumi.Output.secret("p4ssw0rd"), "@redis")}
    k8s.core.v1.ConfigMap("leaky", metadata={"name": "leaky", "namespace": "a"}, data=data, opts=cluster())


def needs_what_is_not_there() -> None:
    made = random.RandomId("made", byte_length=4)
    k8s.core.v1.ConfigMap("early", metadata={"name": "early", "namespace": "a"}, data={"id": made.hex}, opts=cluster())


def is_refused_by_itself() -> None:
    raise pulumi.RunError("jarvis:app is not to the program's taste.")


def is_broken() -> None:
    raise KeyError("p4ssw0rd")


@pytest.mark.parametrize(
    ("program", "sentence"),
    [
        (leaks_a_secret, "ConfigMap leaky cannot be written: its data.url is a secret."),
        (needs_what_is_not_there, "its data.id is known only once something else is deployed."),
        (is_refused_by_itself, "jarvis:app is not to the program's taste."),
        (is_broken, "The program failed with KeyError"),
    ],
)
def test_a_program_that_cannot_be_rendered_is_told_why(
    program: Callable[[], None], sentence: str, project: JarvisProject
) -> None:
    with pytest.raises(AutomationError) as raised:
        rendering_of(plan_of(session_in(project.root, "dev", program)))
    assert sentence in str(raised.value)
    assert "Traceback" not in str(raised.value)
    assert len(str(raised.value).splitlines()) == 1


def test_a_killed_process_leaves_the_folder_as_it_was(project: JarvisProject, tmp_path: Path) -> None:
    earlier = tmp_path / "earlier"
    assert render(project, "dev", earlier).returncode == 0
    (earlier / "manifests" / "kustomization.yaml").write_text("changed\n")
    before = content(earlier)
    for out in (tmp_path / "new", earlier):
        with subprocess.Popen(
            command(project, "dev", out), cwd=REPOSITORY, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env=without_cluster({}),
        ) as process:  # fmt: skip
            under_way = project.root / ".state" / "renderings" / f".dev.{process.pid}.rendering" / "state"
            while not under_way.exists() and process.poll() is None:
                time.sleep(0.01)
            process.send_signal(signal.SIGKILL)
        assert process.returncode == -signal.SIGKILL
    assert not (tmp_path / "new").exists()
    assert content(earlier) == before
    assert render(project, "dev", earlier).returncode == 0
    assert content(earlier) != before
    assert list((project.root / ".state" / "renderings").iterdir()) == []


def test_wrong_use_is_one_sentence_and_exit_code_2(project: JarvisProject, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.mkdir()
    (taken / "precious").write_text("x")
    shutil.copytree(taken, tmp_path / "copy")
    for stack, out, words in (
        ("dev", taken, "is not empty and holds no rendering"),
        ("dev", taken / "precious", "is a file"),
        ("nowhere", tmp_path / "new", "There is no stack 'nowhere'"),
    ):
        done = render(project, stack, out)
        assert done.returncode == 2
        assert words in done.stderr
        assert len(done.stderr.splitlines()) == 1
        assert done.stdout == ""
    assert content(taken) == content(tmp_path / "copy")
    without = subprocess.run(
        command(project, "dev", taken)[:-2], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert without.returncode == 2
    assert "--out" in without.stderr


def test_a_marker_lists_every_file(renderings: dict[str, Path]) -> None:
    for rendering in renderings.values():
        files = content(rendering)
        marker = yaml.safe_load(files.pop(MARKER))
        assert set(marker["files"]) == set(files)
