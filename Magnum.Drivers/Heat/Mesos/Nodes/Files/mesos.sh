# shellcheck shell=bash
# Mesos and Marathon. Both read their settings from the environment; values have no spaces, quotes or dollars in them.

LIBRARIES=(/usr/lib/libmesos.so /usr/local/lib/libmesos.so)

# More masters than half of all: what they agree on, no others can have decided otherwise.
quorum() {
  echo $(($(setting masters) / 2 + 1))
}

start_master() {
  local address
  address=$(place address)
  mkdir -p /var/lib/mesos
  printf '%s\n' \
    "MESOS_ZK=$(zk mesos)" \
    "MESOS_QUORUM=$(quorum)" \
    "MESOS_CLUSTER=$(setting cluster_name)" \
    "MESOS_IP=$address" \
    "MESOS_HOSTNAME=$address" \
    "MESOS_PORT=$(setting mesos_port)" \
    MESOS_WORK_DIR=/var/lib/mesos \
    MESOS_MAX_COMPLETED_FRAMEWORKS=10 \
    MESOS_MAX_COMPLETED_TASKS_PER_FRAMEWORK=100 >/etc/mesos/master.env
  systemctl enable --quiet magnum-mesos-master.service
  systemctl restart magnum-mesos-master.service
}

# A master that does not lead points at the one that does.
leader_answers() {
  curl --silent --fail --location --max-redirs 3 --max-time 20 --noproxy '*' "http://$(place address):$(setting mesos_port)/state" |
    jq -e '.leader != null and .leader == .pid' >/dev/null || { echo 'no master leads: Mesos needs a majority of the masters'; return 1; }
}

start_marathon() {
  local address library
  address=$(place address)
  service_user marathon /var/lib/marathon
  {
    printf '%s\n' \
      "MARATHON_MASTER=$(zk mesos)" \
      "MARATHON_ZK=$(zk marathon)" \
      "MARATHON_HOSTNAME=$address" \
      "MARATHON_HTTP_PORT=$(setting api_port)" \
      "LIBPROCESS_IP=$address" \
      LIBPROCESS_PORT=9090
    for library in "${LIBRARIES[@]}"; do
      if [[ -e $library ]]; then
        echo "MESOS_NATIVE_JAVA_LIBRARY=$library"
        break
      fi
    done
  } >/etc/mesos/marathon.env
  systemctl enable --quiet magnum-marathon.service
  systemctl restart magnum-marathon.service
}

marathon_answers() {
  [[ $(curl --silent --fail --max-time 20 --noproxy '*' "http://$(place address):$(setting api_port)/ping") == pong ]] ||
    { echo 'Marathon does not answer'; return 1; }
}

start_agent() {
  local address directory
  address=$(place address)
  directory=$(setting work_dir)
  mkdir -p /etc/mesos "$directory"
  # Its processes run as whom the task names.
  chmod 755 "$directory"
  jq -c .executor_variables "$MAGNUM/node.json" >/etc/mesos/executor-environment.json
  {
    printf '%s\n' \
      "MESOS_MASTER=$(zk mesos)" \
      "MESOS_IP=$address" \
      "MESOS_HOSTNAME=$address" \
      MESOS_PORT=5051 \
      "MESOS_WORK_DIR=$directory" \
      MESOS_CONTAINERIZERS=docker,mesos \
      MESOS_EXECUTOR_REGISTRATION_TIMEOUT=5mins \
      "MESOS_ATTRIBUTES=$(setting attributes)"
    if [[ -n $(setting isolation) ]]; then
      echo "MESOS_ISOLATION=$(setting isolation)"
    fi
    if [[ -n $(setting image_providers) ]]; then
      echo "MESOS_IMAGE_PROVIDERS=$(setting image_providers)"
    fi
    if [[ $(cat /etc/mesos/executor-environment.json) != '{}' ]]; then
      echo 'MESOS_EXECUTOR_ENVIRONMENT_VARIABLES=file:///etc/mesos/executor-environment.json'
    fi
  } >/etc/mesos/agent.env
  systemctl enable --quiet magnum-mesos-agent.service
  systemctl restart magnum-mesos-agent.service
}

# It has its id from the master that leads.
agent_registered() {
  curl --silent --fail --max-time 20 --noproxy '*' "http://$(place address):5051/state" | jq -e '.id | length > 0' >/dev/null ||
    { echo 'no master has registered the agent'; return 1; }
}

make_master() {
  step zookeeper
  start_zookeeper
  attempt 240 15 zookeeper_serves
  step mesos-master
  start_master
  attempt 40 15 leader_answers
  if [[ $(setting marathon) == true ]]; then
    step marathon
    start_marathon
    attempt 40 15 marathon_answers
  fi
}

make_agent() {
  step volumes
  stop_docker
  mount_volume "$(place docker_volume)" /var/lib/docker
  step docker-start
  jq '.daemon + {hosts: ["fd://"]}' "$MAGNUM/node.json" >"$WORK/daemon.json"
  start_docker "$WORK/daemon.json"
  step mesos-agent
  start_agent
  attempt 240 15 agent_registered
}
