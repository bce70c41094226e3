# shellcheck shell=bash
# Docker as a swarm wants it: its version, and the certificates by which it is spoken to.

TLS=/etc/docker/tls

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

# A manager listens to others as well, with TLS on both sides.
start_daemon() {
  jq --arg tls "$TLS" '. as $node | .daemon + {hosts: ["fd://"]}
    | if $node.role == "master" then . + {
        hosts: ["fd://", "tcp://0.0.0.0:\($node.api_port)"], tls: true, tlsverify: true,
        tlscacert: "\($tls)/ca.pem", tlscert: "\($tls)/server.crt", tlskey: "\($tls)/server.key"}
      else . end' "$MAGNUM/node.json" >"$WORK/daemon.json"
  start_docker "$WORK/daemon.json"
}
