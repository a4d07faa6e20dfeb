# Doxygen reads the code without a warning, and its main page has the equation as a formula.
set -euo pipefail
cd "$(dirname "$0")/../.."
command -v doxygen > /dev/null || { echo "SKIPPED: doxygen is not installed; ./check installs it."; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cat .ci/Doxyfile; echo "OUTPUT_DIRECTORY = $work") | doxygen -
grep -q 'partial_t' "$work/html/index.html" || { echo "FAILED: the main page has no formula."; exit 1; }
