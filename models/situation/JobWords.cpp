// SPDX-License-Identifier: GPL-3.0-or-later
#include "situation/JobWords.h"

#include "base/Text.h"
#include "situation/WhyItDied.h"

using namespace Qt::StringLiterals;

namespace cairn::situation {

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
    return job.died ? shortText(*job.died) : text::safe(job.cause);
}

QString causeText(const Job &job)
{
    const QString words = causeWords(job);
    return words.isEmpty() ? text::safe(job.message) : words;
}

} // namespace cairn::situation
