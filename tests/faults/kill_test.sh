# A sample of kill_long_test.sh.
source "$(dirname "$0")/kill.sh"
kill_and_resume line line.prm 1e-10 3 1
kill_and_resume plane plane.prm 1e-9 3 3
finish_kills 6
