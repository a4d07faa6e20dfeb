# Sourced by the checks of checkpoints: problems to interrupt, and the comparison with a run that was not.

# line.prm: continuous elements and the weight pi on a line; plane.prm: discontinuous ones, w = 1, a learning rate
# that falls; space.prm: the iterative solver. All with meshes that change.
write_problems() {
  cat > line.prm << 'PRM'
set Dimension = 1
subsection Landscape
  set Kind = double-well
end
subsection Noise
  set Learning rate = 0.2
end
subsection Initial density
  set Mean = 0.9
  set Standard deviation = 0.05
end
subsection Time
  set Tolerance = 1e-4
  set Output times = lin(0, 1, 21)
end
subsection Output
  set Fields = rho
  set Interval = 0.2
  set Observables = left = x < 0
end
subsection Checkpoint
  set Interval = 0
end
PRM
  cat > plane.prm << 'PRM'
set Dimension = 2
subsection Landscape
  set Loss = (x^2-1)^2 + y^2
end
subsection Noise
  set Kind = tensor
  set Tensor = 0.1; 0.02; 0.05*eta
end
subsection Learning rate schedule
  set Kind = exponential
  set Period = 1
end
subsection Domain
  set Kind = box
  set Lower corner = -2
  set Upper corner = 2
end
subsection Initial density
  set Mean = 0.5, 0.5
  set Standard deviation = 0.2
end
subsection Discretization
  set Degree = 3
end
subsection Time
  set Tolerance = 0.01
  set Output times = lin(0, 1, 26)
end
subsection Output
  set Fields = rho
end
subsection Checkpoint
  set Interval = 0
end
PRM
  cat > space.prm << 'PRM'
set Dimension = 3
subsection Landscape
  set Kind = quadratic
end
subsection Noise
  set Learning rate = 0.5
end
subsection Initial density
  set Mean = 0.5
  set Standard deviation = 0.5
end
subsection Time
  set Tolerance = 0.3
  set Scheme = 4l
  set End = 0.5
  set Output times = 0, 0.25, 0.5
end
subsection Discretization
  set Degree = 2
end
subsection Output
  set Fields =
end
subsection Checkpoint
  set Interval = 0
end
PRM
}

# same_rows A B TOLERANCE: two observables.csv with the same rows, each number within TOLERANCE of the larger of
# 1 and the largest in its column.
same_rows() {
  awk -F, -v tolerance="$3" '
    FNR == 1 { ++file; titles[file] = $0; n[file] = 0; next }
    { ++n[file]; for (i = 1; i <= NF; ++i) value[file, n[file], i] = $i
      columns[file] = NF }
    function size(x) { return x < 0 ? -x : x }
    END {
      if (titles[1] != titles[2] || n[1] != n[2] || n[1] == 0) {
        print "  the rows differ: " n[1] " and " n[2]; exit 1 }
      for (i = 1; i <= columns[1]; ++i) {
        scale = 1; worst = 0
        for (k = 1; k <= n[1]; ++k) if (size(value[1, k, i]) > scale) scale = size(value[1, k, i])
        for (k = 1; k <= n[1]; ++k) {
          a = value[1, k, i]; b = value[2, k, i]
          if ((a == "") != (b == "")) { print "  a value is missing in row " k " column " i; exit 1 }
          if (size(a - b) > worst) worst = size(a - b) }
        if (worst > most * scale) { most = worst / scale; where = i }
        if (worst > tolerance * scale) {
          split(titles[1], names, ","); print "  " names[i] " differs by " worst; bad = 1 } }
      printf "  largest difference %.1e\n", most
      exit bad
    }' "$1/observables.csv" "$2/observables.csv"
}

# same_run REFERENCE RUN TOLERANCE: rows, field files and their list, and a summary that says done
# A checkpoint rounds the state once more. An exponential step is no linear function of the density: its Krylov space
# turns with a rounding, and a small part of the step's error with it. One rounding in the mean of the start of `line`
# moves its moments by 2e-11 and its entropy by 5e-11, with Tolerance = 1e-8 instead of 1e-4 by 1e-14 (measured).
same_run() {
  same_rows "$@" || { fail "$2 is not $1"; return; }
  [ ! -e "$1/density.pvd" ] || [ "$(grep DataSet "$1/density.pvd")" = "$(grep DataSet "$2/density.pvd")" ] ||
     fail "$2: another density.pvd"
  [ "$(ls "$1/fields")" = "$(ls "$2/fields")" ] || fail "$2: other field files"
  grep -q '"status": "done"' "$2/summary.json" || fail "$2: the summary does not say done"
  [ -z "$(find "$2" -name '*.unfinished')" ] || fail "$2: an unfinished file"
  [ "$(ls "$2/checkpoint" | wc -l)" -eq 3 ] || fail "$2: more than the last checkpoint"
}
