// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/Versions.h"

#include "net/CurlVersion.h"

#include <QtGlobal>

using namespace Qt::StringLiterals;

namespace cairn::app {

QString versions(const QString &program)
{
    return u"%1 %2\nQt %3 (built with %4)\n%5"_s.arg(program, u"" CAIRN_VERSION_STRING ""_s, QString::fromLatin1(qVersion()), u"" QT_VERSION_STR ""_s,
                                                  net::curlVersion());
}

} // namespace cairn::app
