// SPDX-License-Identifier: GPL-3.0-or-later
// What the text and the facets of a filter mean; its rows and their order are in FilterProxy.cpp.
#include "items/FilterProxy.h"

#include <QRegularExpression>
#include <algorithm>
#include <optional>

namespace cairn::items {

using namespace Qt::StringLiterals;

namespace {

/// "10" → 10, "2h" → 7200; nullopt when it is no number.
std::optional<double> amount(const QString &text)
{
    static const QRegularExpression form(u"^([0-9]+(?:\\.[0-9]+)?)(s|min|m|h|d|%)?$"_s);
    const QRegularExpressionMatch match = form.match(text);
    if (!match.hasMatch())
        return std::nullopt;
    const double number = match.captured(1).toDouble();
    const QString unit = match.captured(2);
    if (unit == "min"_L1 || unit == "m"_L1)
        return number * 60;
    if (unit == "h"_L1)
        return number * 3600;
    if (unit == "d"_L1)
        return number * 86400;
    return number;
}

} // namespace

void FilterProxy::setText(const QString &text)
{
    if (text == m_text)
        return;
    m_text = text;
    parse();
    refilter();
    emit filterChanged();
}

void FilterProxy::setFacet(int role, const QSet<QString> &accepted)
{
    if (m_facets.value(role) == accepted)
        return;
    if (accepted.isEmpty())
        m_facets.remove(role);
    else
        m_facets.insert(role, accepted);
    refilter();
    emit filterChanged();
}

void FilterProxy::setFacets(const QHash<int, QSet<QString>> &accepted)
{
    QHash<int, QSet<QString>> wanted;
    for (auto it = accepted.cbegin(); it != accepted.cend(); ++it)
        if (!it.value().isEmpty())
            wanted.insert(it.key(), it.value());
    if (wanted == m_facets)
        return;
    m_facets = wanted;
    refilter();
    emit filterChanged();
}

void FilterProxy::clearFilter()
{
    if (m_text.isEmpty() && m_facets.isEmpty())
        return;
    m_text.clear();
    m_facets.clear();
    parse();
    refilter();
    emit filterChanged();
}

void FilterProxy::parse()
{
    m_terms.clear();
    QHash<QString, int> fields;
    if (sourceModel()) {
        for (int column = 0; column < sourceModel()->columnCount(); ++column) {
            const QString field = sourceModel()->headerData(column, Qt::Horizontal, TermRole).toString();
            if (!field.isEmpty())
                fields.insert(field, column);
        }
    }
    const QStringList words = m_text.toLower().split(u' ', Qt::SkipEmptyParts);
    for (const QString &word : words) {
        Term term;
        term.text = word;
        const qsizetype colon = word.indexOf(u':');
        if (colon > 0) {
            if (const auto field = fields.constFind(word.left(colon)); field != fields.cend()) {
                QString rest = word.mid(colon + 1);
                Compare compare = Compare::Contains;
                if (rest.startsWith(">="_L1))
                    compare = Compare::GreaterEqual;
                else if (rest.startsWith("<="_L1))
                    compare = Compare::LessEqual;
                else if (rest.startsWith(u'>'))
                    compare = Compare::Greater;
                else if (rest.startsWith(u'<'))
                    compare = Compare::Less;
                else if (rest.startsWith(u'='))
                    compare = Compare::Equal;
                if (compare == Compare::GreaterEqual || compare == Compare::LessEqual)
                    rest = rest.mid(2);
                else if (compare != Compare::Contains)
                    rest = rest.mid(1);
                // "lost:" or "lost:>" is a term still being typed: it hides nothing yet.
                if (rest.isEmpty())
                    continue;
                term.column = *field;
                term.text = rest;
                if (compare != Compare::Contains) {
                    if (const std::optional<double> value = amount(rest)) {
                        term.compare = compare;
                        term.value = *value;
                    }
                }
            }
        }
        m_terms.append(term);
    }
}

bool FilterProxy::accepts(const Term &term, int row) const
{
    const QAbstractItemModel *model = sourceModel();
    if (term.column < 0) {
        const QVariant search = model->data(model->index(row, 0), SearchRole);
        if (search.isValid())
            return search.toString().contains(term.text);
        for (int column = 0; column < model->columnCount(); ++column) {
            const QModelIndex cell = model->index(row, column);
            if (const QVariant own = model->data(cell, FilterRole); own.isValid()) {
                if (own.toString().contains(term.text, Qt::CaseInsensitive))
                    return true;
                continue;
            }
            for (const int role : {int(Qt::DisplayRole), int(SecondLineRole), int(DetailRole)})
                if (model->data(cell, role).toString().contains(term.text, Qt::CaseInsensitive))
                    return true;
        }
        return false;
    }
    const QModelIndex cell = model->index(row, term.column);
    if (term.compare == Compare::Contains)
        return model->data(cell, Qt::DisplayRole).toString().contains(term.text, Qt::CaseInsensitive);
    QVariant value = model->data(cell, ValueRole);
    if (!value.isValid())
        value = model->data(cell, SortRole);
    if (isMissing(value))
        return false;
    const double number = value.toDouble();
    switch (term.compare) {
    case Compare::Less: return number < term.value;
    case Compare::LessEqual: return number <= term.value;
    case Compare::Equal: return number == term.value;
    case Compare::GreaterEqual: return number >= term.value;
    case Compare::Greater: return number > term.value;
    case Compare::Contains: break;
    }
    return false;
}

bool FilterProxy::accepts(int source) const
{
    if (!m_sectioned)
        return passes(source);
    const int section = of(source).section;
    if (!of(source).isHead) {
        const bool pass = passes(source);
        if (pass && m_passing)
            m_passing->insert(section);
        return pass && !m_folded.contains(section);
    }
    if (m_passing)
        return m_passing->contains(section);
    for (int row = 0; row < totalRows(); ++row)
        if (row != source && of(row).section == section && passes(row))
            return true;
    return false;
}

bool FilterProxy::passes(int source) const
{
    for (auto it = m_facets.cbegin(); it != m_facets.cend(); ++it)
        if (!it.value().contains(sourceModel()->index(source, 0).data(it.key()).toString()))
            return false;
    return std::ranges::all_of(m_terms, [&](const Term &term) { return accepts(term, source); });
}

} // namespace cairn::items
