# shellcheck shell=bash
# ZooKeeper, one on each master: they hold together what the cluster is, so that all have to know all.

ZOOKEEPER_DATA=/var/lib/zookeeper

find_zookeeper() {
  local place
  for place in "$(command -v zkServer.sh || true)" /usr/share/zookeeper/bin/zkServer.sh /opt/zookeeper/bin/zkServer.sh; do
    if [[ -n $place && -x $place ]]; then
      echo "$place"
      return 0
    fi
  done
  return 1
}

# masters: their addresses, in the order of their numbers.
masters() {
  place managers | tr , '\n'
}

# zk PATH: where in ZooKeeper something is kept, as Mesos and Marathon write it.
zk() {
  echo "zk://$(masters | sed 's/$/:2181/' | paste -sd ,)/$1"
}

# service_user NAME DIRECTORY
service_user() {
  if ! id -u "$1" >/dev/null 2>&1; then
    useradd --system --user-group --home-dir "$2" --shell /usr/sbin/nologin "$1"
  fi
  mkdir -p "$2"
  chown -R "$1:$1" "$2"
}

start_zookeeper() {
  local number=1 address
  service_user zookeeper "$ZOOKEEPER_DATA"
  mkdir -p /etc/mesos
  chmod 755 /etc/mesos
  {
    echo 'tickTime=2000'
    echo 'initLimit=10'
    echo 'syncLimit=5'
    echo "dataDir=$ZOOKEEPER_DATA"
    echo 'clientPort=2181'
    # Its administration is another web server at Marathon's port.
    echo 'admin.enableServer=false'
    echo '4lw.commands.whitelist=ruok,srvr'
    echo 'autopurge.snapRetainCount=3'
    echo 'autopurge.purgeInterval=24'
    if (($(setting masters) > 1)); then
      for address in $(masters); do
        echo "server.$number=$address:2888:3888"
        number=$((number + 1))
      done
    fi
  } >/etc/mesos/zoo.cfg
  echo $(($(place index) + 1)) >"$ZOOKEEPER_DATA/myid"
  chown zookeeper:zookeeper "$ZOOKEEPER_DATA/myid" /etc/mesos/zoo.cfg
  printf '%s\n' "ZOOKEEPER_SERVER=$(find_zookeeper)" ZOO_LOG4J_PROP=INFO,CONSOLE "ZOO_LOG_DIR=$ZOOKEEPER_DATA/log" JMXDISABLE=true >/etc/mesos/zookeeper.env
  systemctl enable --quiet magnum-zookeeper.service
  systemctl restart magnum-zookeeper.service
}

# Only one that is in a majority takes clients.
zookeeper_serves() {
  timeout 5 bash -c 'exec 3<>/dev/tcp/127.0.0.1/2181 && echo srvr >&3 && grep -q "^Mode:" <&3' 2>/dev/null ||
    { echo 'ZooKeeper does not serve: it needs a majority of the masters'; return 1; }
}
