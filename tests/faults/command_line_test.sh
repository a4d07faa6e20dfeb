# The command line on 1 and on 3 ranks: bad input, told once, from every verb; help, version and lists. The single
# sentences are rows of bad_inputs.txt.
set -euo pipefail
lowland=$(realpath "$1")
source "$(dirname "$0")/expect.sh"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf 'set Dimension = 1\nsubsection Time\n  set End = soon\nend\n' > bad.prm

expect 2 'bad.prm, line 3, section `Time`: End = soon: expected a number >= 0' \
  mpiexec --oversubscribe --bind-to none -np 3 "$lowland" check bad.prm
for verb in evolve stationary spectrum escape; do
  expect 2 'bad.prm, line 3' "$lowland" "$verb" bad.prm
done

# Without arguments the help comes, but as a failure.
status=0
"$lowland" > /dev/null 2> help.txt || status=$?
[ "$status" -eq 2 ] && grep -q 'lowland evolve FILE' help.txt || failures=$((failures + 1))

expect_success 'lowland evolve FILE' "$lowland" --help
expect_success 'deal.II' "$lowland" --version
expect_success 'loss-scaled' "$lowland" list
expect_success '| key | default |' "$lowland" list --markdown
expect_success 'set Tolerance = 1e-3' mpiexec --oversubscribe --bind-to none -np 3 "$lowland" template
[ "$(mpiexec --oversubscribe --bind-to none -np 3 "$lowland" template | grep -c 'set Scheme')" -eq 1 ] ||
  failures=$((failures + 1))
finish
