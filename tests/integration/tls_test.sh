#!/usr/bin/env bash
# TLS as operators turn it on: certificates of tools/certificates, three servers that ask each other for them, and the command line.
#
#   tls_test.sh FOLDER_OF_THE_EXECUTABLES        (run in the source tree)
set -euo pipefail
bin=$1
source tools/lib/servers.sh

skip() { echo "skipped: $*"; exit 77; }
for program in openssl curl jq; do
  command -v "$program" >/dev/null || skip "$program is not installed"
done
compgen -G 'deploy/models/protogcn/*/model.pt' >/dev/null || skip "no trained model in deploy/models/protogcn"
[[ -e deploy/models/blazepose/pose_detection.tflite ]] || skip "no BlazePose weights; run tools/setup"

work=$(mktemp -d)
logs=$work/logs
keys=$work/keys
mkdir "$logs" "$work/tmp"
export TMPDIR=$work/tmp
trap 'stop_servers || true; rm -rf "$work"' EXIT
failures=0

fail() {
  echo "FAILED: $*"
  failures=$((failures + 1))
}

# ends STATUS TEXT COMMAND...: it ends with STATUS and says TEXT.
ends() {
  local wanted=$1 text=$2 status=0
  shift 2
  timeout 60 "$@" >"$work/said" 2>&1 </dev/null || status=$?
  if ((status != wanted)) || ! grep -qF -- "$text" <(cat "$work/said"; echo); then
    fail "$*: status $status instead of $wanted, or no \"$text\" in: $(head -c 2000 "$work/said")"
  fi
}

# --- tools/certificates
certificates=tools/certificates
ends 2 "in which folder?" "$certificates"
ends 2 "there is no flag --frobnicate" "$certificates" "$keys" --frobnicate
ends 2 "--days is soon" "$certificates" "$keys" --days soon
ends 1 "has no authority to renew certificates from" "$certificates" "$keys" --renew
ends 0 "good for 90 days" "$certificates" "$keys" --name gym.example --name 192.0.2.7
ends 1 "has an authority already" "$certificates" "$keys"
ends 0 "tools/certificates FOLDER" "$certificates" --help
for name in extractor inferencer gateway client; do
  ends 0 OK openssl verify -x509_strict -CAfile "$keys/ca.pem" "$keys/$name.pem"
  [[ $(stat -c %a "$keys/$name.key") == 600 ]] || fail "$name.key has mode $(stat -c %a "$keys/$name.key")"
done
ends 0 "DNS:gateway, DNS:localhost, IP Address:127.0.0.1" openssl x509 -in "$keys/gateway.pem" -noout -ext subjectAltName
ends 0 "DNS:gym.example, IP Address:192.0.2.7" openssl x509 -in "$keys/gateway.pem" -noout -ext subjectAltName
[[ -z $(find "$keys" -name '.*' -not -path "$keys") ]] || fail "something is left in $keys"
cp "$keys/ca.pem" "$keys/gateway.pem" "$work"
ends 0 "good for 30 days" "$certificates" "$keys" --renew --days 30
cmp -s "$work/ca.pem" "$keys/ca.pem" || fail "--renew changed the authority"
! cmp -s "$work/gateway.pem" "$keys/gateway.pem" || fail "--renew did not renew"
ends 0 OK openssl verify -CAfile "$keys/ca.pem" "$keys/gateway.pem"

# --- servers that let nobody in without a certificate
mutual() { echo --tls-certificate "$keys/$1.pem" --tls-key "$keys/$1.key" --tls-client-ca "$keys/ca.pem"; }
read -ra client <<<"--tls-ca $keys/ca.pem --tls-certificate $keys/client.pem --tls-key $keys/client.key"
health_flags=("${client[@]}")
# shellcheck disable=SC2046
{
  start_server extractor 0 0 --models-dir deploy/models/blazepose $(mutual extractor)
  start_server inferencer 0 0 --model-repository deploy/models/protogcn --exercises deploy/exercises $(mutual inferencer)
  wait_for_server extractor
  wait_for_server inferencer
  start_server gateway 0 0 --http-listen 127.0.0.1:0 $(mutual gateway) \
    --extractor "127.0.0.1:${server_port[extractor]}" --inferencer "127.0.0.1:${server_port[inferencer]}" \
    --upstream-tls-ca "$keys/ca.pem" --upstream-tls-certificate "$keys/gateway.pem" --upstream-tls-key "$keys/gateway.key"
}
wait_for_server gateway
gateway=127.0.0.1:${server_port[gateway]}
web=https://localhost:$(jq .http "$logs/gateway.ports")

"$bin/trackfit" synthesize --exercise squat --repetitions 2 --size 360x480 --output "$work/squat.mp4" >/dev/null 2>&1
analyze() { ends "$1" "$2" "$bin/trackfit" analyze --quiet --gateway "$gateway" "$work/squat.mp4" --json "$work/analyzed" "${@:3}"; }
analyze 1 "cannot reach the gateway at $gateway: it speaks TLS; --tls-ca names the file"
analyze 1 "it asks clients for a certificate; --tls-certificate and --tls-key name one" --tls-ca "$keys/ca.pem"
analyze 1 "its certificate is signed by an authority that this client does not trust" --tls
analyze 1 "does not bear the name gym but gateway, localhost, 127.0.0.1" "${client[@]}" --tls-name gym
analyze 2 "--tls-ca: $work/no.pem cannot be read" --tls-ca "$work/no.pem"
analyze 0 "" "${client[@]}" --tls-name gateway
TRACKFIT_TLS_CA=$keys/ca.pem TRACKFIT_TLS_CERTIFICATE=$keys/client.pem TRACKFIT_TLS_KEY=$keys/client.key analyze 0 ""
ends 0 "sessions" "$bin/trackfit" load "$work/squat.mp4" --gateway "$gateway" "${client[@]}" --sessions 1 --connections 1 --seconds 3 --live

# The program that decodes posted videos has no certificate.
ends 0 "" curl -sS --cacert "$keys/ca.pem" -o "$work/posted" --data-binary "@$work/squat.mp4" "$web/v1/analyze"
last() { jq -cS .summary.overall <(tail -n 1 "$1"); }
[[ $(last "$work/posted") == "$(last "$work/analyzed")" && $(last "$work/posted") == *squat* ]] ||
  fail "a posted video: $(tail -n 1 "$work/posted" | head -c 500)"
ends 0 SERVING curl -sS --cacert "$keys/ca.pem" "$web/healthz"

stop_servers || fail "not every server ended cleanly"
[[ -z $(ls -A "$TMPDIR") ]] || fail "left behind: $(ls -A "$TMPDIR")"
! grep -rl 'PRIVATE KEY' "$logs" || fail "a key in a log"

((failures == 0)) && echo "TLS as the README says"
exit $((failures > 0))
