#include "tasks/problem.h"
#include "tasks/tasks.h"

namespace lowland
{
int check_model(const Parameters &, const RunOptions &) { return 0; }
int stationary(const Parameters &, const RunOptions &) { return 0; }
}
