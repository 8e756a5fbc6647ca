#!/usr/bin/env bash
# Runs moto, a stand-in for AWS, on loopback: makes a venv, installs it, serves.   ./moto.sh PORT
# EVERSTEP_MOTO_ENV names the folder of the venv. With EVERSTEP_MOTO_PREPARE=1 it stops before serving.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
env=${EVERSTEP_MOTO_ENV:?}

stamp=$(sha256sum < "$here/requirements.txt")
if [ "$(cat "$env/stamp" 2>/dev/null)" != "$stamp" ]; then
  rm -rf "$env"
  python3 -m venv "$env"
  "$env/bin/pip" install --quiet --disable-pip-version-check --requirement "$here/requirements.txt"
  echo "$stamp" > "$env/stamp"
fi
[ -z "${EVERSTEP_MOTO_PREPARE:-}" ] || exit 0
exec "$env/bin/moto_server" --host 127.0.0.1 --port "$1"
