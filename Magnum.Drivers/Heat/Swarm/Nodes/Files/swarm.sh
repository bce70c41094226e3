# shellcheck shell=bash
# The swarm: the first manager begins it, once in the cluster's life; everybody else asks a manager that is there.

# inactive, pending, active, error or locked.
swarm_state() {
  docker info --format '{{.Swarm.LocalNodeState}}'
}

in_control() {
  [[ $(docker info --format '{{.Swarm.ControlAvailable}}') == true ]]
}

other_managers() {
  place managers | tr , '\n' | grep -vxF "$(place address)" || true
}

# ask MANAGER ARGUMENT...: the Docker of a manager.
ask() {
  local manager=$1
  shift
  timeout 20 docker --host "tcp://$manager:$(setting api_port)" \
    --tlsverify --tlscacert "$TLS/ca.pem" --tlscert "$WORK/join.crt" --tlskey "$WORK/join.key" "$@"
}

# A manager that is in control of a swarm, into $WORK/manager.
find_manager() {
  local manager
  for manager in $(other_managers); do
    if [[ $(ask "$manager" info --format '{{.Swarm.ControlAvailable}}') == true ]]; then
      echo "$manager" >"$WORK/manager"
      return 0
    fi
  done
  echo 'no manager of the swarm answers'
  return 1
}

# join ROLE: the token goes from file to file, for command lines can be seen by others.
join() {
  local role=$1 manager api code
  case $(swarm_state) in
    active) return 0 ;;
    pending)
      echo 'the swarm has not let this node in yet'
      return 1
      ;;
    error) docker swarm leave --force || return 1 ;;
  esac
  find_manager || return 1
  manager=$(cat "$WORK/manager")
  ask "$manager" swarm join-token --quiet "$role" >"$WORK/token" || return 1
  jq -n --rawfile token "$WORK/token" --arg address "$(place address)" --arg manager "$manager:2377" '{
    ListenAddr: "\($address):2377", AdvertiseAddr: $address, DataPathAddr: $address, RemoteAddrs: [$manager], JoinToken: ($token | rtrimstr("\n"))
  }' >"$WORK/join.json"
  api=$(docker version --format '{{.Server.APIVersion}}') || return 1
  code=$(curl --silent --show-error --max-time 60 --unix-socket /run/docker.sock --header 'Content-Type: application/json' \
    --data-binary "@$WORK/join.json" --output "$WORK/answer" --write-out '%{http_code}' "http://localhost/v$api/swarm/join") || return 1
  rm -f "$WORK/token" "$WORK/join.json"
  if [[ $code != 200 ]]; then
    jq -r .message "$WORK/answer"
    return 1
  fi
}

# It prints how others join, token and all.
begin_swarm() {
  docker swarm init --advertise-addr "$(place address)" --listen-addr "$(place address):2377" --data-path-port 4789 \
    --default-addr-pool "$(setting overlay_cidr)" --default-addr-pool-mask-length "$(setting overlay_prefix)" >/dev/null
}

make_manager() {
  if [[ $(swarm_state) == active ]]; then
    echo 'this node is in the swarm already'
  elif [[ $(place index) == 0 && $(setting init) == true ]] && ! find_manager; then
    step swarm-init
    begin_swarm
  else
    step wait-for-manager
    attempt 240 15 find_manager
    step swarm-join
    attempt 20 15 join manager
  fi
  step wait-for-control
  attempt 40 15 in_control
}

make_worker() {
  if [[ $(swarm_state) != active ]]; then
    step wait-for-manager
    attempt 240 15 find_manager
    step swarm-join
    attempt 20 15 join worker
  fi
}
