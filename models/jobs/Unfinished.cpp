// SPDX-License-Identifier: GPL-3.0-or-later
#include "jobs/Unfinished.h"

#include "base/Text.h"

#include <QCoreApplication>
#include <QJsonObject>

using namespace Qt::StringLiterals;

namespace cairn::jobs {
namespace {

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::jobs)
};

} // namespace

std::optional<UnfinishedChange> unfinishedChange(const Job &job)
{
    const auto pending = readPending(job.annotations);
    if (!pending || (*pending && !needsAttention(**pending)))
        return std::nullopt;
    if (!*pending)
        return UnfinishedChange{std::nullopt, pending->error().oneLine(), Words::tr("a resume was started, and its record cannot be read")};
    const ResumeState &record = **pending;
    const QString from = record.step ? Words::tr("step %1").arg(text::number(*record.step)) : text::safe(record.checkpoint);
    if (record.phase == ResumeState::Phase::Undoing)
        return UnfinishedChange{record, {}, Words::tr("rolling back its resume from %1 was not finished").arg(from)};
    //: %1 a step or a path, %2 what the job is like now
    return UnfinishedChange{record, {}, Words::tr("resume from %1 not finished; the job is %2").arg(from, phaseText(record.phase))};
}

QJsonValue toJson(const std::optional<UnfinishedChange> &change)
{
    if (!change)
        return QJsonValue::Null;
    QJsonObject json{{u"kind"_s, u"resume"_s}, {u"readable"_s, change->canAct()}};
    for (const QString &field : {u"id"_s, u"phase"_s, u"checkpoint"_s, u"begun"_s, u"changed"_s, u"tool"_s})
        json.insert(field, QJsonValue::Null);
    if (const std::optional<ResumeState> &record = change->record) {
        json.insert(u"id"_s, record->id);
        json.insert(u"phase"_s, phaseWord(record->phase));
        json.insert(u"checkpoint"_s, record->checkpoint);
        json.insert(u"begun"_s, record->begun.toUTC().toString(Qt::ISODate));
        json.insert(u"changed"_s, record->changed.toUTC().toString(Qt::ISODate));
        json.insert(u"tool"_s, record->tool);
    }
    return json;
}

} // namespace cairn::jobs
