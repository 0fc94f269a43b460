// SPDX-License-Identifier: GPL-3.0-or-later
#include "jobs/ResumeJson.h"

#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace cairn::jobs {
namespace {

template <class T>
QJsonValue orNull(const std::optional<T> &value)
{
    return value ? QJsonValue(*value) : QJsonValue();
}

QJsonValue timeOrNull(const QDateTime &when)
{
    return when.isValid() ? QJsonValue(when.toUTC().toString(Qt::ISODate)) : QJsonValue();
}

QJsonArray notes(const QList<PlanNote> &list)
{
    QJsonArray array;
    for (const PlanNote &note : list)
        array.append(QJsonObject{{u"id"_s, note.id}, {u"text"_s, note.text}, {u"fix"_s, note.fix}});
    return array;
}

QString howWord(PathContract::How how)
{
    switch (how) {
    case PathContract::How::Env: return u"env"_s;
    case PathContract::How::Args: return u"args"_s;
    case PathContract::How::Newest: return u"newest"_s;
    case PathContract::How::Unknown: break;
    }
    return u"unknown"_s;
}

QString sourceWord(PathContract::Source source)
{
    switch (source) {
    case PathContract::Source::Given: return u"given"_s;
    case PathContract::Source::Remembered: return u"remembered"_s;
    case PathContract::Source::Contract: return u"contract"_s;
    case PathContract::Source::Framework: return u"framework"_s;
    case PathContract::Source::None: break;
    }
    return u"none"_s;
}

QString modeWord(ResumePlan::Mode mode)
{
    return mode == ResumePlan::Mode::InPlace ? u"in-place"_s : u"new-object"_s;
}

QString actWord(Act act)
{
    return act == Act::Resume ? u"resume"_s : u"start-from-weights"_s;
}

QJsonValue errorOrNull(const std::optional<Error> &error)
{
    if (!error)
        return QJsonValue();
    return QJsonObject{{u"kind"_s, kindName(error->kind)}, {u"what"_s, error->what}, {u"why"_s, error->why}, {u"fix"_s, error->fix}};
}

} // namespace

QJsonObject toJson(const LossOfWork &loss)
{
    return {{u"steps"_s, orNull(loss.steps)},       {u"fromStep"_s, orNull(loss.fromStep)}, {u"toStep"_s, orNull(loss.toStep)},
            {u"gpuHours"_s, orNull(loss.gpuHours)}, {u"since"_s, timeOrNull(loss.since)},   {u"atLeast"_s, loss.atLeast},
            {u"atMost"_s, loss.atMost}};
}

QJsonObject toJson(const PathContract &contract)
{
    return {{u"how"_s, howWord(contract.how)},
            {u"source"_s, sourceWord(contract.source)},
            {u"resumeBy"_s, resumeByText(contract)},
            {u"saveBy"_s, saveByText(contract)},
            {u"framework"_s, contract.framework},
            {u"evidence"_s, contract.evidence},
            {u"restartsFromNamed"_s, contract.restartsFromNamed}};
}

QJsonObject toJson(const Check &check)
{
    return {{u"id"_s, check.id},
            {u"state"_s, checkWord(check.state)},
            {u"text"_s, check.text},
            {u"fix"_s, check.fix},
            {u"tookMs"_s, static_cast<qint64>(check.took.count())}};
}

QJsonArray toJson(const QList<manifest::DiffLine> &lines)
{
    QJsonArray diff;
    for (const manifest::DiffLine &line : lines) {
        switch (line.kind) {
        case manifest::DiffLine::Kind::Context: diff.append(u"  "_s + line.text); break;
        case manifest::DiffLine::Kind::Removed: diff.append(u"- "_s + line.text); break;
        case manifest::DiffLine::Kind::Added: diff.append(u"+ "_s + line.text); break;
        case manifest::DiffLine::Kind::Skipped: diff.append(u"@ "_s + QString::number(line.oldLine)); break;
        }
    }
    return diff;
}

QJsonObject toJson(const ResumePlan &plan, bool withObject)
{
    const QJsonValue alternative = plan.alternative ? QJsonValue(QJsonObject{{u"path"_s, plan.alternative->path}, {u"step"_s, orNull(plan.alternative->step)}})
                                                    : QJsonValue();
    QJsonObject json{
        {u"id"_s, plan.id},
        {u"act"_s, actWord(plan.act)},
        {u"mode"_s, modeWord(plan.mode)},
        {u"feasible"_s, plan.feasible()},
        {u"job"_s, QJsonObject{{u"kind"_s, plan.job.facts().resource.kind},
                               {u"namespace"_s, plan.job.ns},
                               {u"name"_s, plan.job.name},
                               {u"uid"_s, plan.job.uid},
                               {u"phase"_s, phaseName(plan.job.phase)}}},
        {u"target"_s, plan.targetName()},
        {u"checkpoint"_s, QJsonObject{{u"path"_s, plan.path},
                                      {u"format"_s, plan.checkpoint.format},
                                      {u"step"_s, orNull(plan.checkpoint.step)},
                                      {u"bytes"_s, plan.checkpoint.bytes},
                                      {u"savedAt"_s, timeOrNull(plan.checkpoint.savedAt)},
                                      {u"verdict"_s, verdictName(plan.checkpoint.verdict)},
                                      {u"reason"_s, plan.checkpoint.reason}}},
        {u"alternative"_s, alternative},
        {u"contract"_s, toJson(plan.contract)},
        {u"told"_s, plan.told},
        {u"saveDir"_s, plan.saveDir},
        {u"attempt"_s, plan.attempt},
        {u"wrapper"_s, QJsonObject{{u"possible"_s, plan.wrapperPossible}, {u"used"_s, plan.useWrapper}}},
        {u"loss"_s, toJson(plan.loss)},
        {u"processes"_s, orNull(plan.processes)},
        {u"problems"_s, notes(plan.problems)},
        {u"warnings"_s, notes(plan.warnings)},
    };
    if (!withObject)
        return json;
    json.insert(u"diff"_s, toJson(plan.diff));
    json.insert(u"object"_s, plan.result);
    return json;
}

QJsonObject toJson(const ResumeOutcome &outcome)
{
    return {{u"id"_s, outcome.id},
            {u"state"_s, stateWord(outcome.state)},
            {u"act"_s, actWord(outcome.act)},
            {u"mode"_s, modeWord(outcome.mode)},
            {u"target"_s, QJsonObject{{u"kind"_s, outcome.target.kind.kind},
                                      {u"namespace"_s, outcome.target.ns},
                                      {u"name"_s, outcome.target.name},
                                      {u"uid"_s, outcome.target.uid}}},
            {u"checkpoint"_s, outcome.checkpoint},
            {u"checkpointStep"_s, orNull(outcome.checkpointStep)},
            {u"saveDir"_s, outcome.saveDir},
            {u"firstStep"_s, orNull(outcome.firstStep)},
            {u"startedFromZero"_s, outcome.startedFromZero},
            {u"pod"_s, outcome.pod},
            {u"resumedLine"_s, outcome.resumedLine},
            {u"canPutBack"_s, outcome.canPutBack},
            {u"error"_s, errorOrNull(outcome.error)},
            {u"notes"_s, QJsonArray::fromStringList(outcome.notes)}};
}

QJsonObject toJson(const ResumeEvent &event)
{
    return {{u"stage"_s, stageWord(event.stage)},
            {u"text"_s, event.text},
            {u"podsLeft"_s, event.podsLeft >= 0 ? QJsonValue(event.podsLeft) : QJsonValue()},
            {u"step"_s, orNull(event.step)},
            {u"at"_s, timeOrNull(event.at)}};
}

QJsonObject toJson(const ResumeState &state)
{
    return {{u"id"_s, state.id},
            {u"phase"_s, phaseWord(state.phase)},
            {u"checkpoint"_s, state.checkpoint},
            {u"step"_s, orNull(state.step)},
            {u"saveDir"_s, state.saveDir},
            {u"attempt"_s, state.attempt},
            {u"begun"_s, timeOrNull(state.begun)},
            {u"changed"_s, timeOrNull(state.changed)},
            {u"tool"_s, state.tool},
            {u"needsAttention"_s, needsAttention(state)}};
}

} // namespace cairn::jobs
