#!/usr/bin/env bash
# `trackfit analyze` on videos as people have them: turned by a phone, cut off, of a wrong rate. All show the same squats.
#
#   analyze_video_test.sh FOLDER_OF_THE_EXECUTABLES        (run in the source tree)
set -euo pipefail
bin=$1
source tools/lib/servers.sh

skip() { echo "skipped: $*"; exit 77; }
command -v ffmpeg >/dev/null || skip "ffmpeg is not installed"
compgen -G 'deploy/models/protogcn/*/model.pt' >/dev/null || skip "no trained model in deploy/models/protogcn"
[[ -e deploy/models/blazepose/pose_detection.tflite ]] || skip "no BlazePose weights; run tools/setup"

work=$(mktemp -d)
logs=$work/logs
trap 'stop_servers || true; rm -rf "$work"' EXIT
start_servers 0 0 0 0 0 0
failures=0

# expect TEXT FLAGS...: `trackfit analyze FLAGS` ends with 0 and says TEXT.
expect() {
  local text=$1 status=0
  shift
  "$bin/trackfit" analyze --quiet --gateway "127.0.0.1:${server_port[gateway]}" "$@" >"$work/said" 2>&1 || status=$?
  if ((status != 0)) || ! grep -qF -- "$text" "$work/said"; then
    echo "FAILED: analyze $*: status $status, or no \"$text\" in:"
    cat "$work/said"
    failures=$((failures + 1))
  fi
}

convert() { ffmpeg -nostdin -v error -y "$@"; }

"$bin/trackfit" synthesize --exercise squat --repetitions 1 --size 360x480 --output "$work/squat.mp4" >/dev/null 2>&1
expect "Squat, " "$work/squat.mp4"
if grep -q "warning" "$work/said"; then
  echo "FAILED: a warning of a video in which all is well"
  failures=$((failures + 1))
fi

convert -i "$work/squat.mp4" -vf transpose=2 -q:v 2 "$work/turned.mp4"
convert -i "$work/turned.mp4" -metadata:s:v:0 rotate=270 -c copy "$work/phone.mp4"
expect "Squat, " "$work/phone.mp4" --render "$work/rendered.mp4"
size=$(ffprobe -v error -select_streams v -show_entries stream=width,height -of csv=p=0 "$work/rendered.mp4")
[[ $size == 540,720 ]] || { echo "FAILED: the rendered video is $size, not upright"; failures=$((failures + 1)); }

convert -i "$work/squat.mp4" -movflags faststart -c copy "$work/whole.mp4"
head -c $(($(stat -c %s "$work/whole.mp4") * 8 / 10)) "$work/whole.mp4" >"$work/cut.mp4"
expect "cut.mp4 ends early: " "$work/cut.mp4"

convert -r 1 -i "$work/squat.mp4" -c:v mjpeg -q:v 4 "$work/slow.avi"
expect "Squat, " "$work/slow.avi" --fps 30
frames=$(ffprobe -v error -count_packets -show_entries stream=nb_read_packets -of csv=p=0 "$work/slow.avi")
expect "frames/s ($((frames / 30))." "$work/slow.avi" --fps 30

((failures == 0)) && echo "all as expected"
