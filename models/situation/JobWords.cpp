// SPDX-License-Identifier: GPL-3.0-or-later
#include "situation/JobWords.h"

#include "base/Text.h"
#include "situation/WhyItDied.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace cairn::situation {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::situation)
};

} // namespace

QString readyText(int ready, int unknown, int desired)
{
    if (desired <= 0)
        return u"–"_s;
    if (unknown > 0)
        return ready > 0 ? u"≥ %1/%2"_s.arg(ready).arg(desired) : u"–/%1"_s.arg(desired);
    return u"%1/%2"_s.arg(ready).arg(desired);
}

QString causeWords(const Job &job)
{
    if (job.died)
        return shortText(*job.died);
    // What the runtime and the kubelet write when they have lost track of a container: containerd's exitCode 255 with reason
    // "Unknown" after a restart, and pkg/kubelet/kubelet_pods.go's ContainerStatusUnknown.
    if (job.cause == "Unknown (exit 255)"_L1 || job.cause.startsWith("ContainerStatusUnknown"_L1))
        return Words::tr("container status lost (node restarted?)");
    return text::safe(job.cause);
}

QString causeText(const Job &job)
{
    const QString words = causeWords(job);
    return words.isEmpty() ? text::safe(job.message) : words;
}

QString age(const QDateTime &when, const QDateTime &now)
{
    if (!when.isValid())
        return u"–"_s;
    const qint64 seconds = when.secsTo(now);
    if (seconds < 5)
        return Words::tr("now");
    if (seconds >= 86400)
        return Words::tr("%1 d").arg(seconds / 86400);
    return text::duration(std::chrono::seconds(seconds));
}

} // namespace cairn::situation
