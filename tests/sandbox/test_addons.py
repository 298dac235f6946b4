"""A second stack that would install a cluster's add-ons is told so before anything is made."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from automation.addons import AddonRelease, refuse_installed
from automation.cluster import ClusterAddress
from automation.errors import AutomationError
from tests.support.jarvis_project import REPOSITORY, JarvisProject
from tests.support.kubectl import Kubectl

NAMESPACE = "addons-of-another"
ADDON = AddonRelease("jarvis:platform.certManager", "cert-manager", NAMESPACE)
URN = "urn:pulumi:dev::jarvis::jarvis:platform:Addons$kubernetes:helm.sh/v3:Release::cert-manager"
RELEASE = {"type": "kubernetes:helm.sh/v3:Release", "urn": URN}
SENTENCE = (
    "jarvis:platform.certManager: the cluster has the Helm release cert-manager in the namespace addons-of-another "
    "already, and dev did not install it. One stack of a cluster installs an add-on for all of them: set its kind to "
    "external in Pulumi.dev.yaml."
)


@pytest.fixture(scope="module")
def installed(kubectl: Kubectl) -> Iterator[ClusterAddress]:
    """What Helm leaves of a release, and of one that was removed but not forgotten."""
    kubectl("create", "namespace", NAMESPACE)
    for name, status in (("cert-manager", "deployed"), ("gone", "uninstalled")):
        secret = {
            "apiVersion": "v1",
            "kind": "Secret",
            "type": "helm.sh/release.v1",
            "metadata": {
                "name": f"sh.helm.release.v1.{name}.v1",
                "namespace": NAMESPACE,
                "labels": {"owner": "helm", "name": name, "status": status, "version": "1"},
            },
            "stringData": {"release": "x"},
        }
        kubectl("apply", "--server-side", "-f", "-", manifest=secret)
    yield ClusterAddress(str(kubectl.plane.kubeconfig), None)
    kubectl("delete", "namespace", NAMESPACE, "--wait=false")


def test_a_release_of_somebody_else_is_refused_with_its_sentence(installed: ClusterAddress) -> None:
    with pytest.raises(AutomationError) as refused:
        refuse_installed([ADDON], {}, installed, "dev")
    assert str(refused.value) == SENTENCE


@pytest.mark.parametrize(
    "deployment",
    [{"resources": [RELEASE]}, {"pending_operations": [{"resource": RELEASE, "type": "creating"}]}],
    ids=["made", "begun by a run that was killed"],
)
def test_one_s_own_release_is_none_of_somebody_else(deployment: dict[str, object], installed: ClusterAddress) -> None:
    refuse_installed([ADDON], deployment, installed, "dev")


def test_what_is_not_there_is_not_refused(installed: ClusterAddress) -> None:
    there_not = [AddonRelease("x", "gone", NAMESPACE), AddonRelease("x", "cert-manager", "default")]
    refuse_installed(there_not, {}, installed, "dev")


def test_a_cluster_that_does_not_answer_is_the_engine_s_to_report(tmp_path: Path) -> None:
    refuse_installed([ADDON], {}, ClusterAddress(str(tmp_path / "none"), None), "dev")


def test_a_preview_says_it_before_the_engine_runs(installed: ClusterAddress, tmp_path: Path, kubectl: Kubectl) -> None:
    project = JarvisProject.create(tmp_path, kubectl.plane)
    addon = {"kind": "helm", "namespace": NAMESPACE}
    project.change(
        "dev", {"jarvis:platform": {"certManager": addon}, "jarvis:cluster.kubeconfig": installed.kubeconfig}
    )
    command = [part for part in project.command("preview", "dev", "--offline") if part != "--sandbox"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode != 0
    assert SENTENCE in done.stderr
    assert "Traceback" not in done.stderr
