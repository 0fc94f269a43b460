// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "audit/Audit.h"
#include "components/Component.h"
#include "items/Roles.h"

#include <QAbstractListModel>
#include <QSet>
#include <QTimer>

namespace cairn::items {

Tone tone(audit::Severity severity);
/// "Critical", translated.
QString severityTitle(audit::Severity severity);
/// What a finding rests on, in one line; `about` is left out where it is the object itself. Safe to show.
QString evidenceText(const audit::Evidence &evidence, const audit::ObjectName &about);
/// Group of the catalogue that a finding belongs to; "" for one that is about no workload.
QString groupOf(const audit::Finding &finding);
/// Whether it is about this component; what it says of the control plane as a whole is about each of its programs.
bool concerns(const audit::Finding &finding, const components::Component &component);
/// The same for each run of an audit; two findings of one rule on one object are told apart by what they rest on.
QString findingKey(const audit::Finding &finding);

/// Findings worst first, under a heading for each severity, or for each area of the catalogue. Three or more of one rule are one row that unfolds, as a cluster
/// has one cause more often than thirty; a filter shows each by itself. Rows are named by KeyRole. GUI thread only.
class FindingListModel : public QAbstractListModel
{
    Q_OBJECT
public:
    enum class Kind { Section, Fold, Finding };
    enum class Sections { Severity, Area };
    struct Row {
        Kind kind = Kind::Finding;
        audit::Severity severity = audit::Severity::Low;
        QString key;
        QList<qsizetype> findings; ///< all that the row stands for
        bool open = false;         ///< of a Section or a Fold: what it stands for is below it
        bool child = false;        ///< below a Fold
        bool operator==(const Row &) const = default;
    };
    /// From here on three of a kind are one row.
    static constexpr qsizetype folded = 3;

    explicit FindingListModel(QObject *parent = nullptr);

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;

    /// In the order of a Report.
    void setFindings(const QList<audit::Finding> &findings);
    /// Each word must be in rule, title, consequence, object or evidence of a finding.
    void setFilter(const QString &text);
    /// Only those of this group of the catalogue; "" for all.
    void setGroup(const QString &group);
    /// What the headings are.
    void setSections(Sections sections);
    /// Unfolds a section or a fold, or folds it.
    void setOpen(const QString &key, bool open);

    const Row *rowAt(int row) const;
    int rowOf(const QString &key) const; ///< -1 where there is none; unfolds nothing
    const audit::Finding *find(const QString &key) const; ///< also one that is not shown now
    const audit::Finding &findingAt(qsizetype at) const { return m_findings[at]; }
    const QList<audit::Finding> &findings() const { return m_findings; }
    /// Makes the row of a finding visible: opens what it is folded into.
    void reveal(const QString &key);
    int shownCount() const { return m_shown; } ///< findings that pass group and filter
    bool isFiltering() const { return !m_terms.isEmpty() || !m_group.isEmpty(); }

    /// Texts of a row, safe to show.
    QString title(const Row &row) const;
    QString consequence(const Row &row) const;
    struct Link {
        QString text;
        audit::ObjectName object;
    };
    QList<Link> links(const Row &row) const; ///< what it rests on, or the objects of a fold; at most four
    int moreLinks(const Row &row) const;     ///< beyond these
    QString ruleOf(const Row &row) const;
    QString action(const Row &row) const; ///< text of its one button; "" for none

private:
    bool passes(qsizetype at) const;
    const QString &haystackOf(qsizetype at) const;
    void prepare();
    void rebuild();
    QString sectionOf(const audit::Finding &finding) const;
    QList<Row> made() const;

    QList<audit::Finding> m_findings;
    QStringList m_keys;     ///< of m_findings
    mutable QStringList m_haystack; ///< of m_findings, lower case; made while nobody types, or when asked for
    QTimer m_idle;
    qsizetype m_prepared = 0;
    QHash<QString, qsizetype> m_index;
    QList<Row> m_rows;
    QStringList m_terms;
    QString m_group;
    Sections m_sections = Sections::Severity;
    QSet<QString> m_open;   ///< folds that were opened
    QSet<QString> m_closed{QStringLiteral("low")}; ///< severities that are folded: what may wait is not in the way
    mutable int m_shown = 0;
};

} // namespace cairn::items
