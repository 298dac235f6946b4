"""The sandbox's own certificate authority, and the certificates and keys that it gives out.

Keys are elliptic-curve ones (P-256) in files that only their owner may read. Nothing outside the sandbox trusts them.
"""

from __future__ import annotations

import datetime
import hashlib
import ipaddress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from sandbox.private_files import write_private

VALID_DAYS: Final = 3650
RENEW_DAYS: Final = 30
"""A certificate that expires within these days is made anew at the next start."""


@dataclass(frozen=True)
class KeyPair:
    """A certificate and its private key, both PEM files."""

    certificate: Path
    key: Path


class Authority:
    """A certificate authority in a folder; what is already there and still valid is kept."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.pair = self._files("ca")
        if not _usable(self.pair):
            for stale in folder.glob("*.crt"):
                stale.unlink()
            key = _new_key(self.pair.key)
            self._write(_builder("jarvis-sandbox-ca", key.public_key(), "jarvis-sandbox-ca"), key, None, self.pair)

    @property
    def fingerprint(self) -> str:
        """Tells this authority, and the key that signs its tokens, from those that were there before or come after."""
        tokens = self.signing_key("service-account").certificate
        return hashlib.sha256(self.pair.certificate.read_bytes() + tokens.read_bytes()).hexdigest()[:16]

    def issue(self, name: str, *, common_name: str, organization: str | None = None, server: bool = False) -> KeyPair:
        """A certificate signed by this authority; `organization` is the user's Kubernetes group."""
        pair = self._files(name)
        if _usable(pair):
            return pair
        key = _new_key(pair.key)
        builder = _builder(common_name, key.public_key(), "jarvis-sandbox-ca", organization)
        self._write(builder, _load_key(self.pair.key), server, pair)
        return pair

    def signing_key(self, name: str) -> KeyPair:
        """A key pair that signs tokens: `certificate` is the public key."""
        pair = KeyPair(self._folder / f"{name}.pub", self._folder / f"{name}.key")
        if not (pair.certificate.is_file() and pair.key.is_file()):
            key = _new_key(pair.key)
            public = key.public_key().public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
            write_private(pair.certificate, public)
        return pair

    def _files(self, name: str) -> KeyPair:
        return KeyPair(self._folder / f"{name}.crt", self._folder / f"{name}.key")

    @staticmethod
    def _write(
        builder: x509.CertificateBuilder, signer: ec.EllipticCurvePrivateKey, server: bool | None, pair: KeyPair
    ) -> None:
        """Sign and store; `server` is None for the authority itself."""
        builder = builder.add_extension(x509.BasicConstraints(ca=server is None, path_length=None), critical=True)
        if server is not None:
            usages = [ExtendedKeyUsageOID.CLIENT_AUTH, *([ExtendedKeyUsageOID.SERVER_AUTH] if server else [])]
            builder = builder.add_extension(x509.ExtendedKeyUsage(usages), critical=False)
        if server:
            names = ["localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"]
            names.append("kubernetes.default.svc.cluster.local")
            addresses = [ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("10.96.0.1")]
            alternatives = [*(x509.DNSName(name) for name in names), *(x509.IPAddress(item) for item in addresses)]
            builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        certificate = builder.sign(signer, hashes.SHA256())
        write_private(pair.certificate, certificate.public_bytes(serialization.Encoding.PEM))


def _builder(
    common_name: str, key: ec.EllipticCurvePublicKey, issuer: str, organization: str | None = None
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    attributes = [x509.NameAttribute(NameOID.COMMON_NAME, common_name)]
    if organization is not None:
        attributes.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization))
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name(attributes))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + datetime.timedelta(days=VALID_DAYS))
    )


def _usable(pair: KeyPair) -> bool:
    """Whether both files are there, whole, belong together and are not about to expire."""
    try:
        certificate = x509.load_pem_x509_certificate(pair.certificate.read_bytes())
        same = certificate.public_key() == _load_key(pair.key).public_key()
    except (OSError, ValueError):
        return False
    left = certificate.not_valid_after_utc - datetime.datetime.now(datetime.UTC)
    return same and left > datetime.timedelta(days=RENEW_DAYS)


def _load_key(path: Path) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError(f"{path.name} holds no elliptic-curve key")  # noqa: TRY004  # a bad file, not a bad type
    return key


def _new_key(path: Path) -> ec.EllipticCurvePrivateKey:
    key = ec.generate_private_key(ec.SECP256R1())
    text = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    write_private(path, text)
    return key
