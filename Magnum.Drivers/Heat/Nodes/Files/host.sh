# shellcheck shell=bash
# The operating system: programs, trust, proxies, disks.

need() {
  local program
  for program in "$@"; do
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

# use_proxy UNIT...: for this script, and for services.
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
  for unit in "$@"; do
    mkdir -p "/etc/systemd/system/$unit.service.d"
    {
      echo '[Service]'
      printf 'Environment="%s"\n' "HTTP_PROXY=$http" "HTTPS_PROXY=$https" "NO_PROXY=$none" "http_proxy=$http" "https_proxy=$https" "no_proxy=$none"
    } >"/etc/systemd/system/$unit.service.d/10-magnum-proxy.conf"
  done
  systemctl daemon-reload
}

# block_metadata UNIT: containers have no business with the server's metadata, which holds this node's user data. In this table, since in the one
# that is meant for it engines and plugins put their own rules first, and those let the packets of containers pass.
block_metadata() {
  local folder=/etc/systemd/system/$1.service.d rule='FORWARD -d 169.254.169.254/32 -j DROP'
  mkdir -p "$folder"
  {
    echo '[Service]'
    echo "ExecStartPre=-/bin/sh -c 'iptables -w -t mangle -C $rule || iptables -w -t mangle -I $rule'"
  } >"$folder/20-magnum-metadata.conf"
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
