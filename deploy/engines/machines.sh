#!/bin/bash
# Machines for nodes, without machines: network, host name, processes, /etc, /var, /run and /usr/local of their own, on a bridge of this one. Nothing
# runs in them but what is started: the scripts of a node, and the engine that those start. See README.md. It takes root.
#
#   machines.sh up                        the bridge, which has the first address of the network; this machine is reached there
#   machines.sh serve ADDRESS             this machine is reached at this address too, in the place of one that is not booted
#   machines.sh boot NAME ADDRESS FOLDER  a machine at an address of the network, with the files of FOLDER; runs its node.sh to the end
#   machines.sh image NAME                gives a machine's Docker or containerd the image magnum/busybox:1, made of this machine's busybox
#   machines.sh in NAME COMMAND...        runs a command in a machine
#   machines.sh kill NAME                 the power goes
#   machines.sh down                      all machines and the bridge go
#   MACHINES_NETWORK=10.97.0              its first three numbers
#   MACHINES_FOLDER=/tmp/magnum-machines  pids and logs
set -euo pipefail
export LC_ALL=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
NETWORK=${MACHINES_NETWORK:-10.97.0} FOLDER=${MACHINES_FOLDER:-/tmp/magnum-machines}
BRIDGE=magnum-machines

# A pid alone may belong to somebody else by now.
pid_of() {
  local pid start
  read -r pid start 2>/dev/null <"$FOLDER/$1/pid" || return 1
  [ -n "$start" ] && [ "$(cut -d' ' -f22 "/proc/$pid/stat" 2>/dev/null)" = "$start" ] && echo "$pid"
}

inside() {
  local pid
  pid=$(pid_of "$1") || { echo "there is no machine $1" >&2; return 1; }
  shift
  nsenter --target "$pid" --mount --uts --net --pid -- env -i PATH="$PATH" HOME=/root LC_ALL=C.UTF-8 "$@"
}

up() {
  mkdir -p "$FOLDER"
  # Of its own: otherwise it is that of a machine, and when that goes the others look for this one where it is no more.
  ip link add "$BRIDGE" address 02:00:00:00:00:01 type bridge
  ip address add "$NETWORK.1/24" dev "$BRIDGE"
  ip link set "$BRIDGE" up
}

serve() { ip address add "$1/24" dev "$BRIDGE"; }

# The first process of a machine, in namespaces of its own. What it changes of this machine's folders stays in memory and is gone with it.
machine() {
  local name=$1 disk=$FOLDER/$1/disk folder pid start layer program parameter kubelet
  # The process table is this machine's still, and so is the number.
  read -r pid _ </proc/self/stat
  start=$(cut -d' ' -f22 "/proc/$pid/stat")
  mount -t proc proc /proc
  hostname "$name"
  mkdir -p "$disk"
  mount -t tmpfs -o mode=755 tmpfs "$disk"
  for folder in etc usr/local var; do
    layer=$disk/${folder//\//-}
    mkdir -p "$layer.upper" "$layer.work"
    mount -t overlay -o "lowerdir=/$folder,upperdir=$layer.upper,workdir=$layer.work" overlay "/$folder"
  done
  for folder in etc/docker var/lib/docker var/log; do
    rm -rf "/${folder:?}"
    mkdir -p "/$folder"
  done
  # An overlay cannot be the upper layer of another, and engines make them.
  mount -t tmpfs -o mode=711 tmpfs /var/lib/docker
  mkdir -p /var/lib/containerd
  mount -t tmpfs -o mode=711 tmpfs /var/lib/containerd
  mount -t tmpfs -o mode=755 tmpfs /run
  # Nobody here answers for names, and Docker, which asks for every image's registry, need not wait to find out.
  rm -f /etc/resolv.conf
  echo 'nameserver 127.0.0.1' >/etc/resolv.conf
  install -m 755 "$HERE/systemctl.sh" /usr/local/bin/systemctl
  # The kernel and its swap are this machine's.
  for program in modprobe swapoff; do ln -sf /bin/true "/usr/local/bin/$program"; done
  # So is what a kubelet sets in the kernel: it gets a copy to write to.
  for parameter in vm/overcommit_memory vm/panic_on_oom kernel/panic kernel/panic_on_oops kernel/keys/root_maxkeys kernel/keys/root_maxbytes; do
    [ -e "/proc/sys/$parameter" ] || continue
    cat "/proc/sys/$parameter" >"$disk/${parameter//\//-}"
    mount --bind "$disk/${parameter//\//-}" "/proc/sys/$parameter"
  done
  # It may be kept where a machine has something of its own.
  if kubelet=$("$HERE/kubernetes.sh" --path kubelet 2>/dev/null); then
    touch /usr/local/bin/kubelet
    mount --bind "$kubelet" /usr/local/bin/kubelet
  fi
  echo "$pid $start" >"$FOLDER/$name/pid"
  mount -t tmpfs tmpfs /tmp
  mount -o remount,bind,ro /
  # As a first process has to: who is nobody's child is buried here.
  while :; do
    sleep 3600 &
    wait $!
  done
}

boot() {
  local name=$1 address=$2 files=$3 pid i wire=magnum-${2##*.}
  mkdir -p "$FOLDER/$name"
  rm -f "$FOLDER/$name/pid"
  setsid unshare --mount --uts --net --pid --fork "$0" machine "$name" >"$FOLDER/$name/log" 2>&1 </dev/null &
  for ((i = 0; i < 100; i++)); do
    [ ! -s "$FOLDER/$name/pid" ] || break
    sleep 0.1
  done
  pid=$(pid_of "$name") || { echo "the machine $name did not start:" >&2; cat "$FOLDER/$name/log" >&2; return 1; }
  echo "$wire" >"$FOLDER/$name/wire"
  ip link add "$wire" type veth peer name eth0 netns "$pid"
  ip link set "$wire" master "$BRIDGE" up
  inside "$name" ip link set lo up
  inside "$name" ip address add "$address/24" dev eth0
  inside "$name" ip link set eth0 up
  inside "$name" ip route add default via "$NETWORK.1"
  (cd "$files" && find . -type f -print0 | tar --null -T - -cf -) | inside "$name" tar -C / --no-same-owner -xf -
  inside "$name" bash /usr/local/lib/magnum/node.sh
}

# As "docker save" writes it.
image() {
  local work layer
  work=$(mktemp -d)
  mkdir -p "$work/root/bin" "$work/image"
  cp "$(type -P busybox)" "$work/root/bin/busybox"
  ln -s busybox "$work/root/bin/sh"
  tar -C "$work/root" -cf "$work/image/layer.tar" .
  layer=$(sha256sum "$work/image/layer.tar" | cut -d' ' -f1)
  # Whoever is to do nothing, as a pod's own container, does so for long.
  jq -n --arg layer "sha256:$layer" --arg architecture "$(dpkg --print-architecture)" \
    '{$architecture, os: "linux", config: {Cmd: ["/bin/busybox", "sleep", "1000000"]}, rootfs: {type: "layers", diff_ids: [$layer]}}' >"$work/image/config.json"
  echo '[{"Config": "config.json", "RepoTags": ["magnum/busybox:1"], "Layers": ["layer.tar"]}]' >"$work/image/manifest.json"
  if inside "$1" test -S /run/docker.sock; then
    tar -C "$work/image" -cf - . | inside "$1" docker load
  else
    tar -C "$work/image" -cf - . | inside "$1" ctr --namespace k8s.io images import -
  fi
  rm -rf "$work"
}

# It is the first process of its namespace: the others end with it, containers and all.
power_off() {
  local name=$1 pid i containers container
  pid=$(pid_of "$name") || return 0
  # The kubelet's, which containerd keeps for all machines in one place.
  containers=$(ls "/proc/$pid/root/run/containerd/io.containerd.runtime.v2.task/k8s.io" 2>/dev/null) || true
  kill -KILL "$pid"
  # The kernel lets go of a network some time later.
  ip link delete "$(cat "$FOLDER/$name/wire" 2>/dev/null)" 2>/dev/null || true
  for ((i = 0; i < 100; i++)); do
    pid_of "$name" >/dev/null || break
    sleep 0.1
  done
  rm -f "$FOLDER/$name/pid"
  find /sys/fs/cgroup -depth -type d -path "*/magnum-machine-$name/*" -exec rmdir {} + 2>/dev/null || true
  find /sys/fs/cgroup -depth -type d -name "magnum-machine-$name" -exec rmdir {} + 2>/dev/null || true
  for container in $containers; do
    find /sys/fs/cgroup -depth -type d -path "*/k8s.io/$container*" -exec rmdir {} + 2>/dev/null || true
  done
  find /sys/fs/cgroup -depth -type d -name k8s.io -exec rmdir {} + 2>/dev/null || true
}

down() {
  local place
  for place in "$FOLDER"/*/; do
    [ -d "$place" ] || continue
    power_off "$(basename "$place")"
    rm -rf "$place"
  done
  ip link delete "$BRIDGE" 2>/dev/null || true
}

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
case ${1:-} in
  up) down; up ;;
  serve) serve "$2" ;;
  boot) boot "$2" "$3" "$4" ;;
  image) image "$2" ;;
  in) shift; inside "$@" ;;
  kill) power_off "$2" ;;
  down) down ;;
  machine) machine "$2" ;;
  *) sed -n '2,/^set /p' "$0" | sed '$d; s/^# \{0,1\}//' >&2; exit 2 ;;
esac
