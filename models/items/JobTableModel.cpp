// SPDX-License-Identifier: GPL-3.0-or-later
#include "items/JobTableModel.h"

#include "base/Text.h"
#include "items/CellText.h"
#include "items/Vocabulary.h"
#include "jobs/Unfinished.h"
#include "situation/WhyItDied.h"

#include <algorithm>
#include <limits>

namespace cairn::items {

using namespace Qt::StringLiterals;

LostWork lostWork(const JobRow &row, const QDateTime &now)
{
    return jobs::lossIfItDiesNow(row.job, row.checkpoints ? &*row.checkpoints : nullptr, now);
}

int severityRank(JobPhase phase)
{
    switch (phase) {
    case JobPhase::NodeLost: return 0;
    case JobPhase::Failed: return 1;
    case JobPhase::Restarting: return 2;
    case JobPhase::Pending: return 3;
    case JobPhase::Unknown: return 4;
    case JobPhase::Running: return 5;
    case JobPhase::Queued: return 6;
    case JobPhase::Suspended: return 7;
    case JobPhase::Succeeded: return 8;
    }
    return 4;
}

JobTableModel::JobTableModel(QObject *parent)
    : RowTableModel(parent)
    , m_now(QDateTime::currentDateTimeUtc())
{
}

int JobTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

void JobTableModel::setJobs(const QList<Job> &jobs)
{
    QList<JobRow> rows;
    rows.reserve(jobs.size());
    for (const Job &job : jobs)
        rows.append(JobRow{job, std::nullopt, false});
    replaceRows(std::move(rows));
}

void JobTableModel::applyDelta(const Delta<Job> &delta)
{
    QList<JobRow> rows;
    rows.reserve(delta.upserts.size());
    for (const Job &job : delta.upserts)
        rows.append(JobRow{job, std::nullopt, false});
    applyRows(std::move(rows), delta.removed);
}

void JobTableModel::carryOver(const JobRow &before, JobRow &incoming) const
{
    incoming.checkpoints = before.checkpoints;
    incoming.reading = before.reading;
}

void JobTableModel::setCheckpoints(const QString &key, const std::optional<CheckpointSummary> &summary)
{
    changeRow(key, [&](JobRow &row) {
        row.checkpoints = summary;
        row.reading = false;
    });
}

void JobTableModel::setReading(const QString &key, bool reading)
{
    changeRow(key, [&](JobRow &row) { row.reading = reading; });
}

const Job *JobTableModel::job(const QString &key) const
{
    const JobRow *row = find(key);
    return row ? &row->job : nullptr;
}

QString JobTableModel::facetWord(const JobRow &row, int facetRole)
{
    switch (facetRole) {
    case PhaseRole: return phaseName(row.job.phase);
    case KindRole: return row.job.facts().resource.kind;
    case NamespaceRole: return row.job.ns;
    case CheckpointRole:
        if (!row.checkpoints)
            return u"unread"_s;
        if (row.checkpoints->none)
            return u"none"_s;
        return row.checkpoints->savedAt.isValid() || row.checkpoints->step ? verdictName(row.checkpoints->verdict)
                                                                            : u"unread"_s;
    default: return {};
    }
}

QHash<QString, int> JobTableModel::counts(int facetRole) const
{
    QHash<QString, int> counts;
    visitRows([&](const JobRow &row) { ++counts[facetWord(row, facetRole)]; });
    return counts;
}

double JobTableModel::gpusInUse() const
{
    double sum = 0;
    visitRows([&](const JobRow &row) {
        if (isRunning(row.job.phase))
            sum += row.job.gpus();
    });
    return sum;
}

QString JobTableModel::stateDetail(const Job &job)
{
    if (job.deleting.isValid())
        return tr("being deleted");
    if (jobs::unfinishedChange(job))
        return tr("unfinished change");
    // The tag says it already.
    if (job.phase == JobPhase::NodeLost)
        return {};
    if (const QString cause = situation::causeWords(job); !cause.isEmpty())
        return cause;
    if (job.phase == JobPhase::Suspended && job.manager.type == Manager::Type::Kueue)
        return tr("by Kueue");
    return {};
}

QString JobTableModel::text(const JobRow &row, int column) const
{
    const Job &job = row.job;
    switch (column) {
    case Name: return text::safe(job.name);
    case Namespace: return text::safe(job.ns);
    case Kind: return job.facts().resource.kind;
    case State: {
        const QString word = tag(job.phase).text;
        const QString detail = stateDetail(job);
        return detail.isEmpty() ? word : tr("%1, %2", "state of a job and its cause").arg(word, detail);
    }
    case Ready: return situation::readyText(job);
    case Gpus: return plainNumber(job.gpus());
    case LastCheckpoint:
        if (!row.checkpoints)
            return u"–"_s;
        if (row.checkpoints->none)
            return tr("none yet");
        if (row.checkpoints->verdict == Verdict::Writing)
            return tr("now");
        return age(row.checkpoints->savedAt, m_now);
    case Lost: {
        const LostWork lost = lostWork(row, m_now);
        if (!lost.gpuHours)
            return u"–"_s;
        if (lost.time.count() == 0)
            return u"0"_s;
        // A job without GPUs loses time; GPU-hours would always read 0.
        const QString amount = job.gpus() > 0 ? text::gpuHours(lost.gpuHours) : text::duration(lost.time);
        if (lost.already)
            return lost.atMost ? tr("lost at most %1").arg(amount) : tr("lost %1").arg(amount);
        return lost.atMost ? tr("at most %1").arg(amount) : amount;
    }
    case Restarts: return text::number(job.restarts);
    case Age: return age(job.created, m_now);
    default: return {};
    }
}

QString JobTableModel::toolTip(const JobRow &row, int column) const
{
    const Job &job = row.job;
    switch (column) {
    case Name: return text::safe(job.ns + u'/' + job.name);
    case Namespace: return text::safe(job.ns);
    case State:
        if (const auto unfinished = jobs::unfinishedChange(job))
            return unfinished->text;
        if (job.died) {
            const QString said = job.died->line.isEmpty() ? QString() : u'\n' + text::safe(job.died->line);
            return QString(situation::sentence(*job.died) + said + u'\n' + situation::fixText(*job.died));
        }
        if (job.phase == JobPhase::NodeLost)
            return tr("A node with a pod of this job is not answering: whether the job still trains is unknown.");
        return text::safe(job.message.isEmpty() ? job.cause : job.message);
    case Ready:
        return job.unknown() > 0 ? tr("Whether %n replica(s) are ready is unknown.", nullptr, job.unknown()) : QString();
    case LastCheckpoint:
        if (!row.checkpoints)
            return tr("The checkpoints of this job have not been read yet. Open the job to read them.");
        if (row.checkpoints->none)
            return tr("Read at %1; there was no checkpoint.").arg(exactTime(row.checkpoints->readAt));
        return tr("Saved %1. Read %2.").arg(exactTime(row.checkpoints->savedAt), exactTime(row.checkpoints->readAt));
    case Lost: {
        const LostWork lost = lostWork(row, m_now);
        if (lost.unread)
            return tr("The checkpoints of this job have not been read yet; at most everything since its start would be lost.");
        if (!lost.gpuHours)
            return tr("Unknown: the state of this job is not known.");
        if (lost.time.count() == 0)
            return tr("Nothing is running now, so nothing would be lost.");
        return tr("%1 of work on %2 since the newest whole checkpoint.")
            .arg(text::duration(lost.time), tr("%n GPU(s)", nullptr, static_cast<int>(job.gpus())));
    }
    case Age: return tr("Created %1").arg(exactTime(job.created));
    default: return {};
    }
}

QString JobTableModel::spoken(const JobRow &row, int column) const
{
    const QString label = headerData(column, Qt::Horizontal).toString();
    if (column == LastCheckpoint && row.checkpoints && !row.checkpoints->none)
        return tr("%1: %2, %3", "column, trust in the checkpoint, age")
            .arg(label, tag(row.checkpoints->verdict).text, text(row, column));
    return tr("%1: %2", "column, value").arg(label, text(row, column));
}

QVariant JobTableModel::sortValue(const JobRow &row, int column) const
{
    const Job &job = row.job;
    constexpr double missing = std::numeric_limits<double>::quiet_NaN();
    switch (column) {
    case State: return severityRank(job.phase);
    case Ready:
        return job.desired() > 0 ? static_cast<double>(job.ready()) / job.desired() : missing;
    case Gpus: return job.gpus();
    case LastCheckpoint:
        return row.checkpoints && row.checkpoints->savedAt.isValid()
            ? static_cast<double>(row.checkpoints->savedAt.toSecsSinceEpoch())
            : missing;
    case Lost: {
        const LostWork lost = lostWork(row, m_now);
        if (!lost.gpuHours)
            return missing;
        // Time without GPUs ranks below any GPU work but above nothing.
        return *lost.gpuHours > 0 ? *lost.gpuHours + 1e3 : static_cast<double>(lost.time.count()) / 3.6e6;
    }
    case Restarts: return job.restarts;
    case Age: return job.created.isValid() ? -static_cast<double>(job.created.toSecsSinceEpoch()) : missing;
    default: return text(row, column);
    }
}

QVariant JobTableModel::value(const JobRow &row, int column) const
{
    switch (column) {
    case LastCheckpoint:
        if (row.checkpoints && row.checkpoints->savedAt.isValid())
            return static_cast<double>(row.checkpoints->savedAt.secsTo(m_now));
        return std::numeric_limits<double>::quiet_NaN();
    case Lost: {
        const LostWork lost = lostWork(row, m_now);
        return lost.gpuHours ? *lost.gpuHours : std::numeric_limits<double>::quiet_NaN();
    }
    case Ready: return row.job.ready();
    case Age:
        return row.job.created.isValid() ? static_cast<double>(row.job.created.secsTo(m_now))
                                         : std::numeric_limits<double>::quiet_NaN();
    default: return sortValue(row, column);
    }
}

Tone JobTableModel::tone(const JobRow &row, int column) const
{
    const Job &job = row.job;
    switch (column) {
    case Namespace: return Tone::Dim;
    case Ready:
        if (job.unknown() > 0)
            return Tone::Warn;
        if (isRunning(job.phase) || job.phase == JobPhase::Failed)
            return job.ready() < job.desired() ? Tone::Err : Tone::None;
        return job.ready() == 0 ? Tone::Dim : Tone::None;
    case Gpus: return job.gpus() > 0 ? Tone::None : Tone::Dim;
    case LastCheckpoint:
        if (!row.checkpoints)
            return Tone::Dim;
        if (row.checkpoints->none)
            return isFinished(job.phase) ? Tone::Dim : Tone::Warn;
        if (row.checkpoints->verdict == Verdict::Damaged)
            return Tone::Err;
        // As of the listing: what was saved since it is not known.
        if (job.phase == JobPhase::Running && isOverdue(*row.checkpoints, row.checkpoints->readAt))
            return Tone::Warn;
        return Tone::None;
    case Lost: {
        const LostWork lost = lostWork(row, m_now);
        if (!lost.gpuHours || lost.time.count() == 0 || lost.unread)
            return Tone::Dim;
        if (*lost.gpuHours >= 100)
            return Tone::Err;
        return *lost.gpuHours >= 10 ? Tone::Warn : Tone::None;
    }
    case Restarts: return job.restarts > 0 ? Tone::Warn : Tone::Dim;
    default: return Tone::None;
    }
}

QVariant JobTableModel::data(const QModelIndex &index, int role) const
{
    const JobRow *row = rowAt(index);
    if (!row)
        return {};
    const Job &job = row->job;
    const int column = index.column();
    switch (role) {
    case Qt::DisplayRole: return text(*row, column);
    case Qt::ToolTipRole: return toolTip(*row, column);
    case Qt::AccessibleTextRole: return spoken(*row, column);
    case KeyRole: return jobKey(job);
    case SortRole: return sortValue(*row, column);
    case ValueRole: return value(*row, column);
    case RankRole: return severityRank(job.phase);
    case ToneRole: return static_cast<int>(tone(*row, column));
    case SearchRole:
        return QString(text(*row, Name) + u' ' + text(*row, Namespace) + u' ' + text(*row, Kind) + u' '
                       + text(*row, State) + u' ' + text::safe(job.image))
            .toLower();
    case PhaseRole:
    case KindRole:
    case CheckpointRole:
    case NamespaceRole: return facetWord(*row, role);
    case StrongRole:
        return column == Name || (column == Ready && tone(*row, column) == Tone::Err)
            || (column == Lost && tone(*row, column) == Tone::Err);
    case TagRole: return column == State ? QVariant::fromValue(tag(job.phase)) : QVariant();
    case DetailRole:
        return column == State ? QVariant(stateDetail(job)) : QVariant();
    case TrustRole:
        if (column == LastCheckpoint && row->checkpoints && !row->checkpoints->none
            && (row->checkpoints->savedAt.isValid() || row->checkpoints->step))
            return static_cast<int>(row->checkpoints->verdict);
        return {};
    case LoadingRole: return column == LastCheckpoint && row->reading && !row->checkpoints;
    default: return {};
    }
}

ColumnHead JobTableModel::head(int column) const
{
    switch (column) {
    case Name: return {tr("Name"), u"name"_s};
    case Namespace: return {tr("Namespace"), u"ns"_s};
    case Kind: return {tr("Kind"), u"kind"_s};
    case State: return {tr("State"), u"state"_s};
    case Ready: return {tr("Ready"), u"ready"_s};
    case Gpus: return {tr("GPUs"), u"gpus"_s};
    case LastCheckpoint: return {tr("Last checkpoint"), u"saved"_s};
    case Lost: return {tr("Unsaved work"), u"lost"_s, tr("Work since the newest whole checkpoint, times the GPUs of the job.")};
    case Restarts: return {tr("Restarts"), u"restarts"_s};
    case Age: return {tr("Age"), u"age"_s};
    default: return {};
    }
}

} // namespace cairn::items
