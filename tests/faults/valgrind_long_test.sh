# One small run under valgrind: no access to memory that is not ours, no decision by a value that was never set.
# Skipped where valgrind is missing, and for a program that the sanitizers watch already.
source "$(dirname "$0")/expect.sh"
command -v valgrind > /dev/null || { echo "no valgrind here: skipped"; exit 77; }
if nm -D "$lowland" | grep -q __asan_init; then echo "built with AddressSanitizer: skipped"; exit 77; fi
cat > wells.prm << 'END'
set Dimension = 2
subsection Landscape
  set Loss = (x^2-1)^2 + y^2
end
subsection Noise
  set Intensity = 5
end
subsection Domain
  set Kind = box
  set Lower corner = -2, -1.5
  set Upper corner = 2, 1.5
end
subsection Initial density
  set Mean = 1, 0
  set Standard deviation = 0.5
end
subsection Discretization
  set Degree = 2
  set Initial refinement = 3
  set Maximum level = 4
end
subsection Time
  set End = 0.02
  set Tolerance = 0.1
  set Output times = 0, 0.02
end
END
# Leaks are AddressSanitizer's business; what MPI and the libraries below it do is theirs.
valgrind --quiet --error-exitcode=9 --suppressions=/usr/share/openmpi/openmpi-valgrind.supp \
  "$lowland" evolve wells.prm --output run --quiet
[ -s run/summary.json ]
