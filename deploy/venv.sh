#!/usr/bin/env bash
# Makes .venv with Python 3.11 or later; on a Debian that ships Python without venv, installs that first.
set -euo pipefail
cd "$(dirname "$0")/.."

find_python() {
    local name
    for name in python3.11 python3; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
}

has_venv() {
    [ -n "$1" ] && "$1" -c 'import ensurepip, venv' 2>/dev/null
}

install_venv() {
    if ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
        echo "CLAS needs Python 3.11 or later with its venv module. On Debian: apt-get install python3-venv" >&2
        exit 1
    fi
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends python3 python3-venv >/dev/null
}

[ ! -x .venv/bin/pip ] || exit 0
has_venv "$(find_python)" || install_venv
"$(find_python)" -m venv .venv
