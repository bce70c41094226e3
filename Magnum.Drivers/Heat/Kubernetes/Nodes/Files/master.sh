# shellcheck shell=bash
# A master: the control plane by kubeadm, with certificates that Magnum has signed ("external CA").

export KUBECONFIG=/etc/kubernetes/admin.conf

api_url() {
  echo "https://$(place api_private_address):$(setting api_port)"
}

local_api_url() {
  echo "https://$(place address):$(setting api_port)"
}

kubeadm_minor() {
  kubeadm version -o short | cut -d . -f 2
}

# Since 1.29 administrators are a group that can lose its rights again.
admins() {
  if (($(kubeadm_minor) >= 29)); then
    echo kubeadm:cluster-admins
  else
    echo system:masters
  fi
}

master_certificates() {
  local name address
  name=$(place name)
  address=$(place address)
  mkdir -p "$PKI/etcd"
  attempt 10 15 fetch_ca kubernetes "$PKI/ca.crt"
  attempt 10 15 fetch_ca etcd "$PKI/etcd/ca.crt"
  attempt 10 15 fetch_ca front-proxy "$PKI/front-proxy-ca.crt"
  attempt 10 15 fetch_service_account_key

  certificate kubernetes "$PKI/apiserver" /CN=kube-apiserver serverAuth "$(alternative_names "$name" kubernetes kubernetes.default kubernetes.default.svc \
    "kubernetes.default.svc.$(setting dns_domain)" "$(setting service_address)" "$address" "$(place public_address)" \
    "$(place api_private_address)" "$(place api_public_address)" 127.0.0.1 localhost)"
  certificate kubernetes "$PKI/apiserver-kubelet-client" "/O=$(admins)/CN=kube-apiserver-kubelet-client" clientAuth
  certificate front-proxy "$PKI/front-proxy-client" /CN=front-proxy-client clientAuth
  certificate etcd "$PKI/etcd/server" "/CN=$name" serverAuth,clientAuth "$(alternative_names "$name" "$address" localhost 127.0.0.1)"
  certificate etcd "$PKI/etcd/peer" "/CN=$name" serverAuth,clientAuth "$(alternative_names "$name" "$address" localhost 127.0.0.1)"
  certificate etcd "$PKI/etcd/healthcheck-client" /CN=kube-etcd-healthcheck-client clientAuth
  certificate etcd "$PKI/apiserver-etcd-client" /CN=kube-apiserver-etcd-client clientAuth
}

# Keys of these stand in the kubeconfig alone.
user_kubeconfig() {
  local file=$1 user=$2 subject=$3 server=$4
  certificate kubernetes "$WORK/user" "$subject" clientAuth
  kubeconfig "/etc/kubernetes/$file" "$user" "$WORK/user" "$server"
  rm -f "$WORK/user.key" "$WORK/user.crt"
}

master_kubeconfigs() {
  user_kubeconfig admin.conf kubernetes-admin "/O=$(admins)/CN=kubernetes-admin" "$(api_url)"
  if [[ ($(place index) == 0 || $(setting succeeds_master) == true) && $(admins) != system:masters ]]; then
    # kubeadm gives its group of administrators their rights by this one.
    user_kubeconfig super-admin.conf kubernetes-super-admin /O=system:masters/CN=kubernetes-super-admin "$(api_url)"
  fi
  user_kubeconfig controller-manager.conf system:kube-controller-manager /CN=system:kube-controller-manager "$(local_api_url)"
  user_kubeconfig scheduler.conf system:kube-scheduler /CN=system:kube-scheduler "$(local_api_url)"
}

# From 1.31 on arguments are a list of names and values.
kubeadm_files() {
  local api=v1beta3
  if (($(kubeadm_minor) >= 31)); then
    api=v1beta4
  fi
  jq --arg api "kubeadm.k8s.io/$api" --arg endpoint "$(place api_private_address):$(setting api_port)" --arg version "$(kubeadm version -o short)" '
    def arguments: if $api | endswith("v1beta4") then to_entries | map({name: .key, value: .value}) else . end;
    .kubeadm | .apiVersion = $api | .controlPlaneEndpoint = $endpoint
    | if .kubernetesVersion == "" then .kubernetesVersion = $version else . end
    | .apiServer.extraArgs |= arguments | .controllerManager.extraArgs |= arguments | .scheduler.extraArgs |= arguments' \
    "$MAGNUM/node.json" >"$WORK/cluster.json"
  jq --arg api "kubeadm.k8s.io/$api" --arg name "$(place name)" --arg address "$(place address)" --arg kubeconfig "$KUBECONFIG" '
    def arguments: if $api | endswith("v1beta4") then to_entries | map({name: .key, value: .value}) else . end;
    (.kubelet_args + {"node-ip": $address} | arguments) as $args | .api_port as $port
    | {name: $name, criSocket: "unix:///run/containerd/containerd.sock", kubeletExtraArgs: $args} as $registration
    | {advertiseAddress: $address, bindPort: $port} as $endpoint
    | {init: {apiVersion: $api, kind: "InitConfiguration", localAPIEndpoint: $endpoint, nodeRegistration: $registration},
       join: {apiVersion: $api, kind: "JoinConfiguration", nodeRegistration: $registration, controlPlane: {localAPIEndpoint: $endpoint},
              discovery: {file: {kubeConfigPath: $kubeconfig}}}}' "$MAGNUM/node.json" >"$WORK/kubeadm.json"
  {
    jq .init "$WORK/kubeadm.json"
    echo ---
    cat "$WORK/cluster.json"
    echo ---
    jq .kubelet "$MAGNUM/node.json"
    echo ---
    jq .kube_proxy "$MAGNUM/node.json"
  } >"$WORK/init.yaml"
  jq .join "$WORK/kubeadm.json" >"$WORK/join.yaml"
}

api_answers() {
  kubectl --kubeconfig "$1" get --raw /readyz >/dev/null
}

first_master() {
  step kubeadm-init
  kubeadm init --config "$WORK/init.yaml" --skip-token-print --ignore-preflight-errors=NumCPU
  step network
  attempt 10 15 apply_network
  step add-ons
  apply_addons
  if [[ -n $(setting post_install_manifest_url) ]]; then
    step post-install
    attempt 5 15 kubectl apply --filename "$(setting post_install_manifest_url)"
  fi
}

# Manifests of the image go before those of the Internet.
network_manifest() {
  local driver own
  driver=$(setting network_driver)
  own=/usr/share/magnum/manifests/$driver.yaml
  if [[ -f $own ]]; then
    cp "$own" "$WORK/network.yaml"
  elif [[ -n $(setting manifest_url) ]]; then
    curl --silent --show-error --fail --location --max-time 120 --output "$WORK/network.yaml" "$(setting manifest_url)"
  else
    echo "the image has no $own, and $driver has no other place to come from"
    return 1
  fi
}

apply_network() {
  network_manifest || return 1
  if [[ -n $(setting image_prefix) ]]; then
    sed -i -E "s#(image: *[\"']?)(docker\.io|quay\.io|ghcr\.io)/([^/]*/)*#\1$(setting image_prefix)#" "$WORK/network.yaml"
  fi
  kubectl apply --server-side --force-conflicts --filename "$WORK/network.yaml" || return 1
  case $(setting network_driver) in
    flannel)
      kubectl --namespace kube-flannel patch configmap kube-flannel-cfg --type merge --patch \
        "$(jq '{data: {"net-conf.json": (.flannel | tojson)}}' "$MAGNUM/node.json")" || return 1
      ;;
    calico)
      kubectl --namespace kube-system set env daemonset/calico-node "CALICO_IPV4POOL_CIDR=$(setting pod_cidr)" \
        "CALICO_IPV4POOL_IPIP=$(setting calico_ipip)" CALICO_IPV4POOL_VXLAN=Never || return 1
      ;;
  esac
}

fetch_cloud_credential() {
  magnum "$(setting magnum_url)/certificates/$(setting cluster_uuid)?ca_cert_type=cloud-credential" >"$WORK/credential.json"
}

# By what programs in the cluster find the cloud: the credential goes into the two lines that are left for it.
write_cloud_config() {
  fetch_cloud_credential || return 1
  jq --slurpfile told "$WORK/credential.json" '($told[0].cloud_credential | fromjson) as $credential
    | {apiVersion: "v1", kind: "Secret", metadata: {name: "cloud-config", namespace: "kube-system"}, type: "Opaque",
       data: (.cloud_config | map_values(gsub("application-credential-id=[^\n]*"; "application-credential-id=" + $credential.id)
         | gsub("application-credential-secret=[^\n]*"; "application-credential-secret=" + $credential.secret) | @base64))}' \
    "$MAGNUM/node.json" >"$WORK/cloud-config.json" || return 1
  rm -f "$WORK/credential.json"
  kubectl apply --server-side --force-conflicts --filename "$WORK/cloud-config.json" || return 1
  rm -f "$WORK/cloud-config.json"
}

apply_addon() {
  jq -er --arg name "$1" '.addons[$name]' "$MAGNUM/node.json" | base64 --decode | gzip --decompress --stdout >"$WORK/addon.yaml" || return 1
  kubectl apply --server-side --force-conflicts --filename "$WORK/addon.yaml"
}

node_is_known_to_the_cloud() {
  if kubectl get node "$(place name)" --output json | jq -e 'any(.spec.taints[]?; .key == "node.cloudprovider.kubernetes.io/uninitialized")' >/dev/null; then
    echo "the cloud controller has not said yet which server of the cloud $(place name) is"
    return 1
  fi
}

# Nodes are ready without the other ones: what fails of them is told, and can be applied by hand.
apply_addons() {
  local name others=()
  if jq -e .cloud_config "$MAGNUM/node.json" >/dev/null; then
    attempt 10 15 write_cloud_config
    attempt 10 15 apply_addon cloud-controller
    attempt 40 15 node_is_known_to_the_cloud
  fi
  mapfile -t others < <(jq -r '.addons // {} | keys_unsorted[] | select(. != "cloud-controller")' "$MAGNUM/node.json")
  for name in "${others[@]}"; do
    attempt 3 15 apply_addon "$name" || echo "add-on $name was not applied"
  done
}

# Masters join one after the other: etcd takes one new member at a time.
predecessors_are_there() {
  local there
  there=$(kubectl get nodes --selector node-role.kubernetes.io/control-plane --output name | wc -l)
  ((there >= $(place index)))
}

join_once() {
  # What an attempt that was broken off left is in the way of the next one; certificates and kubeconfigs stay.
  rm -rf /etc/kubernetes/manifests/*.yaml /var/lib/etcd/member
  kubeadm join --config "$WORK/join.yaml" --ignore-preflight-errors=NumCPU,FileAvailable--etc-kubernetes-kubelet.conf,FileAvailable--etc-kubernetes-pki-ca.crt,DirAvailable--var-lib-etcd
}

other_master() {
  step wait-for-api
  attempt 120 15 api_answers "$KUBECONFIG"
  step wait-for-turn
  attempt 120 15 predecessors_are_there
  step kubeadm-join
  attempt 10 15 join_once
}

# etcd counts the dead for its majorities: the member whose place this master takes goes before it comes.
forget_predecessor() {
  local pod id ids=()
  pod=$(kubectl --namespace kube-system get pods --selector component=etcd --output json |
    jq -r --arg own "etcd-$(place name)" '[.items[] | select(.status.phase == "Running") | .metadata.name | select(. != $own)][0] // ""') || return 1
  if [[ -z $pod ]]; then
    echo "no other master's etcd runs"
    return 1
  fi
  etcdctl_in "$pod" member list >"$WORK/members" || return 1
  # ID, status, name, peer addresses, client addresses, learner.
  mapfile -t ids < <(awk -F ', ' -v name="$(place name)" -v peer="https://$(place address):2380" '$3 == name || $4 == peer { print $1 }' "$WORK/members")
  for id in "${ids[@]}"; do
    etcdctl_in "$pod" member remove "$id" || return 1
  done
}

etcdctl_in() {
  local pod=$1
  shift
  kubectl --namespace kube-system exec "$pod" --container etcd -- etcdctl --endpoints https://127.0.0.1:2379 \
    --cacert /etc/kubernetes/pki/etcd/ca.crt --cert /etc/kubernetes/pki/etcd/healthcheck-client.crt --key /etc/kubernetes/pki/etcd/healthcheck-client.key "$@"
}

# What joins reads there which version it is to be.
tell_version() {
  kubeadm init phase upload-config kubeadm --config "$WORK/init.yaml" --kubeconfig "$KUBECONFIG"
}

succeed_once() {
  forget_predecessor || return 1
  join_once
}

# Every master shows the version of this one's kubelet.
masters_are_alike() {
  kubectl get nodes --selector node-role.kubernetes.io/control-plane --output json >"$WORK/masters.json" || return 1
  jq -e --arg version "$(kubelet --version | awk '{ print $2 }')" \
    'all(.items[]; .status.nodeInfo.kubeletVersion == $version)' "$WORK/masters.json" >/dev/null
}

own_version_shows() {
  kubectl get node "$(place name)" --output json | jq -e --arg version "$(kubelet --version | awk '{ print $2 }')" '.status.nodeInfo.kubeletVersion == $version' >/dev/null
}

# A master in the place of another. On a volume its etcd goes on where that one's ended; else it joins those of the other masters.
succeeding_master() {
  if [[ -d /var/lib/etcd/member ]]; then
    step kubeadm-init
    kubeadm init --config "$WORK/init.yaml" --skip-token-print --skip-phases=addon --ignore-preflight-errors=NumCPU,DirAvailable--var-lib-etcd
  else
    step wait-for-api
    attempt 120 15 api_answers "$KUBECONFIG"
    step kubeadm-config
    attempt 10 15 tell_version
    step kubeadm-join
    attempt 10 15 succeed_once
  fi
  step wait-for-own-api
  attempt 40 15 api_answers /etc/kubernetes/controller-manager.conf
  attempt 40 15 own_version_shows
  # The proxies must not be newer than any master's API.
  if masters_are_alike; then
    step add-ons
    attempt 10 15 kubeadm init phase addon all --config "$WORK/init.yaml" --kubeconfig "$KUBECONFIG"
    apply_addons
  fi
}

make_master() {
  step certificates
  master_certificates
  kubelet_certificate
  step kubeconfigs
  master_kubeconfigs
  step kubeadm-files
  kubeadm_files
  systemctl enable --quiet kubelet
  if [[ $(setting succeeds_master) == true ]]; then
    succeeding_master
  elif [[ $(place index) == 0 ]]; then
    first_master
  else
    other_master
  fi
  step wait-for-own-api
  attempt 40 15 api_answers "$KUBECONFIG"
}
