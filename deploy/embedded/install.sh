#!/usr/bin/env bash
# Installs what the private servers of demos and tests need on Debian, where it is missing.
# Never fails: without these programs there are two other ways, and the error that names them comes later.
set -euo pipefail

say() { echo "deploy/embedded/install.sh: $*" >&2; }

lacks_rabbitmq() {
    [ -z "${CLAS_AMQP_URL:-}" ] && [ ! -x /usr/lib/rabbitmq/bin/rabbitmq-server ] &&
        ! command -v rabbitmq-server >/dev/null
}

# The mongod of the Python package needs this library; one on PATH has what it needs.
lacks_libcurl() {
    [ -z "${CLAS_MONGO_URL:-}" ] && ! command -v mongod >/dev/null &&
        ! /sbin/ldconfig -p 2>/dev/null | grep -q 'libcurl\.so\.4 '
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; elif [ -t 0 ]; then sudo "$@"; else sudo -n "$@"; fi
}

can_install() {
    command -v apt-get >/dev/null && { [ "$(id -u)" = 0 ] || command -v sudo >/dev/null; }
}

# Packages start their service and enable it for the next boot; this machine was not asked for one.
policy=/usr/sbin/policy-rc.d

forbid_services() {
    [ ! -e "$policy" ] || return 0
    trap 'as_root rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod +x "$policy"
}

install() {
    as_root apt-get update -qq || true # A list that cannot be refreshed may still do.
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

stop_what_the_package_left() {
    if command -v systemctl >/dev/null; then
        as_root systemctl disable --now rabbitmq-server >/dev/null 2>&1 || true
    else
        as_root update-rc.d rabbitmq-server disable >/dev/null 2>&1 || true
    fi
    [ -n "$1" ] || as_root epmd -kill >/dev/null 2>&1 || true
}

packages=()
! lacks_rabbitmq || packages+=(rabbitmq-server)
! lacks_libcurl || packages+=(libcurl4)
[ ${#packages[@]} -gt 0 ] || exit 0

if ! can_install; then
    say "cannot install ${packages[*]} here (not Debian, or not root); servers can be given by URL or Docker."
    exit 0
fi
epmd_before=$(epmd -names 2>/dev/null || true)
if ! { forbid_services && install "${packages[@]}"; }; then
    say "could not install ${packages[*]}; try: apt-get install ${packages[*]}"
    exit 0
fi
case " ${packages[*]} " in *" rabbitmq-server "*) stop_what_the_package_left "$epmd_before" ;; esac
