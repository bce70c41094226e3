# shellcheck shell=bash
# A worker: a kubelet with a certificate that Magnum has signed. It needs neither kubeadm nor a bootstrap token.

registered() {
  kubectl --kubeconfig /etc/kubernetes/kubelet.conf get node "$(place name)" --output name
}

make_worker() {
  step certificates
  mkdir -p "$PKI"
  attempt 10 15 fetch_ca kubernetes "$PKI/ca.crt"
  kubelet_certificate
  step kubelet
  write_kubelet_files "$(jq -r '.taints | map("\(.key)=\(.value):\(.effect)") | join(",")' "$MAGNUM/node.json")"
  systemctl enable --quiet kubelet
  systemctl restart kubelet
  step wait-for-registration
  attempt 720 5 registered
}
