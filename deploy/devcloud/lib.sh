# Shared by up.sh and down.sh: where things are kept, and daemons by their recorded pid.
export LC_ALL=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
# Debian's Python programs must find Debian's Python, and nothing here goes through a proxy.
unset PYTHONPATH PYTHONHOME VIRTUAL_ENV PYENV_ROOT http_proxy https_proxy HTTP_PROXY HTTPS_PROXY all_proxy ALL_PROXY
export no_proxy='*'

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
DEVCLOUD=${DEVCLOUD:-/tmp/devcloud}
ETC=$DEVCLOUD/etc LOG=$DEVCLOUD/log RUN=$DEVCLOUD/run STATE=$DEVCLOUD/state
IP=127.0.0.1
PASSWORD=devcloud                    # every service's; the cloud is reachable from this machine only
KEYSTONE=http://$IP:5000
MYSQL_PORT=${DEVCLOUD_MYSQL_PORT:-13306}
RABBIT_PORT=${DEVCLOUD_RABBIT_PORT:-5672}
MEMCACHED_PORT=${DEVCLOUD_MEMCACHED_PORT:-11311}

# A pid alone may belong to somebody else after a reboot: the start time of the process is recorded with it.
born() { cut -d' ' -f22 "/proc/$1/stat" 2>/dev/null; }

# pid_of NAME: the pid of a daemon that runs; nothing and false otherwise
pid_of() {
  local pid start
  read -r pid start 2>/dev/null <"$RUN/$1.pid" || return 1
  [ -n "$start" ] && [ "$(born "$pid")" = "$start" ] && echo "$pid"
}

# start NAME COMMAND...: a daemon in a session of its own, so that its process group is its pid
start() {
  local name=$1 pid
  shift
  pid_of "$name" >/dev/null && return
  (cd "$DEVCLOUD" && exec setsid nohup "$@" >>"$LOG/$name.log" 2>&1 </dev/null) &
  pid=$!
  echo "$pid $(born $pid)" >"$RUN/$name.pid"
  grep -qx "$name" "$RUN/order" 2>/dev/null || echo "$name" >>"$RUN/order"
}

# wait_port NAME PORT [SECONDS]
wait_port() {
  local i
  for ((i = 0; i < ${3:-120} * 5; i++)); do
    (exec 3<>"/dev/tcp/$IP/$2") 2>/dev/null && return
    pid_of "$1" >/dev/null || break
    sleep 0.2
  done
  echo "$1 does not answer on port $2; the end of $LOG/$1.log:" >&2
  tail -30 "$LOG/$1.log" >&2
  return 1
}

# once NAME COMMAND...: runs the command unless it has succeeded before
once() {
  local name=$1
  shift
  [ -e "$STATE/$name" ] && return
  if "$@" >>"$LOG/setup-$name.log" 2>&1; then touch "$STATE/$name"; else
    echo "$name failed; the end of $LOG/setup-$name.log:" >&2
    tail -30 "$LOG/setup-$name.log" >&2
    return 1
  fi
}

# step NAME: says what comes, and how long the step before took
step() {
  local now
  now=$(date +%s%N)
  [ -z "${STEP:-}" ] || printf '   %-16s %5.1f s\n' "$STEP" "$(((now - STEP_BEGAN) / 1000000))e-3"
  STEP=$1 STEP_BEGAN=$now
}
