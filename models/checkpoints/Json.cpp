// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/Json.h"

#include <QJsonDocument>
#include <cmath>

namespace cairn::ckpt {

std::optional<QJsonObject> parsePythonJson(const QByteArray &text)
{
    QByteArray clean;
    clean.reserve(text.size());
    bool inString = false;
    for (qsizetype i = 0; i < text.size();) {
        const char c = text[i];
        if (inString) {
            clean += c;
            if (c == '\\' && i + 1 < text.size())
                clean += text[++i];
            else if (c == '"')
                inString = false;
            ++i;
            continue;
        }
        inString = c == '"';
        qsizetype skip = 0;
        for (const char *word : {"NaN", "Infinity", "-Infinity"}) {
            const qsizetype length = static_cast<qsizetype>(qstrlen(word));
            if (QByteArrayView(text).sliced(i).startsWith(word))
                skip = length;
        }
        if (skip > 0) {
            clean += "null";
            i += skip;
        } else {
            clean += c;
            ++i;
        }
    }
    const QJsonDocument document = QJsonDocument::fromJson(clean);
    if (!document.isObject())
        return std::nullopt;
    return document.object();
}

std::optional<qint64> wholeNumber(const QJsonValue &value)
{
    if (!value.isDouble())
        return std::nullopt;
    const double number = value.toDouble();
    if (!(number >= 0) || number > 9007199254740992.0 || std::floor(number) != number)
        return std::nullopt;
    return static_cast<qint64>(number);
}

} // namespace cairn::ckpt
