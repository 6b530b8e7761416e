#!/usr/bin/env bash
# API keys as people use them: made by trackfit-key, shown by trackfit and curl, revoked while the gateway runs.
#
#   api_keys_test.sh FOLDER_OF_THE_EXECUTABLES        (run in the source tree)
set -euo pipefail
bin=$1
source tools/lib/servers.sh

skip() { echo "skipped: $*"; exit 77; }
command -v curl >/dev/null || skip "curl is not installed"
compgen -G 'deploy/models/protogcn/*/model.pt' >/dev/null || skip "no trained model in deploy/models/protogcn"
[[ -e deploy/models/blazepose/pose_detection.tflite ]] || skip "no BlazePose weights; run tools/setup"

work=$(mktemp -d)
logs=$work/logs
trap 'stop_servers || true; rm -rf "$work"' EXIT
failures=0
unset TRACKFIT_API_KEY

# ends STATUS TEXT COMMAND...: it ends with STATUS and says TEXT.
ends() {
  local wanted=$1 text=$2 status=0
  shift 2
  timeout 120 "$@" >"$work/said" 2>&1 </dev/null || status=$?
  if ((status != wanted)) || ! grep -qF -- "$text" "$work/said"; then
    echo "FAILED: $*: status $status instead of $wanted, or no \"$text\" in: $(head -c 2000 "$work/said")"
    failures=$((failures + 1))
  fi
}

keys=$work/keys.yml
ends 2 "--tenant is required" "$bin/trackfit-key" new --file "$keys"
ends 1 "name is \"a b\"" "$bin/trackfit-key" new --file "$keys" --tenant "a b"
ends 1 "cannot be read" "$bin/trackfit-key" list --file "$keys"
"$bin/trackfit-key" new --file "$keys" --tenant gym --sessions 2 --note desk >"$work/key" 2>/dev/null
[[ $(stat -c %a "$keys") == 600 ]] || { echo "FAILED: others may read $keys"; failures=$((failures + 1)); }
key=$(<"$work/key")
id=$(cut -d_ -f2 <<<"$key")
ends 0 "$id" "$bin/trackfit-key" list --file "$keys"
ends 1 "there is no key with the id nobody" "$bin/trackfit-key" revoke --file "$keys" nobody

TRACKFIT_API_KEYS=$keys start_servers 0 0 0 0 0 0
gateway=127.0.0.1:${server_port[gateway]}
"$bin/trackfit" synthesize --exercise squat --repetitions 2 --size 240x240 --output "$work/squat.mp4" >/dev/null 2>&1
echo >"$work/empty"
analyze=("$bin/trackfit" analyze -q --gateway "$gateway" "$work/squat.mp4")
post=(curl -sS --data-binary "@$work/squat.mp4" "http://127.0.0.1:$http_port/v1/analyze?limit_frames=30")

ends 1 "this gateway wants an API key" "${analyze[@]}"
ends 1 "--api-key-file" "${analyze[@]}"
ends 2 "holds no API key" "${analyze[@]}" --api-key-file "$work/empty"
ends 2 "cannot be read" "${analyze[@]}" --api-key-file "$work/nowhere"
ends 0 "Squat" "${analyze[@]}" --api-key-file "$work/key"
ends 0 "Squat" env "TRACKFIT_API_KEY=$key" "${analyze[@]}"
ends 0 '"code":"UNAUTHENTICATED"' "${post[@]}"
ends 0 '"summary"' "${post[@]}" -H "Authorization: Bearer $key"
ends 0 "2 sessions" "$bin/trackfit" load "$work/squat.mp4" --gateway "$gateway" --sessions 2 --fps 5 --seconds 2 -q \
  --api-key-file "$work/key"

"$bin/trackfit-key" revoke --file "$keys" "$id"
sleep 3
ends 1 "this API key was revoked" "${analyze[@]}" --api-key-file "$work/key"
if grep -rqF -e "${key##*_}" -e "\$y\$" "$logs"; then
  echo "FAILED: a key or a hash is in the log"
  failures=$((failures + 1))
fi
((failures == 0)) && echo "all as expected"
