// SPDX-License-Identifier: GPL-3.0-or-later
#include "SchemaProvider.h"

#include "base/Text.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

using manifest::Path;
using manifest::Schema;
using Step = Path::Step;

constexpr qsizetype mostCharacters = 200'000;

struct Line {
    int dash = -1;  ///< column of its first dash; -1 where it begins no item
    int indent = 0; ///< column of its key, or of what else it holds
    QString key;
    bool blank = true;
};

Line parsed(const QString &text)
{
    Line line;
    const auto size = static_cast<int>(text.size());
    int at = 0;
    while (at < size) {
        if (text[at] == u' ') {
            ++at;
        } else if (text[at] == u'-' && (at + 1 == size || text[at + 1] == u' ')) {
            if (line.dash < 0)
                line.dash = at;
            ++at;
        } else {
            break;
        }
    }
    line.indent = line.dash >= 0 && at == size ? line.dash + 2 : at;
    line.blank = line.dash < 0 && (at == size || text[at] == u'#');
    const QString rest = text.mid(at);
    const qsizetype colon = rest.endsWith(u':') && !rest.contains(u": "_s) ? rest.size() - 1 : rest.indexOf(u": "_s);
    if (colon > 0)
        line.key = rest.left(colon).remove(u'"').remove(u'\'');
    return line;
}

Step step(const QString &key)
{
    return {Step::Kind::Field, key, {}, 0};
}

} // namespace

Path SchemaProvider::holderOf(const QString &text, int row, int column, QString *key)
{
    const QStringList lines = text.split(u'\n');
    QList<Step> steps;
    const Step item{Step::Kind::Index, {}, {}, 0};
    Line here = parsed(lines.value(row));
    if (here.blank)
        here.indent = column;
    *key = here.key;
    int level = here.indent;
    bool list = false; // the key is sought that holds the list whose dashes stand at `level`
    const auto begin = [&](const Line &line) {
        level = line.indent;
        list = line.dash >= 0;
        if (list) {
            steps.prepend(item);
            level = line.dash;
        }
    };
    begin(here);
    for (int i = row - 1; i >= 0 && (level > 0 || list); --i) {
        const Line line = parsed(lines[i]);
        if (line.blank)
            continue;
        if (!list && line.dash >= 0 && line.indent == level) {
            begin(line);
            continue;
        }
        const int where = list && line.dash >= 0 ? line.dash + 1 : line.indent;
        if (list ? where > level : where >= level)
            continue;
        steps.prepend(step(line.key));
        begin(line);
    }
    Path path;
    for (const Step &one : std::as_const(steps))
        path.step(one);
    return path;
}

std::shared_ptr<const manifest::Schema> SchemaProvider::schemaAt(int line) const
{
    auto after = m_schemas.upperBound(line);
    // Above the first document, comments and an empty line belong to it.
    return m_schemas.isEmpty() ? nullptr : after == m_schemas.begin() ? *after : *--after;
}

void SchemaProvider::complete(
    const QString &text, editors::CodePlace place, std::function<void(QList<editors::CodeCompletion>)> answer)
{
    QList<editors::CodeCompletion> offers;
    const auto schema = schemaAt(place.line);
    if (schema && text.size() <= mostCharacters) {
        QString key;
        Path path = holderOf(text, place.line, place.column, &key);
        const QString before = text.section(u'\n', place.line, place.line).left(place.column);
        if (!key.isEmpty() && before.contains(u':')) {
            const Schema::About about = schema->about(path.field(key));
            for (const QString &value : about.type == "boolean"_L1 ? QStringList{u"true"_s, u"false"_s} : about.values)
                offers.append({value, {}, about.description});
        } else {
            const Schema::About holder = schema->about(path);
            for (const QString &field : holder.fields) {
                const Schema::About about = schema->about(Path(path).field(field));
                offers.append({field + u": "_s, about.type, about.description});
            }
            // What has to be there comes first.
            std::ranges::stable_partition(offers,
                [&](const editors::CodeCompletion &offer) { return holder.required.contains(offer.text.chopped(2)); });
        }
    }
    answer(offers);
}

void SchemaProvider::hover(const QString &text, editors::CodePlace place, std::function<void(QString)> answer)
{
    QString meaning;
    const auto schema = schemaAt(place.line);
    if (schema && text.size() <= mostCharacters) {
        QString key;
        Path path = holderOf(text, place.line, place.column, &key);
        if (!key.isEmpty()) {
            const Schema::About about = schema->about(path.field(key));
            if (about.known)
                meaning = cairn::text::safe(
                    about.description.isEmpty() ? about.type : about.type + u"\n"_s + about.description);
        }
    }
    answer(meaning);
}

} // namespace cairn::app
