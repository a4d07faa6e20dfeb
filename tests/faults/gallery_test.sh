# postprocess/gallery: one page with question, command, answer, numbers and pictures, and no network.
source "$(dirname "$0")/expect.sh"
cd "$source_folder"
[ "$(dirname "$lowland")" -ef build/release ] || { echo "SKIPPED: the gallery uses build/release."; exit 77; }

postprocess/gallery --output "$work" ornstein_uhlenbeck_1d > "$work/said" || { cat "$work"/*.log || true; fail "the gallery"; }
page=$work/index.html
for words in 'Ornstein-Uhlenbeck process' 'lowland evolve params/ornstein_uhlenbeck_1d.prm' 'After t = 4' \
  '<td>decay_rate</td><td>1.0' 'Expected: less than Tolerance'; do
  grep -qF -- "$words" "$page" || fail "the page lacks: $words"
done
[ "$(grep -o '<img [^>]*src="data:image/png;base64,' "$page" | wc -l)" -eq 2 ] || fail "there are not two pictures"
! grep -qE 'https?:|src="[^d]' "$page" || fail "the page wants the network"

if postprocess/gallery --output "$work" no_such_lesson 2> "$work/errors"; then fail "an unknown lesson was taken"; fi
grep -q 'there is no lesson no_such_lesson' "$work/errors" || fail "no sentence about an unknown lesson"
finish
