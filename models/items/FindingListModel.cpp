// SPDX-License-Identifier: GPL-3.0-or-later
#include "items/FindingListModel.h"

#include "base/Text.h"
#include "components/Catalogue.h"

#include <QCoreApplication>
#include <QDeadlineTimer>
#include <algorithm>
#include <array>

namespace cairn::items {

using namespace Qt::StringLiterals;
using audit::Evidence;
using audit::Finding;
using audit::ObjectName;
using audit::Severity;

namespace {

constexpr qsizetype mostLinks = 4;
constexpr std::array severities{Severity::Critical, Severity::High, Severity::Medium, Severity::Low};

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::items::FindingListModel)
};

QString nameKey(const ObjectName &name)
{
    return QStringList{name.group, name.kind, name.ns, name.name}.join(u'/');
}

} // namespace

Tone tone(Severity severity)
{
    switch (severity) {
    case Severity::Critical:
    case Severity::High: return Tone::Err;
    case Severity::Medium: return Tone::Warn;
    case Severity::Low: break;
    }
    return Tone::Idle;
}

QString severityTitle(Severity severity)
{
    switch (severity) {
    case Severity::Critical: return Words::tr("Critical");
    case Severity::High: return Words::tr("High");
    case Severity::Medium: return Words::tr("Medium");
    case Severity::Low: break;
    }
    return Words::tr("Low");
}

QString evidenceText(const Evidence &evidence, const ObjectName &about)
{
    const QString field = text::safe(evidence.field.isEmpty() || evidence.value.isEmpty() ? evidence.field + evidence.value
                                                                                          : evidence.field + u' ' + evidence.value);
    const QString object = text::safe(evidence.object.kind + u' ' + evidence.object.name);
    if (field.isEmpty())
        return object;
    return evidence.object == about || evidence.object.name.isEmpty() ? field : Words::tr("%1, %2", "object, field and value").arg(object, field);
}

QString groupOf(const Finding &finding)
{
    if (const components::Entry *entry = components::catalogue().find(finding.component))
        return entry->group;
    const QString &kind = finding.object.kind;
    return kind == "Deployment"_L1 || kind == "StatefulSet"_L1 || kind == "DaemonSet"_L1 ? u"uncatalogued"_s : QString();
}

bool concerns(const Finding &finding, const components::Component &component)
{
    // One speaks of the control plane as a whole: of each of its programs.
    if (finding.rule == "HA41"_L1)
        return component.entry().group == "control-plane"_L1;
    return !finding.component.isEmpty() && finding.component == component.id && (finding.object.ns.isEmpty() || finding.object.ns == component.ns);
}

QString findingKey(const Finding &finding)
{
    QString key = finding.rule + u' ' + nameKey(finding.object);
    for (const Evidence &evidence : finding.evidence) {
        if (!(evidence.object == finding.object))
            key += u' ' + nameKey(evidence.object);
    }
    return key;
}

FindingListModel::FindingListModel(QObject *parent)
    : QAbstractListModel(parent)
{
    m_idle.setInterval(0);
    connect(&m_idle, &QTimer::timeout, this, &FindingListModel::prepare);
}

int FindingListModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

const FindingListModel::Row *FindingListModel::rowAt(int row) const
{
    return row >= 0 && row < m_rows.size() ? &m_rows[row] : nullptr;
}

int FindingListModel::rowOf(const QString &key) const
{
    const auto it = std::ranges::find(m_rows, key, &Row::key);
    return it == m_rows.end() ? -1 : static_cast<int>(it - m_rows.begin());
}

const Finding *FindingListModel::find(const QString &key) const
{
    const qsizetype at = m_index.value(key, -1);
    return at < 0 ? nullptr : &m_findings[at];
}

void FindingListModel::setFindings(const QList<Finding> &findings)
{
    if (findings == m_findings)
        return;
    m_findings = findings;
    m_haystack = QStringList(findings.size());
    m_prepared = 0;
    m_idle.start();
    m_keys.clear();
    m_index.clear();
    m_keys.reserve(findings.size());
    for (const Finding &finding : findings) {
        QString key = findingKey(finding);
        for (int twin = 2; m_index.contains(key); ++twin)
            key = findingKey(finding) + u" #%1"_s.arg(twin);
        m_index.insert(key, m_keys.size());
        m_keys.append(key);
    }
    // What is shown may read otherwise in rows that are named the same.
    const QList<Row> before = m_rows;
    rebuild();
    if (before == m_rows && !m_rows.isEmpty())
        emit dataChanged(index(0), index(rowCount() - 1));
}

void FindingListModel::setFilter(const QString &text)
{
    QStringList terms = text.toLower().split(u' ', Qt::SkipEmptyParts);
    if (terms == m_terms)
        return;
    m_terms = std::move(terms);
    rebuild();
}

void FindingListModel::setGroup(const QString &group)
{
    if (std::exchange(m_group, group) != group)
        rebuild();
}

void FindingListModel::setSections(Sections sections)
{
    if (std::exchange(m_sections, sections) != sections)
        rebuild();
}

QString FindingListModel::sectionOf(const Finding &finding) const
{
    return m_sections == Sections::Severity ? audit::severityWord(finding.severity) : u"area:"_s + groupOf(finding);
}

void FindingListModel::setOpen(const QString &key, bool open)
{
    const int row = rowOf(key);
    if (row < 0 || m_rows[row].open == open || m_rows[row].kind == Kind::Finding)
        return;
    if (m_rows[row].kind == Kind::Section) {
        if (open)
            m_closed.remove(key);
        else
            m_closed.insert(key);
    } else if (open) {
        m_open.insert(key);
    } else {
        m_open.remove(key);
    }
    rebuild();
}

void FindingListModel::reveal(const QString &key)
{
    const Finding *finding = find(key);
    if (!finding)
        return;
    const QString section = sectionOf(*finding);
    m_closed.remove(section);
    m_open.insert(section + u' ' + finding->rule);
    rebuild();
}

bool FindingListModel::passes(qsizetype at) const
{
    if (!m_group.isEmpty() && groupOf(m_findings[at]) != m_group)
        return false;
    return std::ranges::all_of(m_terms, [&](const QString &term) { return haystackOf(at).contains(term); });
}

const QString &FindingListModel::haystackOf(qsizetype at) const
{
    QString &text = m_haystack[at];
    if (text.isEmpty()) {
        const Finding &finding = m_findings[at];
        QStringList parts{finding.rule, finding.title, finding.consequence, finding.component, audit::shown(finding.object), severityTitle(finding.severity)};
        for (const Evidence &evidence : finding.evidence)
            parts += evidenceText(evidence, {});
        text = parts.join(u'\n').toLower();
    }
    return text;
}

/// A few at a time, so that the first letter somebody types need not wait for all of them.
void FindingListModel::prepare()
{
    const QDeadlineTimer until(3);
    for (; m_prepared < m_findings.size() && !until.hasExpired(); ++m_prepared)
        haystackOf(m_prepared);
    if (m_prepared >= m_findings.size())
        m_idle.stop();
}

QList<FindingListModel::Row> FindingListModel::made() const
{
    QList<Row> rows;
    m_shown = 0;
    QStringList sections;
    if (m_sections == Sections::Severity) {
        for (const Severity severity : severities)
            sections.append(audit::severityWord(severity));
    } else {
        for (const components::Group &group : components::catalogue().groups)
            sections.append(u"area:"_s + group.id);
        sections.append(u"area:"_s);
    }
    QHash<QString, QList<qsizetype>> found;
    for (qsizetype i = 0; i < m_findings.size(); ++i) {
        if (passes(i))
            found[sectionOf(m_findings[i])].append(i);
    }
    for (const QString &section : std::as_const(sections)) {
        const QList<qsizetype> all = found.value(section);
        if (all.isEmpty())
            continue;
        // They come worst first.
        const Severity severity = m_findings[all.first()].severity;
        m_shown += static_cast<int>(all.size());
        // Who looks for something wants to see all that was found.
        const bool open = !m_terms.isEmpty() || !m_closed.contains(section);
        rows.append({Kind::Section, severity, section, all, open, false});
        if (!open)
            continue;
        QStringList order;
        QHash<QString, QList<qsizetype>> byRule;
        for (const qsizetype at : std::as_const(all)) {
            QList<qsizetype> &same = byRule[m_findings[at].rule];
            if (same.isEmpty())
                order.append(m_findings[at].rule);
            same.append(at);
        }
        for (const QString &rule : std::as_const(order)) {
            const QList<qsizetype> &same = byRule[rule];
            const bool folds = same.size() >= folded && m_terms.isEmpty();
            const QString fold = section + u' ' + rule;
            if (folds)
                rows.append({Kind::Fold, m_findings[same.first()].severity, fold, same, m_open.contains(fold), false});
            if (folds && !m_open.contains(fold))
                continue;
            for (const qsizetype at : same)
                rows.append({Kind::Finding, m_findings[at].severity, m_keys[at], {at}, false, folds});
        }
    }
    return rows;
}

void FindingListModel::rebuild()
{
    QList<Row> next = made();
    if (next == m_rows)
        return;
    // The view finds its current row again by its key.
    beginResetModel();
    m_rows = std::move(next);
    endResetModel();
}

QString FindingListModel::title(const Row &row) const
{
    switch (row.kind) {
    case Kind::Section:
        if (m_sections == Sections::Severity)
            return severityTitle(row.severity);
        for (const components::Group &group : components::catalogue().groups) {
            if (row.key == u"area:"_s + group.id)
                return components::translated(group.name);
        }
        return tr("The cluster as a whole");
    case Kind::Fold: {
        const audit::Rule *rule = audit::rule(ruleOf(row));
        return rule ? rule->shownTitle() : ruleOf(row);
    }
    case Kind::Finding: break;
    }
    return m_findings[row.findings.first()].title;
}

QString FindingListModel::consequence(const Row &row) const
{
    if (row.kind == Kind::Section && m_sections == Sections::Area) {
        QStringList parts;
        for (const Severity severity : severities) {
            const auto count = std::ranges::count_if(row.findings, [&](qsizetype at) { return m_findings[at].severity == severity; });
            if (count > 0)
                parts.append(tr("%1 %2", "severity, how many").arg(severityTitle(severity).toLower(), text::number(count)));
        }
        return parts.join(u", "_s);
    }
    if (row.kind == Kind::Section) {
        switch (row.severity) {
        case Severity::Critical: return tr("stops everything that depends on it");
        case Severity::High: return tr("users notice a node failure");
        case Severity::Medium: return tr("hurts during repair or upgrade");
        case Severity::Low: break;
        }
        return tr("worth knowing");
    }
    const QString first = m_findings[row.findings.first()].consequence;
    if (row.kind == Kind::Fold
        && std::ranges::any_of(row.findings, [&](qsizetype at) { return m_findings[at].consequence != first; })) {
        const audit::Rule *rule = audit::rule(ruleOf(row));
        return rule ? rule->shownWhy() : QString();
    }
    return first;
}

QList<FindingListModel::Link> FindingListModel::links(const Row &row) const
{
    QList<Link> links;
    if (row.kind == Kind::Fold) {
        for (const qsizetype at : row.findings.first(qMin(mostLinks, row.findings.size())))
            links.append({text::safe(m_findings[at].object.name), m_findings[at].object});
    } else if (row.kind == Kind::Finding) {
        const Finding &finding = m_findings[row.findings.first()];
        for (const Evidence &evidence : finding.evidence.first(qMin(mostLinks, finding.evidence.size())))
            links.append({evidenceText(evidence, finding.object), evidence.object});
    }
    return links;
}

int FindingListModel::moreLinks(const Row &row) const
{
    const qsizetype all = row.kind == Kind::Fold ? row.findings.size() : row.kind == Kind::Finding ? m_findings[row.findings.first()].evidence.size() : 0;
    return static_cast<int>(qMax(qsizetype(0), all - mostLinks));
}

QString FindingListModel::ruleOf(const Row &row) const
{
    return row.kind == Kind::Section ? QString() : m_findings[row.findings.first()].rule;
}

QString FindingListModel::action(const Row &row) const
{
    if (row.kind != Kind::Fold)
        return {};
    return row.open ? tr("Hide") : tr("Show %1", "how many").arg(text::number(row.findings.size()));
}

QVariant FindingListModel::data(const QModelIndex &index, int role) const
{
    const Row *row = index.isValid() ? rowAt(index.row()) : nullptr;
    if (!row)
        return {};
    switch (role) {
    case KeyRole: return row->key;
    case Qt::DisplayRole: return title(*row);
    case Qt::ToolTipRole: return row->kind == Kind::Section ? QString() : title(*row) + u'\n' + consequence(*row);
    case Qt::AccessibleTextRole:
        switch (row->kind) {
        case Kind::Section:
            return tr("%1, %n finding(s): %2", nullptr, static_cast<int>(row->findings.size())).arg(title(*row), consequence(*row));
        case Kind::Fold:
            return row->open ? tr("%1: %2 (%3), %n finding(s), shown below", "severity, title, rule", static_cast<int>(row->findings.size()))
                                   .arg(severityTitle(row->severity), title(*row), ruleOf(*row))
                             : tr("%1: %2 (%3), %n finding(s), folded", "severity, title, rule", static_cast<int>(row->findings.size()))
                                   .arg(severityTitle(row->severity), title(*row), ruleOf(*row));
        case Kind::Finding:
            return tr("%1: %2. %3 (%4)", "severity, title, consequence, rule").arg(severityTitle(row->severity), title(*row), consequence(*row), ruleOf(*row));
        }
        return {};
    default: return {};
    }
}

} // namespace cairn::items
