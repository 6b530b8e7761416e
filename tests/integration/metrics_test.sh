#!/usr/bin/env bash
# The /metrics pages of the three servers, after real traffic, follow Prometheus' conventions (promtool finds nothing) and
# show what docs/metrics.md says; rules and dashboards ask for nothing else.
#
#   metrics_test.sh FOLDER_OF_THE_EXECUTABLES        (run in the source tree)
set -euo pipefail
bin=$1
source tools/lib/servers.sh

skip() { echo "skipped: $*"; exit 77; }
command -v promtool >/dev/null || skip "promtool is not installed"
compgen -G 'deploy/models/protogcn/*/model.pt' >/dev/null || skip "no trained model in deploy/models/protogcn"
[[ -e deploy/models/blazepose/pose_detection.tflite ]] || skip "no BlazePose weights; run tools/setup"
command -v ffmpeg >/dev/null || skip "ffmpeg is not installed"

logs=$(mktemp -d)
trap 'stop_servers || true; rm -rf "$logs"' EXIT
start_servers 0 0 0 0 0 0
"$bin/trackfit" synthesize --exercise squat --repetitions 1 --output "$logs/squat.mp4" >/dev/null
mkdir "$logs/frames"
ffmpeg -v error -i "$logs/squat.mp4" -q:v 2 "$logs/frames/%06d.jpg"
addresses=()
for name in gateway extractor inferencer; do addresses+=("127.0.0.1:${server_port[$name]}:${metrics_port[$name]}"); done
status=0
/usr/bin/python3 tests/integration/metrics_vocabulary.py "$logs" "${addresses[@]}" || status=$?
((status != 77)) || exit 77

for name in gateway extractor inferencer; do
  page=$logs/$name.metrics
  curl -sf -o "$page" "http://127.0.0.1:${metrics_port[$name]}/metrics"
  if promtool check metrics <"$page"; then
    echo "$name: $(grep -vc '^#' "$page") samples, accepted by promtool"
  else
    status=1
  fi
done
stop_servers || status=1
exit "$status"
