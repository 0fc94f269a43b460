// SPDX-License-Identifier: GPL-3.0-or-later
#include "launch/AdviceWords.h"

#include "base/Text.h"

#include <QCoreApplication>
#include <QLocale>
#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace cairn::launch {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::launch::Advice)
};

InputRow row(const QString &word, const QString &name, const Input &seen, const std::optional<Measured> &typed)
{
    if (typed)
        return {word, name, lengthText(typed->seconds), Words::tr("typed")};
    return {word, name, seen.value ? lengthText(seen.value->seconds) : u"–"_s, seen.from};
}

} // namespace

QString shareText(double part)
{
    return QLocale().toString(part * 100, 'f', part < 0.0995 ? 1 : 0) + u" %"_s;
}

QString lengthText(double seconds)
{
    // Of steps the hundredths count; of hours nobody reads the seconds.
    if (seconds < 10)
        return Words::tr("%1 s", "seconds").arg(QLocale().toString(seconds, 'f', seconds < 1 ? 3 : 2));
    const double unit = seconds < 600 ? 1 : seconds < 36'000 ? 60 : 3600;
    return text::duration(std::chrono::milliseconds(std::llround(std::round(seconds / unit) * unit * 1000)));
}

QList<InputRow> inputRows(const Inputs &inputs, const Spec &spec, const Costs &typed)
{
    return {row(u"save"_s, Words::tr("One save"), inputs.save, typed.save),
        row(u"step"_s, Words::tr("One step"), inputs.step, typed.step),
        row(u"failure"_s, Words::tr("Time between failures"), failureOf(inputs, spec), typed.failure),
        row(u"restart"_s, Words::tr("One restart"), inputs.restart, typed.restart)};
}

QStringList adviceSentences(const Costs &costs, const Advice &advice, std::optional<double> set)
{
    using Why = Advice::Why;
    if (advice.why == Why::Nothing)
        return {Words::tr("How long one save takes is not known, so nothing can be said of the best interval. Type it, or run a job "
                          "like this once.")};
    const bool failures = advice.why == Why::Failures;
    const auto lost = [&](const Waste &waste) { return shareText(failures ? waste.inAll() : waste.saves); };
    QStringList all;
    const std::optional<Waste> now = set ? wasteAt(costs, *set) : std::nullopt;
    const bool same = now && std::abs(now->interval - advice.best.interval) < 0.01 * advice.best.interval;
    const QString best = lengthText(advice.best.interval);
    if (failures && now && !same)
        all.append(Words::tr("Every %1: %2 of the time is lost; every %3, the best: %4.", "interval, share, interval, share")
                       .arg(lengthText(now->interval), lost(*now), best, lost(advice.best)));
    else if (failures)
        all.append(Words::tr("Every %1, the best: %2 of the time is lost, %3 in saves and %4 to failures.", "interval, shares")
                       .arg(best, lost(advice.best), shareText(advice.best.saves), shareText(advice.best.failures)));
    else if (now && !same)
        all.append(Words::tr("Every %1, saving takes %2 of the time; every %3 it takes %4.", "interval, share, interval, share")
                       .arg(lengthText(now->interval), lost(*now), best, lost(advice.best)));
    else
        all.append(Words::tr("Every %1, saving takes %2 of the time.", "interval, share").arg(best, lost(advice.best)));
    if (advice.limit == Advice::Limit::Save)
        all.append(Words::tr("The formula says every %1, which is less than one save takes: the interval is held to one save, so that "
                             "saving takes at most half of the time.").arg(lengthText(advice.formula)));
    else if (advice.limit == Advice::Limit::Often)
        all.append(Words::tr("The formula says every %1; the interval is held to at least %2, as saving more often gains next to nothing "
                             "and fills the storage.").arg(lengthText(advice.formula),
            lengthText(failures ? std::min(kLeastInterval, costs.failure->seconds / 10) : kLeastInterval)));
    if (!failures) {
        all.append(costs.failure && costs.failure->samples > 0
                ? Words::tr("%n failure(s) are too few to say how often they come: the proposal lets saving take %1 of the time.", nullptr,
                      costs.failure->samples)
                      .arg(shareText(kOverhead))
                : Words::tr("How often such a job fails is not known: the proposal lets saving take %1 of the time.").arg(shareText(kOverhead)));
        return all;
    }
    if (const std::optional<Zone> flat = flatZone(costs))
        all.append(Words::tr("From %1 to %2 at most %3 times as much is lost.", "interval, interval, factor")
                       .arg(lengthText(flat->from), lengthText(flat->to), QLocale().toString(kFlat, 'f', 1)));
    if (costs.failure->samples > 0)
        all.append(Words::tr("With %n failure(s) anything from %1 to %2 may be best.", nullptr, costs.failure->samples)
                       .arg(lengthText(advice.least), lengthText(advice.most)));
    if (!costs.restart)
        all.append(Words::tr("How long a restart takes is not known, and not counted."));
    return all;
}

QString roomSentence(const Inputs &inputs, const Policy &policy, std::optional<double> interval)
{
    if (!inputs.bytes || *inputs.bytes <= 0)
        return {};
    const auto bytes = static_cast<double>(*inputs.bytes);
    QString sentence = Words::tr("One checkpoint takes about %1 (%2).", "size, where from")
                           .arg(text::bytes(*inputs.bytes), Words::tr("%n checkpoint(s) of %1", nullptr, inputs.checkpoints).arg(inputs.sizeOf));
    const QString claim = text::safe(inputs.claim);
    // The oldest goes once the newest is whole: for a while there is one more.
    const double kept = policy.keepLast > 0 && policy.keepEvery == 0 ? bytes * (policy.keepLast + 1) : 0;
    if (kept > 0)
        sentence += u' '
            + Words::tr("The last %n, and one that is being written, take %1.", nullptr, policy.keepLast)
                  .arg(text::bytes(static_cast<qint64>(std::min(kept, 9e18))));
    if (inputs.claim.isEmpty())
        return sentence;
    if (!inputs.room) {
        sentence += u' '
            + (inputs.capacity ? Words::tr("PVC %1 has %2; how much of it is free is not known.").arg(claim, text::bytes(*inputs.capacity))
                               : Words::tr("How much room PVC %1 has is not known.").arg(claim));
        return sentence;
    }
    sentence += u' ' + Words::tr("PVC %1 had %2 free when it was measured last.").arg(claim, text::bytes(*inputs.room));
    const auto room = static_cast<double>(*inputs.room);
    if (kept > 0) {
        if (kept > room)
            sentence += u' ' + Words::tr("That is too little.");
        return sentence;
    }
    const double fit = std::floor(room / bytes);
    if (interval && fit * *interval < 3.2e9)
        sentence += u' '
            + Words::tr("All are kept: it is full after %n checkpoint(s), in about %1.", nullptr, static_cast<int>(std::min(fit, 2e9)))
                  .arg(lengthText(fit * *interval));
    else
        sentence += u' ' + Words::tr("All are kept: it is full after %n checkpoint(s).", nullptr, static_cast<int>(std::min(fit, 2e9)));
    return sentence;
}

} // namespace cairn::launch
