#!/usr/bin/env bash
# Options of `trackfit` that would do nothing in the given use are refused, each with what it needs.
#
#   usage_test.sh FOLDER_OF_THE_EXECUTABLES
set -euo pipefail
trackfit=$(realpath "$1")/trackfit

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir -p set landmarks
touch clip.mp4 results.jsonl model.pt list.csv split.json
failures=0

# refused STATUS TEXT ARGUMENTS...: `trackfit ARGUMENTS` ends with STATUS and says TEXT.
refused() {
  local wanted=$1 text=$2 status=0
  shift 2
  "$trackfit" "$@" >said 2>&1 || status=$?
  if ((status != wanted)) || ! grep -qF -- "$text" said; then
    echo "FAILED: trackfit $*: status $status instead of $wanted, or no \"$text\" in:"
    cat said
    failures=$((failures + 1))
  fi
}

refused 2 "--jpeg-quality excludes --raw" analyze clip.mp4 --raw --jpeg-quality 50
refused 2 "--fps: the frames of camera:99 are timed as they come" analyze camera:99 --fps 30
refused 2 "--no-coach excludes --voice" analyze clip.mp4 --no-coach --voice calm
refused 2 "it must be CODE=LOW:HIGH" analyze clip.mp4 --target squat_depth=110
refused 2 "the lower end is above the upper one" analyze clip.mp4 --target squat_depth=110:80
refused 2 "--reference: there is no file nowhere/squat.json" analyze clip.mp4 --reference nowhere/squat.json
refused 2 "would overwrite the results" report results.jsonl --output results.jsonl
refused 1 "results.jsonl holds no results" report results.jsonl --output report.html
refused 1 "cannot read nothing.jsonl" report nothing.jsonl --output report.html
[[ ! -e report.html ]] || { echo "FAILED: a report without results was written"; failures=$((failures + 1)); }
refused 2 "--list excludes --fps" extract --list list.csv --fps 30 --output out
refused 2 "--list excludes --exercise" extract --list list.csv --exercise squat --format landmarks --output out
refused 2 "need --format landmarks" extract clip.mp4 --form correct --output out
refused 2 "--variants needs --format landmarks" extract clip.mp4 --variants 2 --output out
refused 2 "needs --format trackfit-json" extract clip.mp4 --original-joints --output out
for flag in --seed --jobs; do
  refused 2 "$flag requires --mannequins" dataset build --landmarks landmarks --split split.json --output out $flag 2
done
refused 2 "--model requires --mannequins" dataset build --landmarks landmarks --split split.json --output out --model lite
refused 2 "--cache requires --mannequins" dataset build --landmarks landmarks --split split.json --output out --cache out/c
refused 2 "--plots is for the section recognition or form" evaluate --model model.pt --dataset set --only speed --plots out
refused 2 "--localisation is for the section localisation" \
  evaluate --model model.pt --dataset set --only form --localisation 5
refused 2 "--fold-models is for the section form" \
  evaluate --model model.pt --dataset set --only speed --folds 2 --fold-models model.pt model.pt
refused 2 "--dataset excludes --split" evaluate --model model.pt --dataset set --split split.json
refused 2 "either --model or --videos is required" evaluate --split split.json
refused 2 "--videos excludes --plots" evaluate --videos set --plots out
refused 2 "--subset names a side of --split, which is missing" evaluate --videos set --subset train
refused 2 "--videos excludes --no-coach" evaluate --videos set --no-coach
refused 2 "--videos excludes --exercises" evaluate --videos set --exercises set
refused 2 "--exercises excludes --no-coach" evaluate --model model.pt --dataset set --no-coach --exercises set
refused 2 "--no-coach is for the section recognition, robustness or variants" \
  evaluate --model model.pt --dataset set --only form --no-coach
refused 2 "--exercises is for the section recognition, robustness or variants" \
  evaluate --model model.pt --dataset set --only form,speed --exercises set
refused 2 "--threads does nothing for --only speed" evaluate --model model.pt --dataset set --only speed --threads 2
refused 2 "--voice excludes --no-advice" analyze clip.mp4 --voice calm --no-advice
refused 2 "--list requires --videos" evaluate --list list.csv --model model.pt
refused 2 "--multirun excludes --print-config" train --print-config --multirun output=out
[[ ! -e out ]] || { echo "FAILED: something was written"; failures=$((failures + 1)); }
((failures == 0)) && echo "all as expected"
