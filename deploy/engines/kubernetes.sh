#!/bin/bash
# Makes Kubernetes' programs from Debian's source package, those that are not there already. See README.md.
#
#   kubernetes.sh                       makes them if need be
#   kubernetes.sh --path kube-apiserver only says where one is; fails if it has not been made
#   ENGINES_CACHE=~/.cache/magnum-engines   sources and programs are kept here
#   ENGINES_MIRROR=...                      a Debian mirror; otherwise the one that this machine uses
#   SKIP_INSTALL=1                          the packages that it takes to compile are there
set -euo pipefail
export LC_ALL=C.UTF-8
CACHE=${ENGINES_CACHE:-${HOME:-/root}/.cache/magnum-engines}
SUITE=bookworm
# The last version that Debian packages whole: later ones have kubectl only.
VERSION=1.20.5+really1.20.2-1.1+deb12u1 RELEASE=1.20.2
# Vendored there in version 1.0.1, which looks into Go's runtime in a way that ended with Go 1.18: the server is compiled without a
# word and dies ("fatal error: fault") as soon as it encodes a map.
REFLECT2=1.0.2-2
PROGRAMS=(kube-apiserver kubelet kube-controller-manager kube-scheduler)
WORK=$CACHE/kubernetes.work LOG=$CACHE/kubernetes.log

if [ "${1:-}" = --path ]; then
  program=$CACHE/${2:?--path takes the name of a program}-$RELEASE
  [ -x "$program" ] || { echo "there is no $program: run deploy/engines/kubernetes.sh" >&2; exit 1; }
  echo "$program"
  exit
fi

all_there() {
  local program
  for program in "${PROGRAMS[@]}"; do [ -x "$CACHE/$program-$RELEASE" ] || return 1; done
}

mkdir -p "$CACHE"
exec 9>"$CACHE/kubernetes.lock"
# What a run that was killed has left running holds the lock too.
flock -n 9 || { echo "   another build runs: waiting for it"; flock 9; }
if all_there; then
  rm -rf "$WORK"
  exit
fi

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }

# step NAME COMMAND...: everything it prints goes to the log, of which the end is shown if it fails
step() {
  local name=$1 began=$SECONDS
  shift
  echo "--- $name" >>"$LOG"
  # Not as a condition: "set -e" would not hold in there.
  set +e
  (set -e; "$@") >>"$LOG" 2>&1 </dev/null
  local status=$?
  set -e
  if [ $status != 0 ]; then
    echo "kubernetes: the step \"$name\" failed after $((SECONDS - began)) s with status $status; the end of $LOG:" >&2
    tail -30 "$LOG" >&2
    exit 1
  fi
  printf '   %-24s %4d s\n' "$name" $((SECONDS - began))
}

packages() {
  local missing=()
  type -P go || missing+=(golang-go)
  type -P dpkg-source || missing+=(dpkg-dev)
  [ -e /usr/share/keyrings/debian-archive-keyring.gpg ] || missing+=(debian-archive-keyring)
  [ ${#missing[@]} != 0 ] || return 0
  [ "${SKIP_INSTALL:-0}" = 0 ] || { echo "missing: ${missing[*]}"; return 1; }
  ls /var/lib/apt/lists/*_Packages* >/dev/null || as_root apt-get -q -o DPkg::Lock::Timeout=900 update
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -y -q -o DPkg::Lock::Timeout=900 -o Dpkg::Use-Pty=0 \
    install --no-install-recommends "${missing[@]}"
}

# Sources are looked up in an index of our own, checked with Debian's keys: what the machine's apt knows stays as it is.
sources() {
  local apt=$WORK/apt mirror=${ENGINES_MIRROR:-}
  [ -n "$mirror" ] || mirror=$(apt-get indextargets --format "\$(REPO_URI)" "Codename: $SUITE" "Label: Debian" | sort -u | head -1)
  mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$CACHE/sources"
  echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${mirror:-http://deb.debian.org/debian} $SUITE main" >"$apt/sources.list"
  local options=(-q -o "Dir::Etc::SourceList=$apt/sources.list" -o Dir::Etc::SourceParts=/dev/null -o "Dir::State::Lists=$apt/lists"
    -o "Dir::Cache=$apt/cache" -o Acquire::Retries=3 -o APT::Update::Error-Mode=any -o "APT::Sandbox::User=$(id -un)")
  apt-get "${options[@]}" update
  # A file that is there and whole is not fetched again.
  cd "$CACHE/sources"
  apt-get "${options[@]}" source --download-only "kubernetes=$VERSION" "golang-github-modern-go-reflect2=$REFLECT2"
}

unpack() {
  local tree=$GOPATH/src/k8s.io/kubernetes
  rm -rf "$GOPATH" "$WORK/reflect2"
  mkdir -p "$GOPATH/src/k8s.io"
  dpkg-source --no-check -x "$CACHE/sources/kubernetes_$VERSION.dsc" "$tree"
  dpkg-source --no-check -x "$CACHE/sources/golang-github-modern-go-reflect2_$REFLECT2.dsc" "$WORK/reflect2"
  cd "$tree/vendor/github.com/modern-go/reflect2"
  rm -f ./*.go ./*.s
  cp "$WORK"/reflect2/*.go "$WORK"/reflect2/*.s .
  rm -f ./*_test.go
}

# The descriptions of the API's types are made by upstream's Makefile; the package has everything else that is generated.
openapi() {
  local types
  cd "$GOPATH/src/k8s.io/kubernetes"
  go build -o "$WORK/openapi-gen" ./vendor/k8s.io/kube-openapi/cmd/openapi-gen
  # Whoever asks for it in a comment, by the path under which the server imports it; vendor/k8s.io leads to staging.
  types=$(grep -rlF --include='*.go' '+k8s:openapi-gen=' pkg staging/src |
    grep -vE '(_test|zz_generated[^/]*)\.go$|/(cmd|_examples|sample-apiserver)/' |
    sed -E 's,/[^/]+$,,; s,^staging/src/,vendor/,; s,^,k8s.io/kubernetes/,' | sort -u | paste -sd,)
  "$WORK/openapi-gen" --logtostderr -h hack/boilerplate/boilerplate.generatego.txt -i "$types" -O zz_generated.openapi \
    -p k8s.io/kubernetes/pkg/generated/openapi --output-base "$GOPATH/src" -r "$WORK/openapi-violations"
  test -s pkg/generated/openapi/zz_generated.openapi.go
}

# compile PROGRAM
compile() {
  local binary=$CACHE/$1-$RELEASE stamp=k8s.io/kubernetes/vendor/k8s.io/component-base/version
  [ ! -x "$binary" ] || return 0
  cd "$GOPATH/src/k8s.io/kubernetes"
  # Without the drivers of clouds and of Docker that it had of its own, which take long and which nobody asks here. The server decides by its
  # version which APIs it still has.
  go build -tags providerless,dockerless -o "$binary.new" -ldflags "-s -w -X $stamp.gitVersion=v$RELEASE -X $stamp.gitMajor=${RELEASE%%.*} -X $stamp.gitMinor=$(cut -d. -f2 <<<$RELEASE) \
    -X $stamp.gitTreeState=archive" "./cmd/$1"
  "$binary.new" --version
  mv "$binary.new" "$binary"
}

# Without modules, as upstream built this version: all that it needs is in the package, and nothing is downloaded.
export GOPATH=$WORK/go GOCACHE=$WORK/compiled GO111MODULE=off GOFLAGS='' GOPROXY=off GOTOOLCHAIN=local CGO_ENABLED=0
# The compiler spends less time on tidying up its memory, of which it takes more: some hundred MiB.
export GOGC=${GOGC:-400}
: >"$LOG"
echo "   making ${PROGRAMS[*]} $RELEASE in $CACHE; this takes some minutes, once"
step packages packages
step sources sources
step unpack unpack
step openapi openapi
for program in "${PROGRAMS[@]}"; do step "$program" compile "$program"; done
# What was compiled on the way is of use only while the build has not come to its end.
rm -rf "$WORK"
printf '   %-24s %4d s\n' all $SECONDS
