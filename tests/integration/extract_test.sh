#!/usr/bin/env bash
# `trackfit extract` as people use it: exit statuses, what it says, and going on after Ctrl-C.
#
#   extract_test.sh FOLDER_OF_THE_EXECUTABLES        (run in the source tree)
set -euo pipefail
trackfit=$1/trackfit

[[ -e deploy/models/blazepose/pose_detection.tflite ]] || { echo "skipped: no BlazePose weights; run tools/setup"; exit 77; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

# expect STATUS TEXT FLAGS...: `trackfit extract FLAGS` ends with STATUS and says TEXT.
expect() {
  local wanted=$1 text=$2 status=0
  shift 2
  "$trackfit" extract --model lite --quiet "$@" >"$work/said" 2>&1 || status=$?
  if ((status != wanted)) || ! grep -qF -- "$text" "$work/said"; then
    echo "FAILED: extract $*: status $status instead of $wanted, or no \"$text\" in:"
    cat "$work/said"
    failures=$((failures + 1))
  fi
}

check() {
  "$@" || { echo "FAILED: $*"; failures=$((failures + 1)); }
}

mkdir -p "$work/videos/squat" "$work/empty"
"$trackfit" synthesize --exercise squat --repetitions 1 --size 240x240 --output "$work/videos/squat/a.mp4" >/dev/null 2>&1
cp "$work/videos/squat/a.mp4" "$work/videos/squat/b.mp4"

# Interrupted at once, then done by the same command.
"$trackfit" extract --model lite --quiet "$work/videos" --output "$work/out" >"$work/said" 2>&1 &
pid=$!
sleep 0.7
kill -INT $pid 2>/dev/null || true
wait $pid || true
check test -z "$(find "$work/out" -name '*.partial*')"
expect 0 "2 videos" "$work/videos" --output "$work/out"
expect 0 "done before" "$work/videos" --output "$work/out"
check test -s "$work/out/squat/a.jsonl"
check cmp "$work/out/squat/a.jsonl" "$work/out/squat/b.jsonl"

# One video, one file.
expect 0 "1 video" "$work/videos/squat/a.mp4" --output "$work/a.jsonl"
check cmp "$work/a.jsonl" "$work/out/squat/a.jsonl"
check test ! -e "$work/summary.json"
expect 2 "does not end in .jsonl" "$work/videos/squat/a.mp4" --output "$work/a.json"
expect 2 "names one file for 2 videos" "$work/videos" --output "$work/a.jsonl"

# Training reads landmark files as a folder.
expect 0 "2 videos" "$work/videos" --output "$work/landmarks" --format landmarks --form correct
echo '{"train": {"landmarks": ["squat/a"]}, "val": {"landmarks": ["squat/b"]}}' >"$work/split.json"
model=$(compgen -G 'deploy/models/protogcn/*/model.pt' | head -n 1)
# Clips of one group on both sides would be refused; each has its own.
check "$trackfit" evaluate --model "$model" --landmarks "$work/landmarks" --split "$work/split.json" --only recognition >"$work/said"
check grep -q "The right exercise named, known or not: . of 1," "$work/said"
mkdir -p "$work/juggling" && cp "$work/videos/squat/a.mp4" "$work/juggling"
expect 0 'does not know the exercise "juggling"' "$work/juggling" --output "$work/juggled" --format landmarks

# What is wrong is named.
expect 1 "holds no videos" "$work/empty" --output "$work/none"
expect 2 "is inside the input" "$work/videos" --output "$work/videos/out"
expect 2 "give videos, pictures or folders, or else --list" --output "$work/none"
expect 2 "they need --format landmarks" "$work/videos" --output "$work/none" --exercise squat
expect 2 "Path does not exist" "$work/nowhere" --output "$work/none"
echo "not a video" >"$work/videos/broken.mp4"
expect 1 "1 of 3 videos were left out" "$work/videos" --output "$work/out"
expect 1 "broken.mp4 as a video" "$work/videos" --output "$work/out"
((failures == 0)) && echo "all as expected"
