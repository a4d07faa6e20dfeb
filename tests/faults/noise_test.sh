# Noise and data that cannot be: exit status 2 and one message, on 1 and on 3 ranks.
set -euo pipefail
lowland=$1
source "$(dirname "$0")/expect.sh"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > good.prm << 'END'
set Dimension = 2
subsection Landscape
  set Loss = x^2+y^2
end
subsection Noise
  set Kind = tensor
  set Tensor = 1; 0.5; x^2
end
subsection Domain
  set Kind = box
end
END
printf 'u,target\n1,2\n2\n' > short.csv

for run in "" "mpiexec --oversubscribe --bind-to none -np 3"; do
  expect 2 'D is not positive semidefinite: it has the eigenvalue -0.2' $run "$lowland" check good.prm
done
expect_success 'no detailed balance' "$lowland" check good.prm --set "Noise/Tensor=1; 0; 1+x^2*y^2"
expect_success 'detailed balance holds' "$lowland" check good.prm --set "Noise/Tensor=1; 0; 1"
expect_success 'rank of D' "$lowland" check good.prm --set "Noise/Tensor=1; 1; 1"
expect_success '0 to 1' "$lowland" check good.prm --set "Noise/Tensor=0;0;max(x,0)"
expect 2 'wants 3 formulas' "$lowland" check good.prm --set "Noise/Tensor=1; 0"
expect 2 'column 1' "$lowland" check good.prm --set "Noise/Tensor=q; 0; 1"
expect 2 'expected one of isotropic' "$lowland" check good.prm --set "Noise/Kind=tensor + white"
expect 2 'needs data' "$lowland" check good.prm --set "Noise/Kind=fisher" --set Noise/Tensor=
expect 2 'loses its order' "$lowland" evolve good.prm --set "Noise/Tensor=1;0;1" \
  --set "Learning rate schedule/Kind=cosine" --set Time/Scheme=4l
expect 2 'short.csv, line 3: has 1 values' "$lowland" check good.prm --set Landscape/Loss= \
  --set Landscape/Kind=regression --set Landscape/Data=short.csv --set "Landscape/Model=x*u+y"
expect 2 'cannot be read' "$lowland" check good.prm --set Landscape/Loss= \
  --set Landscape/Kind=table --set Landscape/Table=none.vti
finish
