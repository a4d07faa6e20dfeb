# Which fields D are diffusion tensors, on 1 and on 3 ranks; more that cannot be is in bad_inputs.txt.
source "$(dirname "$0")/expect.sh"
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

for run in "" "${on3[*]}"; do
  expect 2 'D is not positive semidefinite: it has the eigenvalue -0.2' $run "$lowland" check good.prm
done
# So narrow a dip that no point of the first mesh is in it, but later ones are.
expect 2 'D is not positive semidefinite: it has the eigenvalue -0.0' "$lowland" evolve good.prm --output dip \
  --set Dimension=1 --set "Landscape/Loss=x^2/2" --set "Noise/Tensor=0.05-0.1*exp(-((x-0.44)/0.007)^2/2)" \
  --set "Initial density/Mean=0.7" --set "Initial density/Standard deviation=0.02"
expect_success 'no detailed balance' "$lowland" check good.prm --set "Noise/Tensor=1; 0; 1+x^2*y^2"
expect_success 'detailed balance holds' "$lowland" check good.prm --set "Noise/Tensor=1; 0; 1"
expect_success 'rank of D' "$lowland" check good.prm --set "Noise/Tensor=1; 1; 1"
expect_success '0 to 1' "$lowland" check good.prm --set "Noise/Tensor=0;0;max(x,0)"
finish
