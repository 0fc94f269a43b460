// SPDX-License-Identifier: GPL-3.0-or-later
#include "jobs/ResumeState.h"

#include "base/Names.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>

using namespace Qt::StringLiterals;

namespace cairn::jobs {
namespace {

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::jobs)
};

constexpr int kForm = 1;
/// All annotations of an object together may take 256 KiB (apimachinery validation); no honest record comes near.
constexpr qsizetype kLongestRecord = 200 * 1024;

std::optional<ResumeState::Phase> phaseOf(const QString &word)
{
    using enum ResumeState::Phase;
    for (const auto phase : {Suspended, Patched, Started, Undoing}) {
        if (phaseWord(phase) == word)
            return phase;
    }
    return std::nullopt;
}

tl::unexpected<Error> unreadable(const QString &why)
{
    return fail(Error::Kind::Parse, Words::tr("The record of a resume on this job cannot be read."), why,
                Words::tr("Remove the annotation cairn.console/resume if nobody is resuming the job."));
}

QString timeText(const QDateTime &when)
{
    return when.toUTC().toString(Qt::ISODate);
}

} // namespace

QString phaseWord(ResumeState::Phase phase)
{
    switch (phase) {
    case ResumeState::Phase::Suspended: return u"suspended"_s;
    case ResumeState::Phase::Patched: return u"patched"_s;
    case ResumeState::Phase::Started: return u"started"_s;
    case ResumeState::Phase::Undoing: return u"undoing"_s;
    }
    return {};
}

QString phaseText(ResumeState::Phase phase)
{
    switch (phase) {
    case ResumeState::Phase::Suspended: return Words::tr("suspended, its template unchanged");
    case ResumeState::Phase::Patched: return Words::tr("suspended, its template changed");
    case ResumeState::Phase::Started: return Words::tr("unsuspended with the changed template");
    case ResumeState::Phase::Undoing: return Words::tr("rolling back");
    }
    return {};
}

QString ResumeState::toText() const
{
    QJsonArray roles;
    for (const RoleChange &change : changes)
        roles.append(change.toJson());
    QJsonObject set;
    for (auto it = annotations.begin(); it != annotations.end(); ++it)
        set.insert(it.key(), it.value());
    QJsonObject old;
    for (auto it = annotationsBefore.begin(); it != annotationsBefore.end(); ++it)
        old.insert(it.key(), it.value() ? QJsonValue(*it.value()) : QJsonValue());
    const QJsonObject json{
        {u"v"_s, kForm},
        {u"id"_s, id},
        {u"phase"_s, phaseWord(phase)},
        {u"checkpoint"_s, checkpoint},
        {u"step"_s, step ? QJsonValue(*step) : QJsonValue()},
        {u"saveDir"_s, saveDir},
        {u"attempt"_s, attempt},
        {u"begun"_s, timeText(begun)},
        {u"changed"_s, timeText(changed)},
        {u"tool"_s, tool},
        {u"hadRunPolicy"_s, hadRunPolicy},
        {u"suspend"_s, suspendBefore ? QJsonValue(*suspendBefore) : QJsonValue()},
        {u"roles"_s, roles},
        {u"annotations"_s, set},
        {u"annotationsBefore"_s, old},
    };
    return QString::fromUtf8(QJsonDocument(json).toJson(QJsonDocument::Compact));
}

Result<ResumeState> ResumeState::fromText(const QString &text)
{
    if (text.size() > kLongestRecord)
        return unreadable(Words::tr("It is larger than any record Cairn writes."));
    const QJsonDocument document = QJsonDocument::fromJson(text.toUtf8());
    if (!document.isObject())
        return unreadable(Words::tr("It is not a JSON object."));
    const QJsonObject json = document.object();
    if (json.value(u"v"_s).toInt() != kForm)
        return unreadable(Words::tr("It was written by another version of Cairn."));

    ResumeState s;
    const auto phase = phaseOf(json.value(u"phase"_s).toString());
    s.id = json.value(u"id"_s).toString();
    s.checkpoint = json.value(u"checkpoint"_s).toString();
    if (!phase || s.id.size() < 6 || !json.value(u"roles"_s).isArray())
        return unreadable(Words::tr("A part of it is missing or has the wrong type."));
    s.phase = *phase;
    if (json.value(u"step"_s).isDouble())
        s.step = json.value(u"step"_s).toInteger();
    s.saveDir = json.value(u"saveDir"_s).toString();
    s.attempt = std::max(1, json.value(u"attempt"_s).toInt(1));
    s.begun = QDateTime::fromString(json.value(u"begun"_s).toString(), Qt::ISODate);
    s.changed = QDateTime::fromString(json.value(u"changed"_s).toString(), Qt::ISODate);
    s.tool = json.value(u"tool"_s).toString();
    s.hadRunPolicy = json.value(u"hadRunPolicy"_s).toBool(true);
    if (json.value(u"suspend"_s).isBool())
        s.suspendBefore = json.value(u"suspend"_s).toBool();
    for (const QJsonValue role : json.value(u"roles"_s).toArray()) {
        Result<RoleChange> change = RoleChange::fromJson(role.toObject());
        if (!change)
            return fail(change.error());
        s.changes.append(*change);
    }
    // Only Cairn's own annotations are ever set or removed, whatever the record says.
    const QJsonObject set = json.value(u"annotations"_s).toObject();
    for (auto it = set.begin(); it != set.end(); ++it) {
        if (it.key().startsWith(names::prefix) && it.value().isString())
            s.annotations.insert(it.key(), it.value().toString());
    }
    const QJsonObject old = json.value(u"annotationsBefore"_s).toObject();
    for (auto it = old.begin(); it != old.end(); ++it) {
        if (it.key().startsWith(names::prefix))
            s.annotationsBefore.insert(it.key(), it.value().isString() ? std::optional(it.value().toString()) : std::nullopt);
    }
    return s;
}

ResumeState ResumeState::of(const ResumePlan &plan, const QJsonObject &live, const QDateTime &now, const QString &tool)
{
    ResumeState s;
    s.id = plan.id;
    s.checkpoint = plan.path;
    s.step = plan.checkpoint.step;
    s.saveDir = plan.saveDir;
    s.attempt = plan.attempt;
    s.begun = s.changed = now.toUTC();
    s.tool = tool;
    const QJsonValue runPolicy = live.value(u"spec"_s)[u"runPolicy"_s];
    s.hadRunPolicy = runPolicy.isObject();
    if (runPolicy[u"suspend"_s].isBool())
        s.suspendBefore = runPolicy[u"suspend"_s].toBool();
    s.changes = plan.changes;
    s.annotations = plan.annotations;
    const QJsonObject have = live.value(u"metadata"_s)[u"annotations"_s].toObject();
    // The step is named too where the plan removes it.
    for (const QString &name : plan.annotations.keys() + QStringList{names::name("step"_L1)}) {
        const QJsonValue old = have.value(name);
        s.annotationsBefore.insert(name, old.isString() ? std::optional(old.toString()) : std::nullopt);
    }
    return s;
}

std::optional<Result<ResumeState>> readPending(const QMap<QString, QString> &annotations)
{
    const auto it = annotations.constFind(names::name("resume"_L1));
    if (it == annotations.constEnd())
        return std::nullopt;
    return ResumeState::fromText(*it);
}

std::optional<Result<ResumeState>> readPending(const QJsonObject &object)
{
    const QJsonValue text = object.value(u"metadata"_s)[u"annotations"_s][names::name("resume"_L1)];
    if (text.isUndefined())
        return std::nullopt;
    return ResumeState::fromText(text.toString());
}

bool needsAttention(const ResumeState &state)
{
    return state.phase != ResumeState::Phase::Started;
}

} // namespace cairn::jobs
