"""A real PostgreSQL with the generated configuration of TLS: who gets in, and how a new certificate takes effect."""

from __future__ import annotations

import os
import socket
import ssl
import struct
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from components.database.configuration import HBA_FILE, PG_HBA_TLS, TLS_DIRECTORY, postgresql_conf, script
from components.database.settings import CloudNativePgDatabase, ContainerDatabase, PostgresParameters
from tests.support.postgres import (
    PASSWORD,
    Postgres,
    environment,
    owner,
    reachable_directory,
    run,
    running_postgres,
)
from tests.support.prometheus import eventually
from tests.unit.database.support import database_graph

NAME = "localhost"
SSL_REQUEST = struct.pack("!ii", 8, 80877103)
"""Asks the server for TLS (PostgreSQL documentation, Message Formats)."""


class Authority:
    """A certificate authority of the test's own."""

    def __init__(self, name: str = "an authority of tests") -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.certificate = self._signed(self._name, self._key.public_key(), x509.BasicConstraints(True, 0))

    def _signed(
        self, subject: x509.Name, key: ec.EllipticCurvePublicKey, extension: x509.ExtensionType
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        builder = x509.CertificateBuilder(self._name, subject, key, x509.random_serial_number())
        builder = builder.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(days=1))
        return builder.add_extension(extension, critical=False).sign(self._key, hashes.SHA256())

    def issue(self, folder: Path, dns_name: str) -> int:
        """Put tls.crt, tls.key and ca.crt into the folder, as the Secret's volume would; the serial number."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "postgres")])
        names = x509.SubjectAlternativeName([x509.DNSName(dns_name)])
        certificate = self._signed(subject, key.public_key(), names)
        pem = serialization.Encoding.PEM
        private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        for name, data in (
            ("tls.crt", certificate.public_bytes(pem)),
            ("tls.key", private),
            ("ca.crt", self.certificate.public_bytes(pem)),
        ):
            new = folder / f".{name}"
            new.write_bytes(data)
            _own(new, 0o640 if name == "tls.key" else 0o644)
            new.rename(folder / name)
        return certificate.serial_number


def _own(path: Path, mode: int) -> None:
    """As in the Pod: root's own, and readable by the server's group; where nobody is root, the server's own."""
    if (user := owner()) is not None:
        os.chown(path, 0, user)
        path.chmod(mode)
    else:
        path.chmod(mode & 0o744)


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture(scope="module")
def server(authority: Authority) -> Iterator[Postgres]:
    files = {"postgresql.conf": postgresql_conf(PostgresParameters(), tls=True), HBA_FILE: PG_HBA_TLS}
    with reachable_directory() as directory:
        (directory / "tls").mkdir()
        authority.issue(directory / "tls", NAME)
        with running_postgres(directory, files) as postgres:
            yield postgres


def connect(server: Postgres, mode: str, *, host: str = NAME, ca: Path | None = None) -> tuple[str, str]:
    """What the server says of the connection, and what the client says of its failure."""
    line = ["--no-psqlrc", "--no-password", "-h", host, "-U", "jarvis", "-d", "jarvis_test", "-tAc",
            "SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl"]  # fmt: skip
    variables = {"PGSSLMODE": mode, "PGHOSTADDR": "127.0.0.1", "PGSSLROOTCERT": str(ca or ca_file(server))}
    done = run("psql", server.directory, *line, password=PASSWORD, port=server.port, variables=variables)
    return done.stdout.strip(), done.stderr


def ca_file(server: Postgres) -> Path:
    return server.directory / "tls" / "ca.crt"


def test_a_plain_connection_is_refused(server: Postgres) -> None:
    version, error = connect(server, "disable")
    assert version == ""
    assert "no pg_hba.conf entry" in error
    assert "no encryption" in error


def test_a_verified_one_gets_in(server: Postgres) -> None:
    version, error = connect(server, "verify-full")
    assert version in {"TLSv1.2", "TLSv1.3"}, error


def test_the_exporters_way_gets_in(server: Postgres) -> None:
    assert connect(server, "require", ca=Path("/nowhere"))[0] in {"TLSv1.2", "TLSv1.3"}


def test_cloudnative_pgs_rules_refuse_plain_connections_too(server: Postgres) -> None:
    """Its own last rule would let them in: the stack's stand before it, after those of the socket."""
    graph, _ = database_graph(CloudNativePgDatabase())
    own = graph.one("Cluster", "postgres-cluster").inputs["spec"]["postgresql"]["pg_hba"]
    rules = "\n".join(["local all all trust", *own, "host all all all scram-sha-256", ""])
    hba = server.directory / HBA_FILE
    try:
        hba.write_text(rules)
        assert server.ask("SELECT pg_reload_conf()") == "t"
        assert server.ask("SELECT count(*) FROM pg_hba_file_rules WHERE error IS NOT NULL") == "0"
        eventually(lambda: "rejects connection" in connect(server, "disable")[1], seconds=10, what="a refusal")
        assert connect(server, "verify-full")[0] in {"TLSv1.2", "TLSv1.3"}
    finally:
        hba.write_text(PG_HBA_TLS)
        server.ask("SELECT pg_reload_conf()")


def test_a_password_is_asked_for_all_the_same(server: Postgres) -> None:
    assert server.sql("SELECT 1", "wrong", PGSSLMODE="require").returncode != 0


def test_another_name_is_not_believed(server: Postgres) -> None:
    version, error = connect(server, "verify-full", host="postgres.elsewhere")
    assert version == ""
    assert 'does not match host name "postgres.elsewhere"' in error


def test_another_authority_is_not_believed(server: Postgres) -> None:
    other = server.directory / "other.crt"
    other.write_bytes(Authority("another one").certificate.public_bytes(serialization.Encoding.PEM))
    version, error = connect(server, "verify-full", ca=other)
    assert version == ""
    assert "certificate verify failed" in error


def test_an_old_protocol_is_refused(server: Postgres) -> None:
    assert server.show("ssl_min_protocol_version") == "TLSv1.2"


def served(server: Postgres) -> int:
    """Serial number of the certificate that a new connection is shown."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as plain:
        plain.sendall(SSL_REQUEST)
        assert plain.recv(1) == b"S"
        with context.wrap_socket(plain) as encrypted:
            shown = encrypted.getpeercert(binary_form=True)
    assert shown is not None
    return x509.load_der_x509_certificate(shown).serial_number


def test_a_renewed_certificate_is_served_while_connections_stay(server: Postgres, authority: Authority) -> None:
    """The sidecar's very command, with the seconds made short."""
    graph, _ = database_graph(ContainerDatabase(), tls=True)
    pod = graph.one("StatefulSet", "postgres").inputs["spec"]["template"]["spec"]
    [container] = [item for item in pod["containers"] if item["name"] == "reload-certificate"]
    shell, path, folder, _ = container["command"]
    assert (shell, folder) == ("sh", TLS_DIRECTORY)
    name = path.rpartition("/")[2]
    (server.directory / name).write_text(script(name))
    user = owner()
    process = subprocess.Popen(
        [shell, server.directory / name, server.directory / "tls", "0.2"],
        env={**environment(server.directory, server.port), "PGUSER": "jarvis", "PGDATABASE": "jarvis_test"},
        user=user,
        group=user,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        before = served(server)
        started = server.ask("SELECT pg_postmaster_start_time()")
        renewed = authority.issue(server.directory / "tls", NAME)
        assert renewed != before
        eventually(lambda: served(server) == renewed, seconds=15, what="the renewed certificate is served")
        assert server.ask("SELECT pg_postmaster_start_time()") == started
        assert connect(server, "verify-full")[0]
    finally:
        process.terminate()
        assert process.wait(timeout=5) == 0, "it leaves when it is told, without waiting for the grace period's end"
