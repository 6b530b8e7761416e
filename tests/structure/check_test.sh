#!/usr/bin/env bash
# tools/check finds what each of its checks is for, names the file, and with --staged looks at staged files only.
set -euo pipefail

for program in git clang-format shellcheck pyflakes3; do
  command -v "$program" >/dev/null || { echo "skipped: $program is not installed"; exit 77; }
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/tools"
cp -r tools/check tools/format tools/lib "$work/tools"
cp .clang-format "$work"
unset GIT_DIR GIT_INDEX_FILE GIT_WORK_TREE  # of a hook that runs this
cd "$work"
git init -q .
git add .
failures=0

# expect STATUS TEXT ARGUMENTS...: what tools/check ends with, and a text that it must print.
expect() {
  local expected=$1 text=$2 status=0 output
  shift 2
  output=$(tools/check "$@" 2>&1) || status=$?
  if ((status != expected)) || [[ $output != *"$text"* ]]; then
    printf 'tools/check %s: expected %d and "%s", got %d and\n%s\n' "$*" "$expected" "$text" "$status" "$output"
    failures=$((failures + 1))
  fi
}

readonly quick=(format shell python data)
expect 0 "== data" "${quick[@]}"

# finds CHECK FILE CONTENT: it does, whether the file is staged or not, and --staged only when it is.
finds() {
  local check=$1 file=$2
  printf '%b' "$3" >"$file"
  expect 1 "$file" "$check"
  expect 0 "== $check" --staged "$check"
  git add "$file"
  expect 1 "$file" --staged "$check"
  expect 1 "failed: $check" "${quick[@]}"
  git rm -qf "$file"
}

finds format wide.cc 'int   main( ) {}\n'
finds shell quoting.sh '#!/bin/sh\nx=1\n'
finds shell quoting '#!/usr/bin/env bash\nx=1\n'
finds python unused.py 'import os\n'
finds python unused '#!/usr/bin/python3\nimport os\n'
finds data comma.json '{"a": 1,}\n'
finds data indent.yml 'a: 1\n b: 2\n'

expect 2 "unknown argument spelling" spelling
expect 0 "Checks:" --help

exit "$((failures > 0))"
