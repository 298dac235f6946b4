# Ready is a primary, or a replica that has its primary's data; not while data is read from disk.
. "$(dirname "$0")/common.sh"

facts=$(replication 127.0.0.1)
case $facts in *loading:0*) ;; *) exit 1 ;; esac
case $facts in
  *role:master* | *master_link_status:up*) ;;
  *) exit 1 ;;
esac
