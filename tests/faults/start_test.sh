# Starts: where they are refused or cut off, and what those from the density of an earlier run need of it.
source "$(dirname "$0")/expect.sh"
cat > bowl.prm << 'END'
subsection Landscape
  set Loss = x^2+y^2
end
subsection Domain
  set Kind = box
  set Lower corner = -2
  set Upper corner = 2
end
subsection Initial density
  set Standard deviation = 0.2
end
subsection Time
  set End = 0.1
  set Tolerance = 1e-2
end
subsection Output
  set Fields =
end
END
printf 'subsection Initial density\n  set Kind = file\n  set File = earlier\nend\n' > start
sed '/Initial density/,/end/d' bowl.prm | cat - start > later.prm

expect_success 'Written to earlier' "$lowland" evolve bowl.prm --output earlier
expect_success 'the density of earlier at t = 0.1' "$lowland" check later.prm
expect 2 'that run has Dimension = 2, this one 1' "$lowland" check later.prm --set Dimension=1 --set Landscape/Loss=x^2
expect 2 'that run has Radial dimension = 1, this one 2' "$lowland" check later.prm --set "Landscape/Radial dimension=2"
expect 2 'no mass in the domain' "$lowland" evolve later.prm --output far --set "Domain/Lower corner=5" \
  --set "Domain/Upper corner=6"
expect_success '% of the start lies beyond the domain' "$lowland" evolve later.prm --output cut \
  --set "Domain/Lower corner=0"

# The same of Gaussians, which check sees, too.
expect_success '25 % of the start lies beyond the domain' "$lowland" check bowl.prm --set "Initial density/Kind=mixture" \
  --set "Initial density/Mean=0; 0; 0; 3"
expect 2 'no mass in the domain' "$lowland" check bowl.prm --set "Initial density/Mean=30"
expect 2 'of the start lies beyond the domain; it must have some mass there' "$lowland" check bowl.prm \
  --set "Initial density/Mean=7"
expect_success '% of the start, whose standard deviation is less than the width of the smallest cells' \
  "$lowland" check bowl.prm --set "Initial density/Standard deviation=0.1" --set "Discretization/Maximum level=2" \
  --set "Initial density/Mean=0.5"

# Seen from the parameter file, and from elsewhere.
mkdir elsewhere
expect_success 'start ' env -C elsewhere "$lowland" check ../later.prm

# Once it has begun, a run needs the earlier one no more.
expect_success 'Written to later' "${mpi[@]}" 4 "$lowland" evolve later.prm --output later
mv earlier moved
expect_success 'Written to later' "$lowland" resume later --set Time/End=0.2
expect 2 'there is no such file or folder beside the parameter file' "$lowland" check later.prm
mv moved earlier

for file in earlier/checkpoint/*.cells; do
  printf 'x' | dd of="$file" bs=1 seek=100 conv=notrunc status=none
done
expect 2 'holds no whole checkpoint' "$lowland" check later.prm
expect 2 'holds no whole checkpoint' "${mpi[@]}" 4 "$lowland" check later.prm
finish
