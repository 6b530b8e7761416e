#!/usr/bin/env bash
# Looks into images that `docker compose build` made, and starts them: what needs a container engine, so for operators and releases, not
# for continuous integration. Exit status 77: there is no engine, or there are no images.
#
#   tests/deployment/engine_check.sh [VIDEO]     with a video also: is it analysed, does it go on when one of two servers dies and when
#                                                the gateway is started anew, and is with TLS and keys everybody refused who has none?
#
# That takes root, since files are given to the images' user. Ports are TRACKFIT_GATEWAY_PORT and TRACKFIT_HTTP_PORT, as for
# docker-compose.yml; the project of its own is called trackfit-check.
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
  # Of other users' files only the data of Prometheus and Alertmanager, what a gateway hands over, and /tmp.
  others=$(awk '$1 ~ /^[-d]/ && ($2 != "root/root" && $2 != "0/0") || $1 ~ /^[-d].......w/ { print $NF }' <<<"$list" | grep -vE '^(var/lib/(prometheus|trackfit)/|tmp/$)' || true)
  [[ -z $others ]] || complain "$image has files that its user may write to: $others"
  ! awk '$1 ~ /^-..[sS]|^-.....[sS]/' <<<"$list" | grep . || complain "$image has setuid programs"
  docker cp -q "$container:/usr/share/doc/trackfit/sbom.spdx.json" - | tar xO | jq -e '.spdxVersion == "SPDX-2.3" and (.packages | length > 1)' >/dev/null ||
    complain "$image has no SBOM"
  docker rm -v "$container" >/dev/null
done

compose() { docker compose -p trackfit-check -f docker-compose.yml "$@"; }
trap 'compose down -v >/dev/null 2>&1' EXIT
compose up -d --no-build --wait --scale extractor=2 --scale inferencer=2 || complain "not all services become healthy"
for service in extractor inferencer gateway prometheus alertmanager; do
  id=$(compose ps -q "$service" | head -1)
  docker top "$id" -eo pid,uid | awk 'NR > 1 { ++seen; root += $2 == 0 } END { exit !seen || root }' || complain "$service runs as root"
done
analyze() {  # ARGUMENTS FOR docker run -- ARGUMENTS FOR trackfit
  local docker=()
  while [[ $1 != -- ]]; do docker+=("$1"); shift; done
  docker run --rm --network trackfit-check_default --read-only --tmpfs /tmp -v "$video:/videos/video:ro" "${docker[@]}" \
    "trackfit-cli:$tag" analyze video --gateway gateway:8000 "${@:2}"
}
check_video() {  # ARGUMENTS OF analyze
  analyze "$@" || complain "the video is not analysed"
  analyze "$@" &
  local analysing=$!
  sleep 2
  docker kill "$(compose ps -q extractor | head -1)" "$(compose ps -q inferencer | head -1)"
  wait "$analysing" || complain "the client of servers that died saw an error"
  analyze "$@" &
  analysing=$!
  sleep 4
  compose up -d --no-build --no-deps --force-recreate --wait gateway
  wait "$analysing" || complain "the client of a gateway that was started anew saw an error"
}
refused() {  # WORDS OF THE MESSAGE, ARGUMENTS OF analyze
  local said
  if said=$(analyze "${@:2}" 2>&1) || [[ $said != *$1* ]]; then complain "not refused with '$1': $said"; fi
}
check_nothing_left() {
  compose down -v
  [[ -z $(docker ps -aq --filter label=com.docker.compose.project=trackfit-check) ]] || complain "containers are left"
  [[ -z $(docker volume ls -q --filter label=com.docker.compose.project=trackfit-check) ]] || complain "volumes are left"
}
[[ -z $video ]] || check_video --
check_nothing_left

if [[ -n $video ]]; then  # the same behind TLS and keys
  scratch=$(mktemp -d)
  trap 'compose down -v >/dev/null 2>&1; rm -rf "$scratch"' EXIT
  export TRACKFIT_CERTIFICATES=$scratch/certificates TRACKFIT_KEYS=$scratch/keys
  tools/certificates "$TRACKFIT_CERTIFICATES" --name gateway
  mkdir "$TRACKFIT_KEYS"
  key=$(docker run --rm --user "$(id -u):$(id -g)" -v "$TRACKFIT_KEYS:/keys" --entrypoint trackfit-key "trackfit-gateway:$tag" \
    new --file /keys/keys.yaml --tenant check)
  image_user=10001
  chown -R "$image_user" "$scratch"
  compose() { docker compose -p trackfit-check -f docker-compose.yml -f compose.tls.yml "$@"; }
  compose up -d --no-build --wait --scale extractor=2 --scale inferencer=2 || complain "not all services become healthy behind TLS"
  own=(-v "$TRACKFIT_CERTIFICATES:/certificates:ro" --user "$image_user" -e TRACKFIT_API_KEY="$key")
  client=(--tls-ca /certificates/ca.pem --tls-certificate /certificates/client.pem --tls-key /certificates/client.key)
  check_video "${own[@]}" -- "${client[@]}"
  refused "it speaks TLS" "${own[@]}" --
  refused "it asks clients for a certificate" "${own[@]}" -- --tls-ca /certificates/ca.pem
  refused "wants an API key" "${own[@]}" -e TRACKFIT_API_KEY= -- "${client[@]}"
  check_nothing_left
fi
((failed)) || echo "images and services are as they should be"
exit "$failed"
