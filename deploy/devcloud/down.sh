#!/bin/bash
# Ends what up.sh started, by the recorded pids, the last one first.
#   down.sh           the daemons; databases and configuration stay
#   down.sh NAME...   only these (see $DEVCLOUD/run); up.sh starts them again
#   down.sh --wipe    also everything that the cloud kept
set -u
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

infrastructure=" rabbitmq memcached mariadb epmd "
gone() { # gone PROCESS-GROUP SECONDS
  local i
  for ((i = 0; i < $2 * 10; i++)); do kill -0 -- "-$1" 2>/dev/null || return 0; sleep 0.1; done
  return 1
}
end() { # end NAME...: all are told, then each is waited for
  local name pid
  declare -A pids=()
  for name; do pid=$(pid_of "$name") && pids[$name]=$pid && kill -TERM -- "-$pid" 2>/dev/null; done
  for name in "${!pids[@]}"; do gone "${pids[$name]}" 8 || kill -KILL -- "-${pids[$name]}" 2>/dev/null; done
  for name; do rm -f "$RUN/$name.pid"; done
}

if [ $# -gt 0 ] && [ "$1" != --wipe ]; then end "$@"; exit; fi
services=()
for name in $(tac "$RUN/order" 2>/dev/null); do [[ $infrastructure = *" $name "* ]] || services+=("$name"); done
end "${services[@]}"
for name in $infrastructure; do end "$name"; done
rm -f "$RUN/order"
if [ "${1:-}" = --wipe ]; then
  rm -rf "$DEVCLOUD"/{mysql,rabbitmq,keystone,glance,nova,neutron,lock,state,run,etc,log}
  rm -f "$DEVCLOUD"/{clouds.yaml,openrc-*,magnum.env,ids.json,*.pem,mysql.sock,mysql.pid}
  rmdir "$DEVCLOUD" 2>/dev/null
fi
exit 0
