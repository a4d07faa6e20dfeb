# Questions of escape that cannot be answered: status 2 and one sentence, before anything is written.
source "$(dirname "$0")/expect.sh"
cat > wells.prm << 'EOF'
set Dimension = 2
subsection Landscape
  set Loss = (x^2-1)^2 + y^2
end
subsection Domain
  set Kind = box
  set Lower corner = -2
  set Upper corner = 2
end
EOF
one='Landscape/Loss=x^2 + y^2'

for run in "" "${on3[*]}"; do
  expect 2 'one minimum only in the domain, (0, 0): there is nothing to escape to' \
    $run "$lowland" escape wells.prm --set "$one"
  expect 2 '--set "Escape/To=3"' $run "$lowland" escape wells.prm --set Escape/To=3
done
expect 2 'there is no minimum 3; the domain has 2' "$lowland" escape wells.prm --set Escape/To=3
expect 2 'there is no minimum 0' "$lowland" escape wells.prm --set Escape/From=0
expect 2 'this is where the escape starts from' "$lowland" escape wells.prm --set Escape/From=1 --set Escape/To=1
expect 2 '`one` is neither the number of a minimum nor a point' "$lowland" escape wells.prm --set Escape/From=one
expect 2 'the point (3,0) is outside of the domain' "$lowland" escape wells.prm --set "Escape/To=(3, 0)"
expect 2 'is not a point of 2 coordinate(s)' "$lowland" escape wells.prm --set "Escape/To=(3)"
expect 2 'overlap; make it smaller' "$lowland" escape wells.prm --set Escape/Radius=100
expect 2 'is not curved upwards in all directions at 3' "$lowland" escape wells.prm --set "Escape/To=(0, 0)"
expect 2 'no bounded invariant density' "$lowland" escape wells.prm --set Noise/Kind=loss-scaled
expect 3 'below what floating point holds' "$lowland" escape wells.prm --set "Noise/Learning rate=1e-3"
[ ! -e runs ] || fail "a run folder was made"
finish
