// SPDX-License-Identifier: GPL-3.0-or-later
#include "launch/Edit.h"

#include "base/Text.h"
#include "jobs/ShownOnly.h"
#include "launch/Scale.h"
#include "launch/Spec.h"
#include "manifest/JsonEdit.h"
#include "manifest/Prune.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::launch {
namespace {

struct EditTr {
    Q_DECLARE_TR_FUNCTIONS(cairn::launch)
};

using manifest::Path;

constexpr qsizetype kMostPlaces = 200;
constexpr int kDeepest = 60;

void collect(const QJsonValue &before, const QJsonValue &after, const Path &path, int depth, QList<Path> &places)
{
    if (before == after || places.size() >= kMostPlaces)
        return;
    if (depth < kDeepest && before.isObject() && after.isObject()) {
        const QJsonObject a = before.toObject();
        const QJsonObject b = after.toObject();
        QStringList names = a.keys() + b.keys();
        names.removeDuplicates();
        for (const QString &name : std::as_const(names))
            collect(a.value(name), b.value(name), Path(path).field(name), depth + 1, places);
        return;
    }
    if (depth < kDeepest && before.isArray() && after.isArray() && before.toArray().size() == after.toArray().size()) {
        for (int i = 0; i < before.toArray().size(); ++i)
            collect(before.toArray().at(i), after.toArray().at(i), Path(path).item(i), depth + 1, places);
        return;
    }
    places.append(path);
}

bool isIn(const Path &path, const QStringList &fields)
{
    for (qsizetype i = 0; i < fields.size(); ++i) {
        if (path.steps().value(i).name != fields[i])
            return false;
    }
    return path.steps().size() >= fields.size();
}

/// Whether these managed fields (fieldsV1) hold the place; items of lists are told apart by what an index does not say.
bool owns(const QJsonObject &fields, const Path &path)
{
    QJsonObject here = fields;
    for (const Path::Step &step : path.steps()) {
        if (step.kind != Path::Step::Kind::Field)
            return true;
        const QString key = u"f:"_s + step.name;
        if (!here.contains(key))
            return false;
        here = here.value(key).toObject();
    }
    return true;
}

class Points {
public:
    Points(const QJsonObject &before, const QJsonObject &after, const Job &job, const manifest::Schema &schema)
        : m_before(before)
        , m_after(after)
        , m_job(job)
        , m_schema(schema)
    {
    }

    QList<EditPoint> all()
    {
        if (const change::Note refusal = jobs::shownOnly(m_job.kind); !refusal.id.isEmpty())
            add(refusal.id, {}, true, refusal.text, refusal.fix);
        for (const Path &place : changedPaths(m_before, m_after)) {
            if (!identity(place) && !fixed(place) && !ofWebhook(place))
                effect(place);
        }
        return m_found;
    }

private:
    const QJsonObject &m_before;
    const QJsonObject &m_after;
    const Job &m_job;
    const manifest::Schema &m_schema;
    QList<EditPoint> m_found;

    void add(const QString &id, const QString &field, bool forbids, const QString &text, const QString &fix = {})
    {
        const EditPoint point{id, field, text, fix, forbids};
        // One field may differ in several places.
        if (!m_found.contains(point))
            m_found.append(point);
    }
    QString copyFix() const
    {
        return EditTr::tr("Make a copy with the change: cairnctl -n %1 job clone %2 --name NEW -o yaml").arg(text::safe(m_job.ns), text::safe(m_job.name));
    }

    bool identity(const Path &place)
    {
        for (const QStringList &fields : {QStringList{u"apiVersion"_s}, QStringList{u"kind"_s}, QStringList{u"metadata"_s, u"name"_s}, QStringList{u"metadata"_s, u"namespace"_s}}) {
            if (!isIn(place, fields))
                continue;
            add(u"identity"_s, place.text(), true, EditTr::tr("It would be another object: kind, name and namespace of a job stay."), copyFix());
            return true;
        }
        return false;
    }

    /// The rule holds for values that are there before and after. Items of lists are told apart by the server, by their keys.
    bool fixed(const Path &place)
    {
        Path prefix;
        for (const Path::Step &step : place.steps()) {
            if (step.kind != Path::Step::Kind::Field)
                return false;
            prefix.step(step);
            const QString rule = m_schema.about(prefix).fixed;
            if (rule.isEmpty() || manifest::valueAt(m_before, prefix).isUndefined() || manifest::valueAt(m_after, prefix).isUndefined())
                continue;
            add(u"immutable"_s, prefix.text(), true, EditTr::tr("It stays as it was made: %1.").arg(text::safe(rule)), copyFix());
            return true;
        }
        return false;
    }

    bool ofWebhook(const Path &place)
    {
        const auto suspended = [](const QJsonObject &job) { return job.value("spec"_L1).toObject().value("suspend"_L1).toBool(); };
        if (m_job.facts().isTrainJob() && isIn(place, {u"spec"_s, u"runtimePatches"_s}) && !suspended(m_before) && !suspended(m_after)) {
            add(u"not-suspended"_s, u"spec.runtimePatches"_s, true, EditTr::tr("Trainer takes another patch only while the TrainJob is suspended."),
                EditTr::tr("Suspend it first: cairnctl -n %1 job suspend %2").arg(text::safe(m_job.ns), text::safe(m_job.name)));
            return true;
        }
        const bool checked = m_job.kind == JobKind::TFJob || m_job.kind == JobKind::XGBoostJob || m_job.kind == JobKind::PaddleJob;
        if (checked && isIn(place, {u"spec"_s, u"runPolicy"_s, u"managedBy"_s})) {
            add(u"immutable"_s, place.text(), true, EditTr::tr("The webhook of the training operator lets nobody change it."), copyFix());
            return true;
        }
        return false;
    }

    /// What the server takes, and what comes of it.
    void effect(const Path &place)
    {
        if (!isIn(place, {u"spec"_s}))
            return;
        if (isFinished(m_job.phase)) {
            add(u"finished"_s, u"spec"_s, false, EditTr::tr("It has finished: nothing reads its specification any more."), copyFix());
            return;
        }
        const QString specs = m_job.facts().replicaSpecs;
        if (specs.isEmpty() || !isIn(place, {u"spec"_s, specs}))
            return;
        const QString role = place.steps().value(2).name;
        const QString what = place.steps().value(3).name;
        const QString field = u"spec.%1.%2"_s.arg(specs, role) + (what.isEmpty() ? QString() : u'.' + what);
        if (m_job.kind == JobKind::MPIJobV2 && role == "Launcher"_L1 && what == "template"_L1)
            add(u"launcher"_s, field, false, EditTr::tr("The launcher is made once: the MPI operator never changes it."), copyFix());
        else if (m_job.suspendRequested)
            add(u"suspended"_s, field, false, EditTr::tr("It takes effect when the job is unsuspended: all its pods are made anew."));
        else if (what == "template"_L1)
            add(u"new-pods"_s, field, false, EditTr::tr("Pods that run stay as they are; those that are made from now on have it."),
                EditTr::tr("To give it to all of them, suspend the job, and unsuspend it once its pods are gone."));
        else if ((what == "replicas"_L1 || what.isEmpty()) && !planScale(m_before, m_job, std::nullopt, {}).feasible())
            add(u"not-elastic"_s, field, false, planScale(m_before, m_job, std::nullopt, {}).problems.first().text,
                EditTr::tr("Change it while the job is suspended."));
    }
};

} // namespace

QByteArray editText(const QJsonObject &object)
{
    QJsonObject shown = editable(object);
    QJsonObject metadata = shown.value("metadata"_L1).toObject();
    for (const QString &field : {u"resourceVersion"_s, u"generation"_s})
        metadata.insert(field, object.value("metadata"_L1).toObject().value(field));
    shown.insert(u"metadata"_s, metadata);
    return textOf(shown);
}

QJsonObject editable(const QJsonObject &object)
{
    return manifest::forApply(object);
}

QList<Path> changedPaths(const QJsonValue &before, const QJsonValue &after)
{
    QList<Path> places;
    collect(before, after, {}, 0, places);
    return places;
}

QList<EditPoint> editPoints(const QJsonObject &before, const QJsonObject &after, const Job &job, const manifest::Schema &schema)
{
    return Points(before, after, job, schema).all();
}

QList<OthersChange> othersChanges(const QJsonObject &then, const QJsonObject &now)
{
    QList<OthersChange> found;
    const QJsonArray managed = now.value("metadata"_L1).toObject().value("managedFields"_L1).toArray();
    for (const Path &place : changedPaths(editable(then), editable(now))) {
        OthersChange change{place.text(), {}, {}};
        for (const QJsonValue entry : managed) {
            const QDateTime at = QDateTime::fromString(entry.toObject().value("time"_L1).toString(), Qt::ISODate);
            const bool newer = !change.at.isValid() || (at.isValid() && at >= change.at);
            if (entry.toObject().value("subresource"_L1).toString().isEmpty() && newer && owns(entry.toObject().value("fieldsV1"_L1).toObject(), place)) {
                change.who = entry.toObject().value("manager"_L1).toString();
                change.at = at;
            }
        }
        found.append(change);
    }
    std::ranges::stable_sort(found, [](const OthersChange &a, const OthersChange &b) { return a.at.isValid() && (!b.at.isValid() || a.at > b.at); });
    return found;
}

QString othersText(const QJsonObject &then, const QJsonObject &now)
{
    QStringList told;
    const QList<OthersChange> changes = othersChanges(then, now);
    for (const OthersChange &change : changes.first(std::min<qsizetype>(changes.size(), 5))) {
        const QString field = text::safe(change.field);
        if (change.who.isEmpty())
            told.append(field);
        else if (change.at.isValid())
            //: %1 a field, %2 a program, %3 a time
            told.append(EditTr::tr("%1 by %2 at %3").arg(field, text::safe(change.who), change.at.toUTC().toString(u"yyyy-MM-dd HH:mm:ss 'UTC'"_s)));
        else
            told.append(EditTr::tr("%1 by %2").arg(field, text::safe(change.who)));
    }
    if (changes.size() > 5)
        told.append(u"…"_s);
    return told.join(u", "_s);
}

QString lastChangeText(const QJsonObject &object)
{
    QString who;
    QDateTime last;
    for (const QJsonValue entry : object.value("metadata"_L1).toObject().value("managedFields"_L1).toArray()) {
        const QDateTime at = QDateTime::fromString(entry.toObject().value("time"_L1).toString(), Qt::ISODate);
        if (!entry.toObject().value("subresource"_L1).toString().isEmpty() || !at.isValid() || (last.isValid() && at < last))
            continue;
        who = entry.toObject().value("manager"_L1).toString();
        last = at;
    }
    return who.isEmpty() ? QString() : EditTr::tr("by %1 at %2, or its status alone").arg(text::safe(who), last.toUTC().toString(u"yyyy-MM-dd HH:mm:ss 'UTC'"_s));
}

} // namespace cairn::launch
