// SPDX-License-Identifier: GPL-3.0-or-later
#include "items/CheckpointTableModel.h"

#include "base/Text.h"
#include "items/CellText.h"
#include "items/Vocabulary.h"

#include <cmath>
#include <limits>

namespace cairn::items {

using namespace Qt::StringLiterals;

CheckpointTableModel::CheckpointTableModel(QObject *parent)
    : RowTableModel(parent)
    , m_now(QDateTime::currentDateTimeUtc())
{
}

int CheckpointTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

void CheckpointTableModel::setListing(const Listing &listing)
{
    QList<CheckpointRow> rows;
    for (const Run &run : listing.runs)
        for (const Checkpoint &checkpoint : run.checkpoints)
            rows.append({checkpoint, listing.runs.size() > 1 ? runWord(run, listing) : QString()});
    for (CheckpointRow &row : rows)
        addVerified(row);
    replaceRows(std::move(rows));
}

void CheckpointTableModel::addVerified(CheckpointRow &row) const
{
    const auto it = m_verifications.constFind(row.checkpoint.path);
    const bool same = it != m_verifications.cend() && it->stamp == stampOf(row.checkpoint);
    row.verified = same ? std::optional(*it) : std::nullopt;
    row.verifying = row.checkpoint.path == m_verifyingPath ? m_verifying : QString();
}

void CheckpointTableModel::setVerifications(const QHash<QString, Verification> &verifications)
{
    m_verifications = verifications;
    changeAll([this](CheckpointRow &row) { addVerified(row); });
}

void CheckpointTableModel::setVerifying(const QString &path, const QString &progress)
{
    m_verifyingPath = progress.isEmpty() ? QString() : path;
    m_verifying = progress;
    changeAll([this](CheckpointRow &row) { addVerified(row); });
}

QString CheckpointTableModel::reasonText(const CheckpointRow &row) const
{
    const QString listed = text::safe(row.checkpoint.reason);
    if (!row.verifying.isEmpty())
        return tr("Being verified fully, %1. %2", "progress, what the listing says").arg(row.verifying, listed);
    if (row.verified)
        return tr("Verified fully %1: %2 %3", "time ago, a sentence, what the listing says")
            .arg(text::ago(row.verified->at, m_now), text::safe(row.verified->reason), listed.contains(text::safe(row.verified->reason)) ? QString() : listed)
            .trimmed();
    return listed;
}

bool CheckpointTableModel::isFoundDamaged(const QString &path) const
{
    const CheckpointRow *row = find(path);
    return row && row->verified && row->verified->result == FullRead::Damaged;
}

QString CheckpointTableModel::reason(const QString &path) const
{
    const CheckpointRow *row = find(path);
    return row ? reasonText(*row) : QString();
}

void CheckpointTableModel::setActiveKey(const QString &key)
{
    if (key == m_active)
        return;
    const int before = rowOf(m_active);
    m_active = key;
    for (const int row : {before, rowOf(key)})
        if (row >= 0)
            emit dataChanged(index(row, Action), index(row, Action));
}

void CheckpointTableModel::setResumeRefusal(const QString &why)
{
    if (why == m_refusal)
        return;
    m_refusal = why;
    if (rowCount() > 0)
        emit dataChanged(index(0, Action), index(rowCount() - 1, Action));
}

const Checkpoint *CheckpointTableModel::checkpoint(const QString &path) const
{
    const CheckpointRow *row = find(path);
    return row ? &row->checkpoint : nullptr;
}

QString CheckpointTableModel::newestWhole() const
{
    const Checkpoint *best = nullptr;
    visitRows([&](const CheckpointRow &row) {
        const Checkpoint &candidate = row.checkpoint;
        if (candidate.verdict != Verdict::Whole)
            return;
        if (!best || candidate.resumable > best->resumable
            || (candidate.resumable == best->resumable && isOlder(*best, candidate)))
            best = &candidate;
    });
    return best ? best->path : QString();
}

QString CheckpointTableModel::text(const CheckpointRow &row, int column) const
{
    const Checkpoint &c = row.checkpoint;
    switch (column) {
    case Step: return c.step ? text::number(*c.step) : u"–"_s;
    case Epoch: {
        if (!c.epoch)
            return u"–"_s;
        QString shown = QString::number(*c.epoch, 'f', 2);
        if (shown.endsWith(u'0'))
            shown.chop(1);
        return shown;
    }
    case Saved: return text::ago(c.savedAt, m_now);
    case Size: return text::bytes(c.bytes);
    case Format: {
        const QString label = formatLabel(c.format);
        if (c.filesExpected > 0 && c.files < c.filesExpected)
            return tr("%1 · %2 of %3 files").arg(label).arg(c.files).arg(c.filesExpected);
        return c.files > 1 ? tr("%1 · %n file(s)", nullptr, c.files).arg(label) : label;
    }
    case State: return tag(c.verdict).text;
    case Loss:
        // Three decimals line up; small losses need their digits.
        return !c.loss ? u"–"_s : QString::number(*c.loss, std::abs(*c.loss) >= 0.1 ? 'f' : 'g', 3);
    case Reason: return reasonText(row);
    default: return {};
    }
}

QVariant CheckpointTableModel::sortValue(const CheckpointRow &row, int column) const
{
    const Checkpoint &c = row.checkpoint;
    constexpr double missing = std::numeric_limits<double>::quiet_NaN();
    switch (column) {
    case Step: return c.step ? static_cast<double>(*c.step) : missing;
    case Epoch: return c.epoch.value_or(missing);
    case Saved: return c.savedAt.isValid() ? static_cast<double>(c.savedAt.toMSecsSinceEpoch()) : missing;
    case Size: return c.bytes;
    case State: return static_cast<int>(c.verdict);
    case Loss: return c.loss.value_or(missing);
    default: return text(row, column);
    }
}

QVariant CheckpointTableModel::action(const CheckpointRow &row) const
{
    if (row.checkpoint.path != m_active)
        return {};
    ActionValue value{u"checkpoint.resume"_s, row.checkpoint.holdsWeightsAlone() ? tr("Start from these weights…") : tr("Resume from here…"), true, true, {}};
    if (row.verified && row.verified->result == FullRead::Damaged)
        value.why = tr("A damaged checkpoint cannot be resumed. %1").arg(text::safe(row.verified->reason));
    else if (row.checkpoint.verdict == Verdict::Damaged)
        value.why = tr("A damaged checkpoint cannot be resumed. %1").arg(text::safe(row.checkpoint.reason));
    else if (row.checkpoint.verdict == Verdict::Writing)
        value.why = tr("This checkpoint is still being written.");
    else
        value.why = m_refusal;
    value.enabled = value.why.isEmpty();
    return QVariant::fromValue(value);
}

QVariant CheckpointTableModel::data(const QModelIndex &index, int role) const
{
    const CheckpointRow *row = rowAt(index);
    if (!row)
        return {};
    const Checkpoint &c = row->checkpoint;
    const int column = index.column();
    switch (role) {
    case Qt::DisplayRole: return text(*row, column);
    case Qt::ToolTipRole:
        switch (column) {
        case Step: return text::safe(c.path);
        case Saved: return exactTime(c.savedAt);
        case Size: return tr("%1 bytes in %n file(s)", nullptr, c.files).arg(text::number(c.bytes));
        case State:
        case Reason: return reasonText(*row);
        default: return {};
        }
    case Qt::AccessibleTextRole:
        if (column == Step)
            return tr("Checkpoint %1, %2, %3", "step, trust, age")
                .arg(c.step ? text::number(*c.step) : text::safe(c.path), tag(c.verdict).text, text(*row, Saved));
        return tr("%1: %2", "column, value").arg(headerData(column, Qt::Horizontal).toString(), text(*row, column));
    case KeyRole: return c.path;
    case SortRole: return sortValue(*row, column);
    case ValueRole:
        if (column == Saved)
            return c.savedAt.isValid() ? static_cast<double>(c.savedAt.secsTo(m_now))
                                       : std::numeric_limits<double>::quiet_NaN();
        return sortValue(*row, column);
    case RankRole: {
        const qint64 age = c.savedAt.isValid() ? c.savedAt.secsTo(m_now) : std::numeric_limits<int>::max();
        return static_cast<int>(std::clamp<qint64>(age, 0, std::numeric_limits<int>::max()));
    }
    case VerdictFacet: return verdictName(c.verdict);
    case StrongRole: return column == Step && c.path == m_active;
    case TagRole: return column == State ? QVariant::fromValue(tag(c.verdict)) : QVariant();
    case TrustRole: return column == Step ? QVariant(static_cast<int>(c.verdict)) : QVariant();
    case DetailRole: return column == Step && !row->run.isEmpty() ? QVariant(row->run) : QVariant();
    case ToneRole:
        if (column == Reason)
            return static_cast<int>(row->verified && row->verified->result == FullRead::Damaged ? Tone::Err : Tone::Dim);
        return static_cast<int>(column == Format && c.filesExpected > 0 && c.files < c.filesExpected
                                        && c.verdict == Verdict::Damaged
                                    ? Tone::Err
                                    : Tone::None);
    case ActionRole: return column == Action ? action(*row) : QVariant();
    default: return {};
    }
}

ColumnHead CheckpointTableModel::head(int column) const
{
    switch (column) {
    case Step: return {tr("Step"), u"step"_s};
    case Epoch: return {tr("Epoch"), u"epoch"_s};
    case Saved: return {tr("Saved"), u"saved"_s};
    case Size: return {tr("Size")};
    case Format: return {tr("Format"), u"format"_s};
    case State: return {tr("State"), u"state"_s};
    case Loss: return {tr("Loss"), u"loss"_s};
    case Reason: return {tr("Reason")};
    default: return {};
    }
}

} // namespace cairn::items
