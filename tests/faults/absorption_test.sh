# Walls that absorb, from outside: what is refused, before anything is written, and the quantities that appear.
source "$(dirname "$0")/expect.sh"
cat > well.prm << 'PRM'
set Dimension = 1
subsection Landscape
  set Kind = quadratic
end
subsection Noise
  set Learning rate = 0.3
end
subsection Domain
  set Kind = box
  set Lower corner = -2
  set Upper corner = 2
end
subsection Initial density
  set Standard deviation = 0.1
end
PRM

for run in "" "${on3[*]}"; do
  expect 2 'this absorbs the whole domain' $run "$lowland" escape well.prm --set "Escape/Exit=x < 3"
done
expect 2 'give a condition on x, y, z that holds where paths end, such as x > 1.2' \
  "$lowland" escape well.prm --set "Escape/Exit=x+3"
expect 2 'no part of the domain is absorbed by this' "$lowland" escape well.prm --set "Escape/Exit=x > 3"
expect 2 "--set \"Escape/Exit=q > 3\"" "$lowland" evolve well.prm --set "Escape/Exit=q > 3"
expect 2 'the domain closes on itself along x' "$lowland" evolve well.prm \
  --set Domain/Periodic=x --set Domain/Absorbing=x+
expect 2 '`y+` is not a side of this domain' "$lowland" evolve well.prm --set Domain/Absorbing=y+
expect 2 'some of x-, x+' "$lowland" evolve well.prm --set Domain/Absorbing=x
expect 2 'only a box has sides' "$lowland" evolve well.prm --set Domain/Kind=ball --set Domain/Absorbing=x+
expect 2 'the start is absorbed at once: (0)' "$lowland" evolve well.prm --set "Escape/Exit=x < 0.5"
expect 2 'there is no bounded invariant density in closed form here' "$lowland" stationary well.prm \
  --set Domain/Absorbing=x+ --set "Stationary/Method=closed form"
expect 2 'escape asks for the way out only' "$lowland" escape well.prm --set Domain/Absorbing=x+ --set Escape/To=1
expect 2 'one minimum only' "$lowland" escape well.prm
[ ! -e runs ] || fail "a run folder was made"

expect_success 'absorbing at x-, x+' "$lowland" check well.prm --set "Escape/Exit=abs(x) > 1"
expect_success 'leaves by: x- 0.5, x+ 0.5' "$lowland" escape well.prm --set "Escape/Exit=abs(x) > 1" --output out
[ "$(awk -F, '{ print NF }' out/observables.csv | sort -u | wc -l)" -eq 1 ] || fail "a header of other columns than the rows"
expect_success 'quasi_stationary_rate' "$lowland" stationary well.prm --set Domain/Absorbing=all --overwrite
expect_success 'hazard_rate' "$lowland" evolve well.prm --set Domain/Absorbing=all --overwrite
expect_success '"survival_probability"' cat runs/well/summary.json
finish
