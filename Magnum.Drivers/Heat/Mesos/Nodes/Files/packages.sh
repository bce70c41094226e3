# shellcheck shell=bash
# Where the programs come from: the image; else a repository of the operator's for Mesos and Marathon, and the distribution for what it has.

KEY=/etc/apt/keyrings/magnum-mesos.asc
SOURCE=/etc/apt/sources.list.d/magnum-mesos.sources

has() {
  command -v "$1" >/dev/null
}

# Packages start what they install, under settings of their own: only what this node was told shall run.
silence() {
  local unit
  for unit in zookeeper mesos-master mesos-slave mesos-agent marathon; do
    systemctl disable --now --quiet "$unit.service" 2>/dev/null || true
    systemctl mask --quiet "$unit.service" 2>/dev/null || true
  done
}

# Packages that nobody signed are not installed, nor such as another key has signed.
add_source() (
  umask 022
  mkdir -p "${KEY%/*}" "${SOURCE%/*}"
  curl --silent --show-error --fail --location --proto =https --max-time 60 --output "$KEY" "$(setting package_key)" || exit 1
  read -r url suite components <<<"$(setting package_source)"
  {
    echo 'Types: deb'
    echo "URIs: $url"
    echo "Suites: $suite"
    if [[ -n $components ]]; then
      echo "Components: $components"
    fi
    echo "Signed-By: $KEY"
  } >"$SOURCE"
)

# What a package installs is for all to read, unlike what these scripts write.
install_packages() (
  umask 022
  apt-get -q update || exit 1
  DEBIAN_FRONTEND=noninteractive apt-get -y -q --no-install-recommends install "$@"
)

# versioned PACKAGE VERSION: as apt takes it; a version without an end stands for all that begin so.
versioned() {
  if [[ -n $2 ]]; then
    echo "$1=$2*"
  else
    echo "$1"
  fi
}

# Names of packages from the operator's repository that the node lacks.
wanted_packages() {
  local program=mesos-agent
  if [[ $(setting role) == master ]]; then
    program=mesos-master
    if [[ $(setting marathon) == true ]] && ! has marathon; then
      versioned marathon "$(setting marathon_version)"
    fi
  fi
  if ! has "$program"; then
    versioned mesos "$(setting mesos_version)"
  fi
}

install_software() {
  local packages=()
  mapfile -t packages < <(wanted_packages)
  if ((${#packages[@]} > 0)) && [[ -n $(setting package_source) ]]; then
    attempt 5 15 add_source
    attempt 5 15 install_packages "${packages[@]}"
  fi
  if [[ $(setting role) == master ]] && ! find_zookeeper >/dev/null && has apt-get; then
    attempt 5 15 install_packages zookeeper
  fi
}

# lacks PROGRAM: the last words of a node that cannot go on.
lacks() {
  if [[ -z $(setting package_source) ]]; then
    echo "the image has no $1, and label mesos_package_source names no repository that has it"
  else
    echo "the image has no $1, and the packages of label mesos_package_source have none either"
  fi
  return 1
}

check_software() {
  local wanted found program=mesos-agent
  if [[ $(setting role) == master ]]; then
    program=mesos-master
    if [[ $(setting marathon) == true ]] && ! has marathon; then
      lacks marathon
    fi
    if ! find_zookeeper >/dev/null; then
      echo 'the image has no zkServer.sh (ZooKeeper), and the distribution has none either'
      return 1
    fi
    need java
  fi
  has "$program" || lacks "$program"
  wanted=$(setting mesos_version)
  found=$("$program" --version | sed -nE 's/^mesos ([0-9][^ ]*).*/\1/p')
  if [[ -n $wanted && $found != "$wanted" && $found != "$wanted"[.+~-]* ]]; then
    echo "Mesos $wanted was asked for by label mesos_version, and this node has $found"
    return 1
  fi
}
