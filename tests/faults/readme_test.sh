# README.md: its table of parameters is what the program prints, its links and its example work.
source "$(dirname "$0")/expect.sh"
cd "$source_folder"

table() { sed -n '/<!-- parameters -->/,/<!-- end of parameters -->/p' README.md | sed '1d;$d'; }
if ! diff <(table) <("$lowland" list --markdown) > "$work/difference"; then
  fail "the table of parameters in README.md (<) is not what lowland list --markdown prints (>)"
  echo "  tests/faults/update_readme PROGRAM writes it anew."
  head -20 "$work/difference"
fi

links() { grep -oE '\]\([^)#]+\)' README.md | sed 's/^](//; s/)$//' | grep -v '^http' || true; }
for file in $(links); do
  [ -e "$file" ] || fail "README.md links to $file, which is not there"
done

# Its first parameter file works as it stands.
sed -n '/^```$/,/^```$/p' README.md | sed '1d;$d' > "$work/first.prm"
expect_success '' "$lowland" evolve "$work/first.prm" --output "$work/run" --quiet --set Time/End=0.01 \
  --set "Time/Output times=auto"
finish
