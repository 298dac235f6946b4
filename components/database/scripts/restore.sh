#!/bin/sh
# Usage: restore.sh BACKUP|latest [--disconnect]
# Restores a folder that backup.sh made below $BACKUP_DIRECTORY into a new database, checks there that every table has
# the rows that it had, and then swaps it for $PGDATABASE by renaming both: nothing is overwritten, and what was there
# is kept as before_<time>. While clients are connected it refuses, or ends their sessions with --disconnect.
# The server, its user (a superuser) and the password are libpq's own variables (PGHOST, ...).
#
# Not in a dump: roles, and what belongs to the database as a whole (ALTER DATABASE ... SET, GRANT ... ON DATABASE).
set -eu
scripts=$(dirname "$0")

fail() {
  echo "restore: $*" >&2
  exit 1
}

[ $# -ge 1 ] && [ -n "$1" ] || fail "say which backup: its folder's name, or latest"
backup=$1
disconnect=false
[ "${2-}" != --disconnect ] || disconnect=true

cd "$BACKUP_DIRECTORY"
exec 9>.lock
flock -n 9 || fail "a backup or another restore is running"
case $backup in
  latest)
    backup=$(ls -d "$PGDATABASE"-[0-9]*T[0-9]*Z 2>/dev/null | sort | tail -n 1)
    [ -n "$backup" ] || fail "there is no backup of $PGDATABASE"
    ;;
  */* | .*) fail "$backup is no backup's name" ;;
esac
[ -d "$backup" ] || fail "there is no backup $backup"
(cd "$backup" && sha256sum -c SHA256SUMS >/dev/null) || fail "$backup is damaged: a checksum differs"
pg_restore --list "$backup/database.dump" >/dev/null || fail "$backup is damaged: its contents cannot be listed"

time=$(date -u +%Y%m%dt%H%M%Sz)
restored=restored_$time
previous=before_$time

# SQL from standard input, in the database that nobody works in.
maintain() {
  psql --quiet --no-psqlrc --no-password --tuples-only --no-align --set=ON_ERROR_STOP=1 --output="${1:-/dev/null}" \
    --dbname=postgres --set=database="$PGDATABASE" --set=restored="$restored" --set=previous="$previous"
}

clients() {
  maintain /dev/stdout <<'SQL'
SELECT count(*) FROM pg_stat_activity
WHERE datname = :'database' AND backend_type = 'client backend' AND application_name <> 'postgres_exporter';
SQL
}

refuse_clients() {
  connected=$(clients)
  [ "$connected" -eq 0 ] || [ "$disconnect" = true ] ||
    fail "$connected clients are connected to $PGDATABASE: stop the application, or restore with --disconnect"
}

undo() {
  maintain <<'SQL' || true
ALTER DATABASE :"database" ALLOW_CONNECTIONS true;
DROP DATABASE IF EXISTS :"restored";
SQL
  echo "restore: given up; $PGDATABASE is as it was" >&2
}

refuse_clients
# Of a restore that was killed: a half-filled database, and perhaps a closed door.
maintain <<'SQL'
ALTER DATABASE :"database" ALLOW_CONNECTIONS true;
SELECT format('DROP DATABASE %I', datname) FROM pg_database WHERE datname ~ '^restored_[0-9]{8}t[0-9]{6}z$'
\gexec
SQL
trap undo EXIT
trap 'exit 1' HUP INT TERM
maintain <<'SQL'
CREATE DATABASE :"restored" TEMPLATE template0;
SQL
echo "restore: $backup goes into the new database $restored"
pg_restore --no-password --exit-on-error --dbname="$restored" "$backup/database.dump" || fail "pg_restore failed"
found=$(mktemp)
psql --quiet --no-psqlrc --no-password --tuples-only --no-align --field-separator="$(printf '\t')" \
  --set=ON_ERROR_STOP=1 --dbname="$restored" --file="$scripts/tables.sql" >"$found"
cmp -s "$backup/tables.tsv" "$found" || fail "$restored does not hold what was dumped"
rm "$found"
psql --quiet --no-psqlrc --no-password --dbname="$restored" --command=ANALYZE

refuse_clients
# Nobody comes in any more. Where somebody still is in, renaming fails, and undo opens the door again.
maintain <<'SQL'
ALTER DATABASE :"database" ALLOW_CONNECTIONS false;
SQL
end_sessions() {
  maintain <<SQL
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
WHERE datname = :'database' AND ($disconnect OR application_name = 'postgres_exporter');
SQL
}
end_sessions
maintain <<'SQL'
BEGIN;
ALTER DATABASE :"database" RENAME TO :"previous";
ALTER DATABASE :"restored" RENAME TO :"database";
COMMIT;
SQL
trap - EXIT
maintain <<'SQL'
ALTER DATABASE :"previous" ALLOW_CONNECTIONS true;
SQL
echo "restore: $PGDATABASE holds $backup, $(wc -l <"$backup/tables.tsv") tables with the rows they had"
echo "restore: what it held before is in $previous; when you no longer need that: DROP DATABASE $previous"
