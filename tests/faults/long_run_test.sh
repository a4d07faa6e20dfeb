# spectrum, stationary and sweep from outside: what they refuse, and what a sweep leaves and takes up again.
source "$(dirname "$0")/expect.sh"

cat > well.prm << 'PRM'
set Dimension = 1
subsection Landscape
  set Kind = quadratic
end
subsection Noise
  set Learning rate = 0.1
end
subsection Spectrum
  set Number of eigenvalues = 2
end
PRM
sed 's/Dimension = 1/Dimension = 2/; s/Kind = quadratic/Loss = (x^2-1)^2 + y^2/' well.prm > still.prm
cat >> still.prm << 'PRM'
subsection Noise
  set Kind = tensor
  set Tensor = 0; 0; 0.1
end
subsection Domain
  set Kind = box
  set Lower corner = -2
  set Upper corner = 2
end
PRM

expect_success "spectral_gap" cat <("$lowland" spectrum well.prm > /dev/null && grep spectral_gap runs/well/summary.json)
# One restart of the eigensolver finds three modes of six.
expect_success "only 3 of 6 modes have converged" "$lowland" spectrum well.prm --output few \
  --set "Spectrum/Number of eigenvalues=6" --petsc "-eps_max_it 1 -eps_ncv 16"
found=$(sed -n '/"eigenvalues"/,/]/p' few/summary.json | grep -oE '[0-9][0-9.e-]*' | xargs printf "%.3f ")
[ "$found" = "0.000 1.000 2.000 " ] || fail "not the three modes that converged, but $found"
# Noise along y alone never carries mass over the barrier in x.
expect 2 "that nothing leads out of, so the spectral gap is not unique" "$lowland" spectrum still.prm
expect 2 "the invariant density is not unique" "$lowland" stationary still.prm
# Noise along x alone leaves all mass on y = 0, where cells meet.
expect 2 "so the invariant measure has no density" "$lowland" stationary still.prm --set "Noise/Tensor=0.1; 0; 0"
expect 2 "there is no bounded invariant density in closed form here" \
  "$lowland" stationary still.prm --set "Stationary/Method=closed form"
# Noise of a Hessian that vanishes between the wells: the first mesh, four cells, does not show it.
cat > apart.prm << 'PRM'
set Dimension = 1
subsection Landscape
  set Loss = (x^2-1)^2 + 0.2*x
end
subsection Noise
  set Kind = hessian
  set Learning rate = 0.02
end
subsection Domain
  set Kind = box
  set Lower corner = -3
  set Upper corner = 3
end
PRM
for verb in stationary spectrum; do
  expect 2 "leaves 2 parts of the domain that nothing leads out of" "$lowland" $verb apart.prm
done
# A floor that hides most of the domain is told, also where the mesh adapts.
cat > student.prm << 'PRM'
set Dimension = 2
subsection Landscape
  set Kind = student
end
subsection Noise
  set Kind = loss-scaled
  set Learning rate = 0.25
end
subsection Domain
  set Kind = box
  set Lower corner = -1e6
  set Upper corner = 1e6
end
PRM
expect_success "the reference floor moves the invariant density by up to 2 in L1" \
  "$lowland" check student.prm --set "Discretization/Reference floor=1e-12"
expect_success "No warnings" "$lowland" check student.prm
for verb in stationary spectrum; do
  expect 2 "the long run is that of one learning rate" "$lowland" $verb well.prm \
    --set "Learning rate schedule/Kind=cosine" --output scheduled
done

vary=(--vary "Noise/Learning rate=0.1, 0.2" --vary "Landscape/Constants=a=1; a=3")
expect_success "6 cases" "$lowland" sweep well.prm --verb spectrum --vary "Noise/Learning rate=log(0.1, 0.2, 6)" --output six
expect_success "sbatch --array=0-3" "$lowland" sweep well.prm --verb spectrum "${vary[@]}" --output swept --case 2
[ "$(find swept -name summary.json | wc -l)" -eq 1 ] || fail "--case ran more than one"
expect_success "case_0002: already there" "$lowland" sweep well.prm --verb spectrum "${vary[@]}" --output swept
expect_success "0.2,a=3" cat swept/sweep.csv
expect_success "eigenvalues/1," head -n 1 swept/sweep.csv
[ "$(wc -l < swept/sweep.csv)" -eq 5 ] || fail "sweep.csv has not 5 lines"
expect 2 "holds another run" "$lowland" sweep well.prm --verb spectrum \
  --vary "Noise/Learning rate=0.3" --output swept
expect 2 "wants what to vary and what to ask" "$lowland" sweep well.prm --output x
expect 2 "Did you mean \`spectrum\`?" "$lowland" sweep well.prm --verb spectru "${vary[@]}" --output x
expect 2 "expected a number > 0" "$lowland" sweep well.prm --verb spectrum --vary "Noise/Learning rate=0.1, -1" --output x
expect 2 "there are cases 0 to 3" "$lowland" sweep well.prm --verb spectrum "${vary[@]}" --case 4 --output x
[ ! -e x ] || fail "a refused sweep left a folder"
finish
