#!/bin/bash
# Builds the image and runs it as a container would, without a container engine, and says what it found. As root on Debian:
#
#   apt-get install buildah mmdebstrap && npm ci && deploy/docker/try-image.sh
#
# The base image is made of Debian's packages and the repository's own Node, so that no registry of images is asked.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
base=docker.io/library/node:24-bookworm-slim
work=$(mktemp --directory)
port=${NERVE_TRY_PORT:-18123}
main=

buildah() { command buildah --root "$work/storage" --runroot "$work/run" --storage-driver vfs "$@"; }
say() { printf '%s\n' "$*"; }
fail() {
  say "FAILED: $*" >&2
  cat "$work/log" >&2 2>/dev/null || true
  exit 1
}
clean_up() {
  [ -z "$main" ] || kill -KILL "$main" 2>/dev/null || true
  buildah rm --all >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap clean_up EXIT

make_base() {
  local from=$work/base npm
  npm=$(dirname "$(dirname "$(readlink --canonicalize "$(command -v npm)")")")
  mkdir "$from"
  mmdebstrap --quiet --variant=minbase --include=ca-certificates bookworm "$from/base.tar"
  cp "$root/node_modules/node-linux-$(node --print process.arch)/bin/node" "$from/node"
  cp --recursive "$npm" "$from/npm"
  # Certificates of this machine, for a network whose proxy has its own.
  cp "${NODE_EXTRA_CA_CERTS:-/etc/ssl/certs/ca-certificates.crt}" "$from/ca.crt"
  cat >"$from/Dockerfile" <<'FILE'
FROM scratch
ADD base.tar /
COPY node /usr/local/bin/node
COPY npm /usr/local/lib/node_modules/npm
COPY ca.crt /etc/ssl/certs/ca-certificates.crt
ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
FILE
  buildah build --isolation chroot --network host --tag "$base" "$from" >"$work/log" 2>&1 || fail "the base image"
}

build_image() {
  buildah build --isolation chroot --network host --pull-never --format docker \
    --file "$root/deploy/docker/Dockerfile" --tag nerve "$root" >"$work/log" 2>&1 || fail "the image"
}

# PID 1 of its own namespace, on a read-only file system but for its volume, as the user that the image names.
run_image() {
  local image user
  user=$(buildah inspect --type image --format '{{.OCIv1.Config.User}}' nerve)
  image=$(buildah mount "$(buildah from --pull-never nerve)")
  mkdir --mode 700 "$work/volume"
  chown "$user" "$work/volume"
  cat >"$work/run.sh" <<RUN
mount --bind $image $image && mount --options remount,ro,bind $image
mount --bind $work/volume $image/var/lib/nerve
mount --types proc proc $image/proc && mount --types tmpfs tmpfs $image/tmp && mount --rbind /dev $image/dev
exec chroot $image /usr/bin/setpriv --reuid ${user%:*} --regid ${user#*:} --clear-groups --no-new-privs --bounding-set=-all \
  /usr/bin/env --ignore-environment --chdir=/var/lib/nerve PATH=/usr/local/bin:/usr/bin:/bin NODE_ENV=production \
  NERVE_PORT=$port node /opt/nerve/packages/cli/bin/nerve.mjs serve
RUN
  unshare --mount --pid --fork --kill-child sh -e "$work/run.sh" >"$work/log" 2>&1 &
  main=$!
}

# The health check that the image names, asked at the port that is tried.
is_healthy() {
  chroot "$1" /usr/local/bin/node --eval "${check/:8000/:$port}"
}

check_run() {
  local image server check
  check=$(buildah inspect --type image --format '{{index .Docker.Config.Healthcheck.Test 3}}' nerve)
  [[ $check == *:8000/api/health* ]] || fail "the image names no health check"
  image=$(awk '/remount,ro,bind/ { print $3 }' "$work/run.sh")
  for _ in $(seq 60); do
    is_healthy "$image" && break
    kill -0 "$main" 2>/dev/null || fail "the server ended"
    sleep 0.5
  done
  is_healthy "$image" || fail "no answer within 30 seconds"
  server=$(pgrep --parent "$main")
  [ "$(awk '/^NSpid/ { print $NF }' "/proc/$server/status")" = 1 ] || fail "the server is not PID 1"
  [ "$(awk '/^Uid/ { print $2 }' "/proc/$server/status")" != 0 ] || fail "the server runs as root"
  nsenter --target "$server" --mount touch "$image/opt/nerve/written" 2>/dev/null && fail "the file system can be written"
  say "It runs as PID 1 of user $(awk '/^Uid/ { print $2 }' "/proc/$server/status"), read-only, and its health check holds."
  kill -TERM "$server"
  wait "$main" || fail "SIGTERM ended the server with $?"
  main=
  [ -s "$work/volume/data/ghost.db" ] || fail "there is no database in the volume"
  is_healthy "$image" && fail "the health check holds of a server that has ended"
  say "SIGTERM ends it with 0, the database is in the volume, and the health check holds no more."
}

say "The base image, of Debian's packages and Node $(node --version)."
make_base
say "The image."
build_image
run_image
check_run
