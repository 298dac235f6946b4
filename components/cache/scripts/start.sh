# Starts the only Redis server of a stack.
. "$(dirname "$0")/common.sh"

on_new_certificate reload_certificate
exec redis-server /etc/redis/redis.conf
