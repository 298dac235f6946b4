"""Fixtures that every kind of test may use."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.control_plane import ControlPlane
from sandbox.toolchain import Toolchain
from tests.support.graph import Resource
from tests.support.jarvis_project import STACKS, Deployed, JarvisProject
from tests.support.kubectl import Kubectl


def pytest_configure() -> None:
    """Before gRPC is used: its fork handlers can break what a test starts after it has talked to the engine."""
    os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "false")


@pytest.fixture(scope="session")
def toolchain() -> Toolchain:
    """The pinned Go tools; built on first use where the cache lacks them."""
    return Toolchain()


@pytest.fixture(scope="session")
def control_plane(tmp_path_factory: pytest.TempPathFactory, toolchain: Toolchain) -> Iterator[ControlPlane]:
    """A sandbox of this test process' own, with a state folder and ports of its own; stopped at the end."""
    plane = ControlPlane(tmp_path_factory.mktemp("sandbox"), toolchain)
    plane.start()
    yield plane
    plane.stop()


@pytest.fixture(scope="session")
def kubectl(control_plane: ControlPlane, toolchain: Toolchain) -> Kubectl:
    """kubectl as the shared sandbox's administrator."""
    return Kubectl(control_plane, toolchain)


@pytest.fixture(scope="session")
def dev_stack(tmp_path_factory: pytest.TempPathFactory, control_plane: ControlPlane) -> JarvisProject:
    """The dev stack as its stack file is, deployed by the real engine; tests leave it as they found it."""
    project = JarvisProject.create(tmp_path_factory.mktemp("dev"), control_plane)
    project.json("up", "dev")
    return project


@pytest.fixture(scope="session")
def staging_stack(tmp_path_factory: pytest.TempPathFactory, control_plane: ControlPlane) -> JarvisProject:
    """The staging stack as its stack file is, deployed in the same way."""
    project = JarvisProject.create(tmp_path_factory.mktemp("staging"), control_plane)
    project.json("up", "staging")
    return project


@pytest.fixture(scope="session")
def production_stack(tmp_path_factory: pytest.TempPathFactory, control_plane: ControlPlane) -> JarvisProject:
    """The production stack as its stack file is, with placeholders for its secrets, deployed in the same way."""
    project = JarvisProject.create(tmp_path_factory.mktemp("production"), control_plane)
    project.json("up", "production")
    return project


def rehearsed(stack: str, folder: Path, plane: ControlPlane) -> JarvisProject:
    """A cloud's stack as its stack file is: its cloud is planned, its objects are deployed."""
    project = JarvisProject.create(folder, plane)
    project.json("up", stack)
    return project


@pytest.fixture(scope="session")
def production_aws_stack(tmp_path_factory: pytest.TempPathFactory, control_plane: ControlPlane) -> JarvisProject:
    """The production-aws stack, rehearsed."""
    return rehearsed("production-aws", tmp_path_factory.mktemp("production-aws"), control_plane)


@pytest.fixture(scope="session")
def production_azure_stack(tmp_path_factory: pytest.TempPathFactory, control_plane: ControlPlane) -> JarvisProject:
    """The production-azure stack, rehearsed."""
    return rehearsed("production-azure", tmp_path_factory.mktemp("production-azure"), control_plane)


@pytest.fixture(scope="session", params=sorted(STACKS))
def deployed(request: pytest.FixtureRequest) -> Deployed:
    """Each of these stacks in turn."""
    return Deployed(request.param, request.getfixturevalue(f"{request.param.replace('-', '_')}_stack"))


@pytest.fixture
def resources(deployed: Deployed) -> list[Resource]:
    """What the engine recorded of it, secrets encrypted."""
    return deployed.resources
