# README.md: its table of parameters is what the program prints, its links and its example work.
set -euo pipefail
lowland=$(realpath "$1")
cd "$(dirname "$0")/../.."
source tests/faults/expect.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

table() { sed -n '/<!-- parameters -->/,/<!-- end of parameters -->/p' README.md | sed '1d;$d'; }
if ! diff <(table) <("$lowland" list --markdown) > "$work/difference"; then
  echo "FAILED: the table of parameters in README.md (<) is not what lowland list --markdown prints (>)."
  echo "  tests/faults/update_readme PROGRAM writes it anew."
  head -20 "$work/difference"
  failures=$((failures + 1))
fi

links() { grep -oE '\]\([^)#]+\)' README.md | sed 's/^](//; s/)$//' | grep -v '^http' || true; }
for file in $(links); do
  if [ ! -e "$file" ]; then
    echo "FAILED: README.md links to $file, which is not there"
    failures=$((failures + 1))
  fi
done

# Its first parameter file works as it stands.
sed -n '/^```$/,/^```$/p' README.md | sed '1d;$d' > "$work/first.prm"
expect_success '' "$lowland" evolve "$work/first.prm" --output "$work/run" --quiet --set Time/End=0.01 \
  --set "Time/Output times=auto"
finish
