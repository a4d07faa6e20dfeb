# What runs say: a bar on a terminal, plain lines elsewhere, nothing with --quiet, and at the end the
# result in words.
source "$(dirname "$0")/expect.sh"
cd "$source_folder"
has() { grep -qE -- "$2" "$1" || { fail "$1 has no line like: $2"; tail -n 5 "$1"; }; }

evolve=("$lowland" evolve params/quickstart.prm --set Time/End=20 --set "Time/Time step=0.1" --set "Time/Output times=lin(0, 20, 5)"
  --output "$work/run" --overwrite)
# script(1) would stop at the end of an input that is not a terminal.
on_terminal() {
  python3 -c 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(["bash", "-c", sys.argv[1]])))' "$@"
}
on_terminal "stty cols 120; ${evolve[*]@Q}" > "$work/terminal" < /dev/null || fail "a run on a terminal"
has "$work/terminal" '\[#*-*\]  [0-9]+ %, t = [^,]+, step [^,]+, [0-9]+ cells, distance [0-9.e-]+, .*left'
"${evolve[@]}" > "$work/file" 2>&1
! grep -q $'\r' "$work/file" || fail "control characters were written to a file"
ranks=(mpirun --oversubscribe -np 2)
"${ranks[@]}" "${evolve[@]}" > "$work/file_of_ranks" 2>&1
! grep -q $'[\r\033]' "$work/file_of_ranks" || fail "control characters of ranks were written to a file"
on_terminal "stty cols 120; ${ranks[*]} ${evolve[*]@Q}" > "$work/terminal_of_ranks" < /dev/null || fail "ranks on a terminal"
has "$work/terminal_of_ranks" '\[#*-*\]  [0-9]+ %, t = [^,]+, step [^,]+, [0-9]+ cells, distance [0-9.e-]+, .*left'
"${evolve[@]}" --quiet > "$work/silence" 2>&1
[ ! -s "$work/silence" ] || fail "--quiet is not silent"

has "$work/file" '^After t = 20 \(200 steps of SGD\) the density is still at a distance of 1.3 from its invariant one in L1, where 2 is the most; [0-9.]+ % of the mass sits in the sharp basin at \(1, 0\)\.$'
"$lowland" stationary params/quickstart.prm --output "$work/stationary" > "$work/file"
has "$work/file" '^In the long run 9[0-9.]+ % of the mass sits in the flat basin at \(-1, 0\)\.$'
"$lowland" spectrum params/ornstein_uhlenbeck_1d.prm --output "$work/spectrum" > "$work/file"
has "$work/file" '^The distance to the invariant density falls by a factor e every 1 units of time \(10 steps of SGD\)\.$'
"$lowland" escape params/escape.prm --output "$work/escape" > "$work/file"
has "$work/file" '^Leaving the minimum at \(-1.02, 0\) for the minimum at \(0.97[0-9]*, 0\) takes 1.8e\+26 units of time on average \(8.98e\+27 steps of SGD\)\.$'

# The basins are nearly the half-planes, and together all there is.
awk -F, 'NR == 1 { for (k = 1; k <= NF; ++k) column[$k] = k; next }
         { flat = $column["flat [-]"]; basin = $column["basin_1 [-]"]; sum = basin + $column["basin_2 [-]"] }
         flat - basin > 0.05 || basin - flat > 0.05 || sum < 0.999 || sum > 1.001 { bad = 1 }
         END { exit bad || NR < 3 }' "$work/run/observables.csv" || fail "the masses of the basins"

finish
