#!/bin/bash
# Keeps this node's certificates: asks Magnum which CAs hold, puts them into effect, and has its own certificates renewed in time. Every run
# compares what there is with what should be, so one that was broken off is made good by the next.
set -euo pipefail
umask 077

library=$(dirname "$(readlink -f "$0")")
# shellcheck source=../../../Nodes/Files/common.sh
. "$library/common.sh"

PKI=/etc/kubernetes/pki
KUBELET=/var/lib/kubelet/pki/kubelet
STATE=/var/lib/magnum
# The phase that Magnum named and that is in effect here.
RECORD=$STATE/certificates
# There while something that runs does not know its new files yet.
RESTART=$STATE/restart
RESTART_PODS=$STATE/restart-pods
RESTART_CLOUD=$STATE/restart-cloud

export KUBECONFIG=/etc/kubernetes/admin.conf
WORK=$(mktemp -d /run/magnum-certificates.XXXXXX)
trap 'rm -rf "$WORK"' EXIT

# What was kept for this when the node was made.
known() {
  jq -r --arg name "$1" '.[$name] // ""' "$MAGNUM/certificates.json"
}

is_master() {
  [[ -f $PKI/apiserver.crt ]]
}

use_known_proxy() {
  if [[ -n $(known http_proxy)$(known https_proxy) ]]; then
    http_proxy=$(known http_proxy)
    https_proxy=$(known https_proxy)
    no_proxy=$(known no_proxy)
    export http_proxy https_proxy no_proxy
  fi
}

# send DOOR: what comes in goes there; its answer comes out.
send() {
  curl --silent --show-error --fail --max-time 60 --header 'Content-Type: application/json' --data-binary @- \
    "$(known magnum_url)/certificates/$(known cluster_uuid)/$1"
}

# sign KEY: the signature of what comes in.
sign() {
  openssl dgst -sha256 -sign "$1" | base64 --wrap=0
}

recorded() {
  cat "$RECORD" 2>/dev/null || true
}

ask() {
  local time applied
  time=$(date -u +%Y-%m-%dT%H:%M:%SZ)
  applied=$(recorded)
  printf '%s\n%s\n%s' "$(known cluster_uuid)" "$time" "$applied" | sign "$KUBELET.key" >"$WORK/signature"
  jq -n --rawfile certificate "$KUBELET.crt" --rawfile signature "$WORK/signature" --arg time "$time" --arg applied "$applied" \
    '{certificate: $certificate, time: $time, applied: $applied, signature: $signature}' | send node >"$WORK/answer.json"
}

# put FILE NEW: NEW takes FILE's place in one step.
put() {
  touch "$RESTART"
  cp "$2" "$1.new"
  mv -f "$1.new" "$1"
}

# trust KIND FILE: the CAs of that kind, and by itself the one of them that signs.
trust() {
  jq -er --arg kind "$1" '.ca[$kind]' "$WORK/answer.json" >"$WORK/$1.crt"
  awk '/BEGIN/ { n++ } n == 1' "$WORK/$1.crt" >"$WORK/$1-signing.crt"
  if ! cmp --silent "$WORK/$1.crt" "$2"; then
    put "$2" "$WORK/$1.crt"
  fi
}

# Pods read the cluster's CAs once, when they start: those that run have to be started again before anything is signed by a CA they do not know.
note_pods() {
  if is_master && [[ $(place index) == 0 ]] && (($(jq -r .ca.kubernetes "$WORK/answer.json" | grep -c BEGIN) > $(grep -c BEGIN "$PKI/ca.crt"))); then
    touch "$RESTART_PODS"
  fi
}

# Also when somebody has changed it with kubectl, which writes YAML.
read_kubeconfig() {
  kubectl config view --kubeconfig "$1" --raw --output json
}

trust_in_kubeconfig() {
  read_kubeconfig "$1" >"$WORK/config.json"
  jq --rawfile ca "$PKI/ca.crt" '(.clusters[] | select(.name == "kubernetes") | .cluster["certificate-authority-data"]) = ($ca | @base64)' \
    "$WORK/config.json" >"$WORK/config.new"
  if [[ $(jq -S . "$WORK/config.json") != "$(jq -S . "$WORK/config.new")" ]]; then
    put "$1" "$WORK/config.new"
  fi
}

seconds_of() {
  date -d "$(openssl x509 -in "$1" -noout "-$2" | cut -d = -f 2)" +%s
}

# is_due KIND CERTIFICATE: two thirds of its life are over, or the CA that signs now has not signed it and that is asked for.
is_due() {
  local start end
  if [[ $(jq -r .renew "$WORK/answer.json") == true ]] && ! openssl verify -CAfile "$WORK/$1-signing.crt" "$2" >/dev/null 2>&1; then
    return 0
  fi
  start=$(seconds_of "$2" startdate)
  end=$(seconds_of "$2" enddate)
  (($(date +%s) > start + (end - start) * 2 / 3))
}

# extension CERTIFICATE NAME: its text on one line.
extension() {
  openssl x509 -in "$1" -noout -ext "$2" 2>/dev/null | sed -n '2s/^ *//p'
}

# renew KIND KEY CERTIFICATE: $WORK/renewed.crt is the same once more. The key stays, so that key and certificate never fail to fit.
renew() {
  local kind=$1 key=$2 certificate=$3 names usages extensions
  names=$(extension "$certificate" subjectAltName | sed 's/IP Address:/IP:/g; s/, /,/g')
  usages=$(extension "$certificate" extendedKeyUsage |
    sed 's/TLS Web Server Authentication/serverAuth/; s/TLS Web Client Authentication/clientAuth/; s/, /,/g')
  extensions=(-addext 'keyUsage=digitalSignature,keyEncipherment' -addext "extendedKeyUsage=$usages")
  if [[ -n $names ]]; then
    extensions+=(-addext "subjectAltName=$names")
  fi
  openssl req -new -key "$key" -out "$WORK/request.pem" "${extensions[@]}" \
    -subj "$(openssl x509 -in "$certificate" -noout -subject -nameopt compat | sed 's/^subject= *//')"
  sign "$key" <"$WORK/request.pem" >"$WORK/signature"
  jq -n --arg kind "$kind" --rawfile certificate "$certificate" --rawfile csr "$WORK/request.pem" --rawfile signature "$WORK/signature" \
    '{ca_cert_type: $kind, certificate: $certificate, csr: $csr, signature: $signature}' | send renew >"$WORK/renewed.json"
  jq -er .pem "$WORK/renewed.json" >"$WORK/renewed.crt"
  echo "renewed $(openssl x509 -in "$WORK/renewed.crt" -noout -subject)"
}

# renew_file KIND NAME: NAME.crt, whose key is NAME.key.
renew_file() {
  if is_due "$1" "$2.crt"; then
    renew "$1" "$2.key" "$2.crt"
    put "$2.crt" "$WORK/renewed.crt"
  fi
}

# renew_in_kubeconfig FILE USER: the certificate inside.
renew_in_kubeconfig() {
  local file=$1 user=$2
  read_kubeconfig "$file" >"$WORK/config.json"
  jq -er --arg user "$user" '.users[] | select(.name == $user) | .user["client-certificate-data"] | @base64d' "$WORK/config.json" >"$WORK/user.crt"
  if is_due kubernetes "$WORK/user.crt"; then
    jq -er --arg user "$user" '.users[] | select(.name == $user) | .user["client-key-data"] | @base64d' "$WORK/config.json" >"$WORK/user.key"
    renew kubernetes "$WORK/user.key" "$WORK/user.crt"
    jq --arg user "$user" --rawfile certificate "$WORK/renewed.crt" \
      '(.users[] | select(.name == $user) | .user["client-certificate-data"]) = ($certificate | @base64)' "$WORK/config.json" >"$WORK/config.new"
    put "$file" "$WORK/config.new"
  fi
}

keep_kubeconfig() {
  if [[ -f /etc/kubernetes/$1 ]]; then
    trust_in_kubeconfig "/etc/kubernetes/$1"
    renew_in_kubeconfig "/etc/kubernetes/$1" "$2"
  fi
}

keep_all() {
  local name
  note_pods
  trust kubernetes "$PKI/ca.crt"
  if is_master; then
    trust etcd "$PKI/etcd/ca.crt"
    trust front-proxy "$PKI/front-proxy-ca.crt"
    renew_file kubernetes "$PKI/apiserver"
    renew_file kubernetes "$PKI/apiserver-kubelet-client"
    renew_file front-proxy "$PKI/front-proxy-client"
    for name in etcd/server etcd/peer etcd/healthcheck-client apiserver-etcd-client; do
      renew_file etcd "$PKI/$name"
    done
    keep_kubeconfig admin.conf kubernetes-admin
    keep_kubeconfig super-admin.conf kubernetes-super-admin
    keep_kubeconfig controller-manager.conf system:kube-controller-manager
    keep_kubeconfig scheduler.conf system:kube-scheduler
  fi
  keep_kubeconfig kubelet.conf "system:node:$(place name)"
  # Last: Magnum knows by this one that the others are renewed.
  renew_file kubernetes "$KUBELET"
}

# The kubelet starts again what it finds stopped.
restart_control_plane() {
  local name
  for name in kube-scheduler kube-controller-manager kube-apiserver etcd; do
    crictl --runtime-endpoint unix:///run/containerd/containerd.sock ps --quiet --label "io.kubernetes.container.name=$name" |
      xargs --no-run-if-empty crictl --runtime-endpoint unix:///run/containerd/containerd.sock stop --timeout 30
  done
}

api_answers() {
  kubectl --kubeconfig "$1" get --raw /readyz >/dev/null
}

restart_node() {
  systemctl restart kubelet
  if is_master; then
    restart_control_plane
    # This one names the node's own API.
    attempt 60 10 api_answers /etc/kubernetes/controller-manager.conf
  else
    attempt 60 10 api_answers /etc/kubernetes/kubelet.conf
  fi
  rm -f "$RESTART"
}

# The credential that a program in the cluster has read when it started is void some time after Magnum has made another.
keep_cloud_credential() {
  if ! is_master || [[ $(place index) != 0 ]] || ! jq -er '.cloud_credential // empty' "$WORK/answer.json" >"$WORK/credential.json"; then
    return 0
  fi
  kubectl --namespace kube-system get secret cloud-config --output json >"$WORK/secret.json" || return 1
  jq --slurpfile told "$WORK/credential.json" '$told[0] as $credential | .data |= map_values(@base64d
    | gsub("application-credential-id=[^\n]*"; "application-credential-id=" + $credential.id)
    | gsub("application-credential-secret=[^\n]*"; "application-credential-secret=" + $credential.secret) | @base64)' \
    "$WORK/secret.json" >"$WORK/secret.new" || return 1
  if [[ $(jq -cS .data "$WORK/secret.json") != "$(jq -cS .data "$WORK/secret.new")" ]]; then
    touch "$RESTART_CLOUD"
    kubectl replace --filename "$WORK/secret.new" >/dev/null || return 1
    echo "the cluster's credential for the cloud is $(jq -r .id "$WORK/credential.json")"
  fi
  if [[ -f $RESTART_CLOUD ]]; then
    kubectl --namespace kube-system rollout restart daemonsets,deployments --selector magnum.openstack.org/reads=cloud-config || return 1
    rm -f "$RESTART_CLOUD"
  fi
}

ca_is_published() {
  [[ $(kubectl --namespace kube-system get configmap kube-root-ca.crt --output json | jq -r '.data["ca.crt"]') == "$(cat "$PKI/ca.crt")" ]]
}

restart_pods() {
  local namespace workload
  attempt 60 5 ca_is_published
  kubectl get deployments,daemonsets --all-namespaces --output json |
    jq -r '.items[] | "\(.metadata.namespace) \(.kind | ascii_downcase)/\(.metadata.name)"' >"$WORK/workloads"
  while read -r namespace workload; do
    # One that is paused refuses; its owner starts it when he lets it go on.
    kubectl --namespace "$namespace" rollout restart "$workload" </dev/null || echo "$namespace $workload was not restarted"
  done <"$WORK/workloads"
  rm -f "$RESTART_PODS"
}

main() {
  local phase
  mkdir -p "$STATE"
  use_known_proxy
  while true; do
    ask
    phase=$(jq -er .phase "$WORK/answer.json")
    keep_all
    if [[ -f $RESTART ]]; then
      restart_node
    fi
    if [[ -f $RESTART_PODS ]]; then
      restart_pods
    fi
    keep_cloud_credential || echo "the cluster's credential for the cloud was not brought up to date"
    if [[ $phase == "$(recorded)" ]]; then
      return 0
    fi
    # Magnum hears of it at once, since others may wait.
    echo "$phase" >"$WORK/phase"
    cp "$WORK/phase" "$RECORD.new"
    mv -f "$RECORD.new" "$RECORD"
    echo "in effect: $phase"
  done
}

main
