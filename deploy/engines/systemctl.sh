#!/bin/bash
# Stands where systemd does not run: starts and stops Docker, containerd and the kubelet as their units' files say, and takes everything else for done.
set -euo pipefail
CONFIG=/run/docker.json
UNIT=${*: -1}
UNIT=${UNIT%.service}
PID=/run/systemctl-$UNIT.pid LOG=/var/log/$UNIT.log

# says KEY: its values in the files that the node's scripts have added to the unit; a dash says that it may fail.
says() { sed -n "s/^$1=-\?\(.\+\)/\1/p" "/etc/systemd/system/$UNIT.service.d"/*.conf 2>/dev/null || true; }

stop() {
  local pid i
  pid=$(cat "$PID" 2>/dev/null) || return 0
  kill "$pid" 2>/dev/null || true
  for ((i = 0; i < 100; i++)); do
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
  done
  rm -f "$PID"
}

run() {
  setsid "$@" >>"$LOG" 2>&1 </dev/null &
  echo $! >"$PID"
}

# answers COMMAND...: waits until it does
answers() {
  local i
  for ((i = 0; i < 300; i++)); do
    "$@" >/dev/null 2>&1 && break
    sleep 0.1
  done
  "$@" >/dev/null || { tail -20 "$LOG"; return 1; }
}

start() {
  eval "$(says ExecStartPre)" || true
  case $UNIT in
    docker)
      # The socket that systemd would have handed over.
      jq '.hosts |= map(if . == "fd://" then "unix:///run/docker.sock" else . end)' /etc/docker/daemon.json >$CONFIG
      run "$(says ExecStart)" --config-file $CONFIG --cgroup-parent "/magnum-machine-$(hostname)"
      answers docker version
      ;;
    containerd)
      run containerd
      answers ctr version
      ;;
    kubelet)
      # As the unit of kubeadm's packages starts it; the arguments are words.
      # shellcheck source=/dev/null
      . /var/lib/kubelet/kubeadm-flags.env
      # shellcheck disable=SC2086
      run kubelet --kubeconfig=/etc/kubernetes/kubelet.conf --config=/var/lib/kubelet/config.yaml ${KUBELET_KUBEADM_ARGS:-}
      ;;
  esac
}

case "$1 $UNIT" in
  "stop docker" | "stop containerd" | "stop kubelet") stop ;;
  "restart docker" | "restart containerd" | "restart kubelet") stop; start ;;
esac
