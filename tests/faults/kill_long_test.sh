# Runs killed and stopped at random moments, 60 times in all: nothing is lost, and nothing comes out otherwise.
source "$(dirname "$0")/kill.sh"
kill_and_resume line line.prm 1e-10 14 1
kill_and_resume plane plane.prm 1e-11 12 1
kill_and_resume line-on-3 line.prm 1e-9 10 3
kill_and_resume plane-on-3 plane.prm 1e-9 10 3
kill_and_resume line-changing line.prm 1e-9 7 1 3 2
kill_and_resume plane-changing plane.prm 1e-9 7 3 1 2
finish_kills 60
