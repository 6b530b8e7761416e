#!/usr/bin/env bash
# The /metrics pages of the three servers, after real traffic, follow Prometheus' conventions: promtool finds nothing.
#
#   metrics_test.sh FOLDER_OF_THE_EXECUTABLES        (run in the source tree)
set -euo pipefail
bin=$1
source tools/lib/servers.sh

skip() { echo "skipped: $*"; exit 77; }
command -v promtool >/dev/null || skip "promtool is not installed"
compgen -G 'deploy/models/protogcn/*/model.pt' >/dev/null || skip "no trained model in deploy/models/protogcn"
[[ -e deploy/models/blazepose/pose_detection.tflite ]] || skip "no BlazePose weights; run tools/setup"

logs=$(mktemp -d)
trap 'stop_servers || true; rm -rf "$logs"' EXIT
start_servers 0 0 0 0 0 0
"$bin/trackfit" synthesize --exercise squat --repetitions 1 --output "$logs/squat.mp4" >/dev/null
"$bin/trackfit" analyze "$logs/squat.mp4" --gateway "127.0.0.1:${server_port[gateway]}" >/dev/null

status=0
for name in gateway extractor inferencer; do
  page=$logs/$name.metrics
  curl -sf -o "$page" "http://127.0.0.1:${metrics_port[$name]}/metrics"
  if promtool check metrics <"$page"; then
    echo "$name: $(grep -vc '^#' "$page") samples, accepted by promtool"
  else
    status=1
  fi
  for metric in trackfit_build_info trackfit_calls_total trackfit_sessions_active; do
    grep -q "^$metric" "$page" || { echo "$name: no $metric"; status=1; }
  done
done
stop_servers || status=1
exit "$status"
