"""How a peer reports: one JSON line on stdout, as lowland-benchmark does."""
import json
import os
import resource
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import problems  # noqa: E402,F401  (the peers import it from here)


class Clock:
    """Seconds on the wall and of the processor from its creation to stop()."""

    def __init__(self):
        self.wall, self.processor = time.perf_counter(), time.process_time()

    def stop(self):
        self.wall = time.perf_counter() - self.wall
        self.processor = time.process_time() - self.processor


def report(clock, unknowns, error, **more):
    """Prints the result; the peak is that of the whole process, interpreter and libraries included."""
    result = dict(solve_seconds=clock.wall, processor_seconds=clock.processor, unknowns=unknowns,
                  error=error, **more)
    result["peak_memory_bytes"] = 1024.0 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({key: float(value) for key, value in result.items()}))
