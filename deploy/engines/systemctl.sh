#!/bin/bash
# Stands where systemd does not run: starts and stops Docker as its unit's files say, and takes everything else for done.
set -euo pipefail
CONFIG=/run/docker.json PID=/run/docker.pid LOG=/var/log/docker.log
UNIT=/etc/systemd/system/docker.service.d/20-magnum.conf

stop() {
  local i
  [ -s $PID ] || return 0
  kill "$(cat $PID)" 2>/dev/null || true
  for ((i = 0; i < 100; i++)); do
    [ -e $PID ] || return 0
    sleep 0.1
  done
}

start() {
  local program post i
  program=$(sed -n 's/^ExecStart=\(.\+\)/\1/p' $UNIT)
  # The socket that systemd would have handed over.
  jq '.hosts |= map(if . == "fd://" then "unix:///run/docker.sock" else . end)' /etc/docker/daemon.json >$CONFIG
  setsid "$program" --config-file $CONFIG --pidfile $PID --cgroup-parent "/magnum-swarm-$(hostname)" >>$LOG 2>&1 </dev/null &
  for ((i = 0; i < 300; i++)); do
    docker version >/dev/null 2>&1 && break
    sleep 0.1
  done
  docker version >/dev/null || { tail -20 $LOG; return 1; }
  post=$(sed -n 's/^ExecStartPost=-//p' $UNIT)
  eval "$post" || true
}

[[ " $* " == *" docker.service "* ]] || exit 0
case $1 in
  stop) stop ;;
  restart) stop; start ;;
esac
