# Conservation and positivity are watched: where a run breaks either, log.txt and summary.json say so, once; where it
# does not, they say nothing.
source "$(dirname "$0")/expect.sh"
cat > well.prm << 'PRM'
set Dimension = 2
subsection Landscape
  set Loss = (x^2-1)^2 + y^2
end
subsection Noise
  set Intensity = 3
end
subsection Domain
  set Kind = box
  set Lower corner = -2
  set Upper corner = 2
end
subsection Initial density
  set Mean = 1, 0
  set Standard deviation = 0.4
end
subsection Time
  set End = 0.1
  set Tolerance = 0.05
end
PRM

# n_warnings RUN "words": how many warnings with these words log.txt has, and how many summary.json
n_warnings() {
  local words=$2
  echo "$(grep -c "^warning: .*$words" "$1/log.txt") $(sed -n '/"warnings"/,/\]/p' "$1/summary.json" | grep -c "$words")"
}
mass="mass is not conserved: at t = "
sign="the density is negative where it should be small: at t = "

# judged "N N" "N N" RANKS OPTIONS...: the numbers of warnings about mass and about sign
judged() {
  local of_mass=$1 of_sign=$2 ranks=$3 found
  shift 3
  on "$ranks" "$lowland" evolve well.prm --output run --overwrite --quiet "$@" 2> errors || fail "status $?: $*"
  found="$(n_warnings run "$mass"), $(n_warnings run "$sign")"
  [ "$found" = "$of_mass, $of_sign" ] || fail "on $ranks ranks, $*: $found warnings instead of $of_mass, $of_sign"
}
loose=(--petsc "-ksp_type gmres -pc_type jacobi -ksp_rtol 1e-3")
coarse=(--set Discretization/Adaptation=false --set "Discretization/Initial refinement=3")
for ranks in 1 3; do
  judged "0 0" "0 0" "$ranks"
  # A linear solve that ends far too early loses mass.
  judged "1 1" "0 0" "$ranks" "${loose[@]}"
  # Cells wider than the start: a continuous polynomial swings below 0.
  judged "0 0" "1 1" "$ranks" --set Discretization/Element=continuous "${coarse[@]}" \
    --set "Initial density/Standard deviation=0.05"
done

# A mesh that may not follow the density is told of, too.
for limit in "Adaptation=false" "Maximum level=2"; do
  "$lowland" evolve well.prm --output run --overwrite --quiet --set "Discretization/$limit" \
    --set "Discretization/Initial refinement=2" --set Discretization/Degree=2 2> errors
  found=$(n_warnings run "the mesh does not resolve the density to the tolerance: at t = ")
  [ "$found" = "1 1" ] || fail "$limit: $found warnings of a mesh that is too coarse instead of 1 1"
done
"$lowland" evolve well.prm --output run --overwrite --quiet 2> errors
[ ! -s errors ] || fail "a warning without reason: $(cat errors)"

# The summary tells the worst of the whole run.
"$lowland" evolve well.prm --output run --overwrite --quiet "${loose[@]}" 2> errors
awk -F '[:,]' '/"mass_error"/ { found = $2 > 1e-8 } END { exit !found }' run/summary.json || fail "no mass_error"
grep -q "^warning: $mass" errors || fail "--quiet hides a warning: $(cat errors)"

# Where no time step is short enough for such solves, the run says so and ends.
expect 3 'linear systems are solved too loosely' "$lowland" evolve well.prm --output loose --quiet \
  "${coarse[@]}" "${loose[@]}"
finish
