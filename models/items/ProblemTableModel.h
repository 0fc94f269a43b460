// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "items/ComponentTableModel.h"
#include "items/Vocabulary.h"

namespace cairn::items {

/// Problems, in the order given.
class ProblemTableModel : public RowTableModel<situation::Problem>
{
    Q_OBJECT
public:
    enum Column { What, Name, Text, Other, Action, ColumnCount };
    Q_ENUM(Column)

    explicit ProblemTableModel(QObject *parent = nullptr);

    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    ColumnHead head(int column) const override;

    void setProblems(const QList<situation::Problem> &problems);
    void setNow(const QDateTime &now) { m_now = now; }

    /// "Node lost", "Failed", "Down": what it is, in red where it hurts now.
    static TagValue tagOf(const situation::Problem &problem);
    /// "job.resume", "change.finish", or "show".
    static ActionValue actionOf(const situation::Problem &problem);
    /// A second way: "change.rollBack"; no text for none.
    static ActionValue otherOf(const situation::Problem &problem);

protected:
    QString keyOf(const situation::Problem &problem) const override { return problem.key(); }

private:
    static TagValue word(situation::Problem::Other other);
    static TagValue word(JobPhase phase) { return tag(phase); }
    static TagValue word(Verdict verdict) { return tag(verdict); }
    static TagValue word(components::Standing standing) { return tag(standing); }
    QString text(const situation::Problem &problem, int column) const;
    QString second(const situation::Problem &problem, int column) const;
    QDateTime m_now;
    QHash<QString, int> m_order; ///< key → place
};

} // namespace cairn::items
