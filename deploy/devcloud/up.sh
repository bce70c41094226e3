#!/bin/bash
# Brings up a small real OpenStack on this machine from the distribution's packages: Keystone, Glance, Placement, Nova (fake
# hypervisor), Neutron (no agents), Cinder (volumes that hold nothing) and Heat. Run it again to start what is missing. See README.md.
#
#   up.sh --check                          does nothing but say whether it is up, by its exit code
#   DEVCLOUD=/tmp/devcloud                 everything is kept here
#   DEVCLOUD_CACHE=~/.cache/magnum-devcloud   empty databases with all migrations done, for the next first start; empty: none
#   DEVCLOUD_SKIP_APT=1                    the packages are there
#   CONTAINER_INFRA_URL=http://127.0.0.1:9511/v1   where the catalog says Magnum is
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
CONTAINER_INFRA_URL=${CONTAINER_INFRA_URL:-http://$IP:9511/v1}
CACHE=${DEVCLOUD_CACHE-${HOME:-/root}/.cache/magnum-devcloud}
[ "$(id -u)" = 0 ] || { echo "up.sh starts system daemons: run it as root (sudo)" >&2; exit 1; }
if [ "${1:-}" = --check ]; then pid_of keystone >/dev/null && pid_of heat-engine >/dev/null && pid_of nova-compute >/dev/null; exit; fi
mkdir -p "$ETC" "$LOG" "$RUN" "$STATE"
BEGAN=$(date +%s%N)

step packages
[ "${DEVCLOUD_SKIP_APT:-0}" = 1 ] || "$HERE/install.sh" "$LOG/apt.log"

step infrastructure
. "$HERE/configure.sh"
# Durability is of no use here, speed is.
mysqld=(mariadbd --no-defaults --user=root --datadir="$DEVCLOUD/mysql" --socket="$DEVCLOUD/mysql.sock" --pid-file="$DEVCLOUD/mysql.pid"
  --bind-address=$IP --port="$MYSQL_PORT" --skip-log-bin --innodb-flush-log-at-trx-commit=0 --innodb-doublewrite=0
  --innodb-buffer-pool-size=192M --innodb-log-file-size=96M --max-connections=1000 --skip-name-resolve
  --character-set-server=utf8mb3 --collation-server=utf8mb3_general_ci --performance-schema=OFF)
once mysql mariadb-install-db --no-defaults --user=root --datadir="$DEVCLOUD/mysql" --auth-root-authentication-method=normal --skip-test-db
start mariadb "${mysqld[@]}"
start epmd env ERL_EPMD_ADDRESS=$IP epmd -port 14369
start memcached memcached -u root -l $IP -p "$MEMCACHED_PORT" -m 64
wait_port epmd 14369
start rabbitmq bash -c ". '$ETC/rabbitmq.env' && exec /usr/lib/rabbitmq/bin/rabbitmq-server"
wait_port mariadb "$MYSQL_PORT"
wait_port memcached "$MEMCACHED_PORT"

step databases
sql() { mariadb --no-defaults -uroot --socket="$DEVCLOUD/mysql.sock" "$@"; }
databases=(keystone glance placement nova nova_api nova_cell0 neutron cinder heat)
create_databases() {
  # utf8mb4, the default of today's MariaDB, makes keys of these migrations too long.
  printf 'CREATE DATABASE %s CHARACTER SET utf8mb3;\n' "${databases[@]}" | sql &&
    sql -e "CREATE USER 'openstack'@'%' IDENTIFIED BY '$PASSWORD'; GRANT ALL ON *.* TO 'openstack'@'%'"
}
# The migrations take most of a first start. What they leave is kept, for these packages and these addresses.
snapshot=$CACHE/$( (dpkg-query -W keystone glance-api placement-api nova-api neutron-common cinder-api heat-engine; database x) | sha256sum | cut -c1-16).sql.gz
restore() { gzip -dc "$snapshot" | sql; }
save() {
  mkdir -p "$CACHE" && mariadb-dump --no-defaults -uroot --socket="$DEVCLOUD/mysql.sock" --databases "${databases[@]}" |
    gzip -1 >"$snapshot.new" && mv "$snapshot.new" "$snapshot"
}
keystone_manage() { keystone-manage --config-file "$ETC/keystone/keystone.conf" "$@"; }
nova_manage() { nova-manage --config-file "$ETC/nova.conf" "$@"; }
nova_sync() { nova_manage api_db sync && nova_manage cell_v2 map_cell0 && nova_manage cell_v2 create_cell --name=cell1 && nova_manage db sync; }
export OS_KEYSTONE_CONFIG_DIR=$ETC/keystone OS_PLACEMENT_CONFIG_DIR=$ETC/placement
migrate() {
  # Two lanes, as these programs are bound by one core each; the slow ones first.
  (once nova-db nova_sync && once keystone-db keystone_manage db_sync && once placement-db placement-manage --config-dir "$ETC/placement" db sync) &
  local lane=$!
  once neutron-db neutron-db-manage --config-file "$ETC/neutron.conf" upgrade heads
  once cinder-db cinder-manage --config-file "$ETC/cinder.conf" db sync
  once heat-db heat-manage --config-file "$ETC/heat.conf" db_sync
  once glance-db glance-manage --config-file "$ETC/glance.conf" db_sync
  wait $lane
}
once databases create_databases
if [ ! -e "$STATE/migrated" ]; then
  if [ -n "$CACHE" ] && [ -s "$snapshot" ]; then restore; else
    migrate
    [ -z "$CACHE" ] || save
  fi
  touch "$STATE/migrated"
fi

step services
# wsgi NAME PORT FILE PROCESSES: without "Connection: close" clients that keep connections meet resets, and without post
# buffering a request that is refused before its body was read (401) does as well.
wsgi() {
  start "$1" uwsgi_python3 --http-socket "$IP:$2" --wsgi-file "$3" --master --processes "$4" --threads 2 --enable-threads --lazy-apps \
    --die-on-term --buffer-size 65535 --post-buffering 65536 --listen 100 --thunder-lock --rem-header Content-Length \
    --add-header "Connection: close" --disable-logging --procname-prefix "$1-"
}
keystone_bootstrap() {
  keystone_manage fernet_setup --keystone-user root --keystone-group root &&
    keystone_manage credential_setup --keystone-user root --keystone-group root &&
    keystone_manage bootstrap --bootstrap-password "$PASSWORD" --bootstrap-region-id RegionOne \
      --bootstrap-admin-url $KEYSTONE/v3 --bootstrap-public-url $KEYSTONE/v3 --bootstrap-internal-url $KEYSTONE/v3
}
bootstrap() {
  /usr/bin/python3 "$HERE/bootstrap.py" "$1" --keystone $KEYSTONE --password "$PASSWORD" --out "$DEVCLOUD" --magnum "$CONTAINER_INFRA_URL"
}
once keystone-bootstrap keystone_bootstrap
wsgi keystone 5000 /usr/bin/keystone-wsgi-public 2
wait_port keystone 5000
wait_port rabbitmq "$RABBIT_PORT"
# The others look for their users while they start, so these come first.
bootstrap identity
wsgi placement 8778 /usr/bin/placement-api 1
start neutron env PYTHONPATH="$HERE/python" PYTHONDONTWRITEBYTECODE=1 neutron-server --config-file "$ETC/neutron.conf"
start nova-conductor nova-conductor --config-file "$ETC/nova.conf"
wait_port placement 8778
# Not the packages' nova-compute: that one needs qemu and libvirt, which the fake hypervisor does not.
start nova-compute /usr/bin/python3 -c 'import sys; from nova.cmd.compute import main; sys.argv[0] = "nova-compute"; main()' --config-file "$ETC/nova.conf"
start nova-api nova-api --config-file "$ETC/nova.conf"
start nova-scheduler nova-scheduler --config-file "$ETC/nova.conf"
start glance-api glance-api --config-file "$ETC/glance.conf"
for part in api scheduler volume; do
  start "cinder-$part" env PYTHONPATH="$HERE/python" PYTHONDONTWRITEBYTECODE=1 "cinder-$part" --config-file "$ETC/cinder.conf"
done
start heat-engine heat-engine --config-file "$ETC/heat.conf"
start heat-api heat-api --config-file "$ETC/heat.conf"
start heat-api-cfn heat-api-cfn --config-file "$ETC/heat.conf"
wait_port neutron 9696; wait_port nova-api 8774; wait_port glance-api 9292; wait_port cinder-api 8776; wait_port heat-api 8004; wait_port heat-api-cfn 8000

step resources
bootstrap resources
once cell nova_manage cell_v2 discover_hosts
step end
printf 'The cloud is up (%.0f s). To use it: OS_CLIENT_CONFIG_FILE=%s/clouds.yaml OS_CLOUD=demo (or admin, alt_demo, demo_reader)\n' \
  "$((($(date +%s%N) - BEGAN) / 1000000))e-3" "$DEVCLOUD"
