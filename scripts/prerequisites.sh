#!/bin/sh
# Usage: scripts/prerequisites.sh PYTHON
#
# Checks what `make` cannot install by itself: Python, its venv module and
# headers, and a C compiler. Silent when all is there; otherwise one sentence
# that names the Debian packages, and exit code 1.
set -eu

python=${1:?usage: prerequisites.sh PYTHON}
missing=
packages=

lacks() { # what is missing, Debian package
    missing="${missing:+$missing, }$1"
    packages="${packages:+$packages }$2"
}

answers() { # Python statement that fails where something is missing
    "$python" -c "$1" >/dev/null 2>&1
}

# A launcher that starts no Python (as pyenv's may) is as good as none.
if ! answers 'import sys'; then
    lacks "$python" "python3"
    lacks "its venv module" "python3-venv"
    lacks "Python.h" "python3-dev"
elif ! answers 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    version=$("$python" -c 'import platform; print(platform.python_version())')
    echo "error: $python is Python $version and caraway needs 3.11 or newer;" \
        "name a newer one with: make PYTHON=python3.11" >&2
    exit 1
else
    answers 'import venv, ensurepip' || lacks "the venv module of $python" "python3-venv"
    answers 'import os, sysconfig
os.stat(os.path.join(sysconfig.get_path("include"), "Python.h"))' ||
        lacks "Python.h of $python" "python3-dev"
fi
command -v gcc >/dev/null 2>&1 || lacks "gcc" "gcc"

if [ -n "$missing" ]; then
    echo "error: caraway cannot be built without $missing;" \
        "on Debian: sudo apt-get install $packages" >&2
    exit 1
fi
