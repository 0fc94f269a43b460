// SPDX-License-Identifier: GPL-3.0-or-later
#include "jobs/ShownOnly.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace cairn::jobs {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::jobs)
};

} // namespace

change::Note shownOnly(JobKind kind)
{
    if (!facts(kind).isShownOnly())
        return {};
    const QString word = facts(kind).resource.kind;
    return {u"shown-only"_s, Words::tr("Cairn only shows a %1; it does not change one.", "kind").arg(word),
            Words::tr("Use kubectl, or what made the %1.", "kind").arg(word)};
}

} // namespace cairn::jobs
