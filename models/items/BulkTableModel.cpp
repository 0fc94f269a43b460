// SPDX-License-Identifier: GPL-3.0-or-later
#include "items/BulkTableModel.h"

#include "base/Text.h"
#include "items/JobTableModel.h"
#include "items/Vocabulary.h"

using namespace Qt::StringLiterals;

namespace cairn::items {
namespace {

using Fate = jobs::BulkItem::Fate;
using State = jobs::BulkResult::State;

TagValue tagOf(const jobs::BulkItem &item)
{
    switch (item.fate) {
    case Fate::Act: return item.warnings.isEmpty() ? TagValue{BulkTableModel::tr("Ready"), Tone::Ok} : TagValue{BulkTableModel::tr("Warning"), Tone::Warn};
    case Fate::Nothing: return {BulkTableModel::tr("Nothing to do"), Tone::Idle};
    case Fate::Refused: break;
    }
    return {BulkTableModel::tr("Left out"), Tone::Err};
}

TagValue tagOf(State state)
{
    switch (state) {
    case State::Waiting: return {BulkTableModel::tr("Waiting"), Tone::Idle};
    case State::Running: return {BulkTableModel::tr("In progress"), Tone::Info};
    case State::Done: return {BulkTableModel::tr("Done"), Tone::Ok};
    case State::Unchanged: return {BulkTableModel::tr("Unchanged"), Tone::Idle};
    case State::Failed: return {BulkTableModel::tr("Failed", "the change of a job"), Tone::Err};
    case State::Stopped: break;
    }
    return {BulkTableModel::tr("Stopped"), Tone::Warn};
}

} // namespace

QString lostText(const jobs::BulkItem &item)
{
    if (!item.losesWork || !item.loss.gpuHours)
        return u"–"_s;
    const QString amount = text::gpuHours(item.loss.gpuHours);
    if (item.loss.atMost)
        return BulkTableModel::tr("at most %1").arg(amount);
    return item.loss.atLeast ? BulkTableModel::tr("at least %1").arg(amount) : amount;
}

BulkRow bulkRow(const Job &job)
{
    BulkRow row;
    row.key = jobKey(job);
    row.name = text::safe(job.name);
    row.where = BulkTableModel::tr("%1 · %2", "kind, namespace").arg(job.facts().resource.kind, text::safe(job.ns));
    row.phase = job.phase;
    row.tag = {BulkTableModel::tr("Checking…"), Tone::Idle};
    row.lostText = u"–"_s;
    return row;
}

BulkRow bulkRow(const jobs::BulkItem &item)
{
    BulkRow row = bulkRow(item.job);
    row.tag = tagOf(item);
    row.text = item.verdict.text;
    if (!item.verdict.fix.isEmpty())
        row.more.append(item.verdict.fix);
    for (const jobs::PlanNote &warning : item.warnings) {
        row.more.append(warning.text);
        if (!warning.fix.isEmpty())
            row.more.append(warning.fix);
    }
    if (item.loss.unread)
        row.more.append(BulkTableModel::tr("Its checkpoints were not read: unsaved work is counted from its start."));
    else if (item.loss.atMost)
        row.more.append(BulkTableModel::tr("The list of its checkpoints is incomplete: there may be a newer one."));
    if (item.losesWork)
        row.lost = item.loss.gpuHours;
    row.lostText = lostText(item);
    return row;
}

BulkRow withResult(BulkRow row, const jobs::BulkResult &result)
{
    // What was left out keeps saying why.
    if (result.state == State::Unchanged && result.text == row.text)
        return row;
    row.tag = tagOf(result.state);
    if (!result.text.isEmpty())
        row.text = result.text;
    if (result.state != State::Waiting && result.state != State::Running)
        row.more.clear();
    if (result.error) {
        for (const QString &sentence : {result.error->why, result.error->fix}) {
            if (!sentence.isEmpty())
                row.more.append(text::safe(sentence));
        }
    }
    return row;
}

int BulkTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant BulkTableModel::data(const QModelIndex &index, int role) const
{
    const BulkRow *row = rowAt(index);
    if (!row)
        return {};
    switch (role) {
    case Qt::DisplayRole:
        switch (index.column()) {
        case Name: return row->name;
        case State: return items::tag(row->phase).text;
        case Lost: return row->lostText;
        case What: return row->text.isEmpty() ? row->tag.text : row->text;
        default: return {};
        }
    case Qt::AccessibleTextRole:
        return index.column() == What ? QVariant(QStringList{row->tag.text, row->text, row->more.join(u' ')}.join(u". "_s)) : QVariant();
    case Qt::ToolTipRole: return index.column() == What ? (QStringList{row->text} + row->more).join(u'\n') : QString();
    case KeyRole: return row->key;
    case SortRole:
        switch (index.column()) {
        case Name: return row->name;
        case Lost: return row->lost ? QVariant(*row->lost) : QVariant();
        default: return index.data(Qt::DisplayRole);
        }
    case SecondLineRole:
        if (index.column() == Name)
            return row->where;
        return index.column() == What && !row->more.isEmpty() ? row->more.join(u' ') : QString();
    case DetailRole: return index.column() == What ? row->text : QString();
    case StrongRole: return index.column() == Name;
    case TagRole: return index.column() == What ? QVariant::fromValue(row->tag) : QVariant::fromValue(items::tag(row->phase));
    default: return {};
    }
}

ColumnHead BulkTableModel::head(int column) const
{
    switch (column) {
    case Name: return {tr("Job")};
    case State: return {tr("State before")};
    case Lost: return {tr("Unsaved work")};
    case What: return {tr("What happens")};
    default: return {};
    }
}

} // namespace cairn::items
