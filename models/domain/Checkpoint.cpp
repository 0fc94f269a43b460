// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/Checkpoint.h"

#include <limits>
#include <tuple>

using namespace Qt::StringLiterals;

namespace cairn {
namespace {

auto ageKey(const Checkpoint &c)
{
    constexpr qint64 unknown = std::numeric_limits<qint64>::min();
    return std::make_tuple(c.savedAt.isValid() ? c.savedAt.toSecsSinceEpoch() : unknown, c.step.value_or(unknown),
                           c.epoch.value_or(-std::numeric_limits<double>::infinity()));
}

template <typename Wanted>
const Checkpoint *newestOf(const Run &run, Wanted wanted, const Checkpoint *newest = nullptr)
{
    for (const Checkpoint &c : run.checkpoints) {
        if (wanted(c) && (!newest || isOlder(*newest, c)))
            newest = &c;
    }
    return newest;
}

template <typename Wanted>
const Checkpoint *newestOf(const Listing &listing, Wanted wanted)
{
    const Checkpoint *newest = nullptr;
    for (const Run &run : listing.runs)
        newest = newestOf(run, wanted, newest);
    return newest;
}

bool any(const Checkpoint &)
{
    return true;
}

} // namespace

QString verdictName(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Whole: return u"whole"_s;
    case Verdict::Writing: return u"writing"_s;
    case Verdict::Unverified: return u"unverified"_s;
    case Verdict::Damaged: return u"damaged"_s;
    }
    return u"unverified"_s;
}

bool isOlder(const Checkpoint &a, const Checkpoint &b)
{
    const auto keyA = ageKey(a);
    const auto keyB = ageKey(b);
    return keyA != keyB ? keyA < keyB : a.path < b.path;
}

bool canResumeFrom(const Checkpoint &checkpoint)
{
    return checkpoint.verdict == Verdict::Whole && checkpoint.resumable;
}

const Checkpoint *newestCheckpoint(const Run &run)
{
    return newestOf(run, any);
}

const Checkpoint *newestCheckpoint(const Listing &listing)
{
    return newestOf(listing, any);
}

const Checkpoint *newestResumable(const Run &run)
{
    return newestOf(run, canResumeFrom);
}

const Checkpoint *newestResumable(const Listing &listing)
{
    return newestOf(listing, canResumeFrom);
}

} // namespace cairn
