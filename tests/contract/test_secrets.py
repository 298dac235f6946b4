"""Where passwords and keys may be, on the checkpoint that the real engine wrote."""

from __future__ import annotations

import re

from components.kubernetes.checksum import CHECKSUM_ANNOTATION
from tests.contract.support import (
    custom_resources,
    is_ciphertext,
    kubernetes_objects,
    object_name,
    pod_templates,
)
from tests.support.graph import Resource
from tests.support.jarvis_project import Deployed
from tests.support.pod_security import containers_of

SECRET_KEY = re.compile(r"password|passwd|secret|token|private|credential|api_?key", re.IGNORECASE)
SETS_A_PASSWORD = {"apply-password.sh"}
"""A script that reads the password from the Secret's file; its text holds none."""

SECRETS = {"dev": 4, "staging": 4, "production": 6, "production-aws": 3, "production-azure": 2}
"""How many Secrets a stack makes itself; those of its certificates are cert-manager's."""
GENERATED = {"dev": 5, "staging": 5, "production": 0, "production-aws": 0, "production-azure": 0}
"""How many passwords Pulumi makes up; production is given its."""
CHECKED = {"dev": 3, "staging": 3, "production": 3, "production-aws": 2, "production-azure": 2}
"""How many workloads read Secrets of the stack's own: in a cloud the stores are none."""


def test_secrets_are_ciphertext_in_the_state(deployed: Deployed, resources: list[Resource]) -> None:
    secrets = kubernetes_objects(resources, "Secret")
    assert len(secrets) == SECRETS[deployed.stack]
    for item in secrets:
        for side in ("inputs", "outputs"):
            values = {key: item[side][key] for key in ("data", "stringData") if key in item[side]}
            assert values, object_name(item)
            for value in values.values():
                assert is_ciphertext(value) or all(map(is_ciphertext, value.values())), object_name(item)


def test_generated_passwords_are_ciphertext_in_the_state(deployed: Deployed, resources: list[Resource]) -> None:
    generated = [item for item in custom_resources(resources) if item["type"].startswith("random:")]
    assert len(generated) == GENERATED[deployed.stack]
    for item in generated:
        assert is_ciphertext(item["outputs"]["result"])
        assert is_ciphertext(item["outputs"]["bcryptHash"])
        assert item["id"] == "none", "the id is in the clear"
        assert item["outputs"]["length"] >= 20


def test_no_configmap_has_a_key_that_names_a_secret(resources: list[Resource]) -> None:
    for item in kubernetes_objects(resources, "ConfigMap"):
        assert not [key for key in set(item["inputs"]["data"]) - SETS_A_PASSWORD if SECRET_KEY.search(key)]


def test_variables_that_name_a_secret_come_from_secrets(resources: list[Resource]) -> None:
    """Or name a file, which is mounted from one."""
    found = 0
    for template in pod_templates(resources):
        for container in containers_of(template.spec):
            for variable in container.get("env") or []:
                if not SECRET_KEY.search(variable["name"]):
                    continue
                found += 1
                if "value" in variable:
                    assert variable["name"].endswith("_FILE"), (template.name, variable["name"])
                else:
                    assert "secretKeyRef" in variable["valueFrom"], (template.name, variable["name"])
    assert found >= 6


def test_a_checksum_over_a_secret_is_secret_too(deployed: Deployed, resources: list[Resource]) -> None:
    """A digest in the clear would let a short password be guessed from the state; certificates hold none."""
    own = {item["inputs"]["metadata"]["name"] for item in kubernetes_objects(resources, "Secret")}
    found = 0
    for template in pod_templates(resources):
        checksum = (template.metadata.get("annotations") or {}).get(CHECKSUM_ANNOTATION)
        if checksum is not None and any(kind == "Secret" and name in own for kind, name in template.references):
            found += 1
            assert is_ciphertext(checksum), template.name
    assert found >= CHECKED[deployed.stack]
