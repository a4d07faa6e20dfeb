# Checkpoints from outside: stopping, going on with other numbers of ranks, damaged checkpoints, what may
# change, and what happens when the solver gives up.
source "$(dirname "$0")/expect.sh"
source "$here/interrupted.sh"
write_problems

# stopped RUN RANKS COMMAND...: must end with status 5 and a summary that says so
stopped() {
  local run=$1 ranks=$2 status=0
  shift 2
  on "$ranks" timeout "$patience" "$@" > out 2>&1 || status=$?
  [ "$status" -eq 5 ] || { fail "status $status instead of 5: $*"; cat out; }
  grep -q '"status": "stopped"' "$run/summary.json" || fail "no summary of a stopped run: $*"
}

# stop_at_once RUN RANKS FILE [OPTIONS...]: after the first step
stop_at_once() {
  local run=$1 ranks=$2
  shift 2
  rm -rf "$run"
  mkdir "$run"
  touch "$run/stop"
  stopped "$run" "$ranks" "$lowland" evolve "$@" --output "$run"
  [ ! -e "$run/stop" ] || fail "the file that stopped $run is still there"
  grep -q "To go on: lowland resume $run" out || fail "no word of how to go on"
}

"$lowland" evolve line.prm --output line --quiet
# A stop file, then the limit of the wall time, by option and by the scheduler, then to the end on 3 ranks.
stop_at_once a 1 line.prm
for ranks in 1 3; do stopped a $ranks "$lowland" resume a --wall-time 0:00; done
SLURM_JOB_END_TIME=$(date +%s) stopped a 1 "$lowland" resume a
expect_success 'Resumed at t = ' "${on3[@]}" "$lowland" resume a
same_run line a 1e-9
expect_success 'is finished' "$lowland" resume a
stop_at_once b 3 line.prm
expect_success 'Resumed at t = ' "$lowland" resume b
same_run line b 1e-9

# The same in three dimensions, where the solver is iterative.
"$lowland" evolve space.prm --output space --quiet
stop_at_once c 1 space.prm
expect_success 'Resumed at t = ' "$lowland" resume c
same_run space c 1e-11
stop_at_once c 1 space.prm
expect_success 'Resumed at t = ' "${on3[@]}" "$lowland" resume c
same_run space c 1e-9

# --auto starts, goes on, and leaves a finished run alone.
stop_at_once d 1 line.prm --auto
expect_success 'Resumed at t = ' "$lowland" evolve line.prm --output d --auto
same_run line d 1e-10
expect_success 'is finished' "$lowland" evolve line.prm --output d --auto
expect 2 'already holds a run' "$lowland" evolve line.prm --output d
expect 2 'Noise/Learning rate = 0.3 (was 0.2)' "$lowland" evolve line.prm --output d --auto \
  --set "Noise/Learning rate=0.3"
stop_at_once d 1 line.prm
rm -r d/checkpoint
expect 2 'there is no checkpoint to go on from' "$lowland" resume d
expect_success 'Result at t = 1' "$lowland" resume d --auto
same_run line d 1e-10

# What may change when a run goes on.
stop_at_once e 1 line.prm
expect 2 'other parameters: Time/Tolerance = 0.1 (was 1e-4), Output/Observables = ' "$lowland" resume e \
  --set Time/Tolerance=0.1 --set "Output/Observables=x"
expect 2 'Only Time/End, Time/Output times' "$lowland" resume e --set Noise/Kind=loss-scaled
expect 2 'Did you mean `Time`?' "$lowland" resume e --set Tme/End=2
expect 2 'the run has already come to t = ' "$lowland" resume e --set Time/End=1e-9 --set "Time/Output times=auto"
expect_success 'Changed: Time/End = 1.5 (was 1)' "$lowland" resume e --set Time/End=1.5 \
  --set "Time/Output times=lin(0, 1.5, 16)"
grep -q 'set End = 1.5' e/parameters.prm || fail "parameters.prm does not say the new end"
[ "$(wc -l < e/observables.csv)" -eq 17 ] || fail "not every row of the longer run"
expect_success 'Resumed at t = 1' "$lowland" resume a --set Time/End=1.2 --set "Time/Output times=lin(0, 1.2, 25)"
[ "$(wc -l < a/observables.csv)" -eq 26 ] || fail "not every row of a finished run that goes on"
expect 2 'give times up to the new end, or auto' "$lowland" resume a --set Time/End=1.3
expect_success 'before Time/End = 3' "$lowland" evolve line.prm --output short --set Time/End=3 --set "Time/Output times=0, 0.1"
stop_at_once e 1 plane.prm --set "Learning rate schedule/Period=auto"
expect 2 'it is the period of the learning rate schedule' "$lowland" resume e --set Time/End=2
stop_at_once e 1 line.prm --set "Learning rate schedule/Kind=table" --set "Learning rate schedule/Table=0, 0.1; 1, 0.05"
expect_success 'Result at t = 1.2' "$lowland" resume e --set Time/End=1.2 --set "Time/Output times=lin(0, 1.2, 25)"

# Damaged checkpoints are passed over, with a sentence; the result is the same.
stop_at_once f 1 line.prm
stopped f 1 "$lowland" resume f --wall-time 0:00
for damage in 'truncate -s 100 cells' 'sed -i s/1/2/ json' 'rm commit'; do
  rm -rf damaged
  cp -r f damaged
  ${damage% *} "$(ls damaged/checkpoint/*."${damage##* }" | tail -1)"
  expect_success 'is passed over: ' "$lowland" resume damaged
  same_run line damaged 1e-10
done
for part in f/checkpoint/*.cells; do truncate -s 10 "$part"; done
expect 4 'f/checkpoint holds no whole checkpoint' "$lowland" resume f
expect 4 'f/checkpoint holds no whole checkpoint' "${on3[@]}" "$lowland" resume f

# A sweep that is stopped goes on in the middle of a case.
vary=(--verb evolve --vary "Noise/Learning rate=0.1, 0.2")
status=0
"$lowland" sweep line.prm "${vary[@]}" --output swept --wall-time 0:00 > out 2>&1 || status=$?
[ "$status" -eq 5 ] && [ ! -e swept/case_0001 ] || fail "the sweep was not stopped in its first case"
expect_success 'case_0001' cat <("$lowland" sweep line.prm "${vary[@]}" --output swept && cat swept/sweep.csv)
same_run line swept/case_0001 1e-10
grep -q 'Resumed at t = ' swept/case_0000/log.txt || fail "the stopped case was started anew"

# same_moments A B TOLERANCE: where the time steps, and so the meshes, may be others
same_moments() {
  local run
  for run in "$1" "$2"; do
    mkdir "moments-$run"
    cut -d, -f 6-11 "$run/observables.csv" > "moments-$run/observables.csv"
  done
  same_rows "moments-$1" "moments-$2" "$3" || fail "$2 has other moments than $1"
}

# A solver that gives up: smaller steps, then a direct one; where nothing helps, the end with a checkpoint.
expect_success 'going on with a direct one' "$lowland" evolve space.prm --output g --petsc "-ksp_max_it 1"
grep -q 'going on with smaller time steps' g/summary.json || fail "no smaller time steps were tried"
same_moments space g 1e-3
expect 3 'A checkpoint of the time before it is kept' "$lowland" evolve plane.prm --output h --quiet \
  --petsc "-ksp_type gmres -ksp_max_it 1 -pc_type none"
[ -e h/checkpoint ] && [ ! -e h/summary.json ] || fail "a failed run left no checkpoint, or a summary"
"$lowland" evolve plane.prm --output plane --quiet
expect_success 'Resumed at t = 0' "$lowland" resume h --petsc "-ksp_type preonly"
same_moments plane h 1e-3

expect 2 'there is no such run folder' "${on3[@]}" "$lowland" resume nowhere
mkdir empty
expect 2 'there is no checkpoint to go on from' "${on3[@]}" "$lowland" resume empty
expect 2 'wants one run folder' "$lowland" resume
expect 2 '`resume` goes on in the folder' "$lowland" resume a --overwrite
expect 2 '--auto is an option of' "$lowland" stationary line.prm --auto
expect 2 '--wall-time soon: expected minutes' "$lowland" evolve line.prm --wall-time soon

# A run that an earlier version of the program has left.
for old in "$here"/old_runs/*/; do
  name=$(basename "$old")
  cp -r "$old" "$name"
  expect_success 'Resumed at t = ' "$lowland" resume "$name/run"
  cp -r "$name/run" "$name-resumed"
  same_moments "$name" "$name-resumed" 1e-3 # the method may have become a better one
done
finish
