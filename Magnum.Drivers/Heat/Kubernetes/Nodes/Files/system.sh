# shellcheck shell=bash
# What Kubernetes asks of the operating system: kernel, runtime, the kubelet's files.

need_programs() {
  local programs=(jq curl openssl kubelet kubeadm kubectl containerd)
  if [[ $(setting role) == master ]]; then
    programs+=(crictl)
  fi
  need "${programs[@]}"
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
