#!/bin/bash
# Makes this server a node of its cluster and tells Heat how that went.
set -euo pipefail
umask 077

library=$(dirname "$(readlink -f "$0")")
# shellcheck source=../../../Nodes/Files/common.sh
. "$library/common.sh"
# shellcheck source=../../../Nodes/Files/host.sh
. "$library/host.sh"
# shellcheck source=../../../Nodes/Files/signing.sh
. "$library/signing.sh"
# shellcheck source=system.sh
. "$library/system.sh"
# shellcheck source=pki.sh
. "$library/pki.sh"
# shellcheck source=master.sh
. "$library/master.sh"
# shellcheck source=worker.sh
. "$library/worker.sh"

begin
step image
need_programs
step trust
trust_cloud
step proxy
use_proxy containerd kubelet
step volumes
mount_volume "$(place docker_volume)" /var/lib/containerd
mount_volume "$(place etcd_volume)" /var/lib/etcd
step kernel
set_kernel
step runtime
set_runtime
block_metadata kubelet
step sign-in
attempt 20 15 sign_in
if [[ $(setting role) == master ]]; then
  make_master
else
  make_worker
fi
step agent
keep_certificates
step report
