"""Wrong settings of add-ons, admission, certificates and GitOps: each gives its exact sentence, and only that."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.settings.stacks import Case, assert_refused, staging

GIT = {"repoUrl": "https://git.example.com/jarvis/deployments.git", "path": "clusters/staging"}
LABEL = "lower-case letters, digits and hyphens, 63 characters at most, no hyphen first or last (RFC 1123)"
OBJECT = "a Kubernetes object's name: lower-case letters, digits, hyphens and dots, 253 characters at most"
REGISTRY = (
    "a registry's host, with a port and the beginning of a path where needed, such as "
    "registry.jarvis.local:5000 or docker.io/library"
)
MIRROR = "a registry, perhaps with a port and a path, such as registry.example.com:5000/mirror"
SUBJECT = (
    "a name as the cluster's authentication gives it, such as marie@jarvis.local; names that begin with "
    "system: are Kubernetes' own"
)
REPOSITORY = (
    "the https or ssh address of a Git repository, with no password in it, such as "
    "https://git.example.com/jarvis/deployments.git"
)
SET = "\n    pulumi config set --path"

CASES: dict[str, Case] = {
    # platform
    "addon of no kind": (
        staging,
        {"platform.certManager": {"kind": "olm"}},
        'jarvis:platform.certManager.kind is "olm"; it must be external, helm or none.',
    ),
    "addon a word": (
        staging,
        {"platform.certManager": "helm"},
        'jarvis:platform.certManager is "helm"; it must be a mapping.',
    ),
    "addon without its kind": (
        staging,
        {"platform.certManager": {"replicas": 2}},
        f"jarvis:platform.certManager.kind is missing; it must be external, helm or none.{SET} "
        "'jarvis:platform.certManager.kind' VALUE --stack dev",
    ),
    "addon that nobody knows": (
        staging,
        {"platform.istio": {"kind": "helm"}},
        "jarvis:platform.istio is not a setting; allowed here are ...",
    ),
    "addon misspelt": (
        staging,
        {"platform.certmanager": {"kind": "helm"}},
        "jarvis:platform.certmanager is not a setting (did you mean certManager?); allowed here are ...",
    ),
    "traefik by helm": (
        staging,
        {"platform.traefik": {"kind": "helm"}},
        'jarvis:platform.traefik.kind is "helm"; it must be external or none.',
    ),
    "values of an external addon": (
        staging,
        {"platform.metricsServer": {"kind": "external", "values": {}}},
        "jarvis:platform.metricsServer.values is not a setting; allowed here are kind.",
    ),
    "version without its images": (
        staging,
        {"platform.certManager": {"kind": "helm", "version": "v1.20.0"}},
        "jarvis:platform.certManager: version and appVersion go together: the chart's own and that of the "
        "images in it.",
    ),
    "version a range": (
        staging,
        {"platform.certManager": {"kind": "helm", "version": "1.x", "appVersion": "v1.20.0"}},
        'jarvis:platform.certManager.version is "1.x"; it must be one chart version, such as 0.29.0 or '
        "v1.21.1.",
    ),
    "six of a controller": (
        staging,
        {"platform.certManager": {"kind": "helm", "replicas": 6}},
        "jarvis:platform.certManager.replicas is the number 6; it must be a whole number from 1 to 5.",
    ),
    "values a list": (
        staging,
        {"platform.certManager": {"kind": "helm", "values": ["a"]}},
        "jarvis:platform.certManager.values is a list; it must be a mapping.",
    ),
    "impatient": (
        staging,
        {"platform.certManager": {"kind": "helm", "timeoutSeconds": 10}},
        "jarvis:platform.certManager.timeoutSeconds is the number 10; it must be a whole number from 60 to "
        "3600.",
    ),
    "mirror with a scheme": (
        staging,
        {"platform.mirror": {"registry": "https://registry.jarvis.local"}},
        f'jarvis:platform.mirror.registry is "https://registry.jarvis.local"; it must be {MIRROR}.',
    ),
    "mirror of nothing": (
        staging,
        {"platform.mirror": {"charts": "registry.jarvis.local/charts"}},
        f"jarvis:platform.mirror.registry is missing; it must be {MIRROR}.{SET} "
        "'jarvis:platform.mirror.registry' VALUE --stack dev",
    ),
    "mirror's pull secret in capitals": (
        staging,
        {"platform.mirror": {"registry": "registry.jarvis.local", "pullSecrets": ["Registry"]}},
        f'jarvis:platform.mirror.pullSecrets[0] is "Registry"; it must be {LABEL}.',
    ),
    # security
    "action unknown": (
        staging,
        {"security.admission.registries": {"action": "Refuse"}},
        'jarvis:security.admission.registries.action is "Refuse"; it must be Deny, Warn, Audit or Off.',
    ),
    "action in small letters": (
        staging,
        {"security.admission.privileges": {"action": "deny"}},
        'jarvis:security.admission.privileges.action is "deny"; it must be Deny, Warn, Audit or Off (did '
        "you mean Deny?).",
    ),
    "no registry at all": (
        staging,
        {"security.admission.registries": {"allowed": []}},
        "jarvis:security.admission.registries.allowed is an empty list; it must be one registry or more, or "
        "absent.",
    ),
    "registry a bare name": (
        staging,
        {"security.admission.registries": {"allowed": ["jarvis"]}},
        f'jarvis:security.admission.registries.allowed[0] is "jarvis"; it must be {REGISTRY}.',
    ),
    "registry with a scheme": (
        staging,
        {"security.admission.registries": {"allowed": ["https://registry.jarvis.local"]}},
        'jarvis:security.admission.registries.allowed[0] is "https://registry.jarvis.local"; it must be '
        f"{REGISTRY}.",
    ),
    "pattern without a tag": (
        staging,
        {"security.admission.imageTags": {"allowed": ["jarvis"]}},
        'jarvis:security.admission.imageTags.allowed[0] is "jarvis"; it must be an image with its tag, * '
        "for any part of a name, such as jarvis-*:staging.",
    ),
    "mutable tag with a slash": (
        staging,
        {"security.admission.imageTags": {"mutableTags": ["a/b"]}},
        'jarvis:security.admission.imageTags.mutableTags[0] is "a/b"; it must be a container image tag: '
        "letters, digits, dots, hyphens and underscores, 128 at most, such as 1.9.0.",
    ),
    "exposed Service in capitals": (
        staging,
        {"security.admission.services": {"allowed": ["Jarvis"]}},
        f'jarvis:security.admission.services.allowed[0] is "Jarvis"; it must be {LABEL}.',
    ),
    "policy that nobody knows": (
        staging,
        {"security.admission.images": {"action": "Deny"}},
        "jarvis:security.admission.images is not a setting (did you mean imageTags?); allowed here are ...",
    ),
    "operators a list": (
        staging,
        {"security.access": {"operators": ["marie"]}},
        "jarvis:security.access.operators is a list; it must be a mapping.",
    ),
    "user of Kubernetes' own": (
        staging,
        {"security.access": {"operators": {"users": ["system:admin"]}}},
        f'jarvis:security.access.operators.users[0] is "system:admin"; it must be {SUBJECT}.',
    ),
    "group with a space at its end": (
        staging,
        {"security.access": {"viewers": {"groups": ["team "]}}},
        f'jarvis:security.access.viewers.groups[0] is "team "; it must be {SUBJECT}.',
    ),
    "ServiceAccount without its namespace": (
        staging,
        {"security.access": {"operators": {"serviceAccounts": ["deployer"]}}},
        'jarvis:security.access.operators.serviceAccounts[0] is "deployer"; it must be namespace/name of a '
        "ServiceAccount, such as ci/deployer.",
    ),
    # certificates
    "certificates of no kind": (
        staging,
        {"certificates": {"kind": "acme"}},
        'jarvis:certificates.kind is "acme"; it must be cert-manager or none.',
    ),
    "authority of no kind": (
        staging,
        {"certificates": {"kind": "cert-manager", "authority": {"kind": "vault"}}},
        'jarvis:certificates.authority.kind is "vault"; it must be ClusterIssuer, Issuer or internal.',
    ),
    "authority without its kind": (
        staging,
        {"certificates": {"kind": "cert-manager", "authority": {"name": "ca"}}},
        f"jarvis:certificates.authority.kind is missing; it must be ClusterIssuer, Issuer or internal.{SET} "
        "'jarvis:certificates.authority.kind' VALUE --stack dev",
    ),
    "issuer without a name": (
        staging,
        {"certificates": {"kind": "cert-manager", "authority": {"kind": "ClusterIssuer"}}},
        f"jarvis:certificates.authority.name is missing; it must be {OBJECT}.{SET} "
        "'jarvis:certificates.authority.name' VALUE --stack dev",
    ),
    "issuer's name in capitals": (
        staging,
        {"certificates": {"kind": "cert-manager", "authority": {"kind": "Issuer", "name": "CA"}}},
        f'jarvis:certificates.authority.name is "CA"; it must be {OBJECT}.',
    ),
    "renewed without end": (
        staging,
        {"certificates": {"kind": "cert-manager", "lifetime": {"durationDays": 30, "renewBeforeDays": 30}}},
        "jarvis:certificates.lifetime: renewBeforeDays 30 must be below durationDays 30: the certificate "
        "would be replaced without end.",
    ),
    "authority that ends first": (
        staging,
        {"certificates": {"kind": "cert-manager", "lifetime": {"durationDays": 400, "renewBeforeDays": 30}}},
        "jarvis:certificates: authority.lifetime.renewBeforeDays 365 must be at least lifetime.durationDays "
        "400: the authority's certificate would end before those that it signs.",
    ),
    "lifetime of an issuer": (
        staging,
        {"certificates": {"kind": "cert-manager", "authority": {"kind": "Issuer", "name": "ca", "lifetime": {}}}},
        "jarvis:certificates.authority.lifetime is not a setting; allowed here are name, kind.",
    ),
    "no certificates with a lifetime": (
        staging,
        {"certificates": {"kind": "none", "lifetime": {}}},
        "jarvis:certificates.lifetime is not a setting; allowed here are kind.",
    ),
    # gitops
    "repository missing": (
        staging,
        {"gitops": {"path": "clusters/staging"}},
        f"jarvis:gitops.repoUrl is missing; it must be {REPOSITORY}.{SET} 'jarvis:gitops.repoUrl' VALUE "
        "--stack dev",
    ),
    "repository over http": (
        staging,
        {"gitops": {**GIT, "repoUrl": "http://git.example.com/jarvis.git"}},
        f'jarvis:gitops.repoUrl is "http://git.example.com/jarvis.git"; it must be {REPOSITORY}.',
    ),
    "password in the address": (
        staging,
        {"gitops": {**GIT, "repoUrl": "https://user:pw@git.example.com/jarvis.git"}},
        f'jarvis:gitops.repoUrl is "https://...@git.example.com/jarvis.git"; it must be {REPOSITORY}.',
    ),
    "path with a slash first": (
        staging,
        {"gitops": {**GIT, "path": "/clusters"}},
        'jarvis:gitops.path is "/clusters"; it must be a folder of the repository, without a slash first or '
        "last, such as clusters/staging.",
    ),
    "revision with a space": (
        staging,
        {"gitops": {**GIT, "targetRevision": "my branch"}},
        'jarvis:gitops.targetRevision is "my branch"; it must be a branch, a tag or a commit, such as main.',
    ),
    "destination twice": (
        staging,
        {"gitops": {**GIT, "destination": {"server": "https://10.0.0.1:6443", "name": "staging"}}},
        "jarvis:gitops.destination: server and name mean the same cluster: give one of them.",
    ),
    "server over http": (
        staging,
        {"gitops": {**GIT, "destination": {"server": "http://10.0.0.1"}}},
        'jarvis:gitops.destination.server is "http://10.0.0.1"; it must be the https address of an API '
        "server.",
    ),
    "pauses that shrink": (
        staging,
        {"gitops": {**GIT, "syncPolicy": {"retry": {"backoffSeconds": 60, "maxBackoffSeconds": 30}}}},
        "jarvis:gitops.syncPolicy.retry: maxBackoffSeconds 30 is below backoffSeconds 60.",
    ),
    "pruning a word": (
        staging,
        {"gitops": {**GIT, "syncPolicy": {"prune": "yes"}}},
        'jarvis:gitops.syncPolicy.prune is "yes"; it must be true or false, without quotes.',
    ),
    "gitops a list": (
        staging,
        {"gitops": [{**GIT}]},
        "jarvis:gitops is a list; it must be a mapping.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_sentence(name: str, tmp_path: Path) -> None:
    assert_refused(tmp_path, *CASES[name])
