// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/CoreDumps.h"

#include <sys/prctl.h>
#include <sys/resource.h>

namespace cairn {

void leaveNoCoreDumps()
{
    // A collector behind a pipe in core_pattern is run in spite of the limit, but not for what is not dumpable.
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    rlimit limit{};
    if (getrlimit(RLIMIT_CORE, &limit) == 0) {
        limit.rlim_cur = 0;
        setrlimit(RLIMIT_CORE, &limit);
    }
}

} // namespace cairn
