# shellcheck shell=bash
# Certificates. The cluster's CAs stay in Magnum: a node makes its own keys and has its requests signed there.

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
  # A key of this kind is made at once, on however small a server; some of a dozen RSA keys would take seconds each.
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$name.key" -out "$WORK/request.pem" -subj "$subject" "${extensions[@]}" 2>"$WORK/openssl" ||
    { cat "$WORK/openssl"; return 1; }
  attempt 10 15 send_request "$kind" "$WORK/request.pem" "$name.crt"
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
