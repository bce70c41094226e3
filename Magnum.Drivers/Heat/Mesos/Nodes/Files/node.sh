#!/bin/bash
# Makes this server a node of its Mesos cluster and tells Heat how that went.
set -euo pipefail
umask 077

library=$(dirname "$(readlink -f "$0")")
# shellcheck source=../../../Nodes/Files/common.sh
. "$library/common.sh"
# shellcheck source=../../../Nodes/Files/host.sh
. "$library/host.sh"
# shellcheck source=../../../Nodes/Files/docker-engine.sh
. "$library/docker-engine.sh"
# shellcheck source=packages.sh
. "$library/packages.sh"
# shellcheck source=zookeeper.sh
. "$library/zookeeper.sh"
# shellcheck source=mesos.sh
. "$library/mesos.sh"

begin
step image
need jq curl
step trust
trust_cloud
step proxy
use_proxy docker magnum-mesos-agent
step software
install_software
check_software
silence
if [[ $(setting role) == master ]]; then
  make_master
else
  step docker-engine
  attempt 5 15 install_docker
  need dockerd docker
  make_agent
fi
step report
