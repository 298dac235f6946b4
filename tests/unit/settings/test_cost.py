"""Checking a stack file is cheap: it imports neither the engine's SDK nor any provider's."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.unit.settings.stacks import ROOT

PROGRAM = """
import json, sys
from pathlib import Path
from infra.settings.load import load_stack_file
load_stack_file(Path("Pulumi.dev.yaml"))
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def test_imports() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=ROOT, check=True, capture_output=True, text=True)
    loaded = set(json.loads(done.stdout))
    assert "pydantic" in loaded
    heavy = {
        "pulumi",
        "pulumi_kubernetes",
        "pulumi_random",
        "grpc",
        "kubernetes",
        "grafana_foundation_sdk",
        "jsonschema",
    }
    assert loaded & heavy == set()
