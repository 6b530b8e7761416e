#!/usr/bin/env bash
# What newcomers get wrong with addresses, ports, files, folders and flags: each gets a sentence that says what to do, no input is lost,
# nothing broken is left behind, and wrong usage ends with 2.
#
#   messages_test.sh FOLDER_OF_THE_EXECUTABLES        (run in the source tree)
set -euo pipefail
bin=$(realpath "$1")
source tools/lib/servers.sh
repository=$PWD

skip() { echo "skipped: $*"; exit 77; }
[[ -e deploy/models/blazepose/pose_detection.tflite ]] || skip "no BlazePose weights; run tools/setup"
compgen -G 'deploy/models/protogcn/*/model.pt' >/dev/null || skip "no trained model in deploy/models/protogcn"

work=$(mktemp -d)
logs=$work/logs
web=
trap 'kill $web 2>/dev/null || true; stop_servers || true; rm -rf "$work"' EXIT
failures=0

# fails STATUS TEXT COMMAND...: it ends with STATUS and says TEXT.
fails() {
  local wanted=$1 text=$2 status=0
  shift 2
  timeout 60 "$@" >"$work/said" 2>&1 </dev/null || status=$?
  if ((status != wanted)) || ! grep -qF -- "$text" "$work/said"; then
    echo "FAILED: $*: status $status instead of $wanted, or no \"$text\" in:"
    head -c 2000 "$work/said"
    failures=$((failures + 1))
  fi
}
check() { "$@" || { echo "FAILED: $*"; failures=$((failures + 1)); }; }

start_servers 0 0 0 0 0 0
gateway=127.0.0.1:${server_port[gateway]} extractor=127.0.0.1:${server_port[extractor]}
metrics=127.0.0.1:${metrics_port[gateway]}
closed=127.0.0.1:$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
any=(--listen 127.0.0.1:0 --metrics-listen 127.0.0.1:0)
export TRACKFIT_HTTP_LISTEN=127.0.0.1:0
cd "$work"
trackfit=$bin/trackfit
"$trackfit" synthesize --exercise squat --repetitions 1 --size 240x240 --output clip.mp4 >/dev/null 2>&1
cp clip.mp4 original.mp4
ln clip.mp4 hard.mp4
ln -s clip.mp4 soft.mp4
echo "not a video" >text.mp4
mkdir empty folder
analyze() { fails "$1" "$2" "$trackfit" analyze clip.mp4 -q --gateway "${@:3}"; }

# --- addresses and ports
analyze 1 "nothing listens there; is the server running" "$closed"
analyze 2 "it has no port: write localhost:8000" localhost
analyze 2 'it must be HOST:PORT without "http://": write localhost:8000' http://localhost:8000
analyze 2 "its port must be at most 65535" localhost:70000
analyze 2 "nobody listens on port 0" localhost:0
analyze 2 'its port, "gateway", must be a number' localhost:gateway
analyze 2 "write [::1]:8000" ::1:8000
analyze 1 "there is no host gatway.invalid; check the spelling" gatway.invalid:8000
analyze 1 "an extractor answers at $extractor, not a gateway; the gateway's port is 8000" "$extractor"
analyze 1 "is it the port of /metrics?" "$metrics"  # where gRPC saw the answer, or only the end of it
analyze 1 "through the proxy $closed" "$gateway" --proxy "$closed"
analyze 2 "--proxy is \"proxy\"; it has no port" "$gateway" --proxy proxy
http_proxy=http://$closed https_proxy=http://$closed grpc_proxy=http://$closed fails 0 "Squat" "$trackfit" analyze clip.mp4 -q --gateway "$gateway"
http_proxy=http://$closed fails 0 "SERVING" "$bin/trackfit-health" --address "$gateway"

# --- what is written: never over what is read, and known to be possible before the work
for name in clip.mp4 soft.mp4 hard.mp4; do
  analyze 2 "would overwrite the input clip.mp4" "$gateway" --json $name
  analyze 2 "would overwrite the input clip.mp4" "$gateway" --render $name
done
check cmp clip.mp4 original.mp4
analyze 2 "--json folder is a folder; name a file" "$gateway" --json folder
analyze 2 "the folder nowhere does not exist; create it, or choose another" "$gateway" --json nowhere/out.jsonl
analyze 2 "its name must end as one, as in out.mp4" "$gateway" --render out
analyze 2 "is also the file named by --json" "$gateway" --json out.mp4 --render ./out.mp4
echo older >results.jsonl
analyze 1 "nothing listens there" "$closed" --json results.jsonl
check grep -q older results.jsonl
analyze 0 "Squat" "$gateway" --json results.jsonl
check test "$(wc -l <results.jsonl)" -gt 20
mkfifo pipe
cat pipe >piped &
analyze 0 "Squat" "$gateway" --json pipe
wait $!
check cmp <(jq -c 'select(.frame_result)' piped) <(jq -c 'select(.frame_result)' results.jsonl)
fails 2 "the folder nowhere does not exist" "$trackfit" synthesize --output nowhere/clip.mp4
fails 2 "is also the file named by --output" "$trackfit" synthesize --output clip.json
cp clip.mp4 linked.jsonl
fails 2 "would overwrite the input" "$trackfit" extract linked.jsonl --output linked.jsonl --quiet
fails 2 "would overwrite --checkpoint" "$trackfit" model import --checkpoint text.mp4 --output text.mp4
model=$(compgen -G "$repository/deploy/models/protogcn/*/model.pt" | head -n 1)
cp "$model" model.pt
mkdir set && touch set/train.pt set/val.pt
fails 2 "would overwrite --model" "$trackfit" evaluate --model model.pt --dataset set --json model.pt
fails 2 "would overwrite init" "$trackfit" train output=. init=model.pt data.dataset=set
check cmp model.pt "$model"
echo '{"train": {}, "val": {}}' >split.json
fails 2 "--plots text.mp4 cannot be created as a folder" "$trackfit" evaluate --model model.pt --dataset set --plots text.mp4
fails 2 "would overwrite --dataset set/val.pt" "$trackfit" evaluate --model model.pt --dataset set --json set/val.pt
echo older >set/report.json
fails 1 "set/train.pt is no landmark file" "$trackfit" evaluate --model model.pt --dataset set --json set/report.json
mkdir -p few plots
for side in train val; do
  cp clip.mp4 $side.mp4
  "$trackfit" extract $side.mp4 --output few/$side.pt --format landmarks --exercise squat --form correct --model lite \
    --models-dir "$repository/deploy/models/blazepose" --quiet >/dev/null
done
ln -s /dev/full plots/confusion.png
fails 1 "plots/confusion.png: cannot be written: No space left" \
  "$trackfit" evaluate --model model.pt --dataset few --only recognition --json report.json --plots plots
check jq -e .recognition report.json >/dev/null
fails 2 "no video shows an exercise named by --only" "$trackfit" extract clip.mp4 --only plank --output out --quiet
fails 2 "--output text.mp4/out is no folder and cannot be made one" "$trackfit" extract clip.mp4 --output text.mp4/out --quiet
fails 2 "camera.width is 2; it must be between" "$trackfit" synthesize --size 2x2 --output s.mp4
fails 2 "would overwrite --landmarks set/train.pt" "$trackfit" dataset build --landmarks set --split split.json --output set

# --- files and folders
fails 2 "clpi.mp4" "$trackfit" analyze clpi.mp4 --gateway "$gateway"
fails 1 "cannot read text.mp4 as a video" "$trackfit" analyze text.mp4 --gateway "$gateway"
check test "$(wc -l <said)" -eq 1
fails 2 '--expected is "squats"; the model knows' "$trackfit" analyze clip.mp4 --expected squats --gateway "$gateway"
fails 1 "holds no pictures" "$trackfit" analyze empty --gateway "$gateway"
fails 1 "is not a model, or not a complete one" "$trackfit" model show --model text.mp4
fails 2 "folder" "$trackfit" model show --model folder
fails 2 "either --dataset or --landmarks with --split" "$trackfit" evaluate --model model.pt
fails 2 "output is not set" "$trackfit" train data.dataset=set
fails 1 "run tools/setup, or name the folder that holds the models with --models-dir" \
  "$trackfit" extract clip.mp4 --output out.jsonl --models-dir empty --quiet
cp "$repository"/deploy/models/blazepose/*.tflite empty
cp empty/pose_detection.tflite empty/pose_landmark_full.tflite
fails 1 "empty/pose_landmark_full.tflite is not the BlazePose model that its name says (" "$bin/trackfit-extractor" "${any[@]}" --models-dir empty
echo text >empty/pose_detection.tflite
fails 1 "empty/pose_detection.tflite" "$bin/trackfit-extractor" "${any[@]}" --models-dir empty

# --- flags and commands
fails 2 "a command is missing; there are analyze, coach, dataset" "$trackfit"
fails 2 "there is no command analise; did you mean analyze?" "$trackfit" analise clip.mp4
fails 2 "there is no flag --gatway; did you mean --gateway?" "$trackfit" analyze clip.mp4 --gatway x
fails 2 "there is no flag --adress; did you mean --address?" "$bin/trackfit-health" --adress "$gateway"
fails 2 "there is no flag --port; it is part of --listen: write --listen 0.0.0.0:8000" "$bin/trackfit-gateway" --port 8000
fails 2 "resume-kb is 1; it must be between 16 and 65536" "$bin/trackfit-gateway" --resume-kb 1
fails 2 "resume-seconds is -1; it must be between 0 and 3600" "$bin/trackfit-gateway" --resume-seconds -1
fails 2 "max-stream-age is 0.5; it must be 0 or between 1 and" "$bin/trackfit-gateway" --max-stream-age 0.5
fails 2 "--handover: /nowhere is no folder" "$bin/trackfit-gateway" --handover /nowhere
fails 2 "of the environment variable TRACKFIT_MAX_SESSIONS" env TRACKFIT_MAX_SESSIONS=many "$bin/trackfit-gateway"
fails 2 "input is missing: A video file" "$trackfit" analyze
fails 2 "--limit-frames is -3" "$trackfit" analyze clip.mp4 --limit-frames -3
fails 2 "known are" "$trackfit" synthesize --exercise squats --output s.mp4

# --- servers
taken="Address already in use; another process has this port: stop it, or choose another port"
fails 1 "--listen: cannot listen on $gateway: $taken" "$bin/trackfit-gateway" --listen "$gateway" --metrics-listen 127.0.0.1:0 --http-listen ""
check test "$(grep -c level=error said)" -eq 1
fails 1 "--metrics-listen: cannot listen on $metrics: $taken" "$bin/trackfit-gateway" --listen 127.0.0.1:0 --metrics-listen "$metrics" --http-listen ""
fails 1 "this machine does not have that address" "$bin/trackfit-gateway" --listen 203.0.113.5:8000 --metrics-listen "" --http-listen ""
fails 2 "it has no host: write 0.0.0.0:8000" "$bin/trackfit-gateway" --listen 8000
fails 2 "it has no port: write localhost:8001" "$bin/trackfit-gateway" --extractor localhost
fails 2 "the folder nowhere does not exist" "$bin/trackfit-gateway" "${any[@]}" --port-file nowhere/ports
fails 2 "would overwrite --models-dir empty/pose_landmark_lite.tflite" "$bin/trackfit-extractor" "${any[@]}" --models-dir empty --port-file empty/pose_landmark_lite.tflite
inferencer=("$bin/trackfit-inferencer" "${any[@]}" --exercises "$repository/deploy/exercises")
fails 1 "does not exist; name the folder that holds <number>/model.pt" "${inferencer[@]}" --model-repository nowhere
fails 1 "holds model.pt itself; versions lie in folders with a number" "${inferencer[@]}" --model-repository "$(dirname "$model")"
mkdir -p broken/1 && echo text >broken/1/model.pt
fails 1 "the newest: broken/1/model.pt is not a model, or not a complete one" "${inferencer[@]}" --model-repository broken
fails 1 "--exercises: cannot read nowhere" "$bin/trackfit-inferencer" "${any[@]}" --exercises nowhere
mkdir coach && sed 's/^best_view:/best_vew:/' "$repository/deploy/exercises/squat.yaml" >coach/squat.yaml
line=$(grep -n best_vew coach/squat.yaml | cut -d: -f1)
fails 1 "coach/squat.yaml:$line: there is no key \\\"best_vew\\\" in an exercise; did you mean best_view?" "$bin/trackfit-inferencer" "${any[@]}" --exercises coach
fails 2 "would overwrite --exercises coach/squat.yaml" "$bin/trackfit-inferencer" "${any[@]}" --exercises coach --port-file coach/squat.yaml
fails 1 "nothing listens there" "$bin/trackfit-health" --address "$closed"
fails 1 "it knows no service gateway; a full name is meant" "$bin/trackfit-health" --address "$gateway" --service gateway

# --- nothing counts as said that standard output did not take
for command in "$trackfit --help" "$trackfit --version" "$trackfit analyze --help" "$trackfit synthesize --list" \
  "$trackfit train --print-config output=x data.dataset=set" "$trackfit analyze clip.mp4 -q --gateway $gateway" \
  "$bin/trackfit-gateway --help" "$bin/trackfit-extractor --version" "$bin/trackfit-health --address $gateway"; do
  fails 1 "standard output was not written whole; is the disk full?" bash -c "$command >/dev/full"
done

check test -z "$(find . -name '*.partial*')"
cd "$repository"
((failures == 0)) && echo "all as expected"
