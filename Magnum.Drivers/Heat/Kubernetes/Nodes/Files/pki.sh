# shellcheck shell=bash
# Kubernetes' certificates and kubeconfigs.

PKI=/etc/kubernetes/pki

# All masters sign the tokens of service accounts with the same key.
fetch_service_account_key() {
  magnum "$(setting magnum_url)/certificates/$(setting cluster_uuid)?ca_cert_type=service-account" >"$WORK/sa.json" || return 1
  jq -er .pem "$WORK/sa.json" >"$PKI/sa.key" || return 1
  rm -f "$WORK/sa.json"
  openssl pkey -in "$PKI/sa.key" -pubout -out "$PKI/sa.pub"
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
