#!/usr/bin/env bash
# Emacs with Eglot and Vim with ALE, where they are missing and this machine lets itself be given them (as root, by apt).
# Says what could not be had; the tests of it are then skipped, by name.
set -uo pipefail
export DEBIAN_FRONTEND=noninteractive

if command -v emacs >/dev/null && [[ -d /usr/share/vim/vimfiles/pack/dist-bundle/opt/ale ]]; then
    exit 0
elif [[ $(id -u) != 0 ]] || ! command -v apt-get >/dev/null; then
    echo "no Emacs or no Vim with ALE, and no right to install them"
elif ! { timeout 60 apt-get update && timeout 180 apt-get install -y --no-install-recommends emacs-nox elpa-eglot vim-nox vim-ale; } >/dev/null 2>&1; then
    echo "Emacs or Vim with ALE could not be installed"
fi
