#!/usr/bin/env bash
# Videos posted with curl, as people do it: the same results as `trackfit analyze`, and nothing left behind.
#
#   upload_test.sh FOLDER_OF_THE_EXECUTABLES        (run in the source tree)
set -euo pipefail
bin=$1
source tools/lib/servers.sh

skip() { echo "skipped: $*"; exit 77; }
command -v ffmpeg >/dev/null || skip "ffmpeg is not installed"
command -v curl >/dev/null || skip "curl is not installed"
compgen -G 'deploy/models/protogcn/*/model.pt' >/dev/null || skip "no trained model in deploy/models/protogcn"
[[ -e deploy/models/blazepose/pose_detection.tflite ]] || skip "no BlazePose weights; run tools/setup"

work=$(mktemp -d)
logs=$work/logs
mkdir "$work/tmp"
trap 'stop_servers || true; rm -rf "$work"' EXIT
TMPDIR=$work/tmp TRACKFIT_MAX_UPLOAD_MB=16 TRACKFIT_DRAIN_GRACE=1 start_servers 0 0 0 0 0 0
url=http://127.0.0.1:$http_port/v1/analyze
failures=0

fail() {
  echo "FAILED: $*"
  failures=$((failures + 1))
}

# expect STATUS TEXT QUERY CURL_FLAGS...: posting gets this status and an answer with this text.
expect() {
  local wanted=$1 text=$2 query=$3 status
  shift 3
  status=$(curl -s -o "$work/answer" -D "$work/head" -w '%{http_code}' "$@" "$url$query") || true
  if [[ $status != "$wanted" ]] || ! grep -qF -- "$text" "$work/head" "$work/answer"; then
    fail "post $query $*: status $status, or no \"$text\" in: $(cat "$work/head" "$work/answer")"
  fi
}

workers() { pgrep -P "${server_pid[gateway]}" -f trackfit-upload-worker || true; }
spooled() { find "/proc/${server_pid[gateway]}/fd" -lname '*trackfit-upload-*' 2>/dev/null || true; }
metric() { curl -s "http://127.0.0.1:${metrics_port[gateway]}/metrics" | sed -n "s/^$1 //p"; }

# until_true COMMAND...: within half a minute.
until_true() {
  local tenths=0
  until "$@"; do
    ((tenths++ < 300)) || return 1
    sleep 0.1
  done
}
runs() { [[ -n $(workers) ]]; }
nothing_is_left() { [[ -z $(workers) && -z $(spooled) && $(metric trackfit_gateway_uploads) == 0 ]]; }
has_lines() { [[ -s $1 ]]; }

"$bin/trackfit" synthesize --exercise squat --repetitions 2 --size 360x480 --output "$work/squat.mp4" >/dev/null 2>&1
"$bin/trackfit" analyze --quiet --gateway "127.0.0.1:${server_port[gateway]}" "$work/squat.mp4" --json "$work/analyzed" >/dev/null

# The same results, with and without a length.
for flags in "--data-binary @$work/squat.mp4" "-H Transfer-Encoding:chunked -T $work/squat.mp4 -X POST"; do
  # shellcheck disable=SC2086
  expect 200 'application/x-ndjson' '' $flags
  for kind in summary frame_result repetition; do
    of_kind="select(.$kind) | .$kind"
    if [[ $(jq -c "$of_kind" "$work/answer") != "$(jq -c "$of_kind" "$work/analyzed")" ]]; then
      fail "each $kind differs from that of trackfit analyze, with $flags"
    fi
  done
  [[ $(jq -r 'select(.summary) | .summary | "\(.overall.exercise) \(.repetitions)"' "$work/answer") == "squat 2" ]] ||
    fail "not two squats: $(tail -n 1 "$work/answer")"
done
expect 200 '"language":"ko"' '?language=ko&expected_exercise=squat&target=squat_depth%3D0.6:&limit_frames=40' \
  --data-binary "@$work/squat.mp4"
[[ $(jq -r 'select(.summary) | .summary.frames' "$work/answer") == 40 ]] || fail "limit_frames limits nothing"

# What is wrong with it.
echo "this is a text" >"$work/text.mp4"
printf '#EXTM3U\n#EXTINF:10,\n%s\n#EXT-X-ENDLIST\n' "$work/squat.mp4" >"$work/playlist.mp4"
truncate -s 17000000 "$work/large.mp4"
expect 400 '"code":"INVALID_ARGUMENT"' '' --data-binary "@$work/text.mp4"
expect 400 'cannot be read as a video' '' --data-binary "@$work/playlist.mp4"
expect 400 'cannot be read as a video' '' --data-binary ''
expect 400 'curl --data-binary' '' -F "file=@$work/squat.mp4"
expect 400 'did you mean language?' '?langauge=ko' --data-binary "@$work/squat.mp4"
expect 400 'did you mean squat?' '?expected_exercise=sqaut' --data-binary "@$work/squat.mp4"
expect 400 'max_people' '?max_people=9' --data-binary "@$work/squat.mp4"
expect 400 'CODE=LOW:HIGH' '?target=depth' --data-binary "@$work/squat.mp4"
expect 413 'the body has more than 16777216 bytes' '' --data-binary "@$work/large.mp4"
expect 413 'the body has more than 16777216 bytes' '' -H Transfer-Encoding:chunked -T "$work/large.mp4" -X POST
expect 403 'http://evil.example' '' -H 'Origin: http://evil.example' --data-binary "@$work/squat.mp4"

# Two at a time.
curl -s --limit-rate 1k --data-binary "@$work/squat.mp4" "$url" >/dev/null &
one=$!
curl -s --limit-rate 1k --data-binary "@$work/squat.mp4" "$url" >/dev/null &
two=$!
both_are_there() { [[ $(metric trackfit_gateway_uploads) == 2 ]]; }
until_true both_are_there || fail "two uploads are not there"
expect 503 'Retry-After: 5' '' --data-binary "@$work/squat.mp4"
kill "$one" "$two"
until_true nothing_is_left || fail "uploads that were given up are still there"

# Clients leave, with and without results on their way.
ffmpeg -nostdin -v error -y -stream_loop 20 -i "$work/squat.mp4" -c copy "$work/long.mp4"
curl -sN --data-binary "@$work/long.mp4" "$url" >"$work/lines" &
client=$!
until_true has_lines "$work/lines" || fail "no line comes while it is analysed"
runs || fail "no program is analysing it"
[[ -z $(ls "$work/tmp") ]] || fail "the file has a name: $(ls "$work/tmp")"
kill -9 "$client"
wait "$client" 2>/dev/null || true
until_true nothing_is_left || fail "the program or the file of a client that left is still there"
metric 'trackfit_gateway_uploads_total{outcome="abandoned"}' | grep -q . || fail "nobody has counted that"

# Drain: no new ones, and those that run are ended, with a reason.
curl -sN --data-binary "@$work/long.mp4" "$url" >"$work/last_lines" &
client=$!
until_true has_lines "$work/last_lines" || fail "no line comes while it is analysed"
worker=$(workers)
kill -TERM "${server_pid[gateway]}"
wait "${server_pid[gateway]}" || fail "the gateway ended with $?"
unset 'server_pid[gateway]'
wait "$client" || fail "curl ended with $?"
tail -n 1 "$work/last_lines" | jq -e '.error.code == "UNAVAILABLE"' >/dev/null ||
  fail "the last line is no reason: $(tail -n 1 "$work/last_lines" | head -c 300)"
kill -0 "$worker" 2>/dev/null && fail "the program has survived the gateway"

((failures == 0)) && echo "all as expected"
