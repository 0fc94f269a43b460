// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "checkpoints/Source.h"

#include <QCoreApplication>

namespace cairn::ckpt {

/// Outcome of checking one file or folder, before time decides between "writing" and "damaged".
enum class State {
    Good,
    Unverified, ///< readable, but the check could not be made (old format, budget, no permission)
    Pending,    ///< bytes not at hand yet
    Incomplete, ///< the end is missing: somebody may still be writing it
    Broken      ///< was finished and is wrong now: never "writing"
};

struct Check {
    State state = State::Good;
    QString reason; ///< one sentence without a full stop at its end
    bool isGood() const { return state == State::Good; }
};

/// The worse of two outcomes wins and keeps its reason.
inline void worsen(Check &into, const Check &other)
{
    if (static_cast<int>(other.state) > static_cast<int>(into.state))
        into = other;
}

/// Limits of a scan; see docs/CHECKPOINTS.md.
struct Limits {
    qint64 fileBudget = 16 * 1024 * 1024;   ///< bytes read of one file, contents of small local files aside
    qint64 fullCheck = 64 * 1024 * 1024;    ///< local files up to this size get every CRC checked
};

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::ckpt)
};

/// The outcome that a failed read stands for.
inline Check readFailure(FileReader::Status status, qint64 budget)
{
    switch (status) {
    case FileReader::Status::Pending: return {State::Pending, Words::tr("not read yet")};
    case FileReader::Status::OverBudget:
        return {State::Unverified, Words::tr("checking it takes more than the read limit of %1 MiB").arg(budget / (1024 * 1024))};
    case FileReader::Status::Failed: return {State::Unverified, Words::tr("it could not be read")};
    case FileReader::Status::Ok: break;
    }
    return {};
}

} // namespace cairn::ckpt
