// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/Url.h"

#include <algorithm>

namespace cairn::net {

namespace {

bool isAlnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool isHex(QChar c)
{
    return (c >= u'0' && c <= u'9') || (c >= u'a' && c <= u'f') || (c >= u'A' && c <= u'F');
}

} // namespace

QByteArray percentEncode(const QString &text)
{
    return text.toUtf8().toPercentEncoding();
}

bool isRequestPath(const QString &path)
{
    if (!path.startsWith(u'/'))
        return false;
    for (qsizetype i = 0; i < path.size(); ++i) {
        const QChar c = path.at(i);
        if (c <= u' ' || c >= u'\x7f' || c == u'#')
            return false;
        if (c == u'%' && (i + 2 >= path.size() || !isHex(path.at(i + 1)) || !isHex(path.at(i + 2))))
            return false;
    }
    return true;
}

bool isToken(QByteArrayView text)
{
    return !text.isEmpty() && std::all_of(text.begin(), text.end(), [](char c) {
        return isAlnum(c) || QByteArrayView("!#$%&'*+-.^_`|~").contains(c);
    });
}

bool isHeaderValue(QByteArrayView text)
{
    return std::none_of(text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

} // namespace cairn::net
