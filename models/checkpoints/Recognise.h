// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "checkpoints/Format.h"
#include "domain/Checkpoint.h"

namespace cairn::ckpt {

struct RecogniseOptions {
    QDateTime now;                  ///< UTC; what "changed within" is measured from
    bool writerMayBeAlive = true;   ///< false when the job is finished, or suspended without pods
    Limits limits;
    int maxProbes = 20'000;         ///< files and folders looked into; more makes the listing partial
};

/// Finds the checkpoints in a tree and judges them. `pending` tells that bytes were asked for that a recorded source
/// does not hold yet: the listing is then provisional.
struct Recognised {
    Listing listing;
    bool pending = false;
    QList<Finding> findings; ///< what the listing was made from, in no order
};
Recognised recognise(const Tree &tree, Source &source, const RecogniseOptions &options, std::stop_token stop,
                     const Progress &progress = {});

} // namespace cairn::ckpt
