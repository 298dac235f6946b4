# Starts a Redis server in the role that the Sentinels have for it: never as a second primary, never as the primary with
# older data than a replica has in memory, and not as a replica that the Sentinels might promote with old data before the
# primary is back. Waits for a majority of the Sentinels.
. "$(dirname "$0")/common.sh"

# follow HOST: run as its replica.
follow() {
  echo "starting as a replica of $1"
  on_new_certificate reload_certificate
  exec redis-server /etc/redis/redis.conf --replica-announce-ip "$SELF" --replicaof "$1" "$SERVER_PORT"
}

# lead: run as the primary.
lead() {
  echo "starting as the primary: $1"
  on_new_certificate reload_certificate
  exec redis-server /etc/redis/redis.conf --replica-announce-ip "$SELF"
}

# survey: who of the other servers is a primary (other_primary), and whether one has been linked to its primary since
# it started (has_newer): such a replica got in memory what this server may have lost with its own.
survey() {
  other_primary='' has_newer=''
  for node in $NODES; do
    [ "$node" != "$SELF" ] || continue
    facts=$(replication "$node")
    case $facts in *role:master*) other_primary=$node ;; esac
    case $facts in
      *role:slave*master_link_status:up* | *master_link_down_since_seconds:[0-9]*) has_newer=$node ;;
    esac
  done
}

trap 'exit 0' TERM # as process 1, a shell ignores it otherwise
deadline=$(($(date +%s) + HANDOVER_SECONDS))
in_time() {
  [ "$(date +%s)" -lt "$deadline" ]
}

while :; do
  if ! named=$(primary); then
    echo "waiting: no majority of the Sentinels agrees on a primary"
  elif [ "$named" != "$SELF" ]; then
    # It leads; or its password is still the old one, and it gets the new one once this server is ready.
    case $(replication "$named") in *role:master* | *NOAUTH*) follow "$named" ;; esac
    in_time || follow "$named"
    echo "waiting: $named should lead and does not"
  else
    survey
    [ -z "$other_primary" ] || follow "$other_primary"
    [ -n "$has_newer" ] || lead "no other server has newer data"
    in_time || lead "the Sentinels promoted no other in time"
    echo "waiting for the promotion of a replica: $has_newer has newer data"
  fi
  sleep 1
done
