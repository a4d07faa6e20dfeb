# Mesh files that cannot be used: exit status 2 and one message that names file, line, key and value; the
# old run stays as it was, and no folder is made.
source "$(dirname "$0")/expect.sh"

# mesh "nodes, one a line" "elements, one a line"
mesh() {
  printf '$MeshFormat\n2.2 0 8\n$EndMeshFormat\n$Nodes\n%d\n%s\n$EndNodes\n$Elements\n%d\n%s\n$EndElements\n' \
    "$(wc -l <<< "$1")" "$1" "$(wc -l <<< "$2")" "$2"
}
square=$'1 -1 -1 0\n2 1 -1 0\n3 1 1 0\n4 -1 1 0'
pair=$square$'\n5 3 -1 0\n6 3 1 0'
mesh "$square" $'1 2 2 0 1 1 2 3\n2 2 2 0 1 1 3 4' > triangles.msh
mesh "$pair" $'1 3 2 0 1 1 2 3 4\n2 2 2 0 1 2 5 6\n3 2 2 0 1 2 6 3' > mixed.msh
mesh "$square"$'\n5 0 -1 0\n6 1 0 0\n7 0 1 0\n8 -1 0 0' '1 16 2 0 1 1 2 3 4 5 6 7 8' > quadratic.msh
mesh $'1 0 0 0\n2 0 0 0\n3 1 1 0\n4 0 1 0' '1 3 2 0 1 1 2 3 4' > degenerate.msh
mesh $'1 -1 -1 0\n2 1 -1 0\n3 -0.9 -0.9 0\n4 -1 1 0' '1 3 2 0 1 1 2 3 4' > dent.msh
mesh "$pair"$'\n7 1 0 0\n8 3 0 0' \
  $'1 3 2 0 1 1 2 3 4\n2 3 2 0 1 2 5 8 7\n3 3 2 0 1 7 8 6 3' > hanging.msh
mesh "$pair"$'\n7 1 -1 0\n8 1 1 0' $'1 3 2 0 1 1 2 3 4\n2 3 2 0 1 7 5 6 8' > torn.msh
mesh "$square" '1 3 2 0 1 1 2 3 9' > unknown_node.msh
mesh "$square" '1 1 2 0 1 1 2' > lines.msh
mesh "$square"$'\n5 -1 -1 1\n6 1 -1 1\n7 1 1 1\n8 -1 1 1' '1 5 2 0 1 1 2 3 4 5 6 7 8' > cube.msh
mesh "$square" '1 3 2 0 1 1 2 3 4' > square.msh
mesh "$square" '1 3 2 0 1 1 4 3 2' > clockwise.msh
mesh "$pair" $'1 3 2 0 1 1 2 3 4\n2 3 2 0 1 2 3 6 5' > both_ways.msh
head -c 90 square.msh > cut_off.msh
: > empty.msh
head -c 500 /bin/true > junk.msh
printf 'a poem\nof two lines\n' > poem.msh
mkdir folder.msh

cat > problem.prm << 'END'
set Dimension = 2
subsection Landscape
  set Kind = quadratic
end
subsection Domain
  set Kind = file
  set File = square.msh
end
subsection Initial density
  set Standard deviation = 0.4
end
subsection Time
  set End = 0.1
  set Tolerance = 0.05
end
END

"$lowland" evolve problem.prm --output old --quiet
cp -r old copy

refused() { # refused FILE WORDS [PROGRAM...]
  sed "s/square.msh/$1/" problem.prm > bad.prm
  expect 2 "$2" "${@:3}" "$lowland" evolve bad.prm --output old --overwrite
  expect 2 "bad.prm, line 7, section \`Domain\`: File = $1" "${@:3}" "$lowland" evolve bad.prm --output new
}
for run in "" "${on3[*]}"; do
  refused triangles.msh 'all cells must be quadrilaterals' $run
  refused folder.msh 'this is a folder' $run
done
refused mixed.msh 'all cells must be quadrilaterals'
refused missing.msh 'there is no such file'
refused quadratic.msh 'not a Gmsh mesh of linear quadrilaterals'
refused degenerate.msh 'degenerate'
refused dent.msh 'degenerate'
refused hanging.msh 'touch without sharing their vertices'
refused torn.msh 'touch without sharing their vertices'
for name in unknown_node lines cube cut_off empty junk poem; do
  refused "$name.msh" 'not a Gmsh mesh of linear quadrilaterals'
done
expect 2 'not a Gmsh mesh of linear hexahedra' "$lowland" check problem.prm --set Dimension=3
expect 2 'reaches below 0' "$lowland" check problem.prm --set "Landscape/Radial dimension=4"
# What is found late is found before the old run goes, too.
expect 2 'no mass' "$lowland" evolve problem.prm --output old --overwrite \
  --set "Initial density/Kind=expression" --set "Initial density/Formula=0*x"
expect 2 'Output times' "$lowland" evolve problem.prm --output old --overwrite --set "Time/Output times=0, 9"
expect 2 'Observables' "$lowland" evolve problem.prm --output old --overwrite --set "Output/Observables=x +"
expect 2 'already holds a run' "$lowland" evolve problem.prm --output old

[ ! -e new ] || fail "a refused run left a folder"
diff -r old copy || fail "a refused run changed the old one"

# Turned cells are turned back; the file is found beside the parameter file from anywhere.
for name in clockwise both_ways; do
  expect_success 'No warnings' "$lowland" check problem.prm --set Domain/File=$name.msh
done
mkdir elsewhere && cd elsewhere
expect_success 'No warnings' "$lowland" check ../problem.prm
expect_success 'mesh ../square.msh' "$lowland" evolve ../problem.prm --output ../old --overwrite
grep -q 'mesh ../square.msh' ../old/log.txt || fail "log.txt lacks the model"
# And in the folders above it.
mkdir -p below/further && cp ../problem.prm below/further
expect_success 'mesh ../square.msh' "$lowland" check below/further/problem.prm
expect 2 'in those above it' "$lowland" check below/further/problem.prm --set Domain/File=nowhere/square.msh
finish
