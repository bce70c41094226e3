# shellcheck shell=bash
# Docker Engine: where it comes from, and how it is started.

UNIT=/etc/systemd/system/docker.service.d

# Of the image; else of the distribution, where that has it. What packages install is for all to read, unlike what these scripts write.
install_docker() (
  packages=(docker.io)
  umask 022
  if command -v dockerd >/dev/null || ! command -v apt-get >/dev/null; then
    exit 0
  fi
  apt-get -q update || exit 1
  if apt-cache show docker-cli >/dev/null 2>&1; then
    packages+=(docker-cli)
  fi
  DEBIAN_FRONTEND=noninteractive apt-get -y -q --no-install-recommends install "${packages[@]}"
)

stop_docker() {
  systemctl stop docker.socket docker.service 2>/dev/null || true
}

# start_docker CONFIGURATION: where Docker listens stands in it, so that it must not stand in the unit as well.
start_docker() {
  local configuration=$1 rule='FORWARD -d 169.254.169.254/32 -j DROP'
  mkdir -p /etc/docker "$UNIT"
  cp "$configuration" /etc/docker/daemon.json
  {
    echo '[Service]'
    echo 'ExecStart='
    echo "ExecStart=$(command -v dockerd)"
    # Containers have no business with the server's metadata, which holds this node's user data.
    echo "ExecStartPre=-/bin/sh -c 'iptables -C $rule || iptables -I $rule'"
  } >"$UNIT/20-magnum.conf"
  systemctl daemon-reload
  systemctl enable --quiet docker.service
  systemctl restart docker.service
}
