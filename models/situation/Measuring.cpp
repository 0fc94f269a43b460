// SPDX-License-Identifier: GPL-3.0-or-later
#include "situation/Measuring.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::situation {
namespace {

using storage::ClaimAccount;

bool canBeMeasured(const ClaimAccount &account)
{
    // A second pod cannot mount a claim that is for one pod alone.
    return account.claim.phase == "Bound"_L1 && account.claim.volumeMode != "Block"_L1 && account.trouble == ClaimAccount::Trouble::None
        && !account.claim.accessModes.contains(u"ReadWriteOncePod"_s);
}

/// Whether `when` is at least `seconds` ago, or never was.
bool isLongAgo(const QDateTime &when, qint64 seconds, const QDateTime &now)
{
    return !when.isValid() || when.secsTo(now) >= seconds;
}

} // namespace

void MeasureFacts::take(const Job &job)
{
    if (isRunning(job.phase))
        running.insert(job.uid);
    if (job.died && job.died->kind == DeathCause::Kind::NoSpace && !job.died->claim.isEmpty()) {
        QDateTime &at = full[job.ns + u'/' + job.died->claim];
        at = std::max(at, job.died->at);
    }
}

QString nextToMeasure(const MeasureFacts &facts)
{
    QDateTime last;
    for (const QDateTime &tried : facts.tried)
        last = std::max(last, tried);

    const ClaimAccount *oldest = nullptr;
    const auto measured = [](const ClaimAccount &account) { return account.use ? account.use->at : QDateTime(); };
    for (const ClaimAccount &account : facts.accounts) {
        if (!facts.agreed.contains(account.claim.ns) || !canBeMeasured(account))
            continue;
        const QDateTime tried = facts.tried.value(account.key());
        const bool knownFull = account.fraction() >= 0.97 && !isLongAgo(measured(account), measureEverySeconds, facts.now);
        if (const auto died = facts.full.constFind(account.path()); died != facts.full.cend() && !knownFull) {
            // By a clock of the node: numbers from a minute before may be of after.
            const bool old = !measured(account).isValid() || !died->isValid() || measured(account) < died->addSecs(60);
            if (old && isLongAgo(measured(account), measureFullAgainSeconds, facts.now) && isLongAgo(tried, measureFullAgainSeconds, facts.now))
                return account.key();
        }
        const bool used = std::ranges::any_of(account.users, [&](const storage::ClaimUser &user) { return user.pods > 0 && facts.running.contains(user.jobUid); });
        if (!used || !isLongAgo(measured(account), measureEverySeconds, facts.now) || !isLongAgo(tried, measureEverySeconds, facts.now))
            continue;
        if (!oldest || std::max(measured(account), tried) < std::max(measured(*oldest), facts.tried.value(oldest->key())))
            oldest = &account;
    }
    return oldest && isLongAgo(last, measureGapSeconds, facts.now) ? oldest->key() : QString();
}

} // namespace cairn::situation
