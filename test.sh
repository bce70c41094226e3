#!/bin/bash
# Runs the tests. Installs what they need on Debian and Ubuntu and is missing.
#
#   ./test.sh                  all lanes: unit browser databases openstack engines cli
#   ./test.sh unit cli         some of them
#   SKIP_INSTALL=1 ./test.sh   installs nothing
#
# Every lane ends with "N passed, N failed, N skipped"; a lane that cannot run says why and counts as one failure. The last line is the sum.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 LC_ALL=C.UTF-8 DEVCLOUD=${DEVCLOUD:-/tmp/devcloud}
# What a developer has exported for some other cloud must not reach a test.
unset "${!OS_@}" MAGNUM_LANE

lanes=("$@")
[ $# -gt 0 ] || lanes=(unit browser databases openstack engines cli)
for lane in "${lanes[@]}"; do
  case $lane in unit | browser | cli | engines | databases | openstack) ;; *) echo "unknown lane: $lane (unit browser databases openstack engines cli)" >&2; exit 2 ;; esac
done

results=artifacts/test-results
passed=0 failed=0 skipped=0
began=$SECONDS
started_devcloud=0 compiling='' beside='' raising=''

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo --preserve-env=DEVCLOUD,DEVCLOUD_CACHE -n "$@"; fi; }

# shellcheck disable=SC2317 # called by the trap
finish() {
  [ -z "$compiling" ] || kill -- "-$compiling" 2>/dev/null
  [ -z "$beside" ] || kill -- "-$beside" 2>/dev/null
  [ -z "$raising" ] || kill -- "-$raising" 2>/dev/null
  [ $started_devcloud = 0 ] || as_root deploy/devcloud/down.sh || true
}
trap finish EXIT
trap 'exit 130' INT TERM

# install PACKAGE...: those that are missing; daemons do not start themselves
install() {
  local package missing=()
  for package; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} = 0 ] && return
  [ "${SKIP_INSTALL:-0}" = 0 ] || { echo "missing: ${missing[*]}"; return 1; }
  echo "installing ${missing[*]}"
  ls /var/lib/apt/lists/*_Packages* >/dev/null 2>&1 || as_root apt-get -q -o DPkg::Lock::Timeout=900 update >artifacts/apt.log 2>&1
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -y -q -o DPkg::Lock::Timeout=900 -o Dpkg::Use-Pty=0 \
    install --no-install-recommends "${missing[@]}" >>artifacts/apt.log 2>&1 </dev/null || { tail -20 artifacts/apt.log; return 1; }
}

# report PASSED FAILED SKIPPED: the closing line of a lane
report() {
  passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
  echo "$1 passed, $2 failed, $3 skipped"
}

cannot_run() { # cannot_run LANE WHY
  echo "lane $1 cannot run: $2"
  report 0 1 0
}

# run LANE FILTER...: the tests of a lane, counted from their TRX file. A run that ends badly without a failed test (a crash, a hang
# that was cut off, no tests at all) is a failure too.
run() {
  local lane=$1 status counts p=0 f=0 s=0
  shift
  rm -rf "${results:?}/$lane"
  MAGNUM_LANE=$lane dotnet test --project Magnum.Tests --no-build --no-ansi --no-progress --timeout 30m "$@" \
    --report-xunit-trx --report-xunit-trx-filename "$lane.trx" --results-directory "$PWD/$results/$lane"
  status=$?
  counts=$(grep -ohE '<Counters [^>]*' "$results/$lane"/*.trx 2>/dev/null | head -1)
  if [ -n "$counts" ]; then
    count() { sed -nE "s/.* $1=\"([0-9]+)\".*/\1/p" <<<"$counts"; }
    p=$(count passed) f=$(($(count failed) + $(count error) + $(count timeout) + $(count aborted)))
    s=$(($(count total) - p - f))
  fi
  if [ $status != 0 ] && [ "$f" = 0 ]; then echo "the run ended with status $status"; f=1; fi
  if [ "$p" = 0 ] && [ "$f" = 0 ]; then echo "no test ran"; f=1; fi
  report "$p" "$f" "$s"
}

lane_unit() {
  # Warnings are errors in the build already; this is what the compiler does not see.
  if ! dotnet format whitespace Magnum.sln --verify-no-changes --no-restore; then
    echo "formatting differs from .editorconfig: run dotnet format"
    report 0 1 0
  fi
  run unit --filter-not-trait Lane=browser --filter-not-trait Lane=cli --filter-not-trait Lane=engines --filter-not-trait Lane=databases --filter-not-trait Lane=openstack
}

# Some machines have a kubectl from elsewhere, beside which Debian's cannot be installed; any will do.
have_kubectl() { type -P kubectl >/dev/null || install kubernetes-client; }

have_docker() {
  { type -P dockerd >/dev/null || install docker.io; } && { type -P docker >/dev/null || install docker-cli; }   # one package in older distributions
}

lane_browser() {
  { install chromium fonts-noto-cjk && have_kubectl; } || { cannot_run browser "Chromium or kubectl is not installed"; return; }
  rm -rf artifacts/lanes/browser
  run browser --filter-trait Lane=browser
}

# without_kubernetes CLASS...: adds those to the array "without" that need Kubernetes' programs, if they cannot be made
without_kubernetes() {
  deploy/engines/kubernetes.sh && return
  echo "no Kubernetes: its programs could not be made, for the reason above"
  report 0 1 0
  local class
  for class; do without+=(--filter-not-class "Magnum.Tests.Lanes.$class"); done
}

lane_cli() {
  { install python3-openstackclient python3-magnumclient python3-heatclient etcd-server && have_kubectl && have_docker; } ||
    { cannot_run cli "the openstack client, kubectl, Docker or etcd is not installed"; return; }
  local without=()
  without_kubernetes Cli.ClusterAccessTests
  run cli --filter-trait Lane=cli "${without[@]}"
}

# Machines without machines: namespaces of all kinds, and bridges between them.
can_make_machines() {
  [ "$(id -u)" = 0 ] && unshare --mount --uts --net --pid --fork true && ip link add magnum-try type bridge && ip link delete magnum-try
}

lane_engines() {
  { install shellcheck cloud-init iptables iproute2 jq curl openssl busybox-static etcd-server containernetworking-plugins && have_kubectl && have_docker; } ||
    { cannot_run engines "shellcheck, cloud-init, etcd, kubectl, Docker or a program that nodes need is not installed"; return; }
  local without=()
  without_kubernetes Engines.KubernetesTests Engines.ClusterApiServerTests Engines.KubeletTests
  if ! can_make_machines; then
    echo "no engine can run here: that takes root, and a kernel that lets it make namespaces and bridges"
    report 0 1 0
    without+=(--filter-not-class Magnum.Tests.Lanes.Engines.SwarmTests --filter-not-class Magnum.Tests.Lanes.Engines.KubeletTests)
  fi
  run engines --filter-trait Lane=engines "${without[@]}"
}

lane_databases() {
  install postgresql || { cannot_run databases "PostgreSQL is not installed"; return; }
  run databases --filter-trait Lane=databases
}

# A cloud takes minutes to come up, of which it waits for most. Left as it was found: one that is up stays up.
raise_devcloud() {
  as_root deploy/devcloud/up.sh --check || started_devcloud=1
  set -m
  as_root env DEVCLOUD_SKIP_APT="${SKIP_INSTALL:-0}" deploy/devcloud/up.sh >artifacts/devcloud.log 2>&1 </dev/null &
  raising=$!
  set +m
}

lane_openstack() {
  local status=0
  [ -n "$raising" ] || raise_devcloud
  wait "$raising" || status=$?
  raising=
  cat artifacts/devcloud.log
  if [ $status != 0 ]; then
    cannot_run openstack "the cloud of deploy/devcloud did not come up"
    return
  fi
  run openstack --filter-trait Lane=openstack
}

# Engines mostly wait for each other: their lane runs beside another one.
start_engines() {
  set -m   # a process group of its own, to be ended as a whole
  (
    passed=0 failed=0 skipped=0 SECONDS=0
    lane_engines
    echo "   engines took $SECONDS s"
    echo "$passed $failed $skipped" >artifacts/engines.counts
  ) >artifacts/engines.out 2>&1 </dev/null &
  beside=$!
  set +m
}

join_engines() {
  local p=0 f=1 s=0
  wait "$beside"
  beside=
  cat artifacts/engines.out
  if [ -e artifacts/engines.counts ]; then read -r p f s <artifacts/engines.counts; else echo "the lane engines came to no end"; fi
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
}

# Read as a whole before it begins, so that an edit does not disturb a run.
main() {
  mkdir -p artifacts "$results"
  command -v dotnet >/dev/null || { echo "the .NET 10 SDK is missing: https://dotnet.microsoft.com/download" >&2; exit 1; }
  echo "== build"
  if ! dotnet build Magnum.sln -nologo -v q -clp:NoSummary; then
    echo "the build failed"
    echo "0 passed, 1 failed, 0 skipped"
    exit 1
  fi
  # Compiled while other lanes wait for something; whoever needs it waits for it.
  if [[ " ${lanes[*]} " == *" unit "* && " ${lanes[*]} " =~ \ (cli|engines)\  ]]; then
    setsid nice deploy/engines/kubernetes.sh >artifacts/kubernetes.log 2>&1 </dev/null &
    compiling=$!
  fi
  for lane in "${lanes[@]}"; do
    lane_began=$SECONDS
    if [ "$lane" = browser ] && [[ " ${lanes[*]} " == *" browser "*"openstack "* ]]; then raise_devcloud; fi
    if [ "$lane" = openstack ] && [[ " ${lanes[*]} " == *" openstack "*"engines "* ]]; then
      rm -f artifacts/engines.counts
      start_engines
    fi
    echo "== $lane"
    if [ "$lane" = engines ] && [ -n "$beside" ]; then
      join_engines
    else
      "lane_$lane"
      echo "   $lane took $((SECONDS - lane_began)) s"
    fi
  done
  [ $started_devcloud = 0 ] || { as_root deploy/devcloud/down.sh && started_devcloud=0; }
  echo "== all lanes: $((SECONDS - began)) s"
  echo "$passed passed, $failed failed, $skipped skipped"
  [ $failed = 0 ] && [ $passed -gt 0 ]
}

main; exit
