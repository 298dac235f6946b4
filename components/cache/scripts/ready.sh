# Ready is a primary, or a replica that has its primary's data; not while data is read from disk or copied.
. "$(dirname "$0")/common.sh"

facts=$(replication 127.0.0.1)
case $facts in *loading:0*) ;; *) exit 1 ;; esac
case $facts in *role:master* | *master_link_status:up*) exit 0 ;; esac
# A replica whose primary does not answer, or not to this password, gains nothing by waiting: it is ready to be promoted.
# Else the update that gives every Pod a new password would stop at the first.
leader=$(echo "$facts" | awk -F : '$1 == "master_host" { print $2 }')
case $(replication "$leader") in *role:*) exit 1 ;; esac
