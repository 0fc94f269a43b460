// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/Paths.h"


using namespace Qt::StringLiterals;

namespace cairn::ckpt {
namespace {

bool isHex(QChar c)
{
    return (c >= u'0' && c <= u'9') || (c >= u'a' && c <= u'f') || (c >= u'A' && c <= u'F');
}

/// Length of the valid UTF-8 sequence at `i`, 0 where there is none (RFC 3629: no overlong forms, no surrogates).
qsizetype sequenceLength(const QByteArray &s, qsizetype i)
{
    const auto at = [&](qsizetype k) { return k < s.size() ? static_cast<uchar>(s[k]) : uchar{0}; };
    const auto follows = [&](qsizetype k) { return (at(k) & 0xc0) == 0x80; };
    const uchar c = at(i);
    if (c < 0x80)
        return 1;
    if (c >= 0xc2 && c <= 0xdf)
        return follows(i + 1) ? 2 : 0;
    if (c >= 0xe0 && c <= 0xef) {
        const uchar d = at(i + 1);
        const bool second = follows(i + 1) && !(c == 0xe0 && d < 0xa0) && !(c == 0xed && d > 0x9f);
        return second && follows(i + 2) ? 3 : 0;
    }
    if (c >= 0xf0 && c <= 0xf4) {
        const uchar d = at(i + 1);
        const bool second = follows(i + 1) && !(c == 0xf0 && d < 0x90) && !(c == 0xf4 && d > 0x8f);
        return second && follows(i + 2) && follows(i + 3) ? 4 : 0;
    }
    return 0;
}

} // namespace

QString pathToText(const QByteArray &path)
{
    QString out;
    out.reserve(path.size());
    for (qsizetype i = 0; i < path.size();) {
        const qsizetype length = sequenceLength(path, i);
        if (length == 0) {
            out += u"\\x"_s + QString::number(static_cast<uchar>(path[i]), 16).rightJustified(2, u'0').toUpper();
            ++i;
            continue;
        }
        if (path[i] == '\\') {
            const bool last = i + 1 == path.size();
            const bool ambiguous = !last && (path[i + 1] == '\\' || path[i + 1] == 'x' || sequenceLength(path, i + 1) == 0);
            out += ambiguous ? u"\\\\"_s : u"\\"_s;
        } else {
            out += QString::fromUtf8(path.constData() + i, length);
        }
        i += length;
    }
    return out;
}

QByteArray pathFromText(const QString &text)
{
    QByteArray out;
    QString plain;
    const auto flush = [&] {
        out += plain.toUtf8();
        plain.clear();
    };
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (text[i] == u'\\' && i + 1 < text.size()) {
            if (text[i + 1] == u'\\') {
                plain += u'\\';
                ++i;
                continue;
            }
            if (text[i + 1] == u'x' && i + 3 < text.size() && isHex(text[i + 2]) && isHex(text[i + 3])) {
                flush();
                out += static_cast<char>(QStringView(text).mid(i + 2, 2).toUInt(nullptr, 16));
                i += 3;
                continue;
            }
        }
        plain += text[i];
    }
    flush();
    return out;
}

bool isUtf8(const QByteArray &path)
{
    for (qsizetype i = 0; i < path.size();) {
        const qsizetype length = sequenceLength(path, i);
        if (length == 0)
            return false;
        i += length;
    }
    return true;
}

QByteArray baseName(const QByteArray &path)
{
    return path.mid(path.lastIndexOf('/') + 1);
}

QByteArray parentPath(const QByteArray &path)
{
    const qsizetype slash = path.lastIndexOf('/');
    return slash < 0 ? QByteArray() : path.left(slash);
}

QByteArray joined(const QByteArray &folder, const QByteArray &name)
{
    return folder.isEmpty() ? name : folder + '/' + name;
}

} // namespace cairn::ckpt
