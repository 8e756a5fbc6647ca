#!/usr/bin/env bash
# Runs the Python worker: makes a venv, installs grpcio, generates the contract's Python face, serves.
#   ./run.sh [HOST:PORT] [QUEUE…]     (default: 127.0.0.1:7233 and every queue of the example)
# EVERSTEP_PYTHON_ENV names the folder of the venv and the generated code (default: .venv beside this script).
# With EVERSTEP_PYTHON_PREPARE=1 it stops before serving, so that a test may do the slow part first.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
proto=$(cd "$here/../../proto" && pwd)
env=${EVERSTEP_PYTHON_ENV:-$here/.venv}

# Anew when the requirements or the contract have changed.
stamp=$(cat "$here/requirements.txt" "$proto"/everstep/v1/*.proto "$proto"/google/rpc/*.proto | sha256sum)
if [ "$(cat "$env/stamp" 2>/dev/null)" != "$stamp" ]; then
  rm -rf "$env"
  python3 -m venv "$env"
  "$env/bin/pip" install --quiet --disable-pip-version-check --requirement "$here/requirements.txt"
  mkdir -p "$env/generated"
  "$env/bin/python" -m grpc_tools.protoc --proto_path="$proto" --python_out="$env/generated" --grpc_python_out="$env/generated" \
    "$proto"/everstep/v1/tasks.proto "$proto"/google/rpc/status.proto
  echo "$stamp" > "$env/stamp"
fi
[ -z "${EVERSTEP_PYTHON_PREPARE:-}" ] || exit 0
PYTHONPATH="$env/generated" exec "$env/bin/python" "$here/worker.py" "$@"
