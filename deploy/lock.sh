#!/usr/bin/env bash
# Writes the locks anew: what CLAS runs with, then what development needs; apart, what few tools need.
set -euo pipefail
cd "$(dirname "$0")/.."

resolve() {
    .venv/bin/uv pip compile "$@" --quiet --generate-hashes --python-version 3.11 \
        --no-emit-index-url --no-emit-find-links --no-header --no-annotate
}

# An entry is a line with a name and the indented lines under it.
without_entries_of() {
    awk '{ entry = /^[^ ]/ ? $1 : entry } NR == FNR { known[entry]; next } !(entry in known)' "$1" "$2"
}

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
resolve requirements/run.in >"$folder/run"
# The same versions for all: development must test what runs.
resolve requirements/dev.in --constraints "$folder/run" >"$folder/dev"
resolve requirements/tools.in --constraints "$folder/dev" >"$folder/tools"
{
    cat "$folder/run"
    echo "# --- development only ---"
    without_entries_of "$folder/run" "$folder/dev"
} >"$folder/lock"
without_entries_of "$folder/dev" "$folder/tools" >requirements-tools.lock
mv "$folder/lock" requirements.lock
