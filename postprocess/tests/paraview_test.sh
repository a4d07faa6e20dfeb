# ParaView itself opens what the program writes: paraview_test.sh LOWLAND PARAVIEW_ROOT
#
# In one, two and three parameters, on two ranks: all times load, the fields have the right integrals,
# the state script draws a picture that is not blank, and the GUI takes the script as well.
# PARAVIEW_ROOT is where ./check unpacks ParaView's Python (.ci/setup.sh); without it an installed one
# is tried.
root=$(realpath -m "$2")
source "$(dirname "$0")/../../tests/faults/expect.sh"
script=$here/../paraview/open_run.py

programs=/usr/bin
[ -e "$root/complete" ] && programs=$root/usr/bin
# ParaView reconnects to its display, which must not restart then.
headless() { timeout 120 xvfb-run -a -s "-noreset -screen 0 1280x1024x24" "$@"; }
if ! command -v xvfb-run > /dev/null ||
   [[ $("$programs/pvbatch" "$here/paraview_test.py" 2>&1) != *"Python works"* ]]; then
  echo "SKIPPED: there is no pvbatch with Python, or no xvfb-run; ./check installs them."
  exit 77
fi

for dimension in 1 2 3; do
  cat > "$work/$dimension.prm" << PRM
set Dimension = $dimension
subsection Landscape
  set Kind = quadratic
end
subsection Initial density
  set Mean = 0.5
  set Standard deviation = 0.3
end
subsection Time
  set End = 0.2
  set Tolerance = $([ $dimension -eq 3 ] && echo 0.05 || echo 1e-3)
  set Output times = 0, 0.1, 0.2
end
PRM
  on 2 "$lowland" evolve "$work/$dimension.prm" --output "$work/run$dimension" --quiet
  headless "$programs/pvbatch" "$here/paraview_test.py" "$work/run$dimension" 2>&1 || fail "pvbatch, dimension $dimension"
done

run=$work/run2
if [ -x "$programs/pvpython" ]; then
  headless "$programs/pvpython" "$script" "$run" "$work/python.png" || fail "pvpython"
  [ -s "$work/python.png" ] || fail "pvpython drew nothing"
fi

# The GUI, without the settings of a user and its welcome, runs the script when it has started; what
# follows saves a picture and leaves.
cat > "$work/gui.py" << PY
exec(open("$script").read())
reader, view = open_run("$run")
SaveScreenshot("$work/gui.png", view)
import os
os._exit(0)
PY
if [ -x "$programs/paraview" ]; then
  headless "$programs/paraview" --dr --script="$work/gui.py" > "$work/gui.txt" 2>&1 || { cat "$work/gui.txt"; fail "the GUI"; }
  [ -s "$work/gui.png" ] || fail "the GUI drew nothing"
fi

if "$programs/pvbatch" "$script" "$work" 2> "$work/errors.txt"; then
  fail "a folder without a run was opened"
fi
grep -q "holds no run" "$work/errors.txt" || { cat "$work/errors.txt"; fail "no sentence about a folder without a run"; }

finish
