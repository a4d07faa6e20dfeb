# Every lesson in params/ passes `lowland check`; a shortened run of each solves, and the run folder holds
# what README.md promises.
source "$(dirname "$0")/expect.sh"
cd "$source_folder" # lessons name their meshes from here

keys="task status dimension cells dofs ranks wall_seconds peak_memory_bytes time mass mass_error
      minimum_density mean second_moment expected_loss"
distances="l1_to_invariant kl_to_invariant" # where the invariant density is known, and stays
files="input.prm parameters.prm observables.csv density.pvd log.txt summary.json"

# Says what is missing or wrong in a run folder; nothing if all is well.
complaints() {
  local run=$1 file
  for file in $files; do
    [ -s "$run/$file" ] || echo "there is no $file"
  done
  for file in $(grep -o 'file="[^"]*"' "$run/density.pvd" | cut -d'"' -f2); do
    [ -s "$run/$file" ] || echo "density.pvd names $file, which is not there"
  done
  local wanted=$keys
  grep -qE 'not known in closed form|^ *learning rate |, absorbing at' "$run/log.txt" || wanted="$keys $distances"
  for key in $wanted; do
    grep -q "^  \"$key\": " "$run/summary.json" || echo "summary.json has no $key"
  done
  grep -q '"task": "evolve"' "$run/summary.json" && grep -q '"status": "done"' "$run/summary.json" ||
    echo "summary.json does not say that evolve is done"
  awk -F '[:,]' '/"mass_error"/ && !($2 < 1e-11 && $2 > -1e-11) { print "mass_error is" $2 }' "$run/summary.json"
}

for lesson in params/*.prm; do
  name=$(basename "$lesson" .prm)
  expect_success '' "$lowland" check "$lesson"
  head -n 1 "$lesson" | grep -q '^# Question: ' || fail "$lesson does not open with its question"
  grep -q '^# Expected' "$lesson" || fail "$lesson states no expected numbers"
  grep -q '^# Run time: ' "$lesson" || fail "$lesson states no run time"
  run=$work/$name
  expect_success '' "$lowland" evolve "$lesson" --output "$run" --quiet --set Time/End=0.01 \
    --set "Time/Output times=0, 0.01" --set Time/Tolerance=0.1
  if [ -s "$run/summary.json" ]; then
    wrong=$(complaints "$run")
    [ -z "$wrong" ] || fail "$lesson: $wrong"
    cmp -s "$lesson" "$run/input.prm" || fail "$lesson: input.prm is not the file that was given"
  fi
done
finish
