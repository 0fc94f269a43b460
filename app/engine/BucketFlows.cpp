// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/BucketFlows.h"

#include "engine/Keychain.h"
#include "base/Names.h"
#include "base/Text.h"
#include "jobs/Attempt.h"
#include "jobs/RoleChange.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonObject>
#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::app::BucketFlows)
};

/// The variables that the AWS tools know, and so a container that saves to S3.
constexpr std::array known{"AWS_ACCESS_KEY_ID",  "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_S3",
                           "AWS_ENDPOINT_URL", "AWS_REGION",            "AWS_DEFAULT_REGION"};

bool isKnown(const QString &name)
{
    return std::ranges::any_of(known, [&](const char *k) { return name == QLatin1StringView(k); });
}

bool namesEndpoint(const QString &name)
{
    return name == "AWS_ENDPOINT_URL"_L1 || name == "AWS_ENDPOINT_URL_S3"_L1;
}

QString cannotBeListed(const Job &job)
{
    return Words::tr("The bucket of %1 cannot be listed").arg(text::safe(job.name));
}

Error unknownEndpoint(Error::Kind kind, const Job &job, const QString &why)
{
    Error error = Error::make(kind, cannotBeListed(job), why, Words::tr("Name the server the bucket is on"));
    error.reason = endpointUnknown;
    return error;
}

/// The access that these variables name. Which roots are trusted is this machine's business: a job's AWS_CA_BUNDLE is a
/// path in its pod.
Result<s3::Access> accessOf(const QHash<QString, QString> &variables)
{
    return s3::accessFromEnvironment({}, [&](const char *name) {
        const QString wanted = QString::fromLatin1(name);
        return wanted == "AWS_CA_BUNDLE"_L1 ? qEnvironmentVariable(name) : variables.value(wanted);
    });
}

} // namespace

QStringList BucketPlan::secrets() const
{
    if (plain.contains(u"AWS_ACCESS_KEY_ID"_s) && plain.contains(u"AWS_SECRET_ACCESS_KEY"_s))
        return {};
    QStringList names;
    for (const Origin &origin : variables)
        names << origin.secret;
    for (const Whole &whole : wholes)
        names << whole.secret;
    names.sort();
    names.removeDuplicates();
    return names;
}

QString BucketPlan::server() const
{
    return store.isAws() ? Words::tr("AWS (amazonaws.com)") : text::safe(store.server.toDisplayString());
}

QStringList BucketPlan::keySources() const
{
    if (secrets().isEmpty())
        return {};
    QStringList sources;
    for (auto it = variables.begin(); it != variables.end(); ++it)
        sources << Words::tr("%1: data key %2 of Secret %3").arg(it.key(), text::safe(it->key), text::safe(it->secret));
    for (const Whole &whole : wholes)
        sources << Words::tr("every variable of Secret %1").arg(text::safe(whole.secret));
    sources.sort();
    return sources;
}

QString BucketPlan::consentKey(const QString &cluster, const QString &ns) const
{
    const QString where = store.isAws() ? u"AWS"_s : store.server.toString(QUrl::FullyEncoded);
    QStringList words{cluster, ns, where, u"s3://"_s + place.bucket};
    if (!secrets().isEmpty()) {
        QStringList sources;
        for (auto it = variables.begin(); it != variables.end(); ++it)
            sources << u"%1=%2/%3"_s.arg(it.key(), it->secret, it->key);
        sources.sort(); // a hash has no order; that of the Secrets taken whole decides which one wins
        for (const Whole &whole : wholes)
            sources << u"%1*=%2"_s.arg(whole.prefix, whole.secret);
        words << sources.join(u',');
    }
    return words.join(u' ');
}

Result<> forgetKeys(Keychain &keychain, const QString &consentKey, std::stop_token stop)
{
    const QString server = consentKey.section(u' ', 2, 2);
    const QString bucket = consentKey.section(u' ', 3, 3);
    if (!bucket.startsWith("s3://"_L1))
        return {};
    s3::Store store;
    if (server != "AWS"_L1)
        store.server = QUrl(server);
    return forgetKeys(keychain, store, bucket.mid(5), std::move(stop));
}

bool savesToBucket(const ckpt::SaveLocation &location)
{
    return location.kind == ckpt::SaveLocation::Kind::Remote && location.uri.startsWith("s3://"_L1);
}

Result<BucketPlan> planBucket(ObjectApi &api, const Job &job, std::stop_token stop, const QString &endpoint)
{
    const ckpt::SaveLocation location = ckpt::locate(job);
    if (!savesToBucket(location))
        return fail(Error::Kind::Unsupported, cannotBeListed(job), location.reason, ckpt::howToCorrect(location));
    BucketPlan plan;
    // All attempts, not only the last: they lie below the prefix of the first one.
    plan.uri = jobs::attemptBase(location.uri);
    const Result<s3::Place> place = s3::parsePlace(plan.uri);
    if (!place) {
        Error error = place.error();
        error.fix = ckpt::howToCorrect(location);
        return fail(error);
    }
    plan.place = *place;

    const Result<QJsonObject> object = api.get(job.ref(), stop);
    if (!object)
        return fail(object.error());
    const QString server = endpoint.isEmpty() ? object->value("metadata"_L1)["annotations"_L1][names::name("endpoint"_L1)].toString() : endpoint;
    const QString replicaSpecs = job.facts().replicaSpecs;
    const QStringList roles = jobs::rolesOf(*object, replicaSpecs);
    const QJsonObject container = roles.isEmpty() ? QJsonObject() : jobs::containerOf(*object, replicaSpecs, roles.first(), job.container);
    for (const QJsonValue value : container.value("envFrom"_L1).toArray()) {
        const QString secret = value["secretRef"_L1]["name"_L1].toString();
        if (!secret.isEmpty())
            plan.wholes.append({secret, value["prefix"_L1].toString()});
    }
    for (const QJsonValue value : container.value("env"_L1).toArray()) {
        const QString name = value["name"_L1].toString();
        if (!isKnown(name))
            continue;
        const QJsonValue from = value["valueFrom"_L1];
        plan.plain.remove(name); // the last entry of a name wins
        plan.variables.remove(name);
        if (from.isUndefined()) {
            plan.plain.insert(name, value["value"_L1].toString());
        } else if (namesEndpoint(name)) {
            if (server.isEmpty())
                return fail(unknownEndpoint(Error::Kind::Unsupported, job,
                                            Words::tr("%1 comes from a Secret or ConfigMap, so where the credentials would go cannot be shown first").arg(name)));
        } else if (const QJsonValue ref = from["secretKeyRef"_L1]; !ref.isUndefined()) {
            plan.variables.insert(name, {ref["name"_L1].toString(), ref["key"_L1].toString()});
        }
    }
    if (!server.isEmpty())
        plan.plain.insert(u"AWS_ENDPOINT_URL_S3"_s, server);
    QHash<QString, QString> open = plan.plain; // half of the keys may be plain and the other half not
    open.remove(u"AWS_ACCESS_KEY_ID"_s);
    open.remove(u"AWS_SECRET_ACCESS_KEY"_s);
    const Result<s3::Access> access = accessOf(open);
    if (!access)
        return fail(access.error());
    plan.store = access->store;
    return plan;
}

Result<> nameEndpoint(ObjectApi &api, const ObjectRef &job, const QString &server, std::stop_token stop)
{
    const QUrl url(server, QUrl::StrictMode);
    if ((url.scheme() != "https"_L1 && url.scheme() != "http"_L1) || url.host().isEmpty() || !url.userInfo().isEmpty())
        return fail(Error::Kind::Invalid, Words::tr("“%1” is not a server address").arg(text::safe(server)), {}, Words::tr("Write it as https://HOST:PORT"));
    const QJsonObject patch{{u"metadata"_s, QJsonObject{{u"annotations"_s, QJsonObject{{names::name("endpoint"_L1), server}}}}}};
    const Result<QJsonObject> done = api.patch(job, PatchType::Merge, patch, {}, stop);
    if (!done)
        return fail(done.error());
    return {};
}

Result<s3::Access> accessOfJob(ObjectApi &api, const Job &job, const BucketPlan &plan, std::stop_token stop)
{
    QHash<QString, QJsonObject> data;
    for (const QString &name : plan.secrets()) {
        const Result<QJsonObject> secret = api.get({kinds::secrets(), job.ns, name, {}}, stop);
        if (!secret)
            return fail(secret.error());
        data.insert(name, secret->value("data"_L1).toObject());
    }
    const auto decoded = [](const QJsonValue &value) { return QString::fromUtf8(QByteArray::fromBase64(value.toString().toLatin1())); };
    QHash<QString, QString> variables;
    for (const BucketPlan::Whole &whole : plan.wholes) {
        const QJsonObject all = data.value(whole.secret);
        for (const char *name : known) {
            const QString variable = QString::fromLatin1(name);
            if (variable.startsWith(whole.prefix) && all.contains(variable.mid(whole.prefix.size())))
                variables.insert(variable, decoded(all.value(variable.mid(whole.prefix.size()))));
        }
    }
    // The container sees its own list of variables before the Secrets that it takes as a whole.
    for (auto it = plan.variables.begin(); it != plan.variables.end(); ++it)
        variables.insert(it.key(), decoded(data.value(it->secret).value(it->key)));
    for (auto it = plan.plain.begin(); it != plan.plain.end(); ++it)
        variables.insert(it.key(), it.value());

    Result<s3::Access> access = accessOf(variables);
    if (!access)
        return fail(access.error());
    if (plan.store.isAws() && !access->store.isAws()) {
        return fail(unknownEndpoint(
            Error::Kind::Consent, job,
            Words::tr("Its Secret names another endpoint, %1, than the one that was agreed to").arg(text::safe(access->store.server.toDisplayString()))));
    }
    const QByteArray region = plan.store.region.isEmpty() ? access->store.region : plan.store.region;
    access->store = plan.store;
    access->store.region = region;
    return access;
}

Result<AgreedAccess> agreedAccess(Keychain &keychain, ObjectApi &api, const QString &cluster, const QSet<QString> &agreed, const Job &job, std::stop_token stop)
{
    const Result<BucketPlan> plan = planBucket(api, job, stop);
    if (!plan)
        return fail(plan.error());
    if (!agreed.contains(plan->consentKey(cluster, job.ns)))
        return fail(Error::Kind::Consent, Words::tr("The bucket was not read"), Words::tr("nobody has agreed to use its credentials yet"),
                    Words::tr("Open the job and allow it there"));
    Result<s3::Access> access = accessOfJob(api, job, *plan, stop);
    if (!access)
        return fail(access.error());
    addKeptKeys(keychain, *access, plan->place.bucket, stop);
    return AgreedAccess{*plan, *access};
}

ReadAgain agreedBucket(net::HttpClient &http, Keychain &keychain, ObjectApi &api, const QString &cluster, const QSet<QString> &agreed)
{
    return [&http, &keychain, &api, cluster, agreed](const JobDetail &now, std::stop_token stop, const ckpt::Progress &progress) -> Result<JobListing> {
        const Result<AgreedAccess> access = agreedAccess(keychain, api, cluster, agreed, now.job, stop);
        if (!access)
            return fail(access.error());
        return readBucket(http, now.job, now.pods, access->plan, access->access, stop, progress);
    };
}

Result<JobListing> readBucket(net::HttpClient &http, const Job &job, const QList<Pod> &pods, const BucketPlan &plan,
                              const s3::Access &access, std::stop_token stop, const ckpt::Progress &progress)
{
    s3::BucketScanOptions options;
    options.recognise.writerMayBeAlive = mayBeWriting(job, pods);
    Result<Listing> listing = s3::scanBucket(http, access, plan.place, options, stop, progress);
    if (!listing)
        return fail(listing.error());
    return JobListing{ckpt::locate(job), plan.uri, *listing};
}

} // namespace cairn::app
