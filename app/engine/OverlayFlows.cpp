// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/OverlayFlows.h"

#include "base/Text.h"
#include "engine/AuditFlows.h"
#include "kube/ExecProcess.h"
#include "manifest/Prune.h"
#include "manifest/Yaml.h"
#include "overlay/ServiceParts.h"
#include "overlay/Unapplied.h"

#include <QCoreApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <algorithm>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace cairn::app {
namespace {

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::app)
};

using overlay::Files;

constexpr int kMostKinds = 40;
constexpr qsizetype kMostObjects = 20'000;

/// Lists of one kind within the namespaces of components.
void readKind(ObjectApi &api, audit::Scene &scene, const ResourceKind &kind, std::stop_token stop)
{
    ListQuery query;
    qsizetype count = 0;
    do {
        const Result<ObjectPage> page = api.page(kind, query, stop);
        if (!page) {
            if (page.error().kind == Error::Kind::NotFound)
                scene.read(kind.group, kind.kind);
            else
                scene.missed(kind.group, kind.kind, {}, page.error());
            return;
        }
        for (QJsonObject object : page->objects) {
            object.insert(u"kind"_s, kind.kind);
            object.insert(u"apiVersion"_s, kind.apiVersion());
            scene.add(object);
        }
        count += page->objects.size();
        query.next = page->next;
    } while (!query.next.isEmpty() && count < kMostObjects);
    if (query.next.isEmpty())
        scene.read(kind.group, kind.kind);
    else
        scene.missed(kind.group, kind.kind, {}, Error::make(Error::Kind::Unsupported, Words::tr("There are more than %1 %2.").arg(kMostObjects).arg(kind.plural)));
}

/// Lists whose items have names are compared in the order of these: a strategic merge may put new ones first or last.
QJsonValue inOrder(const QJsonValue &value, int depth = 0)
{
    if (depth > 60)
        return value;
    if (value.isObject()) {
        QJsonObject map = value.toObject();
        for (const QString &key : map.keys())
            map.insert(key, inOrder(map[key], depth + 1));
        return map;
    }
    if (!value.isArray())
        return value;
    QList<QJsonValue> items;
    bool named = true;
    for (const QJsonValue item : value.toArray()) {
        items.append(inOrder(item, depth + 1));
        named = named && item[u"name"_s].isString();
    }
    if (named)
        std::ranges::stable_sort(items, {}, [](const QJsonValue &item) { return item[u"name"_s].toString(); });
    QJsonArray list;
    for (const QJsonValue &item : std::as_const(items))
        list.append(item);
    return list;
}

QJsonValue comparable(const QJsonObject &object)
{
    return inOrder(manifest::forApply(object));
}

Result<kube::ProcessResult> run(const QString &program, const QStringList &args, std::stop_token stop)
{
    kube::ProcessRequest request;
    request.program = program;
    request.args = args;
    request.environment = kube::processEnvironment();
    // Nothing is left to fetch; where kustomize tries all the same, it must not get through or ask.
    for (const char *name : {"HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY"})
        kube::setVariable(request.environment, name, "http://127.0.0.1:1");
    kube::setVariable(request.environment, "GIT_TERMINAL_PROMPT", "0");
    kube::setVariable(request.environment, "KUBECONFIG", "/dev/null");
    request.timeout = 60s;
    request.maxOutput = 64 << 20;
    return kube::runProcess(request, stop);
}

/// Which patch the words of kustomize are about: one that lands on nothing and whose object they name, else a file that they name.
void blame(KustomizeRun &run, const QString &why, const Files &files, const overlay::Built &built)
{
    for (const overlay::Landing &landing : built.landings) {
        if (!landing.lands() && !landing.missing.isEmpty() && why.contains(landing.missing)) {
            run.file = landing.file;
            run.line = landing.place.line;
            return;
        }
    }
    qsizetype longest = 0;
    for (auto it = files.begin(); it != files.end(); ++it) {
        if (it.key().size() > longest && why.contains(it.key())) {
            longest = it.key().size();
            run.file = it.key();
        }
    }
}

} // namespace

Result<audit::Scene> readOverlayScene(ObjectApi &api, const Files &files, std::stop_token stop)
{
    Result<audit::Scene> scene = readScene(api, {}, stop);
    if (!scene)
        return scene;
    const Result<RestMapper> mapper = api.mapper(stop);
    if (!mapper)
        return fail(mapper.error());
    QList<std::pair<QString, QString>> wanted = overlay::targetsOf(files);
    wanted.append({u"scheduling.k8s.io"_s, u"PriorityClass"_s});
    wanted.append({u"trainer.kubeflow.org"_s, u"ClusterTrainingRuntime"_s});
    wanted += overlay::serviceKinds();
    for (const auto &[ns, name] : overlay::serviceConfigMaps(*scene)) {
        if (scene->find({{}, u"ConfigMap"_s, ns, name}))
            continue;
        Result<QJsonObject> map = api.get({kinds::configMaps(), ns, name, {}}, stop);
        if (!map) {
            if (map.error().kind != Error::Kind::NotFound)
                scene->unreadable(text::safe(u"ConfigMap %1/%2"_s.arg(ns, name)), map.error());
            continue;
        }
        map->insert(u"kind"_s, u"ConfigMap"_s);
        map->insert(u"apiVersion"_s, u"v1"_s);
        scene->add(*map);
    }
    // ConfigMaps are read by name, so that a list of them is needed as soon as a file names one.
    static const QStringList never{u"Secret"_s, u"Event"_s};
    int kinds = 0;
    for (const ServedResource &resource : mapper->resources()) {
        const bool named = std::ranges::any_of(wanted, [&](const auto &one) { return overlay::selects(one.second, resource.kind.kind) && overlay::selects(one.first, resource.kind.group); });
        const bool listed = resource.verbs.isEmpty() || resource.verbs.contains(u"list"_s);
        const bool seen = scene->saw(resource.kind.group, resource.kind.kind) && resource.kind.kind != "ConfigMap"_L1;
        if (!named || !listed || seen || never.contains(resource.kind.kind) || ++kinds > kMostKinds)
            continue;
        readKind(api, *scene, resource.kind, stop);
        if (stop.stop_requested())
            return fail(Error::cancelled());
    }
    return scene;
}

OverlayDraft draftOverlay(const audit::Scene &scene, const overlay::Settings &settings, const overlay::Folder &folder,
                          const QHash<QString, overlay::Settlement> &settlements)
{
    OverlayDraft draft;
    // What the folder put on the cluster is still the folder's.
    const overlay::Unapplied before = overlay::unapplied(scene, folder);
    draft.proposal = overlay::propose(before, scene, settings);
    draft.tree = overlay::generate(before.scene, settings, draft.proposal);
    draft.steps = overlay::stepsTo(draft.tree, folder);
    for (overlay::FileStep &step : draft.steps) {
        if (step.isEdited())
            draft.edited.append(step);
        if (const auto choice = settlements.constFind(step.path); choice != settlements.cend())
            step = overlay::settled(step, *choice);
    }
    draft.files = folder.files;
    for (const overlay::FileStep &step : std::as_const(draft.steps)) {
        using Act = overlay::FileStep::Act;
        if (step.act == Act::Remove)
            draft.files.remove(step.path);
        else if (step.act != Act::Keep && step.act != Act::Leave)
            draft.files.insert(step.path, step.text);
    }
    draft.built = overlay::lands(draft.files, draft.tree.entry, scene);
    overlay::checkOutside(draft.built, folder.path);
    return draft;
}

Result<QString> overlayEntry(const Files &files, const QString &wanted)
{
    const QStringList all = overlay::kustomizations(files);
    if (!wanted.isEmpty()) {
        const QString plain = QDir::cleanPath(wanted) == u"."_s ? QString() : QDir::cleanPath(wanted);
        for (const QString &folder : {plain, u"overlays/"_s + plain}) {
            if (all.contains(folder))
                return folder;
        }
        return fail(Error::Kind::NotFound, Words::tr("There is no kustomization %1 in this folder.").arg(text::safe(wanted)), QString(),
                    all.isEmpty() ? QString() : Words::tr("There are: %1.").arg(text::safe(all.mid(0, 20).join(u", "_s))));
    }
    for (const QString &folder : {u"overlays/prod"_s, u"patches"_s}) {
        if (all.contains(folder))
            return folder;
    }
    if (all.isEmpty())
        return fail(Error::Kind::NotFound, Words::tr("There is no kustomization in this folder."), QString(), Words::tr("Generate one first: cairnctl overlay new --out FOLDER"));
    return all.first();
}

KustomizeRun runKustomize(const Files &files, const QString &entry, const audit::Scene &scene, const overlay::Built &built, const QString &program, std::stop_token stop)
{
    KustomizeRun result;
    result.program = program.isEmpty() ? QStandardPaths::findExecutable(u"kustomize"_s) : QFileInfo(program).absoluteFilePath();
    if (result.program.isEmpty())
        result.program = QStandardPaths::findExecutable(u"kubectl"_s);
    if (result.program.isEmpty()) {
        result.error = Error::make(Error::Kind::NotFound, Words::tr("Neither kustomize nor kubectl is installed."), Words::tr("Each patch was put on the objects by Cairn alone."),
                                   Words::tr("Install kustomize to see the same built by it."));
        return result;
    }
    const bool kubectl = QFileInfo(result.program).fileName().startsWith("kubectl"_L1);
    if (const auto version = run(result.program, kubectl ? QStringList{u"version"_s, u"--client"_s} : QStringList{u"version"_s}, stop); version && version->exitCode == 0) {
        const QString said = QString::fromUtf8(version->out.left(2000));
        for (const QString &line : said.split(u'\n')) {
            if (!kubectl || line.startsWith("Kustomize Version:"_L1))
                result.version = text::safe(line.section(u':', -1).trimmed().left(40));
            if (!result.version.isEmpty())
                break;
        }
    }
    QStringList skipped;
    Files all = overlay::withObjects(files, scene, &skipped, built.undone);
    if (!skipped.isEmpty()) {
        result.error = Error::make(Error::Kind::Unsupported, Words::tr("kustomize was not run."), Words::tr("%1 would be fetched.").arg(text::safe(skipped.first())));
        return result;
    }
    QString target = entry;
    // A component is built over something: here the live objects.
    if (manifest::Document::read(files.value(entry + u"/kustomization.yaml"_s)).json()[u"kind"_s].toString() == u"Component") {
        target = u".cairn-build"_s;
        all.insert(target + u"/kustomization.yaml"_s, "resources: [\"https://example.invalid/?ref=live\"]\ncomponents: [../" + entry.toUtf8() + "]\n");
        QStringList none;
        all = overlay::withObjects(all, scene, &none, built.undone);
    }
    const QTemporaryDir folder;
    const auto failed = [&](const QString &why) {
        result.error = Error::make(Error::Kind::Io, Words::tr("kustomize was not run."), why);
        return result;
    };
    if (!folder.isValid())
        return failed(folder.errorString());
    for (auto it = all.begin(); it != all.end(); ++it) {
        const QString path = folder.filePath(it.key());
        QFile file(path);
        if (!QDir().mkpath(QFileInfo(path).path()) || !file.open(QIODevice::WriteOnly) || file.write(it.value()) != it.value().size())
            return failed(file.errorString());
    }
    QElapsedTimer timer;
    timer.start();
    const auto done = run(result.program, {kubectl ? u"kustomize"_s : u"build"_s, folder.filePath(target)}, stop);
    result.took = std::chrono::milliseconds(timer.elapsed());
    if (!done) {
        result.error = done.error();
        return result;
    }
    if (done->exitCode != 0) {
        QString why = QString::fromUtf8(done->err.right(2000)).replace(folder.path(), u"."_s);
        why = why.section(u"Error: "_s, -1).trimmed();
        result.error = Error::make(Error::Kind::Invalid, Words::tr("kustomize does not build it."), text::safe(why), Words::tr("Correct the folder."));
        blame(result, why, files, built);
        return result;
    }
    const auto documents = manifest::documentsFromYaml(done->out, {.bytes = 64 << 20, .depth = 100, .nodes = 5'000'000});
    if (!documents) {
        result.error = documents.error();
        return result;
    }
    QMap<audit::ObjectName, QJsonObject> theirs;
    for (const QJsonValue &document : *documents)
        theirs.insert(audit::nameOf(document.toObject()), document.toObject());
    result.objects = theirs.size();
    for (const overlay::Changed &changed : built.changed) {
        const bool there = theirs.contains(changed.name);
        if (changed.name.kind == "Secret"_L1)
            continue;
        if (there == changed.after.isEmpty() || (there && comparable(theirs.value(changed.name)) != comparable(changed.after)
                                                 // What was put on before has what the server added since.
                                                 && !(built.undone.contains(changed.name) && change::contains(comparable(changed.after), comparable(theirs.value(changed.name))))))
            result.differences.append(audit::shown(changed.name));
    }
    return result;
}

QList<change::Suspicion> suspicious(const RecordedChange &recorded)
{
    return change::suspicions(recorded.content, recorded.record.ns, recorded.older);
}

QList<change::Check> tryRecorded(ObjectApi &api, const change::Record &record, std::stop_token stop)
{
    QList<change::CheckFunction> checks;
    for (qsizetype i = record.next; i < record.entries.size() && !record.undoing; ++i) {
        const change::Change &change = record.entries[i].change;
        if (change.act == change::Change::Act::Await)
            continue;
        // What was asked for last may be done although the answer was lost.
        const bool maybeDone = i == record.next;
        checks.append([&api, &change, maybeDone, stop](const change::Found &found) {
            using State = change::Check::State;
            const QString name = change::shownTarget(change.target);
            const Result<> answer = change::tryOut(api, change, stop);
            const bool isDone = !answer && maybeDone && (answer.error().reason == "AlreadyExists"_L1 || (change.act == change::Change::Act::Delete && answer.error().kind == Error::Kind::NotFound));
            if (answer || isDone)
                return found(u"dry-run"_s, State::Ok, Words::tr("%1: accepted").arg(name), {});
            // Who may not do it must not begin. Another answer may be another one when its turn comes: an earlier step makes what it needs.
            const bool never = answer.error().kind == Error::Kind::Forbidden;
            Error error = answer.error();
            const QString fix = std::exchange(error.fix, {});
            found(u"dry-run"_s, never ? State::Fail : State::Warn, u"%1: %2"_s.arg(name, text::safe(error.oneLine())), fix);
        });
    }
    return change::runChecks(checks, {}, stop);
}

QList<change::Check> tryOverlay(ObjectApi &api, const change::Plan &plan, const std::function<void(const change::Check &)> &onCheck, std::stop_token stop)
{
    QList<change::CheckFunction> checks;
    for (const change::Change &change : plan.changes) {
        if (change.act == change::Change::Act::Await)
            continue;
        checks.append([&api, &change, stop](const change::Found &found) {
            const QString name = change::shownTarget(change.target);
            const Result<> answer = change::tryOut(api, change, stop);
            if (answer) {
                found(u"dry-run"_s, change::Check::State::Ok, Words::tr("%1: accepted").arg(name), {});
                return;
            }
            Error error = change::ofPlan(answer.error());
            const QString fix = std::exchange(error.fix, {}); // said once
            found(u"dry-run"_s, change::Check::State::Fail, u"%1: %2"_s.arg(name, text::safe(error.oneLine())), fix);
        });
    }
    return change::runChecks(checks, onCheck, stop);
}

void dropVainProofs(ObjectApi &api, change::Plan &plan, std::stop_token stop)
{
    QList<change::Change> kept;
    for (const change::Change &change : std::as_const(plan.changes)) {
        const bool proof = change.act == change::Change::Act::Await && change.until.size() == 1 && change.until.first().what == change::Condition::What::Accepted;
        if (proof) {
            const change::Condition &condition = change.until.first();
            const Result<QJsonObject> answer = api.create(condition.object.kind, condition.object.ns, condition.body, {.dryRun = true}, stop);
            if (!answer && answer.error().reason != u"AlreadyExists") {
                plan.warnings.append({u"no-proof"_s,
                                      Words::tr("A %1 is refused before anything is changed, so it proves nothing afterwards: %2")
                                          .arg(text::safe(condition.object.kind.kind), text::safe(answer.error().oneLine())),
                                      QString()});
                continue;
            }
        }
        kept.append(change);
    }
    plan.changes = kept;
}

namespace {

qsizetype doneOf(ObjectApi &api, const change::Record &record, const std::stop_token &stop)
{
    if (record.undoing || record.next >= record.entries.size())
        return record.next;
    const change::Change &change = record.entries[record.next].change;
    if (change.act != change::Change::Act::Create)
        return record.next;
    const Result<QJsonObject> there = api.get(change.target, stop);
    const bool made = there && (*there)[u"metadata"_s][u"annotations"_s][change::changeMark()].toString() == record.id;
    return record.next + (made ? 1 : 0);
}

} // namespace

Result<QList<RecordedChange>> recordedChanges(ObjectApi &api, const QString &ns, std::stop_token stop)
{
    const QString label = change::recordLabel() + u"=change"_s;
    Result<QList<QJsonObject>> objects = api.list(kinds::configMaps(), ns, label, {}, stop);
    if (!objects && ns.isEmpty() && objects.error().kind == Error::Kind::Forbidden)
        objects = api.list(kinds::configMaps(), u"kubeflow"_s, label, {}, stop);
    if (!objects)
        return fail(objects.error());
    QList<RecordedChange> found;
    for (const QJsonObject &object : std::as_const(*objects)) {
        const QJsonValue meta = object[u"metadata"_s];
        RecordedChange one;
        one.record = {kinds::configMaps(), meta[u"namespace"_s].toString(), meta[u"name"_s].toString(), {}};
        one.owner = change::Owner::of(object);
        if (const Result<change::Record> record = change::Record::fromObject(object)) {
            one.content = *record;
            one.done = doneOf(api, *record, stop);
            one.older = change::notMadeBy(api, *record, object, stop);
        } else {
            one.unreadable = record.error();
            one.unreadable->causes.append({u"%1/%2"_s.arg(one.record.ns, one.record.name), u"ConfigMap"_s, QString()});
            one.content.begun = QDateTime::fromString(meta[u"creationTimestamp"_s].toString(), Qt::ISODate);
        }
        found.append(one);
    }
    std::ranges::sort(found, {}, [](const RecordedChange &one) { return one.content.begun; });
    return found;
}

Result<QList<situation::OpenChange>> openChanges(ObjectApi &api, std::stop_token stop)
{
    const Result<QList<RecordedChange>> records = recordedChanges(api, {}, stop);
    if (!records)
        return fail(records.error());
    QList<situation::OpenChange> open;
    for (const RecordedChange &one : *records) {
        if (!one.isOpen())
            continue;
        const change::Record &record = one.content;
        const auto total = static_cast<int>(record.entries.size());
        const auto next = static_cast<int>(one.done);
        const bool atWork = one.owner && change::isAtWork(*one.owner) != change::AtWork::No;
        const QString text = one.unreadable ? Words::tr("its record cannot be read: %1").arg(one.unreadable->why)
            : atWork                        ? Words::tr("is under way: %1 of %n step(s) are done, by %2", nullptr, total).arg(next).arg(one.owner->text())
            : record.undoing                ? Words::tr("was being rolled back; %n step(s) are left", nullptr, next)
                                            : Words::tr("was not finished: %1 of %n step(s) are done", nullptr, total).arg(next);
        open.append({u"record:"_s + one.record.ns + u'/' + one.record.name, one.unreadable ? text::safe(one.record.name) : text::safe(record.title), text,
                     text::safe(one.record.ns), text::safe(record.tool), record.changed});
    }
    return open;
}

void refuseWhileOpen(ObjectApi &api, change::Plan &plan, std::stop_token stop)
{
    const Result<QList<situation::OpenChange>> open = openChanges(api, stop);
    if (open && !open->isEmpty()) {
        plan.problems.append({u"unfinished"_s, Words::tr("Another change is under way or not finished: %1.").arg(text::safe(recordOf(open->first().key).name)),
                              Words::tr("Wait for it, finish it, or roll it back.")});
    }
}

ObjectRef recordOf(const QString &key)
{
    const QString path = key.section(u':', 1);
    return {kinds::configMaps(), path.section(u'/', 0, 0), path.section(u'/', 1), {}};
}

} // namespace cairn::app
