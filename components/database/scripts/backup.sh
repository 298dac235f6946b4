#!/bin/sh
# Usage: backup.sh
# Dumps $PGDATABASE into a folder of its own below $BACKUP_DIRECTORY and, once that is whole, removes the folders that
# are older than $RETENTION_DAYS. It ends with 0 only where the new dump can be read to its end: so there is always a
# good one, however long backups fail. The server, its user and the password are libpq's own variables (PGHOST, ...).
#
#   DATABASE-20260131T020000Z/database.dump   pg_dump's custom format
#                             tables.tsv      rows and a hash of every table, of the very moment of the dump
#                             contents.list   what pg_restore finds in the dump
#                             manifest.json   of which database, by which server, when
#                             SHA256SUMS      of all these
set -eu
umask 077
scripts=$(dirname "$0")

fail() {
  echo "backup: $*" >&2
  exit 1
}

cd "$BACKUP_DIRECTORY"
exec 9>.lock
flock -n 9 || fail "another backup or a restore is running"
# Of runs that were killed: a folder gets its final name only when it is whole, and loses it before it is removed.
rm -rf .partial-* .expired-*

name=$PGDATABASE-$(date -u +%Y%m%dT%H%M%SZ)
if [ -e "$name" ]; then # of this very second
  sleep 1
  name=$PGDATABASE-$(date -u +%Y%m%dT%H%M%SZ)
fi
PARTIAL=$BACKUP_DIRECTORY/.partial-$name
export PARTIAL
mkdir "$PARTIAL"
trap 'rm -rf "$PARTIAL"' EXIT

# One transaction gives the dump and the figures the same view of the data.
psql --quiet --no-psqlrc --no-password --tuples-only --no-align --field-separator="$(printf '\t')" \
  --set=ON_ERROR_STOP=1 --set=scripts="$scripts" --set=dumper="$(pg_dump --version)" <<'SQL' || fail "psql failed"
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SELECT pg_export_snapshot() AS snapshot \gset
\setenv SNAPSHOT :snapshot
\! pg_dump --no-password --format=custom --snapshot="$SNAPSHOT" --file="$PARTIAL/database.dump" && : >"$PARTIAL/dumped"
\set dumped `test -e "$PARTIAL/dumped" && echo true || echo false`
\if :dumped
\cd `echo "$PARTIAL"`
\o manifest.json
SELECT jsonb_pretty(jsonb_build_object(
  'database', current_database(),
  'databaseBytes', pg_database_size(current_database()),
  'serverVersion', current_setting('server_version'),
  'dumpedBy', :'dumper',
  'startedAt', to_char(transaction_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
  'finishedAt', to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
  'extensions', (SELECT jsonb_object_agg(extname, extversion) FROM pg_extension)));
\o tables.tsv
\i :scripts/tables.sql
\o
\endif
SQL
cd "$PARTIAL"
[ -e dumped ] || fail "pg_dump failed"
rm dumped
pg_restore --list database.dump >contents.list || fail "the dump has no readable table of contents"
pg_restore --file=/dev/null database.dump || fail "the dump cannot be read to its end"
sha256sum database.dump tables.tsv contents.list manifest.json >SHA256SUMS
cd "$BACKUP_DIRECTORY"
sync
mv "$PARTIAL" "$name"
sync
trap - EXIT
echo "backup: $name holds $(wc -l <"$name/tables.tsv") tables in $(wc -c <"$name/database.dump") bytes"

oldest=$(date -u -d "@$(($(date +%s) - RETENTION_DAYS * 86400))" +%Y%m%dT%H%M%SZ)
for folder in "$PGDATABASE"-[0-9]*T[0-9]*Z; do
  if [ "$folder" != "$name" ] && expr "${folder##*-}" \< "$oldest" >/dev/null; then
    mv "$folder" ".expired-$folder"
    rm -rf ".expired-$folder"
    echo "backup: $folder is older than $RETENTION_DAYS days and removed"
  fi
done
