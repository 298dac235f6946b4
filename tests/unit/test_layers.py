"""Arrows point one way: __main__ to infra to components; automation and sandbox are imported by neither."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FORBIDDEN = {
    "components": {"infra", "automation", "sandbox", "policies", "tests"},
    "infra": {"automation", "sandbox", "policies", "tests"},
    "sandbox": {"infra", "components", "automation", "policies", "tests"},
    "automation": {"policies", "tests"},
    "policies": {"infra", "automation", "sandbox", "tests"},
}
SHARED = {"aws", "azure", "kubernetes", "settings"}


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


@pytest.mark.parametrize("package", FORBIDDEN)
def test_no_arrow_points_back(package: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in (ROOT / package).rglob("*.py")
        for name in imports(path)
        if name.split(".")[0] in FORBIDDEN[package]
    ]
    assert not wrong


def test_a_family_knows_of_others_by_their_contracts_only() -> None:
    wrong: list[str] = []
    for path in (ROOT / "components").rglob("*.py"):
        family = path.relative_to(ROOT / "components").parts[0]
        for name in imports(path):
            parts = name.split(".")
            if (
                parts[0] == "components"
                and len(parts) > 1
                and parts[1] not in SHARED | {family}
                and parts[-1] != "contract"
            ):
                wrong.append(f"{path.relative_to(ROOT)} imports {name}")
    assert not wrong


def test_components_never_read_pulumi_config_nor_ask_for_the_stack() -> None:
    words = ("pulumi.Config(", "get_stack(", "get_project(", "runtime.config")
    wrong = [
        str(path) for path in (ROOT / "components").rglob("*.py") if any(word in path.read_text() for word in words)
    ]
    assert not wrong


def test_a_kubernetes_stack_imports_no_cloud_sdk() -> None:
    code = "import sys, infra.program; print([m for m in sys.modules if m.startswith(('pulumi_aws', 'pulumi_azure'))])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_files_hold_one_idea_each() -> None:
    packages = ("infra", "components", "automation", "sandbox", "policies", "benchmarks")
    long = [
        f"{path.relative_to(ROOT)}: {len(path.read_text().splitlines())} lines"
        for package in packages
        for path in (ROOT / package).rglob("*.py")
        if len(path.read_text().splitlines()) > 330
    ]
    assert not long
