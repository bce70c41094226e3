#!/bin/bash
# Boots a real server with the user data of a swarm's manager: Debian with systemd and cloud-init under QEMU, which has to come up by what Magnum wrote, report
# itself, and answer Magnum by the cluster's certificates. Slow, and no part of ./test.sh: see README.md. It takes root.
#
#   guest-boot.sh              image, Magnum, cluster, server; ends when the cluster is healthy
#   guest-boot.sh image        only the image
#   ENGINES_CACHE=~/.cache/magnum-engines   the image is kept here
#   ENGINES_MIRROR=...                      a Debian mirror; otherwise the one that this machine uses
#   ACCEL=tcg                               how QEMU runs; kvm where that works
#   PATIENCE=3600                           seconds for the server to come up
set -euo pipefail
export LC_ALL=C.UTF-8 no_proxy='*' DOTNET_CLI_TELEMETRY_OPTOUT=1
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(dirname "$(dirname "$HERE")")
CACHE=${ENGINES_CACHE:-${HOME:-/root}/.cache/magnum-engines}
SUITE=bookworm NETWORK=10.97.0
IMAGE=$CACHE/guest-$SUITE.raw KERNEL=$CACHE/guest-$SUITE.vmlinuz INITRD=$CACHE/guest-$SUITE.initrd
WORK=$(mktemp -d /tmp/magnum-guest.XXXXXX)
WEB_PORT=19510 API_PORT=19511 CLOUD_PORT=19500
# What the image contract of swarm_heat asks for, and a system to hold it.
PACKAGES=systemd-sysv,udev,dbus,kmod,iproute2,ifupdown,procps,zstd,initramfs-tools,linux-image-cloud-amd64,cloud-init,python3-cffi-backend,ca-certificates,bash,curl,jq,openssl,iptables,e2fsprogs,docker.io
began=$SECONDS magnum='' guest=''

say() { printf '%5d s  %s\n' $((SECONDS - began)) "$*"; }

# shellcheck disable=SC2317 # called by the trap
finish() {
  local status=$?
  [ -z "$guest" ] || kill "$guest" 2>/dev/null || true
  [ -z "$magnum" ] || kill "$magnum" 2>/dev/null || true
  wait 2>/dev/null || true
  ip link delete magnum-guest 2>/dev/null || true
  "$HERE/machines.sh" down
  if [ $status = 0 ]; then rm -rf "$WORK"; else echo "what was printed is in $WORK" >&2; fi
}
trap finish EXIT
trap 'exit 130' INT TERM

packages() {
  local missing=()
  type -P qemu-system-x86_64 >/dev/null || missing+=(qemu-system-x86)
  type -P debootstrap >/dev/null || missing+=(debootstrap)
  type -P genisoimage >/dev/null || missing+=(genisoimage)
  type -P jq >/dev/null || missing+=(jq)
  [ ${#missing[@]} = 0 ] || DEBIAN_FRONTEND=noninteractive apt-get -y -q -o DPkg::Lock::Timeout=900 install --no-install-recommends "${missing[@]}" >"$WORK/apt.log"
}

# A file system without a partition table and without a boot loader: QEMU loads the kernel itself.
image() {
  [ ! -s "$IMAGE" ] || return 0
  local root=$WORK/root mirror=${ENGINES_MIRROR:-}
  [ -n "$mirror" ] || mirror=$(apt-get indextargets --format "\$(REPO_URI)" "Codename: $SUITE" "Label: Debian" | sort -u | head -1)
  mkdir -p "$CACHE"
  # cloud-init's Python is compiled once and not at each boot, whatever the environment says.
  env -u PYTHONDONTWRITEBYTECODE debootstrap --variant=minbase --include=$PACKAGES $SUITE "$root" "${mirror:-http://deb.debian.org/debian}" >"$WORK/debootstrap.log"
  rm -f "$root"/var/cache/apt/archives/*.deb
  : >"$root/etc/machine-id"
  echo 'LABEL=root / ext4 defaults 0 1' >"$root/etc/fstab"
  printf 'datasource_list: [NoCloud]\nssh_genkeytypes: []\nlocale: false\napt: {preserve_sources_list: true}\n' >"$root/etc/cloud/cloud.cfg.d/90-guest.cfg"
  printf 'virtio_pci\nvirtio_blk\nvirtio_net\next4\n' >>"$root/etc/initramfs-tools/modules"
  chroot "$root" update-initramfs -u >>"$WORK/debootstrap.log" 2>&1
  cp "$root"/boot/vmlinuz-* "$KERNEL"
  cp "$root"/boot/initrd.img-* "$INITRD"
  truncate -s 4G "$IMAGE.new"
  mkfs.ext4 -q -F -L root -d "$root" "$IMAGE.new"
  mv "$IMAGE.new" "$IMAGE"
  rm -rf "$root"
  say "image: $(du -m "$IMAGE" | cut -f1) MiB"
}

start_magnum() {
  "$HERE/machines.sh" up
  (
    cd "$ROOT"
    exec env -u ASPNETCORE_ENVIRONMENT -u ASPNETCORE_URLS Magnum__DataDirectory="$WORK/data" Magnum__Web__Url=http://127.0.0.1:$WEB_PORT \
      Magnum__Api__Url=http://$NETWORK.1:$API_PORT EmbeddedCloud__Host=$NETWORK.1 EmbeddedCloud__Port=$CLOUD_PORT EmbeddedCloud__AllowRemote=true \
      Magnum__Conductor__HealthInterval=00:00:05 dotnet artifacts/bin/Magnum.Web/debug/Magnum.Web.dll
  ) >"$WORK/magnum.log" 2>&1 </dev/null &
  magnum=$!
  for _ in $(seq 240); do
    curl -sf -o /dev/null "http://$NETWORK.1:$API_PORT/readyz" && return
    kill -0 "$magnum" || break
    sleep 0.5
  done
  tail -20 "$WORK/magnum.log"
  return 1
}

# token USER PROJECT: the embedded cloud's passwords are the users' names.
token() {
  jq -n --arg user "$1" --arg project "$2" '{auth: {
      identity: {methods: ["password"], password: {user: {name: $user, password: $user, domain: {id: "default"}}}},
      scope: {project: {name: $project, domain: {id: "default"}}}}}' |
    curl -sf -D - -o /dev/null -H 'Content-Type: application/json' --data-binary @- "http://$NETWORK.1:$CLOUD_PORT/identity/v3/auth/tokens" |
    sed -n 's/^x-subject-token: *//Ip' | tr -d '\r'
}

magnum_api() { # METHOD PATH [BODY]
  curl -sf -X "$1" -H "X-Auth-Token: $demo" -H 'OpenStack-API-Version: container-infra latest' -H 'Content-Type: application/json' \
    ${3:+--data-binary "$3"} "http://$NETWORK.1:$API_PORT/v1$2"
}

create_cluster() {
  local template
  # Nobody plays the server: it reports itself.
  curl -sf -X PUT -H 'Content-Type: application/json' --data '{"stack": "bees"}' "http://$NETWORK.1:$CLOUD_PORT/embedded/scenarios/hang" >/dev/null
  template=$(magnum_api POST /clustertemplates "$(jq -n --arg network "$NETWORK.0/24" '{name: "bees", coe: "swarm", image_id: "ubuntu-24.04",
    external_network_id: "public", flavor_id: "m1.small", master_flavor_id: "m1.small", floating_ip_enabled: false, labels: {fixed_subnet_cidr: $network}}')" | jq -r .uuid)
  magnum_api POST /clusters "$(jq -n --arg template "$template" '{name: "bees", cluster_template_id: $template, master_count: 1, node_count: 0, create_timeout: 300}')" | jq -r .uuid
}

# The server as Nova has it, as soon as it is active; what it is given of it goes into a volume as Nova's own metadata would.
take_server() {
  local admin server address
  admin=$(token admin admin)
  for _ in $(seq 600); do
    server=$(curl -sf -H "X-Auth-Token: $admin" -H 'OpenStack-API-Version: compute 2.15' "http://$NETWORK.1:$CLOUD_PORT/compute/v2.1/servers/detail?all_tenants=1&status=ACTIVE" |
      jq -c '[.servers[] | select(.["OS-EXT-SRV-ATTR:user_data"] != null)][0] // empty')
    [ -z "$server" ] || break
    sleep 1
  done
  name=$(jq -r .name <<<"$server")
  address=$(jq -r '[.addresses[][] | select(.["OS-EXT-IPS:type"] == "fixed") | .addr][0]' <<<"$server")
  mkdir "$WORK/seed"
  jq -r '.["OS-EXT-SRV-ATTR:user_data"]' <<<"$server" | base64 -d >"$WORK/seed/user-data"
  jq -n --arg id "$(jq -r .id <<<"$server")" --arg name "$name" '{"instance-id": $id, "local-hostname": $name}' >"$WORK/seed/meta-data"
  jq -n --arg address "$address/24" --arg gateway "$NETWORK.1" '{version: 1, config: [{type: "physical", name: "eth0", subnets: [{type: "static", address: $address, gateway: $gateway}]}]}' \
    >"$WORK/seed/network-config"
  genisoimage -quiet -output "$WORK/seed.iso" -volid cidata -joliet -rock "$WORK/seed"
  say "server $name at $address: $(wc -c <"$WORK/seed/user-data") bytes of user data"
}

boot() {
  local accel=${ACCEL:-tcg} cpu=max
  [ "$accel" != tcg ] || accel=tcg,thread=multi,tb-size=256
  [ "$accel" != kvm ] || cpu=host
  cp --sparse=always "$IMAGE" "$WORK/disk.raw"
  ip tuntap add dev magnum-guest mode tap
  ip link set magnum-guest master magnum-machines up
  qemu-system-x86_64 -accel "$accel" -cpu "$cpu" -m 1024 -smp 2 -display none -nodefaults -no-reboot -serial "file:$WORK/console.log" \
    -kernel "$KERNEL" -initrd "$INITRD" -append 'root=LABEL=root ro console=ttyS0 net.ifnames=0 systemd.show_status=false' \
    -drive "file=$WORK/disk.raw,if=virtio,format=raw,cache=unsafe" -drive "file=$WORK/seed.iso,if=virtio,format=raw,readonly=on" \
    -netdev tap,id=n,ifname=magnum-guest,script=no,downscript=no -device virtio-net-pci,netdev=n,romfile= -device virtio-rng-pci >"$WORK/qemu.log" 2>&1 </dev/null &
  guest=$!
}

# What the node says on its console, as it says it, until the cluster is as it should be.
follow() {
  local shown=0 lines status=
  while ((SECONDS - began < ${PATIENCE:-3600})); do
    kill -0 "$guest" || { echo "QEMU ended"; tail -5 "$WORK/qemu.log"; return 1; }
    lines=$(grep -a '== \|cloud-init.*finished' "$WORK/console.log" 2>/dev/null | tr -d '\r' || true)
    while ((shown < $(grep -c . <<<"$lines"))); do
      shown=$((shown + 1))
      say "console: $(sed -n "${shown}s/.*\]: //p" <<<"$lines")"
    done
    status=$(magnum_api GET "/clusters/$cluster")
    case $(jq -r '"\(.status) \(.health_status)"' <<<"$status") in
      'CREATE_COMPLETE HEALTHY') break ;;
      *_FAILED*) jq -r '"\(.status): \(.status_reason)"' <<<"$status"; tail -30 "$WORK/console.log"; return 1 ;;
    esac
    sleep 2
  done
  say "cluster: $(jq -c '[.status, .api_address, .health_status, .health_status_reason]' <<<"$status")"
  [ "$(jq -r .health_status <<<"$status")" = HEALTHY ]
}

# As coe cluster config does.
ask_docker() {
  local files=$WORK/files
  mkdir "$files"
  openssl req -new -newkey rsa:2048 -nodes -keyout "$files/key.pem" -out "$WORK/request.pem" -subj '/O=system:masters/CN=admin' 2>/dev/null
  magnum_api POST /certificates "$(jq -n --rawfile csr "$WORK/request.pem" --arg uuid "$cluster" '{cluster_uuid: $uuid, csr: $csr}')" | jq -r .pem >"$files/cert.pem"
  magnum_api GET "/certificates/$cluster" | jq -r .pem >"$files/ca.pem"
  curl -sf --cacert "$files/ca.pem" --cert "$files/cert.pem" --key "$files/key.pem" "https://${1#tcp://}/nodes" |
    jq -r '.[] | "node \(.Description.Hostname): \(.Status.State), \(.Spec.Role), Docker \(.Description.Engine.EngineVersion), leader \(.ManagerStatus.Leader)"'
}

packages
image
[ "${1:-}" != image ] || exit 0
start_magnum
demo=$(token demo demo)
say 'Magnum is up'
cluster=$(create_cluster)
take_server
boot
say "server $name boots"
follow
say "$(ask_docker "$(magnum_api GET "/clusters/$cluster" | jq -r .api_address)")"
say 'the server has come up by itself'
