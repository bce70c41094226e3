#!/bin/bash
# Installs the packages of the cloud that are missing. install.sh [LOG]
set -euo pipefail
log=${1:-/dev/stderr}
packages=(mariadb-server rabbitmq-server memcached uwsgi-core uwsgi-plugin-python3 keystone glance-api placement-api nova-api
  nova-conductor nova-scheduler cinder-api cinder-scheduler cinder-volume heat-api heat-api-cfn heat-engine python3-pymysql python3-requests sudo iproute2)
# Debian splits Neutron's server in two packages, of which the old one-process script is in the common part; Ubuntu does not.
if apt-cache show neutron-api >/dev/null 2>&1; then packages+=(neutron-api neutron-rpc-server); else packages+=(neutron-server); fi
missing=()
for p in "${packages[@]}"; do
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null)" = installed ] || missing+=("$p")
done
[ ${#missing[@]} = 0 ] && exit
# The packages start their daemons when they are installed; ours run with a configuration of our own.
if [ ! -e /usr/sbin/policy-rc.d ]; then
  trap 'rm -f /usr/sbin/policy-rc.d' EXIT
  printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
  chmod 755 /usr/sbin/policy-rc.d
fi
export DEBIAN_FRONTEND=noninteractive DEBCONF_NONINTERACTIVE_SEEN=true
ls /var/lib/apt/lists/*_Packages* >/dev/null 2>&1 || apt-get -q -o DPkg::Lock::Timeout=900 update >>"$log" 2>&1
apt-get -y -q -o DPkg::Lock::Timeout=900 -o Dpkg::Options::=--force-unsafe-io -o Dpkg::Options::=--force-confdef \
  -o Dpkg::Options::=--force-confold -o Dpkg::Use-Pty=0 install --no-install-recommends "${missing[@]}" >>"$log" 2>&1 </dev/null ||
  { tail -30 "$log" >&2; exit 1; }
