// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "checkpoints/Check.h"
#include "domain/Checkpoint.h"

#include <functional>
#include <stop_token>

namespace cairn::ckpt {

struct RecogniseOptions {
    QDateTime now;                  ///< UTC; what "changed within" is measured from
    bool writerMayBeAlive = true;   ///< false when the job is finished, or suspended without pods
    Limits limits;
    int maxProbes = 20'000;         ///< files and folders looked into; more makes the listing partial
};

/// Told now and then: what is going on and how many things were looked at so far. Any thread.
using Progress = std::function<void(const QString &what, qint64 done)>;

/// Finds the checkpoints in a tree and judges them. `pending` tells that bytes were asked for that a recorded source
/// does not hold yet: the listing is then provisional.
struct Recognised {
    Listing listing;
    bool pending = false;
};
Recognised recognise(const Tree &tree, Source &source, const RecogniseOptions &options, std::stop_token stop,
                     const Progress &progress = {});

} // namespace cairn::ckpt
