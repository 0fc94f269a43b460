// SPDX-License-Identifier: GPL-3.0-or-later
// What a preview of a launch rests on beside the text: schemas, runtimes, PVCs, and where other jobs save.
#include "base/Text.h"
#include "engine/LaunchFlows.h"
#include "engine/LaunchParts.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QRegularExpression>

using namespace Qt::StringLiterals;

namespace cairn::app {

ObjectRef launching::runtimeRef(const QJsonObject &job, const QString &ns)
{
    const launch::Spec spec = launch::specOf(job);
    if (!facts(spec.kind).isTrainJob())
        return {};
    return {spec.ownRuntime ? kinds::trainingRuntimes() : kinds::clusterTrainingRuntimes(), spec.ownRuntime ? ns : QString(), spec.runtime, {}};
}

QJsonObject launching::runtimeOf(ObjectApi &api, const QJsonObject &job, const QString &ns, const std::stop_token &stop)
{
    const ObjectRef ref = runtimeRef(job, ns);
    Result<QJsonObject> runtime = api.get(ref, stop);
    if (!runtime)
        return {};
    runtime->insert(u"kind"_s, ref.kind.kind); // as it was asked for, whatever the answer leaves out
    return *runtime;
}

Result<manifest::Schema> launching::schemaOf(ObjectApi &api, const ResourceKind &kind, const std::stop_token &stop)
{
    const Result<QJsonObject> document = api.openApi(kind.group, kind.version, stop);
    if (!document)
        return fail(document.error());
    return manifest::Schema::fromOpenApi(*document, kind.apiVersion(), kind.kind);
}

namespace {

using launch::nameOf;

// As of LaunchFlows.cpp: what is told belongs together.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::app)
};

constexpr int kMostVolumes = 50; // PersistentVolumes that are looked at, one request each

/// What the TrainJobs of a namespace are laid over, by kind and name.
QMap<QString, QJsonObject> runtimesOf(ObjectApi &api, const QString &ns, const std::stop_token &stop)
{
    QMap<QString, QJsonObject> runtimes;
    for (const ResourceKind &kind : {kinds::trainingRuntimes(), kinds::clusterTrainingRuntimes()}) {
        // Who may not read them is told less of where those jobs save.
        for (const QJsonObject &runtime : api.list(kind, kind.namespaced ? ns : QString(), {}, {}, stop).value_or(QList<QJsonObject>())) {
            QJsonObject whole = runtime; // items of a list carry no kind of their own
            whole.insert(u"kind"_s, kind.kind);
            runtimes.insert(kind.kind + u'/' + nameOf(runtime), whole);
        }
    }
    return runtimes;
}

/// PVCs of the namespace, and where its jobs save.
launch::Around aroundOf(ObjectApi &api, const QString &ns, QList<change::Note> &gaps, const std::stop_token &stop)
{
    launch::Around around;
    const Result<QList<QJsonObject>> claims = api.list(kinds::claims(), ns, {}, {}, stop);
    if (!claims)
        gaps.append(
            {u"claims"_s, Words::tr("The PVCs of the namespace were not read: %1").arg(claims.error().oneLine()), {}});
    bool volumes = true;
    int read = 0;
    for (const QJsonObject &claim : claims.value_or(QList<QJsonObject>())) {
        // Only of what claims to be shared its volume counts; most users may read none.
        const QString volume = claim.value("spec"_L1)["volumeName"_L1].toString();
        QJsonObject behind;
        if (volumes && !volume.isEmpty() && claim.value("spec"_L1)["accessModes"_L1].toArray().contains(u"ReadWriteMany"_s) && read++ < kMostVolumes) {
            const Result<QJsonObject> object = api.get({kinds::volumes(), {}, volume, {}}, stop);
            behind = object.value_or(QJsonObject());
            volumes = object || object.error().kind == Error::Kind::NotFound;
        }
        launch::addClaim(around, claim, behind);
    }
    if (const Result<ObjectPage> nodes = api.page(kinds::nodes(), {{}, {}, {}, 2, {}}, stop))
        around.clusterNodes = static_cast<int>(nodes->objects.size()) + (nodes->next.isEmpty() ? 0 : 1);
    for (const JobKindFacts &kind : trainingKinds()) {
        const Result<bool> served = api.serves(kind.resource, stop);
        if (!served || !*served)
            continue;
        const Result<QList<QJsonObject>> jobs = api.list(kind.resource, ns, {}, {}, stop);
        if (!jobs)
            gaps.append({u"jobs"_s,
                Words::tr(
                    "The %1 of the namespace were not read, so whether one saves into the same folder is not known: %2")
                    .arg(kind.resource.plural, jobs.error().oneLine()),
                {}});
        const QMap<QString, QJsonObject> runtimes = kind.isTrainJob() && jobs && !jobs->isEmpty() ? runtimesOf(api, ns, stop) : QMap<QString, QJsonObject>();
        for (const QJsonObject &item : jobs.value_or(QList<QJsonObject>())) {
            QJsonObject job = item;
            job.insert(u"apiVersion"_s, kind.resource.apiVersion());
            job.insert(u"kind"_s, kind.resource.kind);
            const ObjectRef runtime = launching::runtimeRef(job, ns);
            const QString folder = launch::saveFolder(job, runtimes.value(runtime.kind.kind + u'/' + runtime.name));
            if (!folder.isEmpty())
                around.folders.insert(folder, nameOf(job));
        }
    }
    return around;
}

} // namespace

Result<manifest::Schema> readLaunchSchema(ObjectApi &api, JobKind kind, std::stop_token stop)
{
    return launching::schemaOf(api, facts(kind).resource, stop);
}

Result<manifest::Schema> readObjectSchema(ObjectApi &api, const QString &apiVersion, const QString &kind, std::stop_token stop)
{
    ResourceKind resource;
    resource.group = apiVersion.contains(u'/') ? apiVersion.section(u'/', 0, 0) : QString();
    resource.version = apiVersion.section(u'/', -1);
    resource.kind = kind;
    // They become a path of a request.
    static const QRegularExpression word(u"^[a-z0-9]([-a-z0-9.]{0,250}[a-z0-9])?\\z"_s);
    const auto isWord = [](const QString &text) { return word.match(text).hasMatch(); };
    if (apiVersion.count(u'/') > 1 || !isWord(resource.version) || (!resource.group.isEmpty() && !isWord(resource.group)))
        return fail(Error::Kind::Invalid, Words::tr("%1 is no version of an API.").arg(text::safe(apiVersion)));
    return launching::schemaOf(api, resource, stop);
}

Result<LaunchGround> readLaunchGround(ObjectApi &api, const QString &ns, JobKind kind, std::stop_token stop)
{
    LaunchGround ground;
    ground.ns = ns;
    ground.kind = kind;
    const ResourceKind &resource = facts(kind).resource;
    if (const Result<manifest::Schema> schema = launching::schemaOf(api, resource, stop))
        ground.schema = std::make_shared<const manifest::Schema>(*schema);
    else
        ground.gaps.append({u"schema"_s,
            Words::tr("The schema of %1 was not read: %2").arg(resource.plural, schema.error().oneLine()), {}});
    ground.around = aroundOf(api, ns, ground.gaps, stop);
    if (stop.stop_requested())
        return fail(Error::cancelled());
    ground.readAt = QDateTime::currentDateTimeUtc();
    return ground;
}

} // namespace cairn::app
