// SPDX-License-Identifier: GPL-3.0-or-later
// Whether a job could start, and why one does not.
#include "base/Text.h"
#include "domain/NameRules.h"
#include "domain/QuotaDecoder.h"
#include "engine/LaunchFlows.h"
#include "engine/LaunchParts.h"
#include "engine/QuotaFlows.h"
#include "jobs/ShownOnly.h"

#include <QCoreApplication>
#include <algorithm>
#include <functional>

using namespace Qt::StringLiterals;

namespace cairn::app {

Result<bool> launching::readPages(ObjectApi &api, const ResourceKind &kind, ListQuery query, int most,
    const std::function<void(const QJsonObject &)> &take, const std::stop_token &stop)
{
    query.limit = pageSize;
    for (int pages = 0; pages < most; ++pages) {
        const Result<ObjectPage> page = api.page(kind, query, stop);
        if (!page)
            return fail(page.error());
        for (const QJsonObject &object : page->objects)
            take(object);
        if (page->next.isEmpty())
            return true;
        query.next = page->next;
    }
    return false;
}

namespace {

struct FitWords {
    Q_DECLARE_TR_FUNCTIONS(cairn::app)
};

using launching::readPages;
constexpr qint64 kPage = launching::pageSize;
constexpr int kMostNodes = launching::mostNodes;
constexpr int kMostPods = 60; // pages
constexpr int kMostEvents = 10;
constexpr int kMostClaims = 10;
constexpr qsizetype kMostSecrets = 10;
constexpr qsizetype kMostNamed = 30;

Error tooMany(const QString &what)
{
    return Error::make(Error::Kind::Unsupported, FitWords::tr("There are too many %1 to be counted.").arg(what));
}

/// An autoscaler that adds nodes: Karpenter, or the cluster autoscaler by the ConfigMap in which it tells its state.
std::optional<bool> grows(ObjectApi &api, const std::stop_token &stop)
{
    if (api.serves({u"karpenter.sh"_s, u"v1"_s, u"nodepools"_s, u"NodePool"_s, false}, stop).value_or(false))
        return true;
    const Result<QJsonObject> status =
        api.get({kinds::configMaps(), u"kube-system"_s, u"cluster-autoscaler-status"_s, {}}, stop);
    if (status)
        return true;
    return status.error().kind == Error::Kind::NotFound ? std::optional(false) : std::nullopt;
}

Result<launch::FitFacts> readCluster(ObjectApi &api, const QString &ns, Gaps &gaps, const std::stop_token &stop)
{
    launch::FitFacts facts;
    launch::Rooms rooms;
    const Result<bool> nodes = readPages(
        api, kinds::nodes(), {}, kMostNodes, [&](const QJsonObject &node) { rooms.add(node); }, stop);
    if (nodes && *nodes) {
        gaps.read();
        const ListQuery query{{}, {}, u"status.phase!=Succeeded,status.phase!=Failed"_s, kPage, {}};
        const Result<bool> pods = readPages(
            api, kinds::pods(), query, kMostPods, [&](const QJsonObject &pod) { rooms.occupy(pod); }, stop);
        facts.podsRead = pods && *pods;
        if (!facts.podsRead) {
            if (const Result<> on = gaps.missed(
                    FitWords::tr("pods of all namespaces"), pods ? tooMany(kinds::pods().plural) : pods.error());
                !on)
                return fail(on.error());
        }
        facts.rooms = rooms.all();
    } else if (const Result<> on =
                   gaps.missed(kinds::nodes().plural, nodes ? tooMany(kinds::nodes().plural) : nodes.error());
               !on) {
        return fail(on.error());
    }
    facts.grows = grows(api, stop);
    QList<QJsonObject> claims;
    const Result<bool> claimed = readPages(
        api, kinds::claims(), {ns, {}, {}, kPage, {}}, kMostClaims, [&](const QJsonObject &claim) { claims.append(claim); }, stop);
    if (claimed && *claimed)
        facts.claims = claims;
    else if (const Result<> on = gaps.missed(kinds::claims().plural, claimed ? tooMany(kinds::claims().plural) : claimed.error()); !on)
        return fail(on.error());
    // Who may not read classes is not told what waits for its first pod.
    if (const Result<QList<QJsonObject>> classes = api.list(kinds::storageClasses(), {}, {}, {}, stop)) {
        facts.lateClasses.emplace();
        for (const QJsonObject &one : *classes) {
            if (one.value("volumeBindingMode"_L1).toString() == "WaitForFirstConsumer"_L1)
                facts.lateClasses->append(one.value("metadata"_L1)["name"_L1].toString());
        }
    }
    const Result<QJsonObject> space = api.get({kinds::namespaces(), {}, ns, {}}, stop);
    if (space)
        facts.security = space->value("metadata"_L1)
                             .toObject()
                             .value("labels"_L1)
                             .toObject()
                             .value("pod-security.kubernetes.io/enforce"_L1)
                             .toString();
    else if (const Result<> on = gaps.missed(kinds::namespaces().plural, space.error()); !on)
        return fail(on.error());
    if (const Result<bool> kueue = api.serves(kinds::localQueues(), stop))
        facts.kueue = *kueue;
    // Only newer than it is read: it is there, and what it says is not known.
    ResourceKind newer = kinds::localQueues();
    newer.version = u"v1beta2"_s;
    const bool unreadable = facts.kueue == std::optional(false) && api.serves(newer, stop).value_or(false);
    if (unreadable)
        facts.kueue = true;

    const Result<QuotaFacts> quotas = readQuotaFacts(api, ns, stop);
    if (!quotas) {
        if (const Result<> on = gaps.missed(kinds::resourceQuotas().plural, quotas.error()); !on)
            return fail(on.error());
        return facts;
    }
    gaps.read();
    const auto isRead = [&](const ResourceKind &kind) {
        const QString name = kind.group.isEmpty() ? kind.plural : kind.plural + u'.' + kind.group;
        return std::ranges::find(quotas->unread, name, &QuotaFacts::Unread::resource) == quotas->unread.end();
    };
    if (isRead(kinds::resourceQuotas()))
        facts.quotas.emplace();
    if (isRead(kinds::clusterQueues()) && !unreadable)
        facts.clusterQueues.emplace();
    for (const Quota &quota : quotas->quotas)
        (quota.kind == "ClusterQueue"_L1 ? facts.clusterQueues : facts.quotas)->append(quota);
    if (isRead(kinds::limitRanges()))
        facts.ranges = quotas->ranges;
    if (isRead(kinds::localQueues()) && !unreadable)
        facts.localQueues = quotas->localQueues;
    for (const QuotaFacts::Unread &unread : quotas->unread) {
        if (const Result<> on = gaps.missed(unread.resource, unread.error); !on)
            return fail(on.error());
    }
    return facts;
}

} // namespace

Result<FitRead> readFitFacts(ObjectApi &api, const QString &ns, const launch::Objects &job, std::stop_token stop)
{
    Gaps gaps;
    const Result<launch::FitFacts> facts = readCluster(api, ns, gaps, stop);
    if (!facts)
        return fail(facts.error());
    FitRead read;
    read.facts = *facts;
    if (const Result<> named = readNamed(api, ns, job, read, stop); !named)
        return fail(named.error());
    read.gaps = gaps.gaps();
    read.readAt = QDateTime::currentDateTimeUtc();
    return read;
}

namespace {

ResourceKind kindOf(launch::Need::What what)
{
    switch (what) {
    case launch::Need::What::ConfigMap: return kinds::configMaps();
    case launch::Need::What::ServiceAccount: return kinds::serviceAccounts();
    case launch::Need::What::PriorityClass: return kinds::priorityClasses();
    case launch::Need::What::Secret: break;
    }
    return kinds::secrets();
}

/// The object, empty where it does not exist; nullopt where that could not be seen.
std::optional<QJsonObject> seen(ObjectApi &api, const ResourceKind &kind, const QString &ns, const QString &name, const std::stop_token &stop)
{
    if (!rules::isDnsName(name))
        return std::nullopt;
    if (kind == kinds::secrets()) {
        // Asked first: a refusal would be in the audit log as an attempt.
        const Result<AccessAnswer> may = api.may({u"get"_s, {}, kind.plural, {}, ns, name}, stop);
        if (!may || !may->allowed)
            return std::nullopt;
    }
    const Result<QJsonObject> object = api.get({kind, kind.namespaced ? ns : QString(), name, {}}, stop);
    if (object)
        return *object;
    return object.error().kind == Error::Kind::NotFound ? std::optional(QJsonObject()) : std::nullopt;
}

} // namespace

Result<> readNamed(ObjectApi &api, const QString &ns, const launch::Objects &job, FitRead &read, const std::stop_token &stop)
{
    if (const ObjectRef ref = launching::runtimeRef(job.job, ns); !job.runtime.isEmpty() || ref.name.isEmpty()) {
        read.runtimeRef = {};
        read.runtime = job.runtime;
    } else if (read.runtimeRef != ref) {
        read.runtimeRef = ref;
        read.runtime = launching::runtimeOf(api, job.job, ns, stop);
    }
    const launch::Needs needs = launch::needsOf(job.job, read.runtime);
    const launch::Spec spec = launch::effectiveSpec(job.job, read.runtime);
    const QStringList &pulls = spec.pullSecrets;
    const QString &queue = spec.volcanoQueue;
    if (needs == read.needs && pulls == read.pullSecrets && queue == read.volcanoQueue)
        return {};
    read.needs = needs;
    read.pullSecrets = pulls;
    read.volcanoQueue = queue;
    for (const launch::Need &need : needs.named.mid(0, kMostNamed)) {
        if (read.facts.found.contains(need.id()))
            continue;
        if (const std::optional<QJsonObject> object = seen(api, kindOf(need.what), ns, need.name, stop))
            read.facts.found.insert(need.id(), object->isEmpty() ? launch::Found() : launch::foundIn(*object));
    }
    for (const QString &name : pulls.mid(0, kMostSecrets)) {
        if (read.facts.pullSecrets.contains(name))
            continue;
        if (const std::optional<QJsonObject> secret = seen(api, kinds::secrets(), ns, name, stop))
            read.facts.pullSecrets.insert(name, secret->isEmpty() ? launch::PullSecret() : launch::pullSecretOf(*secret));
    }
    if (!queue.isEmpty() && !read.facts.volcano) {
        if (const Result<bool> volcano = api.serves(launching::volcanoQueues(), stop))
            read.facts.volcano = *volcano;
    }
    if (!queue.isEmpty() && read.facts.volcano == std::optional(true) && !read.facts.volcanoQueues.contains(queue)) {
        if (const std::optional<QJsonObject> object = seen(api, launching::volcanoQueues(), {}, queue, stop))
            read.facts.volcanoQueues.insert(queue, !object->isEmpty());
    }
    if (stop.stop_requested())
        return fail(Error::cancelled());
    return {};
}

launch::Fit fitOf(const launch::Objects &job, const FitRead &read)
{
    return launch::fitOf(launch::Objects{job.job, read.runtime}, read.facts);
}

Result<LaunchFit> readFit(ObjectApi &api, const launch::Objects &job, const QString &ns, std::stop_token stop)
{
    const Result<FitRead> read = readFitFacts(api, ns, job, std::move(stop));
    if (!read)
        return fail(read.error());
    return LaunchFit{fitOf(job, *read), read->gaps};
}

QString neverTrains(const LaunchPreview &preview, const launch::Fit *fit)
{
    if (fit != nullptr && fit->answer == launch::Fit::Answer::Never)
        return fit->text;
    static const QStringList deadly{u"shared"_s, u"image"_s, u"text"_s, u"names"_s};
    // On the disks of its nodes it trains; what it saves is not shared, which the safety net says.
    const launch::Around &around = preview.ground.around;
    const QString claim = launch::saveFolder(preview.create.body, preview.runtime).section(u":/"_s, 0, 0);
    const bool trains = around.local.contains(claim) && !around.broken.contains(claim) && around.claims.value(claim).contains(u"ReadWriteMany"_s);
    for (const launch::Point &point : preview.points) {
        if (point.state == launch::Point::State::Fails && deadly.contains(point.id) && !(trains && point.id == "shared"_L1))
            return FitWords::tr("It cannot run: %1", "why").arg(point.text);
    }
    return {};
}

Result<JobWhy> readWhyNot(ObjectApi &api, const ObjectRef &job, std::stop_token stop)
{
    const JobKindFacts *kind = jobKindOf(job.kind);
    if (kind == nullptr)
        return fail(
            Error::Kind::Unsupported, FitWords::tr("%1 is not a kind of training job").arg(text::safe(job.kind.kind)));
    if (const change::Note refusal = jobs::shownOnly(kind->id); !refusal.id.isEmpty())
        return fail(Error::Kind::Unsupported, refusal.text, {}, refusal.fix);
    const Result<QJsonObject> object = api.get(job, stop);
    if (!object)
        return fail(object.error());
    launch::WhyFacts facts;
    facts.job = *object;
    facts.job.insert(u"kind"_s, job.kind.kind); // as it was asked for, whatever the answer leaves out
    facts.job.insert(u"apiVersion"_s, job.kind.apiVersion());
    facts.now = QDateTime::currentDateTimeUtc();
    Gaps gaps;
    gaps.read();
    const auto read = [&](const ResourceKind &what, const ListQuery &query, int most,
                          std::optional<QList<QJsonObject>> &into) -> Result<> {
        QList<QJsonObject> objects;
        const Result<bool> all = readPages(
            api, what, query, most, [&](const QJsonObject &one) { objects.append(one); }, stop);
        if (all && *all) {
            into = objects;
            return {};
        }
        return gaps.missed(what.plural, all ? tooMany(what.plural) : all.error());
    };
    const ListQuery here{job.ns, {}, {}, kPage, {}};
    const ListQuery own{job.ns, kind->podLabel + u'=' + job.name, {}, kPage, {}};
    for (const Result<> &done :
        {read(kinds::pods(), own, kMostPods, facts.pods), read(kinds::events(), here, kMostEvents, facts.events)}) {
        if (!done)
            return fail(done.error());
    }
    const launch::Spec spec = launch::specOf(facts.job);
    if (!spec.queue.isEmpty()) {
        for (const QString &version : {u"v1beta1"_s, u"v1beta2"_s}) {
            const ResourceKind workloads{u"kueue.x-k8s.io"_s, version, u"workloads"_s, u"Workload"_s, true};
            if (facts.workloads || !api.serves(workloads, stop).value_or(false))
                continue;
            if (const Result<> done = read(workloads, here, kMostEvents, facts.workloads); !done)
                return fail(done.error());
        }
    }
    if (kind->isTrainJob()) {
        const ObjectRef ref = launching::runtimeRef(facts.job, job.ns);
        const Result<QJsonObject> runtime = api.get(ref, stop);
        if (runtime || runtime.error().kind == Error::Kind::NotFound)
            facts.runtime = runtime.has_value();
        else if (const Result<> on = gaps.missed(ref.kind.plural, runtime.error()); !on)
            return fail(on.error());
    }
    const Result<launch::FitFacts> cluster = readCluster(api, job.ns, gaps, stop);
    if (!cluster)
        return fail(cluster.error());
    facts.cluster = *cluster;
    facts.claims = cluster->claims;
    if (stop.stop_requested())
        return fail(Error::cancelled());
    return JobWhy{launch::whyNot(facts), gaps.gaps()};
}

} // namespace cairn::app
