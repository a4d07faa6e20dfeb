# Bad command lines and parameter files: exit status 2 and one message, on 1 and on 3 ranks.
set -euo pipefail
lowland=$1
source "$(dirname "$0")/expect.sh"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf 'set Dimension = 1\nsubsection Time\n  set End = soon\nend\n' > bad.prm
printf 'set Dimension = 1\nsubsection Tme\nend\n' > misspelled.prm
printf 'set Dimension = 1\n' > good.prm
head -c 1000 /bin/true > junk.prm

for run in "" "mpiexec --oversubscribe --bind-to none -np 3"; do
  expect 2 'there is no verb `evolv`. Did you mean `evolve`?' $run "$lowland" evolv good.prm
  expect 2 'Did you mean `--overwrite`?' $run "$lowland" evolve good.prm --overwritte
  expect 2 'there is no option --outp' $run "$lowland" evolve good.prm --outp x
  expect 2 'wants one parameter file' $run "$lowland" evolve
  expect 2 'no/such.prm: there is no such file' $run "$lowland" check no/such.prm
  expect 2 'bad.prm, line 3, section `Time`: End = soon: expected a number >= 0' \
    $run "$lowland" check bad.prm
done

expect 2 'there is no section `Tme`. Did you mean `Time`?' "$lowland" stationary misspelled.prm
expect 2 'not a text file' "$lowland" check junk.prm
expect 2 'this is a folder' "$lowland" check .
expect 2 'wants one parameter file' "$lowland" evolve good.prm bad.prm
expect 2 'wants no file' "$lowland" list good.prm
expect 2 "'--set' is missing" "$lowland" evolve good.prm --set
expect 2 '--set "Time/End=-1": expected a number >= 0' "$lowland" check good.prm --set Time/End=-1
expect 2 'belongs to section `Time`' "$lowland" check good.prm --set End=1
expect 2 '--petsc "ksp_type cg"' "$lowland" check good.prm --petsc "ksp_type cg"
for verb in evolve stationary escape check; do
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
