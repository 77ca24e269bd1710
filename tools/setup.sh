#!/bin/sh
# Makes a fresh clone ready to run: npm packages here, the rest in tools/setup.ts. Does only what is not done yet.
# Options: --gpu or --cpu choose the build of libtensorflow; --cluster also fetches what a Kubernetes
# cluster on this machine needs, --images builds the container images.
set -eu
cd "$(dirname "$0")/.."

for program in node npm; do
  command -v "$program" >/dev/null || {
    echo "permafrost: $program is not installed; install Node.js 20 or later with npm (https://nodejs.org), then run this again" >&2
    exit 1
  }
done

# npm ci starts from nothing each time, so it runs only when the lock file has changed since.
stamp=node_modules/.permafrost-lock
lock=$(cksum <package-lock.json)
if [ ! -f "$stamp" ] || [ "$(cat "$stamp")" != "$lock" ]; then
  echo "permafrost: installing npm packages (900 MB on disk, about a minute)"
  started=$(date +%s)
  while sleep 5 >/dev/null 2>&1 && kill -0 $$ 2>/dev/null; do echo "permafrost: npm ci: $(($(date +%s) - started)) s"; done &
  ticker=$!
  trap 'kill "$ticker" 2>/dev/null || true' EXIT
  # Not with the Node that npm ci is about to replace.
  PATH=$(printf %s "$PATH" | sed 's#[^:]*/node_modules/\.bin:##g') npm ci --no-progress --loglevel=error
  echo "$lock" >"$stamp"
  kill "$ticker" 2>/dev/null || true
  trap - EXIT
fi

if [ ! -x node_modules/.bin/node ]; then
  echo "permafrost: npm has no Node 24 for $(uname -s) on $(uname -m); Linux on x86_64 is supported" >&2
  exit 1
fi
exec node_modules/.bin/node tools/setup.ts "$@"
