#!/bin/sh
# Create a virtual environment with pip: tools/venv.sh PYTHON FOLDER. Says what is missing, and how to get it.
set -eu
wanted=$1
folder=$2
recent='import sys; sys.exit(sys.version_info < (3, 11))'

python=
for candidate in "$wanted" python3 python3.11 python3.12 python3.13 python3.14; do
  if command -v "$candidate" >/dev/null 2>&1 && "$candidate" -c "$recent" 2>/dev/null; then
    python=$candidate
    break
  fi
done
if [ -z "$python" ]; then
  echo "Hedgerow needs Python 3.11 or newer. Install one, then: make PYTHON=/path/to/python3.11 demo" >&2
  exit 1
fi

# Debian splits venv from Python. A machine without it may still have pip, which can fill an empty environment.
rm -rf "$folder"
if "$python" -c 'import ensurepip, venv' 2>/dev/null && "$python" -m venv "$folder" >/dev/null 2>&1; then
  exit 0
fi
rm -rf "$folder"
if "$python" -m venv --without-pip "$folder" >/dev/null 2>&1 \
    && "$python" -m pip --python "$folder/bin/python" install --quiet --disable-pip-version-check pip 2>/dev/null; then
  exit 0
fi
rm -rf "$folder"
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Python's venv module is missing; you are root, so it is installed now: apt-get install python3-venv"
  apt-get update -qq >/dev/null
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-venv >/dev/null
  "$python" -m venv "$folder" && exit 0
  rm -rf "$folder"
fi
echo "Python's venv module is missing. On Debian or Ubuntu: sudo apt install python3-venv, then run make again." >&2
exit 1
