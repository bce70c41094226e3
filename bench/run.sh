#!/bin/sh
# Measures the product: ./bench/run.sh [start] [launch] [notice] [memory] [api] [follow] [dashboard] [circuits]
# api needs wrk, dashboard Chromium. ./bench/run.sh api-postgres is the same on a PostgreSQL of the distribution's, which it starts for itself.
# ./bench/run.sh soak takes half an hour: whether memory stays as it is.
# ./bench/run.sh notice-openstack needs a real cloud: deploy/devcloud/up.sh brings one up.
set -eu
cd "$(dirname "$0")/.."
postgres=

stop() { [ -z "$postgres" ] || { as_postgres "$programs/pg_ctl" -D "$postgres/data" -m immediate stop >/dev/null; rm -rf "$postgres"; }; }
trap stop EXIT
trap 'exit 130' INT TERM

# PostgreSQL refuses to run as root.
as_postgres() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }

start_postgres() {
  programs=$(dirname "$(ls /usr/lib/postgresql/*/bin/initdb | tail -1)")
  postgres=$(mktemp -d)
  [ "$(id -u)" != 0 ] || chown postgres "$postgres"
  as_postgres "$programs/initdb" -D "$postgres/data" -A trust -U magnum --encoding UTF8 --locale C.UTF-8 >/dev/null
  as_postgres "$programs/pg_ctl" -D "$postgres/data" -o "-p 5499 -k $postgres -c listen_addresses=127.0.0.1 -c max_connections=200" -l "$postgres/log" -w start >/dev/null
  export BENCH_POSTGRES="Host=127.0.0.1;Port=5499;Username=magnum;Database=postgres"
}

case " $* " in *" api-postgres "*) start_postgres ;; esac
dotnet build Magnum.Web -c Release -nologo -v q
dotnet run -c Release --project bench/Magnum.Bench -- "$@"
