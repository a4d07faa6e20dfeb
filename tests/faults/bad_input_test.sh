# Every row of bad_inputs.txt is refused as it says, early, by one message of ours, through MPI_Finalize; the
# marked rows on 4 ranks as well. Nothing is written.
source "$(dirname "$0")/expect.sh"

printf 'set Dimension = 1\nsubsection Landscape\n  set Kind = quadratic\nend\n' > line.prm
cat > plane.prm << 'END'
set Dimension = 2
subsection Landscape
  set Loss = x^2 + y^2
end
subsection Domain
  set Kind = box
  set Lower corner = -3, -2
  set Upper corner = 3, 2.5
end
END
cat > neuron.prm << 'END'
set Dimension = 2
subsection Landscape
  set Kind = regression
  set Model = x*u + y
  set Data = data.csv
end
END
printf 'u,target\n1,2\n2,3\n' > data.csv
echo 'a poem' > poem.vti
printf '<?xml version="1.0"?>\n<VTKFile type="ImageData" version="0.1">\n<ImageData WholeExtent="0 9 0 9 0 0"' > cut_off.vti

# What the last command wrote, without the notices of mpiexec, which stand between lines of dashes.
output=$work/output
check_output() {
  if grep -aqE 'MPI_ABORT|without calling "finalize"' "$output"; then
    fail "$*: did not end through MPI_Finalize"
  fi
  if [ "$(LC_ALL=C awk '/^-----/ { notice = !notice; next } !notice' "$output" | wc -l)" -ge 12 ]; then
    fail "$*: more than 11 lines of our own"
    cat "$output"
  fi
}

# row "*2  GIVEN  => WORDS"
row() {
  local status=${1%%[ $'\t']*} given words=${1#*=> }
  given=${1%=> *}
  given=$(sed 's/^[*0-9]* *//; s/ *$//' <<< "$given")
  local program=$lowland
  local -a command
  case $given in
    "text "*) printf "${given#text }" > bad.prm; command=(check bad.prm) ;;
    csv*) printf "$(sed 's/^csv *//' <<< "$given")" > data.csv; command=(check neuron.prm) ;;
    render*)
      eval "command=($given)"
      command=("${command[@]:1}") program=$(dirname "$lowland")/postprocess/lowland-render
      ;;
    *) eval "command=($given)" ;;
  esac
  expect "${status#\*}" "$words" "$program" "${command[@]}"
  [ "$status" != "${status#\*}" ] || return 0
  expect "${status#\*}" "$words" "${mpi[@]}" 4 "$program" "${command[@]}"
  check_output "${command[@]}"
}

rows=0
while IFS= read -r -u 3 line; do # mpiexec reads the standard input
  case $line in '' | '#'*) continue ;; esac
  rows=$((rows + 1))
  row "$line"
done 3< "$here/bad_inputs.txt"
[ "$rows" -ge 60 ] || fail "only $rows rows"
[ ! -e runs ] || fail "refused input left a run folder"
echo "$rows rows"
finish
