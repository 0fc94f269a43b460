// SPDX-License-Identifier: GPL-3.0-or-later
#include "manifest/Path.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::manifest {
namespace {

bool isBareName(QStringView name)
{
    return !name.isEmpty() && std::ranges::all_of(name, [](QChar c) {
        return c.isLetterOrNumber() || c == u'-' || c == u'_';
    });
}

QString quoted(const QString &name)
{
    const QByteArray list = QJsonDocument(QJsonArray{name}).toJson(QJsonDocument::Compact);
    return QString::fromUtf8(list.mid(1, list.size() - 2));
}

/// Where the JSON string that begins at `from` ends; -1 where it does not.
qsizetype stringEnd(QStringView text, qsizetype from)
{
    for (qsizetype i = from + 1; i < text.size(); ++i) {
        if (text[i] == u'\\')
            ++i;
        else if (text[i] == u'"')
            return i + 1;
    }
    return -1;
}

std::optional<QString> unquoted(QStringView text)
{
    const QJsonDocument list = QJsonDocument::fromJson('[' + text.toUtf8() + ']');
    if (list.array().size() != 1 || !list.array().at(0).isString())
        return std::nullopt;
    return list.array().at(0).toString();
}

std::optional<Path::Step> bracket(QStringView inside)
{
    using Kind = Path::Step::Kind;
    if (inside == u"-")
        return Path::Step{Kind::End, {}, {}, 0};
    if (inside.startsWith(u'"')) {
        const auto name = unquoted(inside);
        return name ? std::optional(Path::Step{Kind::Field, *name, {}, 0}) : std::nullopt;
    }
    bool ok = false;
    if (const int index = inside.toInt(&ok); ok && index >= 0)
        return Path::Step{Kind::Index, {}, {}, index};
    const qsizetype equals = inside.indexOf(u'=');
    if (equals <= 0)
        return std::nullopt;
    const QStringView value = inside.mid(equals + 1);
    const auto said = value.startsWith(u'"') ? unquoted(value) : std::optional(value.toString());
    return said ? std::optional(Path::Step{Kind::Item, inside.left(equals).toString(), *said, 0}) : std::nullopt;
}

} // namespace

Path::Path(std::initializer_list<QString> fields)
{
    for (const QString &name : fields)
        field(name);
}

std::optional<Path> Path::parse(QStringView text)
{
    Path path;
    qsizetype at = 0;
    while (at < text.size()) {
        if (text[at] == u'[') {
            qsizetype close = at + 1;
            const qsizetype equals = text.indexOf(u'=', at);
            const qsizetype nearest = text.indexOf(u']', at);
            const qsizetype quote = text.size() > at + 1 && text[at + 1] == u'"' ? at + 1
                : equals > 0 && equals < nearest && equals + 1 < text.size() && text[equals + 1] == u'"' ? equals + 1
                                                                                                         : -1;
            close = quote < 0 ? nearest : stringEnd(text, quote);
            if (close < 0 || close >= text.size() || text[close] != u']')
                return std::nullopt;
            const auto step = bracket(text.mid(at + 1, close - at - 1));
            if (!step)
                return std::nullopt;
            path.m_steps.append(*step);
            at = close + 1;
        } else {
            if (text[at] == u'.') {
                if (at == 0)
                    return std::nullopt;
                ++at;
            } else if (at > 0) {
                return std::nullopt;
            }
            qsizetype end = at;
            while (end < text.size() && text[end] != u'.' && text[end] != u'[')
                ++end;
            if (!isBareName(text.mid(at, end - at)))
                return std::nullopt;
            path.field(text.mid(at, end - at).toString());
            at = end;
        }
    }
    return path;
}

std::optional<Path> Path::fromPointer(const QString &pointer, const QJsonValue &root)
{
    Path path;
    if (pointer.isEmpty())
        return path;
    if (!pointer.startsWith(u'/'))
        return std::nullopt;
    QJsonValue here = root;
    for (QString token : pointer.mid(1).split(u'/')) {
        for (qsizetype i = token.indexOf(u'~'); i >= 0; i = token.indexOf(u'~', i + 1)) {
            if (i + 1 >= token.size() || (token[i + 1] != u'0' && token[i + 1] != u'1'))
                return std::nullopt;
            token.replace(i, 2, token[i + 1] == u'0' ? u"~"_s : u"/"_s);
        }
        if (!here.isArray()) {
            path.field(token);
            here = here.toObject().value(token);
            continue;
        }
        if (token == u"-") {
            path.end();
            here = QJsonValue(QJsonValue::Undefined);
            continue;
        }
        bool ok = false;
        const int index = token.toInt(&ok);
        if (!ok || token != QString::number(index) || index < 0)
            return std::nullopt;
        path.item(index);
        here = here.toArray().at(index);
    }
    return path;
}

Path &Path::field(const QString &name)
{
    return step({Step::Kind::Field, name, {}, 0});
}

Path &Path::item(int index)
{
    return step({Step::Kind::Index, {}, {}, index});
}

Path &Path::item(const QString &key, const QString &value)
{
    return step({Step::Kind::Item, key, value, 0});
}

Path &Path::end()
{
    return step({Step::Kind::End, {}, {}, 0});
}

Path &Path::step(const Step &step)
{
    m_steps.append(step);
    return *this;
}

Path &Path::in(int document)
{
    m_document = document;
    return *this;
}

Path Path::parent() const
{
    Path up = *this;
    if (!up.m_steps.isEmpty())
        up.m_steps.removeLast();
    return up;
}

QString Path::text() const
{
    QString out;
    for (const Step &step : m_steps) {
        switch (step.kind) {
        case Step::Kind::Field:
            if (isBareName(step.name))
                out += (out.isEmpty() ? QString() : u"."_s) + step.name;
            else
                out += u'[' + quoted(step.name) + u']';
            break;
        case Step::Kind::Index: out += u'[' + QString::number(step.index) + u']'; break;
        case Step::Kind::Item: {
            const bool plain = !step.value.isEmpty() && std::ranges::none_of(step.value, [](QChar c) { return c == u']' || c == u'"'; });
            out += u'[' + step.name + u'=' + (plain ? step.value : quoted(step.value)) + u']';
            break;
        }
        case Step::Kind::End: out += u"[-]"_s; break;
        }
    }
    return out;
}

} // namespace cairn::manifest
