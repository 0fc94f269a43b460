// SPDX-License-Identifier: GPL-3.0-or-later
#include "items/TrailTableModel.h"

#include "base/Text.h"
#include "items/CellText.h"
#include "items/Vocabulary.h"

#include <algorithm>
#include <limits>

namespace cairn::items {

using namespace Qt::StringLiterals;

QList<TrailRow> trailOf(const QString &jobUid, const QString &job, const QString &ns, const Listing &listing, const Checkpoint *proposed)
{
    QList<TrailRow> rows;
    for (const Run &run : listing.runs) {
        const QString word = listing.runs.size() > 1 ? runWord(run, listing) : QString();
        for (const Checkpoint &checkpoint : run.checkpoints)
            rows.append({jobUid, job, ns, checkpoint, word, &checkpoint == proposed, listing.partial});
    }
    return rows;
}

TrailTableModel::TrailTableModel(QObject *parent)
    : RowTableModel(parent)
    , m_now(QDateTime::currentDateTimeUtc())
{
}

int TrailTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

TrailTableModel::Counts TrailTableModel::counts() const
{
    Counts counts;
    QSet<QString> jobs;
    visitRows([&](const TrailRow &row) {
        ++counts.checkpoints;
        counts.bytes += row.checkpoint.bytes;
        counts.damaged += row.checkpoint.verdict == Verdict::Damaged;
        jobs.insert(row.jobUid);
    });
    counts.jobs = static_cast<int>(jobs.size());
    return counts;
}

QString TrailTableModel::text(const TrailRow &row, int column) const
{
    const Checkpoint &c = row.checkpoint;
    switch (column) {
    case Job: return text::safe(row.job);
    case Step: return c.step ? text::number(*c.step) : u"–"_s;
    case Saved: return text::ago(c.savedAt, m_now);
    case Size: return text::bytes(c.bytes);
    case Format: return formatLabel(c.format);
    case State: return tag(c.verdict).text;
    case Reason: return text::safe(c.reason);
    default: return {};
    }
}

QVariant TrailTableModel::sortValue(const TrailRow &row, int column) const
{
    const Checkpoint &c = row.checkpoint;
    constexpr double missing = std::numeric_limits<double>::quiet_NaN();
    switch (column) {
    case Step: return c.step ? static_cast<double>(*c.step) : missing;
    case Saved: {
        // Stores tell whole seconds, in which a fast job saves several times: then the step decides.
        const qint64 step = std::clamp<qint64>(c.step.value_or(0), 0, std::numeric_limits<quint32>::max());
        return c.savedAt.isValid() ? QVariant(c.savedAt.toSecsSinceEpoch() << 32 | step) : missing;
    }
    case Size: return c.bytes;
    case State: return static_cast<int>(c.verdict);
    default: return text(row, column);
    }
}

QVariant TrailTableModel::data(const QModelIndex &index, int role) const
{
    const TrailRow *row = rowAt(index);
    if (!row)
        return {};
    const Checkpoint &c = row->checkpoint;
    const int column = index.column();
    switch (role) {
    case Qt::DisplayRole: return text(*row, column);
    case Qt::ToolTipRole:
        switch (column) {
        case Job: return text::safe(row->ns + u'/' + row->job);
        case Step: return text::safe(c.path);
        case Saved: return exactTime(c.savedAt);
        case Size: return tr("%1 bytes in %n file(s)", nullptr, c.files).arg(text::number(c.bytes));
        case State:
        case Reason: return text::safe(c.reason);
        default: return {};
        }
    case Qt::AccessibleTextRole:
        if (column == Job) {
            const QString step = c.step ? text::number(*c.step) : text::safe(c.path);
            return tr("%1, checkpoint %2, %3, %4", "job, step, trust, age")
                .arg(text(*row, Job), row->run.isEmpty() ? step : step + u' ' + row->run, tag(c.verdict).text, text(*row, Saved));
        }
        return tr("%1: %2", "column, value").arg(headerData(column, Qt::Horizontal).toString(), text(*row, column));
    case KeyRole: return keyOf(*row);
    case SortRole: return sortValue(*row, column);
    case ValueRole:
        if (column == Saved)
            return c.savedAt.isValid() ? static_cast<double>(c.savedAt.secsTo(m_now)) : std::numeric_limits<double>::quiet_NaN();
        return sortValue(*row, column);
    case FilterRole:
        if (column == Job)
            return text::safe(row->ns + u' ' + row->job);
        return column == Step ? QVariant(text(*row, column) + u' ' + text::safe(c.path)) : QVariant();
    case VerdictFacet: return verdictName(c.verdict);
    case NewestFacet: return row->newest ? u"newest"_s : QString();
    case DetailRole:
        if (column == Job)
            return text::safe(row->ns);
        return column == Step && !row->run.isEmpty() ? QVariant(row->run) : QVariant();
    case StrongRole: return row->newest && (column == Step || column == Job);
    case TagRole: return column == State ? QVariant::fromValue(tag(c.verdict)) : QVariant();
    case TrustRole: return column == Step ? QVariant(static_cast<int>(c.verdict)) : QVariant();
    case ToneRole: return static_cast<int>(column == Reason ? Tone::Dim : Tone::None);
    case ActionRole: {
        if (column != Action || c.verdict == Verdict::Damaged || c.verdict == Verdict::Writing)
            return {};
        return QVariant::fromValue(ActionValue{u"checkpoint.resume"_s, tr("Resume…"), false, true, {}});
    }
    default: return {};
    }
}

ColumnHead TrailTableModel::head(int column) const
{
    switch (column) {
    case Job: return {tr("Job"), u"job"_s};
    case Step: return {tr("Step"), u"step"_s};
    case Saved: return {tr("Saved"), u"saved"_s};
    case Size: return {tr("Size"), u"size"_s};
    case Format: return {tr("Format"), u"format"_s};
    case State: return {tr("State"), u"state"_s};
    case Reason: return {tr("Reason")};
    default: return {};
    }
}

} // namespace cairn::items
