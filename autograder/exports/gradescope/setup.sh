#!/usr/bin/env bash
# Gradescope runs this once, as root, when it builds the image: installs Python 3.11 or newer, the
# course's packages in the versions of constraints.txt, and bubblewrap for the sandbox. It does not
# grade. AUTOGRADER_ROOT is the folder of Gradescope's layout, AUTOGRADER_VENV the environment to
# make (or to use, where there is one); run_autograder looks at the same two.
set -euo pipefail

root="${AUTOGRADER_ROOT:-/autograder}"
source="$root/source"
venv="${AUTOGRADER_VENV:-$root/venv}"

newest_python() {
    local name
    for name in python3.13 python3.12 python3.11 python3; do
        if "$name" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' \
            >/dev/null 2>&1; then
            echo "$name"
            return 0
        fi
    done
    return 1
}

install_python() {
    local version
    for version in 3.12 3.11 3.13; do # 3.12 is Ubuntu 24.04's, 3.11 Debian 12's and Ubuntu 22.04's
        if apt-get install -y --no-install-recommends "python$version" "python$version-venv"; then
            return 0
        fi
    done
    echo "This image has no Python 3.11 or newer: choose Ubuntu 22.04 or newer." >&2
    return 1
}

if [ ! -x "$venv/bin/python" ]; then
    if ! command -v apt-get >/dev/null; then
        echo "This image has no apt-get: choose one of Gradescope's Ubuntu images." >&2
        exit 1
    fi
    export DEBIAN_FRONTEND=noninteractive
    apt-get update
    apt-get install -y --no-install-recommends ca-certificates
    if ! apt-get install -y --no-install-recommends bubblewrap; then
        echo "bubblewrap cannot be installed: grading uses what other isolation it finds." >&2
    fi
    newest_python >/dev/null || install_python
    "$(newest_python)" -m venv "$venv"
    "$venv/bin/python" -m pip install --no-cache-dir --constraint "$source/constraints.txt" \
        --editable "${source}[jupyter,grade,models]"
fi

# Students' code may run as another user: nothing of the course is theirs to read. The environment
# stays readable, since notebooks run on it.
chmod -R go-rwx "$source/autograder/hidden_tests" "$source/labs" "$source/labkit" \
    "$source/course.toml" "$source/gradescope.json"

# Everything imports, the lab is whole, and labkit's edition for students is made once.
cd "$source"
PYTHONPATH="$source" "$venv/bin/python" -m autograder.exports.gradescope.run --check "$root"
