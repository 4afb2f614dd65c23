#!/usr/bin/env bash
# Installs LibreOffice Calc on Debian, where it is missing: tests open workbooks with it.
# Never fails: the tests that need it say what to install.
set -euo pipefail

package=libreoffice-calc-nogui

say() { echo "deploy/office.sh: $*" >&2; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; elif [ -t 0 ]; then sudo "$@"; else sudo -n "$@"; fi
}

can_install() {
    command -v apt-get >/dev/null && { [ "$(id -u)" = 0 ] || command -v sudo >/dev/null; }
}

install() {
    as_root apt-get update -qq || true # A list that cannot be refreshed may still do.
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "$package" >/dev/null
}

if [ -n "${CLAS_SOFFICE:-}" ] || command -v soffice >/dev/null || command -v libreoffice >/dev/null; then
    exit 0
elif ! can_install; then
    say "cannot install $package here (not Debian, or not root); CLAS_SOFFICE=path names another soffice."
elif ! install; then
    say "could not install $package; try: apt-get install $package"
fi
