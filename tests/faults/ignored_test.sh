# What a run would pass over in silence is told: keys that the chosen kind does not read, observables without a mean. And
# no observable takes the place of a column or of an entry of the summary.
source "$(dirname "$0")/expect.sh"
cat > wells.prm << 'END'
set Dimension = 1
subsection Landscape
  set Loss = (x^2-1)^2
end
subsection Domain
  set Kind = box
  set Lower corner = -2
  set Upper corner = 2
end
subsection Time
  set End = 0.2
  set Tolerance = 1e-2
end
subsection Output
  set Fields =
end
END

# ignored "WORDS" OPTION...: `check` says so
ignored() {
  local words=$1
  shift
  expect_success "$words" "$lowland" check wells.prm "$@"
}
ignored 'Domain/Radius = 2 is ignored: it means nothing with Kind = box; it needs Kind = ball' --set Domain/Radius=2
ignored 'Domain/Lower corner = -2 is ignored: it means nothing with Kind = ball; it needs Kind = box' --set Domain/Kind=ball
ignored 'Domain/Mass left out = 1e-3 is ignored' --set "Domain/Mass left out=1e-3"
ignored 'Domain/File = a.msh is ignored' --set Domain/File=a.msh
ignored 'Initial density/Formula = 1 is ignored: it means nothing with Kind = gaussian' --set "Initial density/Formula=1"
ignored 'Initial density/Mean = 1 is ignored: it means nothing with Kind = uniform; it needs Kind = gaussian or mixture' \
  --set "Initial density/Kind=uniform" --set "Initial density/Mean=1"
ignored 'Discretization/Maximum level = 9 is ignored: it means nothing with Adaptation = false' \
  --set Discretization/Adaptation=false --set "Discretization/Maximum level=9"
ignored 'Discretization/Reference floor = 0 is ignored' --set "Discretization/Reference weight=one" \
  --set "Discretization/Reference floor=0"

# A file may state every value, and a run that goes on has been told.
"$lowland" template > every.prm
if "$lowland" check every.prm --set Landscape/Loss=x^2+y^2 2>&1 | grep 'is ignored'; then
  fail 'the template has keys that are ignored'
fi
expect_success 'Domain/Radius = 2 is ignored' "$lowland" evolve wells.prm --set Domain/Radius=2 --output ball
grep -q 'Domain/Radius = 2 is ignored' ball/summary.json || fail 'the summary does not have the warning'
expect_success 'Written' "$lowland" resume ball --set Time/End=0.3
[ "$(grep -c 'is ignored' ball/log.txt)" -eq 1 ] || fail 'a run that goes on warns again'

# The schedule of a run is none of the noise that its start is made with.
expect_success 'invariant density of the noise' "$lowland" check wells.prm --set "Initial density/Kind=invariant" \
  --set "Initial density/Noise=Learning rate=0.3" --set "Learning rate schedule/Kind=cosine" \
  --set "Learning rate schedule/Period=1"

# An observable without a mean: one warning, by the verb that would write it and by `check`.
root='the observable `root` is not finite everywhere'
expect_success "$root" "$lowland" check wells.prm --set "Output/Observables=root = log(x); half = x > 0"
for verb in evolve stationary spectrum; do
  expect_success "$root" "$lowland" $verb wells.prm --output $verb \
    --set "Output/Observables=root = log(x); half = x > 0"
  [ "$(grep -c 'is not finite' $verb/log.txt)" -eq 1 ] || fail "$verb: not one warning"
done

# All names that runs write are refused.
expect_success 'Written' "$lowland" evolve wells.prm --output annealed --set "Learning rate schedule/Kind=cosine"
expect_success 'Written' "$lowland" evolve wells.prm --output leaking --set Domain/Absorbing=all
expect_success 'Written' "$lowland" stationary wells.prm --output computed --set Stationary/Method=computed
expect_success 'Written' "$lowland" stationary wells.prm --output leaking_on --set Domain/Absorbing=all
for run in evolve stationary spectrum annealed leaking computed leaking_on; do
  head -1 $run/observables.csv | tr , '\n' | sed 's/ *\[.*//'
  [ $run = spectrum ] || grep -oP '^  "\K[^"]*' $run/summary.json
done | grep -vx 'root\|half' | sort -u > names
[ "$(wc -l < names)" -gt 60 ] || fail "only $(wc -l < names) names"
one_each=$(sed 's/$/ = x/' names | paste -sd ';')
"$lowland" sweep wells.prm --verb check --vary "Output/Observables=$one_each" > swept 2>&1 || true
while IFS= read -r name; do
  grep -qF "\`$name\` is the name of something else" swept || fail "$name: not refused"
done < names
finish
