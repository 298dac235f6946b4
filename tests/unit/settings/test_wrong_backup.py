"""Wrong settings of backups and of stores of secrets: each gives its exact sentence, and only that."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.settings.stacks import ABSENT, CIPHERTEXT, Case, assert_refused, production, staging

STORE = {"name": "vault"}
PLACE = {"bucket": "backups", "endpointUrl": "https://s3.example.com"}
MEMORY = "a whole number of bytes with a suffix (Ki, Mi, Gi, Ti, k, M, G or T), such as 512Mi or 20Gi"
LABEL = "lower-case letters, digits and hyphens, 63 characters at most, no hyphen first or last (RFC 1123)"
CRON = "a cron schedule of five fields (minute hour day month weekday), such as '0 2 * * *'"
BUCKET = "a bucket's name: 3 to 63 lower-case letters, digits, hyphens and dots, such as jarvis-backups"
SET = "\n    pulumi config set --path"

CASES: dict[str, Case] = {
    # backup
    "backup of no kind": (
        staging,
        {"backup.kind": "tape"},
        'jarvis:backup.kind is "tape"; it must be none, object-storage, s3 or volume.',
    ),
    "no schedule": (
        staging,
        {"backup.schedule": "daily"},
        f'jarvis:backup.schedule is "daily"; it must be {CRON}.',
    ),
    "schedule of six fields": (
        staging,
        {"backup.schedule": "0 0 2 * * *"},
        f'jarvis:backup.schedule is "0 0 2 * * *"; it must be {CRON}.',
    ),
    "kept no day": (
        staging,
        {"backup.retentionDays": 0},
        "jarvis:backup.retentionDays is the number 0; it must be a whole number from 1 to 3650.",
    ),
    "kept a text": (
        staging,
        {"backup.retentionDays": "30"},
        'jarvis:backup.retentionDays is "30"; it must be a whole number from 1 to 3650.\n    Leave the '
        "quotes out: 30",
    ),
    "volume without a size": (
        staging,
        {"backup.storage": {"storageClass": "fast-ssd"}},
        f"jarvis:backup.storage.size is missing; it must be {MEMORY}.{SET} 'jarvis:backup.storage.size' "
        "VALUE --stack dev",
    ),
    "bucket on a volume": (
        staging,
        {"backup.location": PLACE},
        "jarvis:backup.location is not a setting; allowed here are ...",
    ),
    "deadline of a second": (
        staging,
        {"backup.deadlineSeconds": 1},
        "jarvis:backup.deadlineSeconds is the number 1; it must be a whole number from 60 to 86400.",
    ),
    "location missing": (
        production,
        {"backup": {"kind": "object-storage", "second": PLACE}},
        "jarvis:backup.location is missing: A path in S3-compatible object storage.",
    ),
    "bucket missing": (
        production,
        {"backup.location": {"path": "postgres"}},
        f"jarvis:backup.location.bucket is missing; it must be {BUCKET}.{SET} "
        "'jarvis:backup.location.bucket' VALUE --stack dev",
    ),
    "bucket in capitals": (
        production,
        {"backup.location.bucket": "Jarvis_Backups"},
        f'jarvis:backup.location.bucket is "Jarvis_Backups"; it must be {BUCKET}.',
    ),
    "path with a slash first": (
        production,
        {"backup.location.path": "/postgres"},
        'jarvis:backup.location.path is "/postgres"; it must be a path inside the bucket without a slash '
        "first or last, such as jarvis/production.",
    ),
    "endpoint with a path": (
        production,
        {"backup.location.endpointUrl": "https://s3.paris.jarvis.com/bucket"},
        'jarvis:backup.location.endpointUrl is "https://s3.paris.jarvis.com/bucket"; it must be a scheme, a '
        "host and a port without a path, such as https://s3.example.com.",
    ),
    "region with a space": (
        production,
        {"backup.location.region": "EU West"},
        'jarvis:backup.location.region is "EU West"; it must be a region, such as eu-west-3.',
    ),
    "encryption of its own": (
        production,
        {"backup.location.encryption": "AES128"},
        'jarvis:backup.location.encryption is "AES128"; it must be AES256 or aws:kms (did you mean '
        "AES256?).",
    ),
    "address without a range": (
        production,
        {"backup.location.addresses": ["203.0.113.7"]},
        'jarvis:backup.location.addresses[0] is "203.0.113.7"; it must be a range of addresses, such as '
        "203.0.113.0/24 or 2001:db8::/32.",
    ),
    "no address": (
        production,
        {"backup.location.addresses": []},
        "jarvis:backup.location.addresses is an empty list; it must be a list of 1 or more.",
    ),
    "second place the first again": (
        production,
        {"backup.second.bucket": "jarvis-production-backups",
         "backup.second.endpointUrl": "https://s3.paris.jarvis.com"},
        "jarvis:backup: second.bucket jarvis-production-backups is location.bucket again: what takes one "
        "would take both.",
    ),
    "key in the backup": (
        production,
        {"backup.location.accessKey": CIPHERTEXT},
        "jarvis:backup.location.accessKey is not a setting; allowed here are ...",
    ),
    # secrets
    "store missing": (
        production,
        {"secrets": {"kind": "external-secrets", "backupAccessKeys": True}},
        "jarvis:secrets.store is missing: A store of the External Secrets operator, set up by whoever runs "
        "the cluster.",
    ),
    "store without a name": (
        production,
        {"secrets": {"kind": "external-secrets", "store": {}, "backupAccessKeys": True}},
        f"jarvis:secrets.store.name is missing; it must be {LABEL}.{SET} 'jarvis:secrets.store.name' VALUE "
        "--stack dev",
    ),
    "store of no kind": (
        production,
        {"secrets": {"kind": "external-secrets", "store": {"kind": "Vault", "name": "vault"},
         "backupAccessKeys": True}},
        "jarvis:secrets.store.kind has a value, not shown here, that is not allowed; it must be SecretStore "
        "or ClusterSecretStore.",
    ),
    "entry and prefix": (
        production,
        {"secrets": {"kind": "external-secrets", "store": STORE, "entry": "jarvis", "prefix": "jarvis/",
         "backupAccessKeys": True}},
        "jarvis:secrets: prefix has no meaning beside entry: give one of them.",
    ),
    "key with a space": (
        production,
        {"secrets": {"kind": "external-secrets", "store": STORE, "entry": "jarvis production",
         "backupAccessKeys": True}},
        "jarvis:secrets.entry has a value, not shown here, that is not allowed; it must be a key of the "
        "store, such as jarvis/production.",
    ),
    "refreshed each second": (
        production,
        {"secrets": {"kind": "external-secrets", "store": STORE, "refreshSeconds": 1, "backupAccessKeys": True}},
        "jarvis:secrets.refreshSeconds has a value, not shown here, that is not allowed; it must be a whole "
        "number from 60 to 86400.",
    ),
    "value beside the store": (
        production,
        {"secrets": {"kind": "external-secrets", "store": STORE, "postgresPassword": CIPHERTEXT,
         "backupAccessKeys": True}},
        "jarvis:secrets.postgresPassword is not a setting; allowed here are ...",
    ),
    "half a key": (
        production,
        {"secrets.backupSecretAccessKey": ABSENT},
        "jarvis:secrets: backupAccessKeyId and backupSecretAccessKey go together: give both or neither.",
    ),
    "address without https": (
        production,
        {"secrets.slackWebhookUrl": "hooks.slack.com"},
        "jarvis:secrets.slackWebhookUrl is in plain text; a secret is stored encrypted.\n    pulumi config "
        "set --secret --path 'jarvis:secrets.slackWebhookUrl' --stack dev",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_sentence(name: str, tmp_path: Path) -> None:
    assert_refused(tmp_path, *CASES[name])
