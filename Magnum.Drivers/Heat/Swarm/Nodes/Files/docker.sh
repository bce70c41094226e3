# shellcheck shell=bash
# Docker Engine: where it comes from, how it is configured, and the certificates by which it is spoken to.

TLS=/etc/docker/tls
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

check_docker() {
  local wanted found
  need dockerd docker
  wanted=$(setting docker_version)
  found=$(dockerd --version | sed -E 's/^Docker version ([^,]+).*/\1/')
  if [[ -n $wanted && $found != "$wanted" && $found != "$wanted"[.+~-]* ]]; then
    echo "Docker $wanted was asked for by label docker_version, and this node has $found"
    return 1
  fi
}

stop_docker() {
  systemctl stop docker.socket docker.service 2>/dev/null || true
}

# A manager serves Docker's API by one certificate, and keeps it. By the other one a node asks a manager to be let in: whoever has one is the
# swarm's master, so Magnum signs it for a day only, and it goes when the node is up.
make_certificates() {
  local name address
  name=$(place name)
  address=$(place address)
  mkdir -p "$TLS"
  attempt 10 15 fetch_ca kubernetes "$TLS/ca.pem"
  certificate kubernetes "$WORK/join" "/O=swarm:nodes/CN=$name" clientAuth
  if [[ $(setting role) == master ]]; then
    certificate kubernetes "$TLS/server" "/O=swarm:managers/CN=$name" serverAuth \
      "$(alternative_names "$name" "$address" "$(place public_address)" "$(place api_private_address)" "$(place api_public_address)" 127.0.0.1 localhost)"
  fi
}

# Where Docker listens stands in daemon.json, so that it must not stand in the unit as well.
start_docker() {
  local rule='FORWARD -d 169.254.169.254/32 -j DROP'
  jq --arg tls "$TLS" '. as $node | .daemon + {hosts: ["fd://"]}
    | if $node.role == "master" then . + {
        hosts: ["fd://", "tcp://0.0.0.0:\($node.api_port)"], tls: true, tlsverify: true,
        tlscacert: "\($tls)/ca.pem", tlscert: "\($tls)/server.crt", tlskey: "\($tls)/server.key"}
      else . end' "$MAGNUM/node.json" >/etc/docker/daemon.json
  mkdir -p "$UNIT"
  {
    echo '[Service]'
    echo 'ExecStart='
    echo "ExecStart=$(command -v dockerd)"
    # Containers have no business with the server's metadata, which holds this node's user data.
    echo "ExecStartPost=-/bin/sh -c 'iptables -C $rule || iptables -I $rule'"
  } >"$UNIT/20-magnum.conf"
  systemctl daemon-reload
  systemctl enable --quiet docker.service
  systemctl restart docker.service
}
