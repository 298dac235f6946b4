"""The generated configuration under Alloy's own parser: its syntax, and that its parts are wired to each other."""

from __future__ import annotations

import itertools
import json
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from components.monitoring.logs.alloy_config import SECRETS, AlloyConfig, alloy_config
from sandbox.toolchain import Toolchain
from tests.support.prometheus import promtool

FLAGS = list(itertools.product([True, False], repeat=3))
COMPONENT = re.compile(r'^([a-z_.]+) "(\w+)" \{', re.MULTILINE)
REFERENCE = re.compile(r"\b((?:discovery|loki)\.[a-z_.]+)\.(\w+)\.(receiver|targets|output)\b")


def text(events: bool = True, redact: bool = True, clustered: bool = True) -> str:
    return alloy_config(AlloyConfig('jarvis-"test"', "test", "http://loki:3100", events, redact, clustered))


def parse(directory: Path, source: str) -> subprocess.CompletedProcess[str]:
    file = directory / "config.alloy"
    file.write_text(source)
    program = Toolchain().ensure("alloysyntax")["alloysyntax"]
    return subprocess.run([program, file], capture_output=True, text=True, check=False, timeout=30)


@pytest.mark.parametrize(("events", "redact", "clustered"), FLAGS)
def test_alloy_s_parser_accepts_the_configuration(events: bool, redact: bool, clustered: bool, tmp_path: Path) -> None:
    done = parse(tmp_path, text(events, redact, clustered))
    assert done.returncode == 0, done.stderr


def test_alloy_s_parser_would_find_a_mistake(tmp_path: Path) -> None:
    done = parse(tmp_path, text().replace("targets    =", "targets    ="[:-1], 1))
    assert done.returncode == 1
    assert "config.alloy:" in done.stderr


@pytest.mark.parametrize(("events", "redact", "clustered"), FLAGS)
def test_every_part_leads_to_one_that_is_there(events: bool, redact: bool, clustered: bool) -> None:
    source = text(events, redact, clustered)
    there = set(COMPONENT.findall(source))
    used = {(kind, label) for kind, label, _ in REFERENCE.findall(source)}
    assert used
    assert used <= there
    # All but the sources, which nothing refers to, are used.
    assert {kind for kind, _ in there - used} <= {"loki.source.kubernetes", "loki.source.kubernetes_events"}


@pytest.mark.parametrize("expression", SECRETS)
def test_go_s_regular_expressions_take_what_finds_secrets(expression: str, tmp_path: Path) -> None:
    # Prometheus' matchers are of the same engine, which knows less than Python's.
    rule = {"record": "own:matches:count", "expr": f"count(up{{line=~{json.dumps(expression)}}})"}
    (tmp_path / "rules.yml").write_text(yaml.safe_dump({"groups": [{"name": "own", "rules": [rule]}]}))
    done = promtool("check", "rules", tmp_path / "rules.yml")
    assert done.returncode == 0, done.stderr
    assert re.compile(expression).groups == 1
