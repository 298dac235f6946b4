# Before the Pod ends: if it is the primary, hands that role to a replica that has every write. Clients wait meanwhile.
. "$(dirname "$0")/common.sh"

# caught_up: every replica that is online has received all.
caught_up() {
  replication 127.0.0.1 | awk -F '[:,=]' '
    /^slave[0-9]+:.*state=online/ { for (i = 1; i < NF; i++) if ($i == "offset") seen[++online] = $(i + 1) }
    /^master_repl_offset:/ { all = $2 }
    END { for (i in seen) if (seen[i] != all) exit 1; exit !online }'
}

# hand_over: asks the Sentinels in turn until one takes it on.
hand_over() {
  for sentinel in $SENTINELS; do
    [ "$(cli "$sentinel" "$SENTINEL_PORT" sentinel failover "$MASTER_NAME")" != OK ] || return 0
  done
  return 1
}

# within SECONDS COMMAND...: tries until it succeeds.
within() {
  deadline=$(($(date +%s) + $1))
  shift
  until "$@"; do
    [ "$(date +%s)" -lt "$deadline" ] || return 1
    sleep 0.2
  done
}

another_leads() {
  named=$(primary) && [ "$named" != "$SELF" ]
}

case $(replication 127.0.0.1) in *role:master*connected_slaves:[1-9]*) ;; *) exit 0 ;; esac
cli 127.0.0.1 "$SERVER_PORT" client pause 40000 write
if within 10 caught_up && hand_over && within 20 another_leads; then
  exit 0
fi
# On SIGTERM the server itself waits for its replicas; the Sentinels then promote one when they miss it.
cli 127.0.0.1 "$SERVER_PORT" client unpause
