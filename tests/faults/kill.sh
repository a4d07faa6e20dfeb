# Sourced by kill_test.sh and kill_long_test.sh: runs are ended at random moments and resumed until they are
# through, and compared with a run that was left alone.
source "$(dirname "$0")/expect.sh"
source "$here/interrupted.sh"
write_problems
seed=${LOWLAND_SEED:-20261121}
RANDOM=$seed
echo "seed $seed (LOWLAND_SEED)"
kills=0

# The number of the newest checkpoint that was committed.
newest() { ls "$1/checkpoint" 2> /dev/null | sed -n 's/^0*\([0-9]*\)\.commit$/\1/p' | sort -n | tail -1; }

# The processes of a run that was started as process $1 on $2 ranks.
ranks_of() { if [ "$2" -eq 1 ]; then echo "$1"; else pgrep -P "$1" || true; fi; }

# interrupt RUN HOW RANKS COMMAND...: waits for a random number of checkpoints and a random while more. A signal
# goes to one rank only. Leaves the exit status in `status`.
interrupt() {
  local run=$1 how=$2 ranks=$3 goal process all
  shift 3
  goal=$(($(newest "$run" || true) + 1 + RANDOM % 6))
  local launcher=()
  [ "$ranks" -eq 1 ] || launcher=("${mpi[@]}" "$ranks")
  "${launcher[@]}" "$@" > "$run.out" 2>&1 &
  process=$!
  while kill -0 $process 2> /dev/null && [ "$(($(newest "$run" || true) + 0))" -lt "$goal" ]; do
    sleep 0.02
  done
  sleep "0.0$((RANDOM % 90 + 10))"
  all=($(ranks_of $process "$ranks"))
  if [ "${#all[@]}" -gt 0 ]; then
    if [ "$how" = stop ]; then touch "$run/stop"; else
      kill -"$how" "${all[RANDOM % ${#all[@]}]}" 2> /dev/null || true
    fi
  fi
  status=0
  wait $process || status=$?
}

# kill_and_resume NAME FILE TOLERANCE N RANKS...: N times, on these numbers of ranks in turn
kill_and_resume() {
  local name=$1 file=$2 tolerance=$3 n=$4 hows=(KILL TERM stop KILL USR1 INT) k how ranks
  shift 4
  local all_ranks=("$@") first=$1
  echo "$name: $n interruptions on ranks $*"
  on "$first" "$lowland" evolve "$file" --output "$name-whole" --quiet --set Checkpoint/Interval=30
  local command=("$lowland" evolve "$file" --output "$name" --quiet)
  for ((k = 0; k < n; ++k)); do
    how=${hows[RANDOM % 6]} ranks=${all_ranks[k % $#]}
    interrupt "$name" "$how" "$ranks" "${command[@]}"
    command=("$lowland" resume "$name" --quiet)
    if [ "$status" -eq 0 ]; then # it was through before
      [ "$(newest "$name")" -gt 0 ] || fail "$name: no checkpoint"
      same_run "$name-whole" "$name" "$tolerance"
      rm -rf "$name" "$name/stop"
      command=("$lowland" evolve "$file" --output "$name" --quiet)
      k=$((k - 1))
      continue
    fi
    kills=$((kills + 1))
    if [ "$how" != KILL ] && [ "$status" -ne 5 ]; then
      fail "$name: status $status after $how"
      cat "$name.out"
    fi
  done
  status=0
  on "$first" "${command[@]}" > "$name.out" 2>&1 || status=$?
  while [ "$status" -eq 5 ]; do # a stop file that came late
    status=0
    on "$first" "$lowland" resume "$name" --quiet > "$name.out" 2>&1 || status=$?
  done
  [ "$status" -eq 0 ] || { fail "$name: status $status of the last part"; cat "$name.out"; }
  same_run "$name-whole" "$name" "$tolerance"
}

finish_kills() { # AT_LEAST
  echo "$kills kills"
  [ "$kills" -ge "$1" ] || fail "only $kills kills, not $1"
  finish
}
