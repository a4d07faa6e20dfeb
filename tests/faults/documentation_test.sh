# Doxygen reads the code without a warning, and its main page has the equation as a formula.
source "$(dirname "$0")/expect.sh"
cd "$source_folder"
command -v doxygen > /dev/null || { echo "SKIPPED: doxygen is not installed; ./check installs it."; exit 77; }
(cat .ci/Doxyfile; echo "OUTPUT_DIRECTORY = $work") | doxygen -
grep -q 'partial_t' "$work/html/index.html" || fail "the main page has no formula"
finish
