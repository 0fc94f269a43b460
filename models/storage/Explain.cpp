// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/ClaimAccount.h"

#include "base/Text.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace cairn::storage {
namespace {

using Trouble = ClaimAccount::Trouble;
using Silence = ClaimAccount::Silence;

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::storage::Explain)
};

} // namespace

QString troubleText(const ClaimAccount &account)
{
    const QString volume = text::safe(account.claim.volume);
    switch (account.trouble) {
    case Trouble::None: return {};
    case Trouble::Pending: return Words::tr("Not bound to a volume yet. Its class may wait for the first pod that mounts it.");
    case Trouble::Lost: return Words::tr("Its volume %1 was deleted. Its data can no longer be reached through this PVC.").arg(volume);
    case Trouble::VolumeGone:
        return account.volume ? Words::tr("Its volume %1 is now bound to another PVC.").arg(volume)
                              : Words::tr("Its volume %1 does not exist. Pods that mount this PVC will not start.").arg(volume);
    case Trouble::VolumeFailed: return Words::tr("Its volume %1 failed: %2").arg(volume, text::safe(account.troubleDetail));
    case Trouble::Deleting: return Words::tr("It is being deleted, as soon as no pod mounts it.");
    }
    return {};
}

QString silenceText(const ClaimAccount &account)
{
    const QString driver = account.driver.isEmpty() ? Words::tr("The driver") : text::safe(account.driver);
    switch (account.silence) {
    case Silence::None: return {};
    case Silence::NotBound: return Words::tr("Not bound, so there is nothing to measure.");
    case Silence::Block: return Words::tr("A raw block device: how much of it is in use cannot be measured.");
    case Silence::DriverSilent:
        if (account.facts.reports == DriverFacts::Reports::IfSwitchedOn)
            return Words::tr("%1 reports nothing unless its administrator switches it on. A helper pod can look.").arg(driver);
        return Words::tr("%1 reports nothing. A helper pod can look.").arg(driver);
    case Silence::NotMounted: return Words::tr("No pod mounts it, and the kubelet knows only what is mounted. A helper pod can look.");
    case Silence::NotMeasured: return Words::tr("It has not been measured yet.");
    }
    return {};
}

QString fullInText(const ClaimAccount &account)
{
    if ((account.trouble == Trouble::Lost || account.trouble == Trouble::VolumeGone) || account.trouble == Trouble::Pending)
        return u"–"_s;
    if (account.use && account.facts.capacity == DriverFacts::Capacity::None)
        return Words::tr("no limit");
    if (!account.use || account.fraction() < 0)
        return Words::tr("unknown");
    if (account.fraction() >= 0.9995)
        return Words::tr("full");
    switch (account.forecast.state) {
    case Forecast::State::TooFew: return Words::tr("not enough history");
    case Forecast::State::NotGrowing: return Words::tr("not growing");
    case Forecast::State::Growing: break;
    }
    const double days = account.forecast.days;
    if (days < 1.0 / 24)
        return Words::tr("within the hour");
    return days < 2 ? Words::tr("%1 h", "hours").arg(qint64(days * 24)) : Words::tr("%1 d", "days").arg(text::number(qint64(days)));
}

QString sharingText(const ClaimAccount &account)
{
    QStringList others;
    for (const QString &path : account.sharedWith.mid(0, 3))
        others.append(text::safe(path));
    if (account.sharedWith.size() > 3)
        others.append(Words::tr("%n more", nullptr, int(account.sharedWith.size()) - 3));
    const QString list = others.join(u", "_s);
    if (account.groupGuessed)
        return Words::tr("All figures equal those of %1: they seem to be one file system, and are counted once.").arg(list);
    if (!others.isEmpty())
        return Words::tr("One file system with %1; it is counted once.").arg(list);
    if (account.wholeFileSystem)
        return Words::tr("The figures are for the whole file system it is a folder of, which others may fill as well.");
    return {};
}

QString sourceName(UseSource source)
{
    switch (source) {
    case UseSource::None: break;
    case UseSource::Helper: return Words::tr("df by helper");
    case UseSource::Kubelet: return Words::tr("kubelet");
    case UseSource::Prometheus: return Words::tr("Prometheus");
    }
    return u"–"_s;
}

QString sourceWord(UseSource source)
{
    switch (source) {
    case UseSource::None: break;
    case UseSource::Helper: return u"df"_s;
    case UseSource::Kubelet: return u"kubelet"_s;
    case UseSource::Prometheus: return u"prometheus"_s;
    }
    return {};
}

} // namespace cairn::storage
