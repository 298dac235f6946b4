# Starts a Sentinel. Its file, which it writes itself, keeps what it knows and whom it voted for; settings and passwords
# in it are replaced by those of now.
. "$(dirname "$0")/common.sh"
umask 077
file=/data/sentinel.conf

# known: what of the old file is knowledge, without servers and Sentinels that are no more.
known() {
  [ ! -f "$file" ] || awk -v hosts="$NODES $SENTINELS" '
    BEGIN { split(hosts, list, " "); for (i in list) member[list[i]] = 1 }
    $1 != "sentinel" { next }
    $2 ~ /^(myid|config-epoch|leader-epoch|current-epoch)$/ { print }
    $2 ~ /^known-(replica|sentinel)$/ && $4 in member { print }' "$file"
}

# watched_host: the primary as of the old file; without one, as the other Sentinels say; at the very first, the first.
watched_host() {
  if [ -f "$file" ]; then
    awk '$1 == "sentinel" && $2 == "monitor" { print $4 }' "$file"
  else
    primary || echo "${NODES%% *}"
  fi
}

# leave: ends the Sentinel, which reads certificates only at its start; one a minute, so that most are always up.
leave() {
  ordinal=${POD_NAME##*-}
  sleep $((ordinal * ${CERTIFICATE_CHECK_SECONDS:-60}))
  echo "restarting with a renewed certificate"
  kill -TERM $$
}

{
  echo "sentinel monitor $MASTER_NAME $(watched_host) $SERVER_PORT $QUORUM" &&
    echo "sentinel announce-ip $SELF" &&
    cat /etc/redis/sentinel.conf /run/secrets/redis/sentinel-auth.conf &&
    known
} >"$file.new" || exit 1
mv "$file.new" "$file"
on_new_certificate leave
exec redis-sentinel "$file"
