#!/usr/bin/env bash
# Ctrl-C: every long command says so at once, stops within about a second and leaves nothing broken behind.
#
#   interrupt_test.sh FOLDER_OF_THE_EXECUTABLES        (run in the source tree)
set -euo pipefail
bin=$(realpath "$1")
source tools/lib/servers.sh

skip() { echo "skipped: $*"; exit 77; }
[[ -e deploy/models/blazepose/pose_detection.tflite ]] || skip "no BlazePose weights; run tools/setup"
compgen -G 'deploy/models/protogcn/*/model.pt' >/dev/null || skip "no trained model in deploy/models/protogcn"
command -v ffmpeg >/dev/null || skip "ffmpeg is not installed"

work=$(mktemp -d)
logs=$work/logs
trap 'stop_servers || true; rm -rf "$work"' EXIT
failures=0
readonly slack=${TRACKFIT_INTERRUPT_SECONDS:-3}  # a second, on a machine that does other things, too

check() { "$@" || { echo "FAILED: $*"; failures=$((failures + 1)); }; }

# From then on it takes Ctrl-C as a call; before, a shell's background process does not hear it.
watches_for_ctrl_c() { grep -q '^SigBlk:.*4..2$' "/proc/$1/status" 2>/dev/null; }  # SIGTERM and SIGINT

# interrupted AFTER STATUS TEXT COMMAND...: gets Ctrl-C AFTER seconds of work, or once it said AFTER, says TEXT and ends
# with STATUS soon.
interrupted() {
  local after=$1 wanted=$2 text=$3 status=0 pid start took
  shift 3
  "$@" >"$work/said" 2>&1 </dev/null &
  pid=$!
  for _ in {1..300}; do
    watches_for_ctrl_c $pid && break
    sleep 0.1
  done
  if [[ $after =~ ^[0-9]+$ ]]; then
    sleep "$after"
  else
    for _ in {1..600}; do
      grep -qF -- "$after" "$work/said" && break
      sleep 0.1
    done
  fi
  start=$(date +%s%N)
  kill -INT $pid || true
  wait $pid || status=$?
  took=$((($(date +%s%N) - start) / 1000000))
  if ((status != wanted || took > slack * 1000)) || ! grep -qF -- "$text" "$work/said"; then
    echo "FAILED: $*: status $status instead of $wanted, or $took ms, or no \"$text\" in:"
    head -c 2000 "$work/said"
    failures=$((failures + 1))
  fi
}

start_servers 0 0 0 0 0 0
gateway=127.0.0.1:${server_port[gateway]}
trackfit=$bin/trackfit
model=$(compgen -G "deploy/models/protogcn/*/model.pt" | head -n 1)
"$trackfit" synthesize --exercise squat --repetitions 6 --size 240x240 --output "$work/long.mp4" >/dev/null 2>&1

interrupted "%" 0 "stopping; press Ctrl-C again to stop at once" "$trackfit" analyze "$work/long.mp4" --gateway "$gateway" --json "$work/part.jsonl"
check grep -q "Frames     " "$work/said"
check grep -q frame_result "$work/part.jsonl"
check jq -es 'length > 1' "$work/part.jsonl" >/dev/null
# In real time, so that it is not through before.
ffmpeg -nostdin -v error -f lavfi -i color=gray:size=240x240:rate=30:duration=60 "$work/nobody.mp4"
interrupted frame_result 130 "interrupted before the first assessment" \
  "$trackfit" analyze "$work/nobody.mp4" --gateway "$gateway" --live --json - --quiet
interrupted 1 130 "stopping; press Ctrl-C again to stop at once" "$trackfit" extract "$work/long.mp4" --output "$work/part2.jsonl" --quiet
check test ! -e "$work/part2.jsonl"
interrupted 1 130 "stopping; nothing is written" "$trackfit" synthesize --exercise squat --repetitions 100 --output "$work/s.mp4"
check test ! -e "$work/s.mp4"
interrupted 1 130 "finished mannequins are kept" "$trackfit" dataset bridge --mannequins 4 --cache "$work/cache" --quiet

for exercise in squat push_up; do
  mkdir -p "$work/videos/$exercise"
  for seed in 1 2; do
    "$trackfit" synthesize --exercise $exercise --seed $seed --repetitions 1 --size 240x240 --output "$work/videos/$exercise/$seed.mp4" >/dev/null 2>&1
  done
done
"$trackfit" extract "$work/videos" --output "$work/landmarks" --format landmarks --form correct --model lite --quiet >/dev/null
echo '{"train": {"landmarks": ["squat/1", "push_up/1"]}, "val": {"landmarks": ["squat/2", "push_up/2"]}}' >"$work/split.json"
interrupted 1 130 "stopped; nothing is written" "$trackfit" evaluate --model "$model" --landmarks "$work/landmarks" --split "$work/split.json" --subset train \
  --only localisation,robustness --localisation 5000 --json "$work/e.json"
check test ! -e "$work/e.json"
training=(--config deploy/training/debug.yaml output="$work/run" data.landmarks="$work/landmarks" data.split="$work/split.json" "data.classes=[squat,push_up]")
interrupted 8 130 "finished epochs are kept" "$trackfit" train "${training[@]}" training.epochs=500
check "$trackfit" train "${training[@]}" training.epochs=500 --resume --print-config >/dev/null

check test -z "$(find "$work" -name '*.partial*')"

# A session that fails leaves the older file, and what came beside it.
echo older >"$work/old.jsonl"
"$trackfit" analyze "$work/long.mp4" --gateway "$gateway" --live --json "$work/old.jsonl" >"$work/said" 2>&1 </dev/null &
pid=$! status=0
for _ in {1..300}; do
  grep -qs frame_result "$work/old.jsonl.$pid.partial" && break
  sleep 0.1
done
kill -KILL "${server_pid[gateway]}"
wait $pid || status=$?
check test $status -eq 1
check grep -qF "the results so far are in $work/old.jsonl.$pid.partial" "$work/said"
check grep -qs frame_result "$work/old.jsonl.$pid.partial"
check grep -qx older "$work/old.jsonl"
((failures == 0)) && echo "all as expected"
