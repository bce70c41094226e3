# shellcheck shell=bash
# The operating system: trust, proxies, disks, runtime.

need_programs() {
  local program programs=(jq curl openssl kubelet kubeadm kubectl containerd)
  if [[ $(setting role) == master ]]; then
    programs+=(crictl)
  fi
  for program in "${programs[@]}"; do
    if ! command -v "$program" >/dev/null; then
      echo "the image has no $program"
      return 1
    fi
  done
}

trust_cloud() {
  if [[ -z $(setting ca_bundle) ]]; then
    return 0
  fi
  if command -v update-ca-trust >/dev/null; then
    setting ca_bundle >/etc/pki/ca-trust/source/anchors/magnum.pem
    update-ca-trust
  elif [[ -d /usr/local/share/ca-certificates ]]; then
    setting ca_bundle >/usr/local/share/ca-certificates/magnum.crt
    update-ca-certificates
  else
    setting ca_bundle >/etc/ssl/certs/magnum.pem
    update-ca-certificates
  fi
}

use_proxy() {
  local http https none unit
  http=$(setting http_proxy)
  https=$(setting https_proxy)
  none="$(setting no_proxy),$(place api_private_address),$(place address)"
  if [[ -z $http && -z $https ]]; then
    return 0
  fi
  # Lines of a file that systemd reads: a quote or a line break would be another line's business.
  if [[ "$http$https$none" == *[\"$'\n']* ]]; then
    echo 'a proxy setting has characters that no address has'
    return 1
  fi
  export http_proxy=$http https_proxy=$https no_proxy=$none
  for unit in containerd kubelet; do
    mkdir -p "/etc/systemd/system/$unit.service.d"
    {
      echo '[Service]'
      printf 'Environment="%s"\n' "HTTP_PROXY=$http" "HTTPS_PROXY=$https" "NO_PROXY=$none" "http_proxy=$http" "https_proxy=$https" "no_proxy=$none"
    } >"/etc/systemd/system/$unit.service.d/10-magnum-proxy.conf"
  done
  systemctl daemon-reload
}

volume_device() {
  local found
  found=$(find /dev/disk/by-id -name "*${1:0:20}*" ! -name '*-part*' -print -quit 2>/dev/null)
  [[ -n $found ]] && readlink -f "$found"
}

# mount_volume VOLUME DIRECTORY: what is on the volume stays.
mount_volume() {
  local volume=$1 directory=$2 device uuid
  if [[ -z $volume ]] || mountpoint --quiet "$directory"; then
    return 0
  fi
  # Cinder attaches it while the server starts.
  attempt 60 5 volume_device "$volume" >/dev/null || { echo "volume $volume was not attached"; return 1; }
  device=$(volume_device "$volume")
  if [[ -z $(blkid -o value -s TYPE "$device" || true) ]]; then
    mkfs.ext4 -q "$device"
  fi
  uuid=$(blkid -o value -s UUID "$device")
  mkdir -p "$directory"
  echo "UUID=$uuid $directory ext4 defaults,nofail 0 2" >>/etc/fstab
  mount "$directory"
  # etcd takes no directory that has anything in it.
  rmdir "$directory/lost+found" 2>/dev/null || true
}

set_kernel() {
  printf '%s\n' overlay br_netfilter >/etc/modules-load.d/magnum.conf
  modprobe overlay
  modprobe br_netfilter
  printf '%s\n' 'net.ipv4.ip_forward = 1' 'net.bridge.bridge-nf-call-iptables = 1' >/etc/sysctl.d/99-magnum.conf
  sysctl --quiet --load /etc/sysctl.d/99-magnum.conf
  swapoff --all
  if command -v getenforce >/dev/null && [[ $(getenforce) == Enforcing && $(setting selinux_mode) != enforcing ]]; then
    setenforce 0
  fi
}

# Pods have no business with the server's metadata, which holds this node's user data.
block_metadata() {
  local rule='FORWARD -d 169.254.169.254/32 -j DROP'
  mkdir -p /etc/systemd/system/kubelet.service.d
  {
    echo '[Service]'
    echo "ExecStartPre=-/bin/sh -c 'iptables -C $rule || iptables -I $rule'"
  } >/etc/systemd/system/kubelet.service.d/20-magnum-metadata.conf
  systemctl daemon-reload
}

set_runtime() {
  local prefix registry
  prefix=$(setting image_prefix)
  registry=$(setting insecure_registry)
  mkdir -p /etc/containerd/certs.d
  if [[ -n $registry ]]; then
    if [[ ! $registry =~ ^[A-Za-z0-9.:-]+$ ]]; then
      echo "insecure_registry is no host:port: $registry"
      return 1
    fi
    mkdir -p "/etc/containerd/certs.d/$registry"
    printf '[host."http://%s"]\n  capabilities = ["pull", "resolve"]\n' "$registry" >"/etc/containerd/certs.d/$registry/hosts.toml"
  fi
  if [[ -n $prefix && -f /etc/containerd/config.toml ]]; then
    sed -i "s#sandbox_image = \"[^\"]*/pause:#sandbox_image = \"${prefix%/}/pause:#" /etc/containerd/config.toml
  fi
  systemctl enable --quiet containerd
  systemctl restart containerd
}

# The kubelet's own files, where the unit of kubeadm's packages looks for them.
write_kubelet_files() {
  local taints=$1
  mkdir -p /var/lib/kubelet /etc/kubernetes/manifests
  jq .kubelet "$MAGNUM/node.json" >/var/lib/kubelet/config.yaml
  jq -r --arg ip "$(place address)" --arg taints "$taints" '
    .kubelet_args + {"node-ip": $ip} + (if $taints == "" then {} else {"register-with-taints": $taints} end)
    | to_entries | map("--\(.key)=\(.value)") | "KUBELET_KUBEADM_ARGS=\"\(join(" "))\""' "$MAGNUM/node.json" >/var/lib/kubelet/kubeadm-flags.env
}
