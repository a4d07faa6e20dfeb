# A full disk: exit status 4 and one message on 1 and on 3 ranks, and nothing half-written. Wants root, to
# mount a small file system; without it the test is skipped.
source "$(dirname "$0")/expect.sh"
source "$here/interrupted.sh"
disk=$work/disk
trap 'umount "$disk" 2> /dev/null || true; rm -rf "$work"' EXIT
mkdir "$disk"
printf 'set Dimension = 1\nsubsection Landscape\n  set Kind = quadratic\nend\nsubsection Time\n' > line.prm
printf '  set Output times = lin(0, 1, 201)\n  set Tolerance = 0.05\nend\n' >> line.prm

# small SIZE: an empty file system of this size
small() {
  umount "$disk" 2> /dev/null || true
  mount -t tmpfs -o "size=$1" none "$disk" 2> /dev/null
}
if ! small 64k; then
  echo "SKIPPED: no permission to mount a small file system"
  exit 77
fi

for run in "" "${on3[*]}"; do
  small 4k # no room for the first file
  expect 4 'cannot' $run "$lowland" evolve line.prm --output "$disk/run"
  small 64k # none for the fields
  expect 4 'MB are free' $run "$lowland" evolve line.prm --output "$disk/run"
  small 64k # none for all the rows of the observables
  expect 4 'observables.csv' $run "$lowland" evolve line.prm --output "$disk/run" --set Output/Fields=
  [ "$(tail -c 1 "$disk/run/observables.csv" | od -An -c | tr -d ' ')" = '\n' ] || fail "half a row"
  [ ! -e "$disk/run/summary.json" ] || fail "a summary of a run that failed"
  [ -z "$(find "$disk" -name '*.unfinished')" ] || fail "an unfinished file"
done

# The disk fills while checkpoints are written: the last one is whole, and when there is room the run goes on.
write_problems
"$lowland" evolve line.prm --output whole --quiet
for run in "" "${on3[*]}"; do
  small 1m
  head -c 965000 /dev/zero > "$disk/ballast"
  expect 4 'cannot write' $run "$lowland" evolve line.prm --output "$disk/run" --quiet --set Output/Fields=
  [ -z "$(find "$disk" -name '*.unfinished')" ] || fail "an unfinished file"
  rm "$disk/ballast"
  expect_success 'Resumed at t = ' $run "$lowland" resume "$disk/run"
  same_rows whole "$disk/run" 1e-9 || fail "another result after a full disk"
done
finish
