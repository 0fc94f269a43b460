// SPDX-License-Identifier: GPL-3.0-or-later
#include "items/ProblemTableModel.h"

#include "base/Text.h"
#include "items/CellText.h"
#include "items/Vocabulary.h"

namespace cairn::items {

using namespace Qt::StringLiterals;
using situation::Problem;

TagValue ProblemTableModel::tagOf(const Problem &problem)
{
    TagValue tag = std::visit([](const auto &what) { return word(what); }, problem.what);
    tag.tone = problem.urgency == Problem::Urgency::Now ? Tone::Err : Tone::Warn;
    return tag;
}

TagValue ProblemTableModel::word(Problem::Other other)
{
    switch (other) {
    case Problem::Other::NotReady: return {tr("Node lost")};
    case Problem::Other::Pressure: return {tr("Pressure")};
    case Problem::Other::Overdue: return {tr("Overdue")};
    case Problem::Other::SinglePoints: return {tr("At risk")};
    case Problem::Other::Storage: return {tr("Storage")};
    case Problem::Other::Unfinished: return {tr("Unfinished")};
    }
    return {};
}

ActionValue ProblemTableModel::actionOf(const Problem &problem)
{
    if (problem.act == Problem::Act::Recover)
        return {u"change.finish"_s, tr("Finish"), true, true, {}};
    return problem.act == Problem::Act::Resume ? ActionValue{u"job.resume"_s, tr("Resume…"), false, true, {}} : ActionValue{u"show"_s, tr("Show"), false, true, {}};
}

ActionValue ProblemTableModel::otherOf(const Problem &problem)
{
    return problem.act == Problem::Act::Recover ? ActionValue{u"change.rollBack"_s, tr("Roll back"), false, true, {}} : ActionValue();
}

ProblemTableModel::ProblemTableModel(QObject *parent)
    : RowTableModel(parent)
    , m_now(QDateTime::currentDateTimeUtc())
{
}

int ProblemTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

void ProblemTableModel::setProblems(const QList<Problem> &problems)
{
    QHash<QString, int> order;
    for (const Problem &problem : problems)
        order.insert(problem.key(), static_cast<int>(order.size()));
    const bool moved = order != m_order;
    m_order = std::move(order);
    replaceRows(problems);
    // A row that is equal but stands elsewhere now tells nobody otherwise.
    if (moved && rowCount() > 0)
        emit dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

QString ProblemTableModel::text(const Problem &problem, int column) const
{
    switch (column) {
    case What: return tagOf(problem).text;
    case Name: return problem.name;
    case Text: return problem.text;
    default: return {};
    }
}

QString ProblemTableModel::second(const Problem &problem, int column) const
{
    switch (column) {
    case Name: {
        const QString when = problem.since.isValid() ? text::ago(problem.since, m_now) : QString();
        return problem.place.isEmpty() ? when : when.isEmpty() ? problem.place : tr("%1 · %2", "place, age").arg(problem.place, when);
    }
    case Text: return problem.hint;
    default: return {};
    }
}

QVariant ProblemTableModel::data(const QModelIndex &index, int role) const
{
    const Problem *problem = rowAt(index);
    if (!problem)
        return {};
    const int column = index.column();
    switch (role) {
    case Qt::DisplayRole: return text(*problem, column);
    case SecondLineRole: return second(*problem, column);
    case Qt::ToolTipRole: {
        if (column == Name && problem->since.isValid())
            return tr("%1, since %2", "name, time").arg(problem->name, exactTime(problem->since));
        const QString below = second(*problem, column);
        return below.isEmpty() ? text(*problem, column) : text(*problem, column) + u'\n' + below;
    }
    case Qt::AccessibleTextRole:
        if (column == What)
            return tr("%1: %2 %3", "kind of problem, name, what happened").arg(tagOf(*problem).text, problem->name, problem->text);
        return tr("%1: %2 %3", "column, value, more").arg(headerData(column, Qt::Horizontal).toString(), text(*problem, column), second(*problem, column)).trimmed();
    case KeyRole: return problem->key();
    // Every column sorts by the order of urgency: that is the table's only question.
    case SortRole: return m_order.value(problem->key());
    case StrongRole: return column == Name;
    case TagRole: return column == What ? QVariant::fromValue(tagOf(*problem)) : QVariant();
    case ActionRole: return column == Action ? QVariant::fromValue(actionOf(*problem)) : column == Other ? QVariant::fromValue(otherOf(*problem)) : QVariant();
    default: return {};
    }
}

ColumnHead ProblemTableModel::head(int column) const
{
    switch (column) {
    case What: return {tr("State")};
    case Name: return {tr("Name")};
    case Text: return {tr("What happened")};
    default: return {};
    }
}

} // namespace cairn::items
