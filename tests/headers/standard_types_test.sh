#!/usr/bin/env bash
# Whether every file that names int32_t and its like includes <cstdint>, or its own header does, and every header that
# names size_t <cstddef>: other standard headers may or may not bring them.
set -uo pipefail
status=0

# FILES that match the pattern outside comments and have no such include.
lacking() {
  local pattern=$1 include=$2
  shift 2
  for file in "$@"; do
    [[ -f $file ]] || continue
    sed 's|//.*||' "$file" | grep -qE "$pattern" || continue
    grep -qF "#include <$include>" "$file" && continue
    [[ $file != *.h && -f ${file%.*}.h ]] && grep -qF "#include <$include>" "${file%.*}.h" && continue
    echo "$file uses what <$include> declares, and does not include it"
    status=1
  done
}

mapfile -t headers < <(find libs services tests tools -name '*.h')
mapfile -t sources < <(find libs services tools -name '*.cc' -o -name '*.inl')
lacking '\bu?int(8|16|32|64|ptr)_t\b|\bU?INT(8|16|32|64)_(MAX|MIN)\b' cstdint "${headers[@]}" "${sources[@]}"
lacking '\b(size_t|ptrdiff_t)\b' cstddef "${headers[@]}"
exit "$status"
