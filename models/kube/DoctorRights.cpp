// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/DoctorRights.h"

#include "base/Text.h"
#include "domain/Kinds.h"
#include "kube/Rights.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <QJsonObject>
#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

using namespace Qt::StringLiterals;

namespace cairn::kube {
namespace {

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::kube)
};

/// Questions on the way at once: enough to hide the latency of a far cluster, few enough for any quota.
constexpr int parallel = 4;

Result<bool> ask(net::HttpClient &http, const Credentials::Material &material, const AccessQuery &query,
                 std::chrono::milliseconds timeout, const std::stop_token &stop)
{
    net::Request request = accessReview(query);
    request.headers += material.headers;
    request.timeout = timeout;
    request.maxRetries = 2;
    const auto response = http.send(material.endpoint, request, stop);
    if (!response)
        return fail(response.error());
    const QJsonObject object = QJsonDocument::fromJson(response->body).object();
    if (response->status != 201 && response->status != 200) {
        Error error = Error::make(response->status == 401 ? Error::Kind::Auth : Error::Kind::Server,
                                  Words::tr("The server did not say which permissions you have."),
                                  Words::tr("It answered %1: %2").arg(response->status).arg(text::safe(object.value(u"message"_s).toString().left(300))),
                                  Words::tr("Ask whoever runs the cluster whether access reviews are switched off."));
        error.httpStatus = response->status;
        return fail(error);
    }
    return accessAnswer(object).map([](const AccessAnswer &answer) { return answer.allowed; });
}

} // namespace

QString Right::name() const
{
    QString resource = query.resource;
    if (!query.group.isEmpty())
        resource += u'.' + query.group;
    if (!query.subresource.isEmpty())
        resource += u'/' + query.subresource;
    return query.verb + u' ' + resource;
}

QList<Right> rightsToCheck(const QString &ns)
{
    QList<Right> rights;
    const auto add = [&](const QString &verb, const ResourceKind &kind, bool writes, const QString &subresource = {}) {
        rights.append({{verb, kind.group, kind.plural, subresource, kind.namespaced ? ns : QString(), {}}, writes});
    };
    // Rights are of a resource, not of its versions.
    QList<ResourceKind> jobs;
    for (const JobKindFacts &facts : jobKinds()) {
        if (!facts.isShownOnly() && std::ranges::none_of(jobs, [&](const ResourceKind &k) { return k.group == facts.resource.group && k.plural == facts.resource.plural; }))
            jobs.append(facts.resource);
    }
    for (const ResourceKind &job : std::as_const(jobs))
        add(u"list"_s, job, false);
    add(u"list"_s, kinds::pods(), false);
    add(u"watch"_s, kinds::pods(), false);
    add(u"get"_s, kinds::pods(), false, u"log"_s);
    add(u"list"_s, kinds::events(), false);
    add(u"list"_s, kinds::claims(), false);
    add(u"list"_s, kinds::namespaces(), false);
    rights.last().optional = true;
    add(u"create"_s, kinds::batchJobs(), true); // the helper that lists a claim
    for (const ResourceKind &job : std::as_const(jobs)) {
        add(u"patch"_s, job, true);
        add(u"create"_s, job, true);
    }
    return rights;
}

RightsSummary summarise(const QList<Right> &rights)
{
    RightsSummary summary;
    for (const Right &right : rights) {
        if (right.optional)
            continue;
        ++summary.total;
        if (right.allowed) {
            ++summary.allowed;
            summary.writesAny = summary.writesAny || right.writes;
            if (right.query.verb == u"list"_s && std::ranges::any_of(jobKinds(), [&](const JobKindFacts &kind) {
                    return kind.resource.group == right.query.group && kind.resource.plural == right.query.resource;
                }))
                summary.readsAnyJobs = true;
        } else {
            summary.readsAll = summary.readsAll && right.writes;
            summary.missing.append(right.name());
        }
    }
    return summary;
}

Result<QList<Right>> checkRights(net::HttpClient &http, const Credentials::Material &material, QList<Right> rights,
                                 std::chrono::milliseconds timeout, std::stop_token stop)
{
    std::atomic<bool> giveUp = false;
    std::atomic<qsizetype> next = 0;
    std::mutex mutex;
    std::optional<Error> failure;
    Right *const data = rights.data(); // detached once, here; each thread writes its own entries
    const qsizetype count = rights.size();
    {
        std::vector<std::jthread> workers;
        for (int i = 0; i < parallel; ++i)
            workers.emplace_back([&] {
                for (qsizetype at = next++; at < count && !giveUp && !stop.stop_requested(); at = next++) {
                    const auto answer = ask(http, material, data[at].query, timeout, stop);
                    if (answer) {
                        data[at].allowed = *answer;
                        continue;
                    }
                    const std::lock_guard lock(mutex);
                    if (!failure)
                        failure = answer.error();
                    giveUp = true;
                    return;
                }
            });
    }
    if (stop.stop_requested())
        return fail(Error::cancelled());
    if (failure)
        return fail(*failure);
    return rights;
}

} // namespace cairn::kube
