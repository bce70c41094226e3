#!/bin/sh
# Measures the product: ./bench/run.sh [start] [launch] [notice] [memory] [reads] [follow]
# reads needs wrk; with BENCH_POSTGRES="Host=...;Username=...;Database=..." (an empty database) it runs on PostgreSQL.
# ./bench/run.sh notice-openstack needs a real cloud: deploy/devcloud/up.sh brings one up.
set -eu
cd "$(dirname "$0")/.."
dotnet build Magnum.Web -c Release -nologo -v q
dotnet run -c Release --project bench/Magnum.Bench -- "$@"
