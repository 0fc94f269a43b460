// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/StorageFlows.h"

#include "base/Text.h"
#include "checkpoints/ClaimListing.h"
#include "domain/ObjectDecoder.h"
#include "domain/VolumeStatistics.h"
#include "engine/JobFlows.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QUrl>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::app)
};

constexpr qsizetype mostNodes = 1000;

template <class T>
QList<T> decoded(const QList<QJsonObject> &objects, const std::unique_ptr<ObjectDecoder<T>> &decoder)
{
    QList<T> values;
    for (const QJsonObject &object : objects) {
        if (Result<T> value = decoder->object(QJsonDocument(object).toJson(QJsonDocument::Compact), WireFormat::Json))
            values.append(*std::move(value));
    }
    return values;
}

/// Empty where it could not be read, which is a gap then.
template <class T>
Result<QList<T>> listed(ObjectApi &api, const ResourceKind &kind, const QString &ns, const std::unique_ptr<ObjectDecoder<T>> &decoder,
                        Gaps &gaps, std::stop_token stop, bool *read = nullptr)
{
    const Result<QList<QJsonObject>> objects = api.list(kind, ns, {}, {}, stop);
    if (read)
        *read = objects.has_value();
    if (objects)
        return decoded(*objects, decoder);
    const Result<> goOn = gaps.missed(qualifiedName(kind), objects.error());
    return goOn ? Result<QList<T>>() : fail(goOn.error());
}

/// The port the API is on: the one called web, http or http-web, else 9090, else the first.
QString portOf(const QJsonObject &service)
{
    const QJsonArray ports = service[u"spec"_s][u"ports"_s].toArray();
    for (const QJsonValue &port : ports) {
        const QString name = port[u"name"_s].toString();
        if (name == "https"_L1)
            return u"https:%1:"_s + QString::number(port[u"port"_s].toInt());
        if (name == "web"_L1 || name == "http"_L1 || name == "http-web"_L1)
            return u"%1:"_s + QString::number(port[u"port"_s].toInt());
    }
    for (const QJsonValue &port : ports) {
        if (port[u"port"_s].toInt() == 9090)
            return u"%1:9090"_s;
    }
    return ports.isEmpty() ? QString() : u"%1:"_s + QString::number(ports.first()[u"port"_s].toInt());
}

QJsonValue orNull(qint64 value)
{
    return value < 0 ? QJsonValue(QJsonValue::Null) : QJsonValue(value);
}

QJsonValue timeOrNull(const QDateTime &value)
{
    return value.isValid() ? QJsonValue(value.toUTC().toString(Qt::ISODate)) : QJsonValue(QJsonValue::Null);
}

QString troubleWord(storage::ClaimAccount::Trouble trouble)
{
    using T = storage::ClaimAccount::Trouble;
    switch (trouble) {
    case T::None: break;
    case T::Pending: return u"pending"_s;
    case T::Lost: return u"lost"_s;
    case T::VolumeGone: return u"volumeGone"_s;
    case T::VolumeFailed: return u"volumeFailed"_s;
    case T::Deleting: return u"deleting"_s;
    }
    return {};
}

} // namespace

Measured readKubelets(const ProxyGet &get, const QStringList &nodes, std::stop_token stop)
{
    Measured measured;
    for (const QString &node : nodes.mid(0, mostNodes)) {
        if (stop.stop_requested())
            break;
        const Result<QByteArray> body = get({kinds::nodes(), {}, node, {}}, u"/stats/summary"_s, stop);
        const Result<QList<VolumeUse>> uses = body ? readSummary(*body) : Result<QList<VolumeUse>>(fail(body.error()));
        if (uses)
            measured.uses += *uses;
        else if (!measured.problem)
            measured.problem = uses.error();
        // The right is the same for all nodes: one refusal is enough.
        if (!uses && uses.error().kind == Error::Kind::Forbidden)
            break;
    }
    return measured;
}

Result<std::optional<PrometheusPlace>> findPrometheus(ObjectApi &api, std::stop_token stop)
{
    for (const QString &selector : {u"operated-prometheus=true"_s, u"app.kubernetes.io/name=prometheus"_s, u"app=prometheus,component=server"_s}) {
        const Result<QList<QJsonObject>> services = api.list(kinds::services(), {}, selector, {}, stop);
        if (!services && (services.error().kind == Error::Kind::Forbidden || services.error().kind == Error::Kind::NotFound))
            return std::nullopt;
        if (!services)
            return fail(services.error());
        std::optional<PrometheusPlace> best;
        for (const QJsonObject &service : *services) {
            const QJsonValue meta = service[u"metadata"_s];
            const QString port = portOf(service);
            PrometheusPlace place{meta[u"namespace"_s].toString(), port.isEmpty() ? QString() : port.arg(meta[u"name"_s].toString())};
            if (!place.service.isEmpty() && !place.ns.isEmpty()
                && (!best || std::pair(place.ns, place.service) < std::pair(best->ns, best->service)))
                best = place;
        }
        if (best)
            return best;
    }
    return std::nullopt;
}

Measured readPrometheus(const ProxyGet &get, const PrometheusPlace &place, std::stop_token stop)
{
    const ObjectRef target{kinds::services(), place.ns, place.service, {}};
    const auto ask = [&](const QString &metric) -> Result<PrometheusVector> {
        const QString query = QString::fromLatin1(QUrl::toPercentEncoding(claimQuery(metric)));
        const Result<QByteArray> body = get(target, u"/api/v1/query?query="_s + query, stop);
        return body ? readVector(*body) : Result<PrometheusVector>(fail(body.error()));
    };
    Measured measured;
    const Result<PrometheusVector> used = ask(u"kubelet_volume_stats_used_bytes"_s);
    if (!used) {
        measured.problem = used.error();
        return measured;
    }
    if (used->values.isEmpty()) {
        const QString name = text::safe(place.ns + u'/' + place.service);
        measured.problem = used->unlabelled > 0
            ? Error::make(Error::Kind::Unsupported, Words::tr("The metrics of Prometheus %1 cannot be used").arg(name),
                          Words::tr("Its series kubelet_volume_stats_used_bytes have no labels namespace and persistentvolumeclaim."),
                          Words::tr("Keep these labels when the kubelets are scraped."))
            : Error::make(Error::Kind::NotFound, Words::tr("Prometheus %1 knows no PVC").arg(name),
                          Words::tr("It has no series kubelet_volume_stats_used_bytes."),
                          Words::tr("Let it scrape the kubelets' /metrics."));
        return measured;
    }
    const Result<PrometheusVector> capacity = ask(u"kubelet_volume_stats_capacity_bytes"_s);
    const Result<PrometheusVector> available = ask(u"kubelet_volume_stats_available_bytes"_s);
    measured.uses = joinVectors(*used, capacity.value_or(PrometheusVector()), available.value_or(PrometheusVector()));
    if (!capacity)
        measured.problem = capacity.error();
    else if (!available)
        measured.problem = available.error();
    return measured;
}

Result<VolumeUse> measureClaim(ObjectApi &api, const QString &ns, const QString &claim, const std::optional<ObjectRef> &job,
                               std::stop_token stop, const ckpt::Progress &progress, const HelperCheck &mayRun)
{
    const Result<ckpt::ClaimRequest> request = ckpt::planClaim(api, ns, claim, job, stop);
    if (!request)
        return fail(request.error());
    if (mayRun) {
        if (const Result<> agreed = mayRun(*request); !agreed)
            return fail(agreed.error());
    }
    return ckpt::measureClaim(api, *request, stop, progress);
}

std::optional<ObjectRef> jobWithImage(const QList<Job> &jobs, const Claim &claim)
{
    std::optional<ObjectRef> any;
    for (const Job &job : jobs) {
        if (job.ns != claim.ns)
            continue;
        if (std::ranges::any_of(job.mounts, [&](const VolumeMount &mount) { return mount.claim == claim.name; }))
            return job.ref();
        if (!any)
            any = job.ref();
    }
    return any;
}

Result<QString> clusterId(ObjectApi &api, std::stop_token stop)
{
    const Result<QJsonObject> object = api.get({kinds::namespaces(), {}, u"kube-system"_s, {}}, stop);
    if (!object)
        return fail(object.error());
    return object->value(u"metadata"_s)[u"uid"_s].toString();
}

Result<storage::ClaimFacts> readClaimFacts(ObjectApi &api, const QString &ns, std::stop_token stop)
{
    storage::ClaimFacts facts;
    const Result<QList<QJsonObject>> claims = api.list(kinds::claims(), ns, {}, {}, stop);
    if (!claims)
        return fail(claims.error());
    facts.claims = decoded(*claims, claimDecoder());
    Gaps gaps;
    gaps.read();
    const auto volumes = listed(api, kinds::volumes(), {}, volumeDecoder(), gaps, stop, &facts.volumesRead);
    const auto classes = listed(api, kinds::storageClasses(), {}, storageClassDecoder(), gaps, stop);
    const auto pods = listed(api, kinds::pods(), ns, podDecoder(), gaps, stop, &facts.usersRead);
    if (!volumes || !classes || !pods)
        return fail(!volumes ? volumes.error() : !classes ? classes.error() : pods.error());
    facts.volumes = *volumes;
    facts.classes = *classes;
    facts.pods = *pods;
    facts.gaps = gaps.gaps();
    if (Result<JobList> jobs = listJobs(api, ns, stop)) {
        facts.jobs = std::move(jobs->jobs);
        for (const Gap &gap : std::as_const(jobs->gaps)) {
            if (std::ranges::find(facts.gaps, gap.what, &Gap::what) == facts.gaps.end())
                facts.gaps.append(gap);
        }
        facts.usersRead = facts.usersRead && jobs->allKinds && jobs->podsRead;
    } else if (jobs.error().kind == Error::Kind::Cancelled) {
        return fail(jobs.error());
    } else if (jobs.error().kind != Error::Kind::Unsupported) { // without the operators there are claims all the same
        facts.gaps.append({u"jobs"_s, jobs.error()});
        facts.usersRead = false;
    }
    facts.now = QDateTime::currentDateTimeUtc();
    return facts;
}

QJsonObject toJson(const storage::ClaimAccount &account, bool usersRead)
{
    const Claim &claim = account.claim;
    QJsonArray users;
    for (const storage::ClaimUser &user : account.users)
        users.append(QJsonObject{{u"name"_s, user.name}, {u"job"_s, !user.jobUid.isEmpty()}, {u"pods"_s, user.pods}});
    QJsonValue use = QJsonValue::Null;
    if (account.use) {
        use = QJsonObject{{u"usedBytes"_s, orNull(account.use->used)},
                          {u"capacityBytes"_s, orNull(account.use->capacity)},
                          {u"availableBytes"_s, orNull(account.use->available)},
                          {u"inodes"_s, orNull(account.use->inodes)},
                          {u"inodesUsed"_s, orNull(account.use->inodesUsed)},
                          {u"source"_s, storage::sourceWord(account.use->source)},
                          {u"measuredAt"_s, timeOrNull(account.use->at)}};
    }
    const QString trouble = troubleWord(account.trouble);
    return {
        {u"namespace"_s, claim.ns},
        {u"name"_s, claim.name},
        {u"uid"_s, claim.uid},
        {u"phase"_s, claim.phase},
        {u"storageClass"_s, claim.storageClass},
        {u"driver"_s, account.driver.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(account.driver)},
        {u"volume"_s, claim.volume.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(claim.volume)},
        {u"accessModes"_s, QJsonArray::fromStringList(claim.accessModes)},
        {u"requestedBytes"_s, orNull(claim.requested)},
        {u"capacityBytes"_s, orNull(claim.capacity)},
        {u"use"_s, use},
        {u"wholeFileSystem"_s, account.wholeFileSystem},
        {u"sharedWith"_s, QJsonArray::fromStringList(account.sharedWith)},
        {u"sharingGuessed"_s, account.groupGuessed},
        {u"users"_s, users.isEmpty() && !usersRead ? QJsonValue(QJsonValue::Null) : QJsonValue(users)},
        {u"trouble"_s, trouble.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(trouble)},
    };
}

} // namespace cairn::app
