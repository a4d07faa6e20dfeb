# Sourced by the checks from outside, whose first argument is the program: they work in a folder of their own,
# which is gone at the end, run commands, and judge exit status and messages.
set -euo pipefail
lowland=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
source_folder=$(realpath "$here/../..")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# A command that takes so many seconds hangs, on a busy machine and under sanitizers, too.
patience=280

failures=0
fail() {
  echo "FAILED: $*"
  failures=$((failures + 1))
}

mpi=(mpiexec --oversubscribe --bind-to none -np) # their number follows
on3=("${mpi[@]}" 3)
# on N COMMAND...: on N ranks
on() {
  local ranks=$1
  shift
  if [ "$ranks" -eq 1 ]; then "$@"; else "${mpi[@]}" "$ranks" "$@"; fi
}

# mpirun adds lines of its own to every failure; the programs' begin with "lowland: " or "lowland-render: ".
own_lines() { grep -aE '^lowland(-render)?: ' "$1" || true; }

# expect STATUS "words that the message must have" COMMAND...
# Leaves what the command wrote in the file $output, if that names one.
expect() {
  local status=$1 words=$2 got=0 errors
  shift 2
  errors=$(mktemp)
  timeout "$patience" "$@" > "${output:-/dev/null}" 2> "$errors" || got=$?
  [ -z "${output-}" ] || cat "$errors" >> "$output"
  local lines
  lines=$(own_lines "$errors" | wc -l)
  if [ "$got" -ne "$status" ] || ! own_lines "$errors" | grep -aqF -- "$words" || [ "$lines" -ne 1 ]; then
    fail "$*"
    echo "  expected status $status and one message with: $words"
    echo "  got status $got and $lines messages:"
    sed 's/^/    /' "$errors"
  fi
  rm -f "$errors"
}

# expect_success "words that the output must have" COMMAND...
expect_success() {
  local words=$1 got=0 output
  shift
  output=$(timeout "$patience" "$@" 2>&1) || got=$?
  if [ "$got" -ne 0 ] || ! grep -qF -- "$words" <<< "$output"; then
    fail "$*"
    echo "  expected status 0 and the words: $words"
    echo "  got status $got, and in the end:"
    tail -n 20 <<< "$output" | sed 's/^/    /'
  fi
}

# same_to_round_off TABLE TABLE: to 1e-12 of the larger value or, below 1, of 1: masses and distances far below are
# round-off themselves.
same_to_round_off() {
  [ "$(wc -l < "$1")" -eq "$(wc -l < "$2")" ] || return 1
  paste -d, "$1" "$2" | awk -F, 'NR > 1 { n = NF / 2
    for (k = 1; k <= n; ++k) { a = $k; b = $(k + n); d = a > b ? a - b : b - a; size = (a < 0 ? -a : a) + 1
      if (d > 1e-12 * size) { print "column " k ", row " NR ": " a " and " b; bad = 1 } } } END { exit bad }'
}

finish() {
  echo "$failures checks failed"
  exit $((failures > 0))
}
