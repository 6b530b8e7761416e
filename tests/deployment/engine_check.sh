#!/usr/bin/env bash
# Looks into images that `docker compose build` made, and starts them: what needs a container engine, so for operators and releases, not
# for continuous integration. Exit status 77: there is no engine, or there are no images.
#
#   tests/deployment/engine_check.sh [VIDEO]     with a video also: is it analysed, and goes it on when one of two servers dies?
#
# Ports are TRACKFIT_GATEWAY_PORT and TRACKFIT_HTTP_PORT, as for docker-compose.yml; the project of its own is called trackfit-check.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/../.."
video=${1:-}
[[ -z $video ]] || video=$(realpath "$video")
docker info >/dev/null 2>&1 || { echo "skipped: there is no container engine"; exit 77; }
tag=${TRACKFIT_TAG:-latest}
declare -A most=([extractor]=130 [gateway]=130 [inferencer]=500 [cli]=600 [prometheus]=130 [alertmanager]=60)  # megabytes
for name in "${!most[@]}"; do
  docker image inspect "trackfit-$name:$tag" >/dev/null 2>&1 || { echo "skipped: there is no image trackfit-$name:$tag"; exit 77; }
done
failed=0
complain() { echo "FAILED: $*"; failed=1; }

for name in "${!most[@]}"; do
  image=trackfit-$name:$tag
  megabytes=$(($(docker image inspect -f '{{.Size}}' "$image") / 1000000))
  echo "$image: $megabytes MB"
  ((megabytes <= most[$name])) || complain "$image has more than ${most[$name]} MB"
  user=$(docker image inspect -f '{{.Config.User}}' "$image")
  [[ -n $user && $user != root && $user != 0* ]] || complain "$image runs as ${user:-root}"
  container=$(docker create "$image")
  list=$(docker export "$container" | tar tv)
  ! grep -E '/(sh|bash|dash|busybox|apt-get|dpkg|cc|gcc|g\+\+|ld|perl|python3?)$' <<<"$list" || complain "$image has a shell, compiler or package manager"
  # Of other users' files only the data of Prometheus and Alertmanager, and /tmp.
  others=$(awk '$1 ~ /^[-d]/ && ($2 != "root/root" && $2 != "0/0") || $1 ~ /^[-d].......w/ { print $NF }' <<<"$list" | grep -vE '^(var/lib/prometheus/|tmp/$)' || true)
  [[ -z $others ]] || complain "$image has files that its user may write to: $others"
  ! awk '$1 ~ /^-..[sS]|^-.....[sS]/' <<<"$list" | grep . || complain "$image has setuid programs"
  docker cp -q "$container:/usr/share/doc/trackfit/sbom.spdx.json" - | tar xO | jq -e '.spdxVersion == "SPDX-2.3" and (.packages | length > 1)' >/dev/null ||
    complain "$image has no SBOM"
  docker rm "$container" >/dev/null
done

compose() { docker compose -p trackfit-check "$@"; }
trap 'compose down -v >/dev/null 2>&1' EXIT
compose up -d --no-build --wait --scale extractor=2 --scale inferencer=2 || complain "not all services become healthy"
for service in extractor inferencer gateway prometheus alertmanager; do
  id=$(compose ps -q "$service" | head -1)
  ! docker top "$id" -eo uid | grep -qw 0 || complain "$service runs as root"
done
if [[ -n $video ]]; then
  analyze() { docker run --rm --network trackfit-check_default --read-only --tmpfs /tmp -v "$video:/videos/video:ro" "trackfit-cli:$tag" analyze video --gateway gateway:8000; }
  analyze || complain "the video is not analysed"
  analyze & client=$!
  sleep 2
  docker kill "$(compose ps -q extractor | head -1)" "$(compose ps -q inferencer | head -1)"
  wait "$client" || complain "the client of servers that died saw an error"
fi
compose down -v
[[ -z $(docker ps -aq --filter label=com.docker.compose.project=trackfit-check) ]] || complain "containers are left"
[[ -z $(docker volume ls -q --filter label=com.docker.compose.project=trackfit-check) ]] || complain "volumes are left"
((failed)) || echo "images and services are as they should be"
exit "$failed"
