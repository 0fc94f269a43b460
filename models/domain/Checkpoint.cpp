// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/Checkpoint.h"

using namespace Qt::StringLiterals;

namespace cairn {

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

} // namespace cairn
