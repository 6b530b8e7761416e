#!/usr/bin/env bash
# The page in Chromium: web_test.sh FOLDER_OF_THE_EXECUTABLES SCRATCH_FOLDER
# Exit status 77: skipped, because tools/setup could not install what it takes.
set -euo pipefail
here=$(dirname "$(realpath "$0")")

for needed in "${CHROMIUM:-chromium}" node ffmpeg openssl; do
  command -v "$needed" >/dev/null || { echo "skipped: $needed is missing; tools/setup installs it"; exit 77; }
done
TRACKFIT_BINARIES=$(realpath "$1") TRACKFIT_SCRATCH=$2 TRACKFIT_PAGE=$here/../../services/gateway/web/dist \
  exec node --test --test-reporter=spec "$here/web_test.mjs"
