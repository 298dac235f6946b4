"""A throw-away certificate authority for real servers in tests: files as in a Secret of type kubernetes.io/tls."""

from __future__ import annotations

import datetime
import socket
import ssl
from collections.abc import Iterable
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class TestAuthority:
    """Signs certificates for host names."""

    __test__ = False  # no test, whatever its name begins with

    def __init__(self, name: str = "test authority") -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        authority = _builder(self._name, self._name, self._key)
        authority = authority.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        self.certificate = authority.sign(self._key, hashes.SHA256())

    def issue(self, folder: Path, names: Iterable[str]) -> int:
        """Put `tls.crt`, `tls.key` and `ca.crt` into the folder, in the place of older ones; the serial number."""
        folder.mkdir(parents=True, exist_ok=True)
        key, alternatives = ec.generate_private_key(ec.SECP256R1()), [x509.DNSName(name) for name in names]
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "server")])
        builder = _builder(subject, self._name, key)
        builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        certificate = builder.sign(self._key, hashes.SHA256())
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        pem = serialization.Encoding.PEM
        (folder / "tls.key").write_bytes(private)
        (folder / "ca.crt").write_bytes(self.certificate.public_bytes(pem))
        (folder / "tls.crt").write_bytes(certificate.public_bytes(pem))  # last, as its change is what is watched
        return certificate.serial_number


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + datetime.timedelta(days=1))
    )


def served_serial(address: str, port: int, name: str, authority: Path) -> int:
    """Serial number of the certificate that a client gets who calls the server `name` and trusts `authority`."""
    context = ssl.create_default_context(cafile=str(authority))
    with (
        socket.create_connection((address, port), timeout=5) as plain,
        context.wrap_socket(plain, server_hostname=name) as tls,
    ):
        certificate = tls.getpeercert(binary_form=True)
    assert certificate is not None
    return x509.load_der_x509_certificate(certificate).serial_number


def answer_in_plain_text(address: str, port: int) -> bytes:
    """What a client without TLS gets for a PING; nothing where it is thrown out."""
    try:
        with socket.create_connection((address, port), timeout=5) as plain:
            plain.sendall(b"PING\r\n")
            return plain.recv(100)
    except ConnectionResetError:
        return b""
