"""What the PostgreSQL server reads at its start, and the scripts that its Pod runs."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from components.database.settings import PostgresParameters

PORT: Final = 5432
SOCKET_DIRECTORY: Final = "/var/run/postgresql"
CREDENTIALS_DIRECTORY: Final = "/run/secrets/postgres"
INITDB_ARGUMENTS: Final = "--auth-local=trust --auth-host=scram-sha-256 --data-checksums"
"""A password for every connection but those of the container's own socket, whose only users are probes and people who
may run commands in the container anyway."""
APPLY_PASSWORD: Final = f"""\
# Usage: apply-password.sh SECONDS. Waits so long for the server and gives its user the password of the Secret, which
# the image does with an empty volume only: so a rotated password takes effect.
set -eu
left=$1
until pg_isready --quiet --host=127.0.0.1 --port="${{PGPORT:-{PORT}}}"; do
  [ "$left" -gt 0 ] || exit 1
  left=$((left - 1))
  sleep 1
done
psql --quiet --no-psqlrc --set=ON_ERROR_STOP=1 --output=/dev/null \\
  --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" <<'SQL'
SET log_min_error_statement = 'panic';
SET log_statement = 'none';
\\set password `cat "$POSTGRES_PASSWORD_FILE"`
ALTER ROLE CURRENT_USER PASSWORD :'password';
SQL
"""
"""Needs no password itself, since the socket trusts, and puts none on a command line or into the server's log."""
CONFIG_DIRECTORY: Final = "/etc/postgresql"
HBA_FILE: Final = "pg_hba.conf"
TLS_DIRECTORY: Final = "/run/secrets/postgres-tls"
"""Where the server's certificate is mounted."""
PG_HBA_TLS: Final = """\
# Who may connect, first match wins: the Pod's own socket, and others over TLS with a password.
local   all all     trust
hostssl all all all scram-sha-256
"""
"""pg_hba.conf of a server with a certificate: a connection without TLS matches no line and is refused."""


def script(name: str) -> str:
    """The text of a file in `scripts`."""
    return (Path(__file__).parent / "scripts" / name).read_text("utf-8")


def postgresql_conf(parameters: PostgresParameters, *, tls: bool = False) -> str:
    """postgresql.conf. What it leaves out has the server's default, whatever `initdb` wrote beside the data."""
    values: dict[str, str | int] = {
        "listen_addresses": "*",
        "port": PORT,
        "unix_socket_directories": SOCKET_DIRECTORY,
        "max_connections": parameters.max_connections,
        "shared_buffers": parameters.shared_buffers,
        "effective_cache_size": parameters.effective_cache_size,
        "password_encryption": "scram-sha-256",
        "timezone": "UTC",
        "log_timezone": "UTC",
    }
    if tls:
        values |= {
            "ssl": "on",
            "ssl_cert_file": f"{TLS_DIRECTORY}/tls.crt",
            "ssl_key_file": f"{TLS_DIRECTORY}/tls.key",
            "hba_file": f"{CONFIG_DIRECTORY}/{HBA_FILE}",
        }
    return "".join(f"{name} = {_quoted(value)}\n" for name, value in values.items())


def _quoted(value: str | int) -> str:
    return str(value) if isinstance(value, int) else f"'{value}'"


def ready_command(username: str, database: str) -> list[str]:
    """Asks whether the server accepts connections, which takes no password.

    Over TCP: while the image prepares an empty volume, it runs a server that listens on the socket only.
    """
    return ["pg_isready", "--quiet", "--host=127.0.0.1", f"--username={username}", f"--dbname={database}"]
