# Two runs of one file: on one rank the same observables bit for bit, on several the same to 1e-12 (MUMPS adds up
# in another order there). The run folder tells what they were computed with.
source "$(dirname "$0")/expect.sh"
cp "$source_folder/params/quickstart.prm" .

# run NAME RANKS: two basins on meshes that change
run() {
  on "$2" "$lowland" evolve quickstart.prm --output "$1" --quiet --set Time/End=5 --set "Time/Output times=lin(0, 5, 6)"
}
run one 1
run again 1
cmp one/observables.csv again/observables.csv || fail "two runs on 1 rank differ"
run three 3
run thrice 3
same_to_round_off three/observables.csv thrice/observables.csv || fail "two runs on 3 ranks differ"
grep -q '"meshes": [2-9]' three/summary.json || fail "the mesh did not change"

for key in version revision libraries ranks seed; do
  grep -q "^  \"$key\": " three/summary.json || fail "summary.json has no $key"
done
for library in deal.II PETSc SLEPc MUMPS hypre p4est VTK GiNaC Boost MPI; do
  grep -q "\"$library\": \"[^\"]*[0-9]\.[0-9]" three/summary.json || fail "summary.json does not tell the version of $library"
done
grep -qF '"command": "mpirun -np 3 lowland evolve quickstart.prm --set \"Time/End=5\" --set \"Time/Output times=lin(0, 5, 6)\""' \
  three/summary.json || fail "summary.json: $(grep '"command"' three/summary.json)"
grep -qF "$work" three/summary.json && fail "summary.json names a folder of this machine"
finish
