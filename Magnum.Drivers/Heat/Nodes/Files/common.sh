# shellcheck shell=bash
# What every step uses: settings, log, attempts, and the report to Heat.

MAGNUM=/etc/magnum
WORK=/run/magnum
LOG=/var/log/magnum-node.log
STEP=start

# What Magnum told this node, by name.
setting() {
  jq -r --arg name "$1" '.[$name] // ""' "$MAGNUM/node.json"
}

# What only Heat knew: names and addresses.
place() {
  jq -r --arg name "$1" '.[$name] // ""' "$MAGNUM/stack.json"
}

step() {
  STEP=$1
  echo "== $STEP"
}

# attempt TIMES SECONDS COMMAND...
attempt() {
  local times=$1 pause=$2 i
  shift 2
  for ((i = 1; i <= times; i++)); do
    if "$@"; then
      return 0
    fi
    if ((i < times)); then
      sleep "$pause"
    fi
  done
  echo "gave up after $times attempts: $1"
  return 1
}

# What the node's report answers to stands in a file, not on a command line that others can see.
report() {
  local status=$1 reason=$2 header=$WORK/signal-header
  jq -r '"X-Auth-Token: \(.token)"' "$MAGNUM/heat-signal.json" >"$header"
  jq -n --arg status "$status" --arg reason "$reason" --arg id "$(place name)" \
    '{status: $status, reason: $reason, id: $id, data: ""}' |
    curl --silent --show-error --fail --max-time 60 --request POST --header "@$header" --header 'Content-Type: application/json' \
      --data-binary @- --output /dev/null "$(jq -r .endpoint "$MAGNUM/heat-signal.json")"
}

# What is printed takes its way through tee: when this line has come to the log, all before it has.
end_log() {
  local mark="== ended $$" i
  echo "$mark"
  for ((i = 0; i < 50; i++)); do
    if grep -qxF -- "$mark" "$LOG"; then
      return 0
    fi
    sleep 0.2
  done
}

last_words() {
  grep -v -e '^[[:space:]]*$' -e '^gave up after' -e '^== ended ' "$LOG" | tail -n 1 | cut -c 1-300
}

finish() {
  local code=$?
  trap - EXIT
  if ((code == 0)); then
    attempt 20 15 report SUCCESS "$(place name) is up"
    rm -f "$MAGNUM/node.json" "$MAGNUM/heat-signal.json"
  else
    end_log
    attempt 20 15 report FAILURE "$STEP: $(last_words)"
  fi
  rm -rf "$WORK"
  exit "$code"
}

# The service may be started again by hand after a failure.
begin() {
  mkdir -p "$WORK"
  touch "$LOG"
  chmod 600 "$LOG"
  exec > >(tee -a "$LOG") 2>&1
  trap finish EXIT
}
