# shellcheck shell=bash
# Sourced by the scripts of ci/: steps with their time, and where things lie. Leaves the shell in the repository's root.
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

# Ninja alone would start two more compilers than there are cores; Beast's files want a gigabyte each.
export CMAKE_BUILD_PARALLEL_LEVEL="${CMAKE_BUILD_PARALLEL_LEVEL:-$(nproc)}"

die() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

# step "what it does" command…: prints both ends and the seconds; returns what the command returns.
step() {
  local what=$1 began=$SECONDS status=0
  shift
  printf '==> %s\n' "$what"
  "$@" || status=$?
  if [ "$status" -eq 0 ]; then
    printf '    done in %d s\n' $((SECONDS - began))
  else
    printf '    failed after %d s (exit %d)\n' $((SECONDS - began)) "$status"
  fi
  return "$status"
}

# configured PRESET [-D…]: runs CMake, quietly unless it fails.
configured() {
  local preset=$1 log status=0
  shift
  log=$(cmake --preset "$preset" "$@" 2>&1) || status=$?
  [ "$status" -eq 0 ] || printf '%s\n' "$log" >&2
  return "$status"
}

# counts_of LOG: the two numbers of the last `N passed, N failed`; nothing if there is none.
counts_of() {
  sed -n -E 's/^([0-9]+) passed, ([0-9]+) failed$/\1 \2/p' "$1" | tail -n 1
}

# build_program PRESET: in its build directory as that is configured; a new one needs no package of tests or benchmarks.
build_program() {
  local preset=$1
  if [ ! -f "build/$preset/build.ninja" ]; then
    configured "$preset" -DEPICENTER_TESTS=OFF -DEPICENTER_BENCH=OFF || return
  fi
  cmake --build --preset "$preset" --target epicenter
}
