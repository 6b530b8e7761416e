#!/usr/bin/env bash
# What `cmake --install` gives works away from the source tree: servers and command line with their models, the CMake package
# with a project of its own, and README's clients in C++ and Python, as they stand there.
#
#   install_test.sh BUILD_FOLDER        (run in the source tree)
set -euo pipefail
build=$1
tree=$PWD
source tools/lib/servers.sh

skip() { echo "skipped: $*"; exit 77; }
[[ -e deploy/models/blazepose/pose_detection.tflite ]] || skip "no BlazePose weights; run tools/setup"
compgen -G 'deploy/models/protogcn/*/model.pt' >/dev/null || skip "no trained model in deploy/models/protogcn"
command -v ffmpeg >/dev/null || skip "ffmpeg is not installed"
/usr/bin/python3 -c 'import grpc, grpc_tools' 2>/dev/null || skip "python3-grpcio or python3-grpc-tools is not installed"

work=$(mktemp -d)
logs=$work/logs
trap 'stop_servers || true; rm -rf "$work"' EXIT
failures=0
check() { "$@" || { echo "FAILED: $*"; failures=$((failures + 1)); }; }
# readme_block LANGUAGE: the program of README.md in this language.
readme_block() { awk -v fence="\`\`\`$1" '$0 == fence { on = 1; next } /^```/ { on = 0 } on' "$tree/README.md"; }

# Where it lies is decided at installation, and may change afterwards.
cmake --install "$build" --prefix "$work/installed" >"$work/install.log"
mv "$work/installed" "$work/moved"
prefix=$work/moved
bin=$prefix/bin
for file in bin/trackfit{,-extractor,-inferencer,-gateway,-health} share/trackfit/models/blazepose/pose_landmark_full.tflite \
  share/trackfit/exercises/squat.yaml share/trackfit/proto/trackfit/v1/coaching.proto \
  share/trackfit/proto/trackfit/v1/gateway.proto share/doc/trackfit/{LICENSE,README.md,metrics.md}; do
  check test -s "$prefix/$file"
done
check test -z "$(find "$prefix" -type l)"
check test -z "$(grep -rlF -e "$tree" -e "$build" -e "$work/installed" "$prefix"/{lib,include,share})"
# Also in the source tree it is the installed models that count.
check grep -q "$prefix/share/trackfit/models/blazepose" <("$bin/trackfit-extractor" --help)
check grep -q "$prefix/share/trackfit/exercises" <("$bin/trackfit-inferencer" --help)

# From here on nothing is near: neither the tree nor a home.
export HOME=$work/nowhere
mkdir -p "$logs" "$work/elsewhere/frames"
cd "$work/elsewhere"
start_server extractor 0 0
start_server inferencer 0 0
wait_for_server extractor
wait_for_server inferencer
start_server gateway 0 0 --http-listen 127.0.0.1:0 \
  --extractor "127.0.0.1:${server_port[extractor]}" --inferencer "127.0.0.1:${server_port[inferencer]}"
wait_for_server gateway
gateway=127.0.0.1:${server_port[gateway]}

"$bin/trackfit" synthesize --exercise squat --repetitions 1 --output squat.mp4 >/dev/null
ffmpeg -v error -i squat.mp4 -q:v 2 frames/%06d.jpg
"$bin/trackfit" analyze squat.mp4 --gateway "$gateway" --json results.jsonl >/dev/null
check test squat = "$(jq -r 'select(.summary) | .summary.overall.exercise' results.jsonl)"
check "$bin/trackfit" extract frames/000001.jpg --quiet --output landmarks.jsonl >/dev/null

readme_block cpp >readme_client.h
cmake -S "$tree/tests/install/client" -B client -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_PREFIX_PATH="$prefix" \
  -DREADME_CLIENT="$PWD" >"$work/client.log" || { cat "$work/client.log"; exit 1; }
cmake --build client >"$work/client.log" || { cat "$work/client.log"; exit 1; }
client/client "$gateway" frames >said || failures=$((failures + 1))
check grep -q '^squat, quality [0-9]' said

ln -s "$prefix/share/trackfit/proto" proto
readme_block python | sed "s/localhost:8000/$gateway/" >readme_client.py
compile_contract=$(sed -n 's/^# *\(python3 -m grpc_tools.protoc .*\)/\1/p' readme_client.py)
check env PATH=/usr/bin:/bin bash -c "$compile_contract"
/usr/bin/python3 readme_client.py >said || failures=$((failures + 1))
check grep -q '^squat (.*), quality [0-9]*, look at the ' said

check stop_servers
((failures == 0)) && echo "installed, moved and used from elsewhere: all as expected"
