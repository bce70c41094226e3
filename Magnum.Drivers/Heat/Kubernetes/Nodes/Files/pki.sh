# shellcheck shell=bash
# Certificates. The cluster's CAs stay in Magnum: a node makes its own keys and has its requests signed there.

PKI=/etc/kubernetes/pki

# An unscoped token of the cluster's own user, good for nothing but the certificates of this cluster.
sign_in() {
  jq '{auth: {identity: {methods: ["password"], password: {user: {id: .user_id, password: .password}}}, scope: "unscoped"}}' "$MAGNUM/node.json" |
    curl --silent --show-error --fail --max-time 60 --header 'Content-Type: application/json' --data-binary @- \
      --dump-header "$WORK/answer" --output /dev/null "$(setting auth_url)/auth/tokens" || return 1
  {
    sed -n 's/^[Xx]-[Ss]ubject-[Tt]oken: */X-Auth-Token: /p' "$WORK/answer" | tr -d '\r'
    echo 'OpenStack-API-Version: container-infra latest'
  } >"$WORK/headers"
}

magnum() {
  curl --silent --show-error --fail --max-time 60 --header "@$WORK/headers" "$@"
}

fetch_ca() {
  local kind=$1 file=$2
  magnum "$(setting magnum_url)/certificates/$(setting cluster_uuid)?ca_cert_type=$kind" >"$WORK/ca.json" || return 1
  jq -er .pem "$WORK/ca.json" >"$file"
}

# All masters sign the tokens of service accounts with the same key.
fetch_service_account_key() {
  magnum "$(setting magnum_url)/certificates/$(setting cluster_uuid)?ca_cert_type=service-account" >"$WORK/sa.json" || return 1
  jq -er .pem "$WORK/sa.json" >"$PKI/sa.key" || return 1
  rm -f "$WORK/sa.json"
  openssl pkey -in "$PKI/sa.key" -pubout -out "$PKI/sa.pub"
}

send_request() {
  local kind=$1 request=$2 file=$3
  jq -n --rawfile csr "$request" --arg uuid "$(setting cluster_uuid)" --arg kind "$kind" \
    '{cluster_uuid: $uuid, csr: $csr, ca_cert_type: $kind}' |
    magnum --header 'Content-Type: application/json' --data-binary @- "$(setting magnum_url)/certificates" >"$WORK/signed.json" || return 1
  jq -er .pem "$WORK/signed.json" >"$file"
}

# certificate KIND NAME SUBJECT USAGES [NAMES]: NAME.key and NAME.crt, signed by the CA of that kind.
certificate() {
  local kind=$1 name=$2 subject=$3 usages=$4 names=${5:-}
  local extensions=(-addext 'keyUsage=digitalSignature,keyEncipherment' -addext "extendedKeyUsage=$usages")
  if [[ -n $names ]]; then
    extensions+=(-addext "subjectAltName=$names")
  fi
  mkdir -p "$(dirname "$name")"
  openssl req -new -newkey rsa:2048 -nodes -keyout "$name.key" -out "$WORK/request.pem" -subj "$subject" "${extensions[@]}" 2>"$WORK/openssl" ||
    { cat "$WORK/openssl"; return 1; }
  attempt 10 15 send_request "$kind" "$WORK/request.pem" "$name.crt"
}

# kubeconfig FILE USER NAME SERVER: the certificate NAME.crt and its key inside the file.
kubeconfig() {
  jq -n --rawfile ca "$PKI/ca.crt" --rawfile certificate "$3.crt" --rawfile key "$3.key" --arg user "$2" --arg server "$4" '{
    apiVersion: "v1", kind: "Config", "current-context": "\($user)@kubernetes",
    clusters: [{name: "kubernetes", cluster: {server: $server, "certificate-authority-data": ($ca | @base64)}}],
    users: [{name: $user, user: {"client-certificate-data": ($certificate | @base64), "client-key-data": ($key | @base64)}}],
    contexts: [{name: "\($user)@kubernetes", context: {cluster: "kubernetes", user: $user}}]
  }' >"$1"
}

# DNS names and addresses, each once and none empty, as openssl wants them.
alternative_names() {
  local name kind list=()
  for name in "$@"; do
    if [[ -n $name ]]; then
      kind=DNS
      if [[ $name =~ ^[0-9.]+$ ]]; then
        kind=IP
      fi
      list+=("$kind:$name")
    fi
  done
  printf '%s\n' "${list[@]}" | sort -u | paste -sd ,
}

# The kubelet's identity, for its calls to the API and for its own port.
kubelet_certificate() {
  local name
  name=$(place name)
  certificate kubernetes /var/lib/kubelet/pki/kubelet "/O=system:nodes/CN=system:node:$name" clientAuth,serverAuth \
    "$(alternative_names "$name" "$(place address)" "$(place public_address)")"
  kubeconfig /etc/kubernetes/kubelet.conf "system:node:$name" /var/lib/kubelet/pki/kubelet "https://$(place api_private_address):$(setting api_port)"
}

# All that stays of Magnum on a node that is up: where it asks about its certificates from now on, which it does by the kubelet's own key.
keep_certificates() {
  jq --arg none "$(setting no_proxy),$(place api_private_address),$(place address)" \
    '{cluster_uuid, magnum_url, http_proxy, https_proxy, no_proxy: $none}' "$MAGNUM/node.json" >"$MAGNUM/certificates.json"
  systemctl enable --quiet --now magnum-certificates.timer
}
