# Two runs of one file: on one rank the same observables bit for bit, on several the same to 1e-12 (MUMPS adds up
# in another order there). The run folder tells what they were computed with.
source "$(dirname "$0")/expect.sh"
cat > wells.prm << 'END'
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
END

run() { "${@:2}" "$lowland" evolve wells.prm --output "$1" --quiet --set "Output/Observables=left = x < 0"; }
three="${on3[*]}"
run one
run again
cmp one/observables.csv again/observables.csv || fail "two runs on 1 rank differ"
run three $three
run thrice $three
same_to_round_off three/observables.csv thrice/observables.csv ||
  fail "two runs on 3 ranks differ"

for key in version revision libraries ranks seed; do
  grep -q "^  \"$key\": " three/summary.json || fail "summary.json has no $key"
done
for library in deal.II PETSc SLEPc MUMPS hypre p4est VTK GiNaC Boost MPI; do
  grep -q "\"$library\": \"[^\"]*[0-9]\.[0-9]" three/summary.json || fail "summary.json does not tell the version of $library"
done
grep -qF '"command": "mpirun -np 3 lowland evolve wells.prm --set \"Output/Observables=left = x < 0\""' \
  three/summary.json || fail "summary.json: $(grep '"command"' three/summary.json)"
grep -qF "$work" three/summary.json && fail "summary.json names a folder of this machine"
finish
