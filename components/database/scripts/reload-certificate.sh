#!/bin/sh
# Usage: reload-certificate.sh FOLDER SECONDS
# Looks every SECONDS at the certificate in FOLDER and makes the server read a new one, which it does only when told:
# connections that are open stay open. It talks to the server over the Pod's own socket.
set -eu
trap 'exit 0' TERM
known=
while :; do
  seen=$(cat "$1/tls.crt" "$1/tls.key" | sha256sum)
  if [ "$seen" != "$known" ] &&
    psql --quiet --no-psqlrc --no-password --output=/dev/null --command='SELECT pg_reload_conf()'; then
    known=$seen
    echo "reload-certificate: the server has read the certificate"
  fi
  sleep "$2" &
  wait $!
done
