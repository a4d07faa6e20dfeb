# One rank that fails alone must not leave the others waiting; a failure of all is told once.
source "$(dirname "$0")/expect.sh"
program=$(dirname "$lowland")/tests/faults_guard_program
run="${on3[*]}"
expect 3 'rank 0 diverged' $run "$program" all
expect 3 'rank 1 diverged' $run "$program" one
expect 3 'rank 1 diverged' $run "$program" late
expect_success '' $run "$program" none
finish
