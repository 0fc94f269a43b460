// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/VolumeFlows.h"

#include "base/Text.h"
#include "domain/NameRules.h"
#include "engine/JobFlows.h"
#include "engine/OverlayFlows.h"
#include "engine/StorageFlows.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QRandomGenerator>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::app::VolumeFlows)
};

using change::Change;
using storage::VolumeKind;

/// How old a helper is that a crash left behind: older ones belong to nobody.
constexpr std::chrono::minutes kLeftBehind{15};
constexpr qsizetype kMostVolumes = 5000;

QString shownName(const ObjectRef &ref)
{
    return u"%1 %2"_s.arg(text::safe(ref.kind.kind), text::safe(ref.ns.isEmpty() ? ref.name : ref.ns + u'/' + ref.name));
}

bool isDriver(const QString &there, const QString &wanted)
{
    return there == wanted || (wanted.endsWith("csi.ceph.com"_L1) && there.endsWith(u'.' + wanted));
}

bool waitsForPod(const QJsonObject &storageClass)
{
    return storageClass.value("volumeBindingMode"_L1).toString() == "WaitForFirstConsumer"_L1;
}

/// The newest thing that went wrong with a claim, in the words of its provisioner; empty where none did.
QString troubleOf(const change::Run &run, const ObjectRef &claim)
{
    const Result<QList<QJsonObject>> events = run.api().list(kinds::events(), claim.ns, {}, u"involvedObject.name="_s + claim.name, run.stop());
    QString latest, message;
    for (const QJsonObject &event : events.value_or(QList<QJsonObject>())) {
        const QString at = event.value("lastTimestamp"_L1).toString(event.value("eventTime"_L1).toString());
        if (event.value(u"involvedObject"_s)[u"kind"_s].toString() != claim.kind.kind || event.value("type"_L1).toString() != "Warning"_L1 || at < latest)
            continue;
        latest = at;
        message = text::safe(event.value("message"_L1).toString()).left(400);
    }
    return message;
}

class Planner {
public:
    Planner(ObjectApi &api, VolumePlan &plan, std::stop_token stop) : m_api(api), m_plan(plan), m_stop(std::move(stop)) { }

    Result<> run()
    {
        ofTheNodes();
        for (const storage::VolumeObject &one : std::as_const(m_plan.volume.objects)) {
            if (const Result<> free = isFree(one.ref()); !free)
                return free;
            mayCreate(one.ref());
            append(one);
        }
        if (const std::optional<storage::VolumeSecret> &secret = m_plan.volume.secret) {
            const ObjectRef ref{kinds::secrets(), secret->ns, secret->name, {}};
            mayCreate(ref);
            Change fill;
            fill.act = Change::Act::Fill;
            fill.target = ref;
            QJsonObject plain;
            for (auto it = secret->plain.begin(); it != secret->plain.end(); ++it)
                plain.insert(it.key(), *it);
            fill.body = {{u"stringData"_s, plain}};
            fill.fills = secret->keys;
            fill.stage = change::Event::Stage::Creating;
            fill.text = Words::tr("Creating %1").arg(shownName(ref));
            m_plan.plan.changes.append(fill);
        }
        mayCreate({kinds::configMaps(), m_plan.plan.ns, {}, {}});
        for (const ObjectRef &ref : std::as_const(m_plan.volume.needs)) {
            if (const Result<> there = isThere(ref); !there)
                return there;
        }
        return handlesAreFree();
    }

private:
    void problem(const QString &id, const QString &text, const QString &fix) { m_plan.plan.problems.append({id, text, fix}); }
    void warn(const QString &id, const QString &text, const QString &fix = {}) { m_plan.plan.warnings.append({id, text, fix}); }

    /// Whoever mounts a folder by which a node is run can take over the node.
    void ofTheNodes()
    {
        const QString path = m_plan.spec.values.value(u"path"_s);
        const rules::NodeFolder folder = m_plan.spec.kind == "host-path"_L1 ? rules::nodeFolder(path) : rules::NodeFolder::Other;
        const QString fix = Words::tr("Choose a folder that is made for it, such as /mnt/training.");
        if (folder == rules::NodeFolder::Root)
            warn(u"host-root"_s, Words::tr("%1 is all of a node: whoever mounts the PVC reads and writes its system, its keys and the volumes of all other pods there, and can take over the cluster.").arg(text::safe(path)), fix);
        else if (folder == rules::NodeFolder::System)
            warn(u"host-system"_s, Words::tr("%1 is a folder of the node's system: whoever mounts the PVC reads and writes it, and can take over the node.").arg(text::safe(path)), fix);
    }

    void append(const storage::VolumeObject &one)
    {
        Change create;
        create.act = Change::Act::Create;
        create.target = one.ref();
        create.body = one.object;
        QJsonObject metadata = create.body.value("metadata"_L1).toObject();
        QJsonObject annotations = metadata.value("annotations"_L1).toObject();
        annotations.insert(change::changeMark(), m_plan.plan.id);
        metadata.insert(u"annotations"_s, annotations);
        create.body.insert(u"metadata"_s, metadata);
        create.stage = change::Event::Stage::Creating;
        create.text = Words::tr("Creating %1").arg(shownName(create.target));
        m_plan.plan.changes.append(create);
    }

    Result<> isFree(const ObjectRef &ref)
    {
        const Result<bool> served = m_api.serves(ref.kind, m_stop);
        if (served && !*served) {
            problem(u"not-served"_s, Words::tr("This cluster has no %1.").arg(ref.kind.kind), Words::tr("Install what serves it, or choose another kind of storage."));
            return {};
        }
        const Result<QJsonObject> there = m_api.get(ref, m_stop);
        if (there) {
            const std::optional<RecordedChange> made = recordOf(*there);
            const QString name = made ? text::safe(made->record.name) : QString(), ns = made ? text::safe(made->record.ns) : QString();
            if (made && made->isOpen())
                problem(u"unfinished"_s, Words::tr("%1 was made by a change that was interrupted.").arg(shownName(ref)),
                    Words::tr("Finish it with: cairnctl storage finish %1 -n %2 --yes, or take it back with storage rollback.").arg(name, ns));
            else if (made)
                problem(u"taken"_s, Words::tr("%1 exists already: a change made it that nobody has accepted yet.").arg(shownName(ref)),
                    Words::tr("Keep it with: cairnctl storage finish %1 -n %2 --yes, or take it back with storage rollback.").arg(name, ns));
            else
                problem(u"taken"_s, Words::tr("%1 exists already.").arg(shownName(ref)), Words::tr("Choose another name."));
        } else if (there.error().kind == Error::Kind::Cancelled) {
            return fail(there.error());
        } else if (there.error().kind != Error::Kind::NotFound) {
            warn(u"not-seen"_s, Words::tr("Whether %1 exists already could not be seen: %2").arg(shownName(ref), text::safe(there.error().oneLine())));
        }
        return {};
    }

    /// The record of the change that made it. One of storage is kept until the PVC is bound.
    std::optional<RecordedChange> recordOf(const QJsonObject &object)
    {
        const QString mark = object.value("metadata"_L1)[u"annotations"_s][change::changeMark()].toString();
        if (mark.isEmpty())
            return std::nullopt;
        for (const RecordedChange &one : recordedChanges(m_api, m_plan.plan.ns, m_stop).value_or(QList<RecordedChange>())) {
            if (one.content.id == mark)
                return one;
        }
        return std::nullopt;
    }

    void mayCreate(const ObjectRef &ref)
    {
        const Result<AccessAnswer> answer = m_api.may({u"create"_s, ref.kind.group, ref.kind.plural, {}, ref.ns, {}}, m_stop);
        if (!answer || answer->allowed)
            return;
        const bool record = ref.name.isEmpty();
        problem(u"forbidden"_s,
            record             ? Words::tr("You have no permission to create configmaps in %1, where the change is recorded.").arg(text::safe(ref.ns))
                : ref.ns.isEmpty() ? Words::tr("You have no permission to create %1, which are for the whole cluster.").arg(ref.kind.plural)
                                   : Words::tr("You have no permission to create %1 in %2.").arg(ref.kind.plural, text::safe(ref.ns)),
            Words::tr("Save the YAML and give it to an administrator, or choose a StorageClass of this cluster."));
    }

    /// What the objects name has to be there. A Secret is not read: whoever may see it sees its values.
    Result<> isThere(const ObjectRef &ref)
    {
        if (ref.kind == kinds::secrets()) {
            QStringList keys;
            for (const storage::SecretKey &key : storage::volumeKind(m_plan.spec.kind).value_or(VolumeKind()).secret)
                keys.append(key.key);
            warn(u"secret"_s, Words::tr("Secret %1 was not looked at. Its keys have to be %2.").arg(text::safe(ref.ns + u'/' + ref.name), keys.join(u", "_s)));
            return {};
        }
        const Result<QJsonObject> there = m_api.get(ref, m_stop);
        if (there) {
            if (ref.kind == kinds::storageClasses())
                takeClass(*there);
            return {};
        }
        if (there.error().kind == Error::Kind::Cancelled)
            return fail(there.error());
        if (there.error().kind != Error::Kind::NotFound)
            warn(u"not-seen"_s, Words::tr("Whether %1 is there could not be seen: %2").arg(shownName(ref), text::safe(there.error().oneLine())));
        else if (ref.kind == storage::csiDrivers())
            problem(u"driver"_s, Words::tr("The driver %1 is not installed in this cluster.").arg(text::safe(ref.name)), Words::tr("Install it, or choose another kind of storage."));
        else
            problem(u"missing"_s, Words::tr("%1 does not exist.").arg(shownName(ref)), Words::tr("Choose one of the cluster's."));
        return {};
    }

    void takeClass(const QJsonObject &object)
    {
        m_plan.waits = waitsForPod(object);
        const storage::SharedAccess access = storage::sharedAccess(object.value("provisioner"_L1).toString());
        const bool many = m_plan.spec.values.value(u"access"_s, u"ReadWriteMany"_s) == "ReadWriteMany"_L1;
        const QString name = text::safe(object.value("provisioner"_L1).toString());
        if (!many || m_plan.volume.claim.isEmpty())
            return;
        if (access.answer == storage::SharedAccess::Answer::No)
            warn(u"one-node"_s, Words::tr("%1 makes volumes that one node alone can write: a ReadWriteMany claim stays Pending.").arg(name), Words::tr("Choose another class."));
        else if (access.answer == storage::SharedAccess::Answer::IfSet)
            warn(u"if-set"_s, Words::tr("%1 shares volumes only with %2.").arg(name, access.needs));
        else if (access.answer == storage::SharedAccess::Answer::Unknown)
            warn(u"unknown-driver"_s, Words::tr("Whether nodes share what %1 makes is not known.").arg(name), Words::tr("Test the PVC from two nodes."));
    }

    /// Two PersistentVolumes of one handle confuse the kubelet: it takes them for one.
    Result<> handlesAreFree()
    {
        for (const storage::VolumeObject &one : std::as_const(m_plan.volume.objects)) {
            const QJsonValue csi = one.object.value("spec"_L1)[u"csi"_s];
            if (one.kind != kinds::volumes() || !csi.isObject())
                continue;
            const Result<ObjectPage> page = m_api.page(kinds::volumes(), {{}, {}, {}, kMostVolumes, {}}, m_stop);
            if (!page && page.error().kind == Error::Kind::Cancelled)
                return fail(page.error());
            for (const QJsonObject &other : page ? page->objects : QList<QJsonObject>()) {
                const QJsonValue there = other.value("spec"_L1)[u"csi"_s];
                if (there[u"driver"_s] == csi[u"driver"_s] && there[u"volumeHandle"_s] == csi[u"volumeHandle"_s])
                    warn(u"same-handle"_s, Words::tr("PersistentVolume %1 is of the same storage. A pod that mounts both gets one of them twice.").arg(text::safe(other.value("metadata"_L1)[u"name"_s].toString())));
            }
        }
        return {};
    }

    ObjectApi &m_api;
    VolumePlan &m_plan;
    const std::stop_token m_stop;
};

} // namespace

QString VolumePlace::driverFor(const VolumeKind &kind) const
{
    const auto found = std::ranges::find_if(drivers, [&](const QString &one) { return isDriver(one, kind.driver); });
    return kind.driver.isEmpty() || found == drivers.end() ? QString() : *found;
}

QString VolumePlace::obstacle(const VolumeKind &kind, bool byClass) const
{
    // An NFS export can be mounted without a driver.
    const bool needsDriver = !kind.driver.isEmpty() && (kind.id != "nfs"_L1 || byClass);
    if (needsDriver && driversRead && driverFor(kind).isEmpty())
        return Words::tr("The driver %1 is not installed in this cluster.").arg(kind.driver);
    const auto refused = [&](const ResourceKind &what) { return !rights.value(what.kind, true); };
    const auto forbidden = [](const ResourceKind &what) { return Words::tr("You have no permission to create %1.").arg(what.plural); };
    if (kind.claims && refused(kinds::claims()))
        return forbidden(kinds::claims());
    if (kind.claims && !byClass && refused(kinds::volumes()))
        return forbidden(kinds::volumes());
    if (byClass && kind.id != "class"_L1 && refused(kinds::storageClasses()))
        return forbidden(kinds::storageClasses());
    if (kind.id == "s3-keys"_L1 && refused(kinds::secrets()))
        return forbidden(kinds::secrets());
    if (kind.id == "bucket-identity"_L1 && refused(kinds::serviceAccounts()))
        return forbidden(kinds::serviceAccounts());
    return {};
}

VolumePlace readVolumePlace(ObjectApi &api, const QString &ns, std::stop_token stop)
{
    VolumePlace place;
    const auto list = [&](const ResourceKind &kind, bool &read) {
        const Result<QList<QJsonObject>> objects = api.list(kind, {}, {}, {}, stop);
        read = objects.has_value();
        if (!objects)
            place.gaps.append({kind.plural, Words::tr("The %1 were not read: %2").arg(kind.plural, text::safe(objects.error().oneLine())), {}});
        return objects.value_or(QList<QJsonObject>());
    };
    for (const QJsonObject &object : list(kinds::storageClasses(), place.classesRead)) {
        const QJsonValue metadata = object.value("metadata"_L1);
        VolumeClass one;
        one.name = metadata[u"name"_s].toString();
        one.provisioner = object.value("provisioner"_L1).toString();
        one.isDefault = metadata[u"annotations"_s][u"storageclass.kubernetes.io/is-default-class"_s].toString() == "true"_L1;
        one.waits = waitsForPod(object);
        one.expands = object.value("allowVolumeExpansion"_L1).toBool();
        one.access = storage::sharedAccess(one.provisioner);
        place.classes.append(one);
    }
    std::ranges::sort(place.classes, {}, &VolumeClass::name);
    for (const QJsonObject &object : list(storage::csiDrivers(), place.driversRead))
        place.drivers.append(object.value("metadata"_L1)[u"name"_s].toString());
    place.drivers.sort();
    for (const ResourceKind &kind : {kinds::claims(), kinds::volumes(), kinds::storageClasses(), kinds::secrets(), kinds::serviceAccounts(), kinds::batchJobs()}) {
        const Result<AccessAnswer> answer = api.may({u"create"_s, kind.group, kind.plural, {}, kind.namespaced ? ns : QString(), {}}, stop);
        if (answer)
            place.rights.insert(kind.kind, answer->allowed);
    }
    return place;
}

Result<VolumePlan> planVolume(ObjectApi &api, const storage::VolumeSpec &spec, std::stop_token stop)
{
    VolumePlan plan;
    plan.spec = spec;
    plan.refused = storage::refusals(spec);
    if (!plan.refused.isEmpty())
        return plan;
    const Result<storage::Volume> volume = storage::volumeOf(spec);
    if (!volume)
        return fail(volume.error());
    plan.volume = *volume;
    plan.text = storage::textOf(*volume);
    plan.plan.id = QString::number(QRandomGenerator::system()->generate64(), 16).rightJustified(16, u'0');
    plan.plan.title = Words::tr("Storage %1/%2").arg(text::safe(spec.ns), text::safe(spec.name));
    plan.plan.ns = spec.ns;
    plan.plan.keepRecord = true; // until the claim is bound
    Planner planner(api, plan, stop);
    if (const Result<> planned = planner.run(); !planned)
        return fail(planned.error());
    if (stop.stop_requested())
        return fail(Error::cancelled());
    return plan;
}

QList<change::Check> tryVolume(ObjectApi &api, const VolumePlan &plan, const std::function<void(const change::Check &)> &onCheck, std::stop_token stop)
{
    return tryOverlay(api, plan.plan, onCheck, stop);
}

QString bindingWord(VolumeOutcome::Binding binding)
{
    switch (binding) {
    case VolumeOutcome::Binding::Bound: return u"bound"_s;
    case VolumeOutcome::Binding::ForPod: return u"waitsForPod"_s;
    case VolumeOutcome::Binding::Pending: return u"pending"_s;
    case VolumeOutcome::Binding::None: break;
    }
    return u"none"_s;
}

Result<VolumeOutcome> makeVolume(ObjectApi &api, const VolumePlan &plan, const change::Options &options, std::chrono::seconds patience, std::stop_token stop)
{
    change::Options making = options;
    // It is done once it is bound.
    making.progress = [&options](const change::Event &event) {
        if (options.progress && event.stage != change::Event::Stage::Done)
            options.progress(event);
    };
    const Result<change::PlanOutcome> made = change::execute(api, plan.plan, making, stop);
    if (!made)
        return fail(made.error());
    VolumeOutcome outcome;
    outcome.made = *made;
    if (made->state != change::PlanOutcome::State::Done)
        return outcome;
    const change::Run run(api, options, stop);
    const auto claim = std::ranges::find_if(plan.volume.objects, [](const storage::VolumeObject &one) { return one.kind == kinds::claims() || one.kind == storage::bucketClaims(); });
    const auto accept = [&](VolumeOutcome::Binding binding, const QString &sentence) -> Result<VolumeOutcome> {
        outcome.binding = binding;
        outcome.text = sentence;
        // Without a way back the record has nothing to say any more.
        change::Options own = options;
        own.elsewhere = true;
        const Result<change::PlanOutcome> finished = change::finish(api, made->record, own, stop);
        if (!finished)
            outcome.made.notes.append(Words::tr("The record of the change could not be removed: %1").arg(text::safe(finished.error().oneLine())));
        else
            outcome.made = *finished;
        outcome.made.done = made->done;
        return outcome;
    };
    if (claim == plan.volume.objects.end())
        return accept(VolumeOutcome::Binding::None, Words::tr("It is there."));
    const ObjectRef ref = claim->ref();
    if (plan.waits)
        return accept(VolumeOutcome::Binding::ForPod, Words::tr("%1 is bound when the first pod uses it, as its class says.").arg(shownName(ref)));
    const QDateTime since = run.now();
    QString trouble;
    for (;;) {
        const Result<QJsonObject> live = run.read(ref);
        const QString phase = live ? live->value("status"_L1)[u"phase"_s].toString() : QString();
        if (phase == "Bound"_L1)
            return accept(VolumeOutcome::Binding::Bound, Words::tr("%1 is bound.").arg(shownName(ref)));
        std::optional<Error> error;
        if (!live) {
            error = live.error();
        } else if (phase == "Lost"_L1 || phase == "Failed"_L1) {
            error = Error::make(Error::Kind::Server, Words::tr("%1 is %2.").arg(shownName(ref), text::safe(phase)), troubleOf(run, ref), Words::tr("Take it back, and look at its events."));
        } else {
            trouble = troubleOf(run, ref);
            if (since.secsTo(run.now()) >= patience.count())
                error = Error::make(Error::Kind::Timeout, Words::tr("%1 is not bound after %2.").arg(shownName(ref), text::duration(patience)),
                    trouble.isEmpty() ? Words::tr("Nothing says why") : trouble, Words::tr("Take it back, or wait: it is bound as soon as its storage is there."));
        }
        if (!error) {
            run.report(change::Event::Stage::Waiting, trouble.isEmpty() ? Words::tr("Waiting until %1 is bound").arg(shownName(ref)) : Words::tr("Waiting until %1 is bound: %2").arg(shownName(ref), trouble));
            if (!run.sleepUntilNextLook(since))
                error = Error::cancelled();
        }
        if (error) {
            outcome.binding = VolumeOutcome::Binding::Pending;
            outcome.text = text::safe(error->oneLine());
            outcome.made.error = error;
            return outcome;
        }
    }
}

Result<ckpt::ProofRequest> planSharedProof(ObjectApi &api, const QString &ns, const QString &claim, const QString &image, std::stop_token stop)
{
    bool waits = false;
    std::optional<ObjectRef> job;
    const Result<QJsonObject> object = api.get({kinds::claims(), ns, claim, {}}, stop);
    if (!object)
        return fail(object.error());
    if (object->value("status"_L1)[u"phase"_s].toString() != "Bound"_L1) {
        const Result<QJsonObject> made = api.get({kinds::storageClasses(), {}, object->value("spec"_L1)[u"storageClassName"_s].toString(), {}}, stop);
        waits = made && waitsForPod(*made);
    }
    if (image.isEmpty()) {
        const Result<JobList> jobs = listJobs(api, ns, stop);
        Claim wanted;
        wanted.ns = ns;
        wanted.name = claim;
        if (jobs)
            job = jobWithImage(jobs->jobs, wanted);
    }
    return ckpt::planProof(api, ns, claim, job, image, waits, stop);
}

namespace {

QJsonObject annotationPatch(const ckpt::SharedProof &proof)
{
    return {{u"metadata"_s, QJsonObject{{u"annotations"_s, QJsonObject{{ckpt::proofAnnotation(), ckpt::toAnnotation(proof)}}}}}};
}

} // namespace

Result<> trySharedProof(ObjectApi &api, const ckpt::ProofRequest &request, std::stop_token stop)
{
    Change create;
    create.act = Change::Act::Create;
    create.target = {kinds::batchJobs(), request.ns, u"cairn-prove-0000000000"_s, {}};
    create.body = ckpt::helperJob(request, ckpt::proofTask(request), create.target.name, ckpt::proofScript(), ckpt::proofArguments("0", request));
    if (const Result<> tried = change::tryOut(api, create, stop); !tried)
        return tried;
    Change annotate;
    annotate.target = {kinds::claims(), request.ns, request.claim, request.claimUid};
    annotate.body = annotationPatch({});
    return change::tryOut(api, annotate, stop);
}

Result<ProofOutcome> proveClaim(ObjectApi &api, const ckpt::ProofRequest &request, std::stop_token stop, const ckpt::Progress &progress, const HelperCheck &mayRun)
{
    if (mayRun) {
        if (const Result<> agreed = mayRun(request); !agreed)
            return fail(agreed.error());
    }
    (void)ckpt::sweepHelpers(api, request.ns, kLeftBehind, stop, ckpt::proofTask(request).label);
    const Result<ckpt::SharedProof> proof = ckpt::proveShared(api, request, stop, progress);
    if (!proof)
        return fail(proof.error());
    ProofOutcome outcome{*proof, {}};
    const change::Run run(api, {}, stop);
    const Result<QJsonObject> written = run.write({kinds::claims(), request.ns, request.claim, request.claimUid}, [&](const QJsonObject &) -> Result<change::Write> { return change::Write{annotationPatch(*proof), {}}; });
    if (!written)
        outcome.unwritten = written.error();
    return outcome;
}

QString proofText(const ckpt::SharedProof &proof)
{
    const QString nodes = Words::tr("%1 and %2", "two nodes").arg(text::safe(proof.nodes.value(0)), text::safe(proof.nodes.value(1)));
    if (!proof.shared)
        return Words::tr("Not shared by %1. %2").arg(nodes, text::safe(proof.why));
    return Words::tr("Shared by %1: %2 MB/s written, %3 MB/s read.").arg(nodes).arg(proof.writeSpeed, 0, 'f', 0).arg(proof.readSpeed, 0, 'f', 0);
}

} // namespace cairn::app
