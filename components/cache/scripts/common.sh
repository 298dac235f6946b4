# What the other scripts share; POSIX sh with timeout and awk, which the images of Redis and Valkey have.
#
# From the environment: REDISCLI_AUTH; CA_FILE, where servers speak TLS; for Sentinel also SELF (this Pod's host name),
# NODES and SENTINELS (host names of all), MASTER_NAME.

SERVER_PORT=6379
SENTINEL_PORT=26379

# cli HOST PORT COMMAND...: the answer, an error of the server included; fails where nobody answers.
cli() {
  cli_host=$1 cli_port=$2
  shift 2
  timeout 3 redis-cli ${CA_FILE:+--tls --cacert "$CA_FILE"} -h "$cli_host" -p "$cli_port" "$@" 2>/dev/null | tr -d '\r'
}

# replication HOST: its INFO on replication and on loading.
replication() {
  cli "$1" "$SERVER_PORT" info replication persistence
}

# primary: the host that more than half of all Sentinels name; fails where there is none.
primary() {
  primary_total=0 primary_named=
  for sentinel in $SENTINELS; do
    primary_total=$((primary_total + 1))
    primary_named="$primary_named
$(cli "$sentinel" "$SENTINEL_PORT" sentinel get-master-addr-by-name "$MASTER_NAME" | head -n 1)"
  done
  # An error's text has spaces, a host name has none.
  echo "$primary_named" | awk -v total="$primary_total" '
    NF == 1 && ++votes[$1] * 2 > total { print $1; found = 1; exit }
    END { exit !found }'
}

# on_new_certificate COMMAND...: from now on, runs it whenever the kubelet has put a renewed certificate in place.
on_new_certificate() {
  [ -n "${CA_FILE:-}" ] || return 0
  watched=$(dirname "$CA_FILE")/tls.crt
  cp "$watched" /tmp/served.crt
  while sleep "${CERTIFICATE_CHECK_SECONDS:-60}"; do
    cmp -s "$watched" /tmp/served.crt || { "$@" && cp "$watched" /tmp/served.crt; }
  done &
}

# reload_certificate: the server reads its certificate, key and authority anew; connections stay.
reload_certificate() {
  [ "$(cli 127.0.0.1 "$SERVER_PORT" config set tls-cert-file "$watched")" = OK ] && echo "certificate reloaded"
}
