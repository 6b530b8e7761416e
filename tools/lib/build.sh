# shellcheck shell=bash
# For the scripts in tools/, which source it: how TrackFit is built. The working directory is the source tree.

say() { printf '\n== %s\n' "$*" >&2; }

# The comment at the top of a script is its help text.
print_usage() { awk 'NR > 1 && !/^#/ { exit } NR > 1 { sub(/^# ?/, ""); print }' "$1"; }

# wrong_usage SCRIPT MESSAGE: ends it as all our programs end then.
wrong_usage() { say "$2; see $1 --help"; exit 2; }

# As many compilers as there are cores, but no more than memory allows: a file that includes LibTorch takes 2 GB.
build_jobs() {
  local cores gigabytes
  cores=$(nproc)
  gigabytes=$(awk '/^MemAvailable:/ { print int($2 / 2097152) }' /proc/meminfo)
  echo $((gigabytes < 1 ? 1 : gigabytes < cores ? gigabytes : cores))
}

# build PRESET [TARGETS...]
build() {
  local preset=$1
  shift
  say "building (preset $preset); the first time takes a quarter of an hour on two cores"
  mkdir -p build
  cmake --preset "$preset" >"build/configure-$preset.log" 2>&1 || { cat "build/configure-$preset.log" >&2; return 1; }
  nice cmake --build "build/$preset" --parallel "$(build_jobs)" ${1:+--target "$@"}
}
