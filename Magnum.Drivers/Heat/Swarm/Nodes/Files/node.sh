#!/bin/bash
# Makes this server a node of its swarm and tells Heat how that went.
set -euo pipefail
umask 077

library=$(dirname "$(readlink -f "$0")")
# shellcheck source=../../../Nodes/Files/common.sh
. "$library/common.sh"
# shellcheck source=../../../Nodes/Files/host.sh
. "$library/host.sh"
# shellcheck source=../../../Nodes/Files/signing.sh
. "$library/signing.sh"
# shellcheck source=../../../Nodes/Files/docker-engine.sh
. "$library/docker-engine.sh"
# shellcheck source=docker.sh
. "$library/docker.sh"
# shellcheck source=swarm.sh
. "$library/swarm.sh"

begin
step image
need jq curl openssl
step trust
trust_cloud
step proxy
use_proxy docker
step docker-engine
attempt 5 15 install_docker
check_docker
step volumes
stop_docker
mount_volume "$(place docker_volume)" /var/lib/docker
step sign-in
attempt 20 15 sign_in
step certificates
make_certificates
step docker-start
start_daemon
if [[ $(setting role) == master ]]; then
  make_manager
else
  make_worker
fi
step report
