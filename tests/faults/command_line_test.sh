# The command line on 1 and on 3 ranks: bad input, told once, from every verb; help, version and lists. The single
# sentences are rows of bad_inputs.txt.
source "$(dirname "$0")/expect.sh"
printf 'set Dimension = 1\nsubsection Time\n  set End = soon\nend\n' > bad.prm

expect 2 'bad.prm, line 3, section `Time`: End = soon: expected a number >= 0' "${on3[@]}" "$lowland" check bad.prm
for verb in evolve stationary spectrum escape; do
  expect 2 'bad.prm, line 3' "$lowland" "$verb" bad.prm
done

# Without arguments the help comes, but as a failure.
status=0
"$lowland" > /dev/null 2> help.txt || status=$?
[ "$status" -eq 2 ] && grep -q 'lowland evolve FILE' help.txt || fail "no help without arguments"

expect_success 'lowland evolve FILE' "$lowland" --help
expect_success 'deal.II' "$lowland" --version
expect_success 'loss-scaled' "$lowland" list
expect_success '| key | default |' "$lowland" list --markdown
expect_success 'set Tolerance = 1e-3' "${on3[@]}" "$lowland" template
[ "$("${on3[@]}" "$lowland" template | grep -c 'set Scheme')" -eq 1 ] ||
  fail "template speaks on every rank"

# What PETSc is used to hear of when it starts.
printf 'set Dimension = 1\n' > line.prm
"$lowland" stationary line.prm --set Landscape/Loss=x^2 --set Stationary/Method=computed \
  --petsc "-log_view" > profile.txt 2>&1 || fail "a run cannot be profiled"
grep -q 'MatSolve' profile.txt && ! grep -q 'did not use\|PETSC ERROR' profile.txt ||
  fail "there is no profile"
finish
