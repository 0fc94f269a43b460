// SPDX-License-Identifier: GPL-3.0-or-later
#include "Bucket.h"
#include "Commands.h"
#include "Listing.h"
#include "Output.h"
#include "base/Text.h"
#include "engine/Keychain.h"
#include "engine/VerifyFlows.h"
#include "s3/Bucket.h"

using namespace Qt::StringLiterals;

namespace cairn::ctl {
namespace {

Result<s3::Access> accessFromUser(const Options &options)
{
    return s3::accessFromEnvironment({options.endpoint, options.region, options.style},
                                     [](const char *name) { return qEnvironmentVariable(name); });
}

/// Keys follow what the user named, by option or variable; that is the consent. What is not encrypted is said, once: a
/// resume reads the bucket several times.
void sayWhatIsPlain(const s3::Access &access)
{
    static QString said;
    const QString server = text::safe(access.store.server.toDisplayString());
    if (access.store.isEncrypted() || said == server)
        return;
    said = server;
    note(u"Warning: %1 is not encrypted. Anyone on the network path can read and change what is listed%2."_s.arg(
        server, access.keys.sessionToken.isEmpty() ? u""_s : u", and read the session token"_s));
}

/// --keychain, before: without keys in the environment those that were kept for this server and bucket are used.
Result<> takeKept(const Options &options, s3::Access &access, const QString &bucket, std::stop_token stop)
{
    if (!options.keychain || !access.keys.isEmpty())
        return {};
    Result<s3::Keys> kept = app::keptKeys(*app::desktopKeychain(), access.store, bucket, stop);
    if (!kept)
        return fail(kept.error());
    if (kept->isEmpty())
        note(u"The keychain has no credentials for the bucket %1 at this server."_s.arg(text::safe(bucket)));
    access.keys = *std::move(kept);
    return {};
}

/// --keychain, after: keys of the environment that proved good are kept.
void keepGood(const Options &options, const QString &bucket, std::stop_token stop)
{
    const Result<s3::Access> own = accessFromUser(options);
    if (!options.keychain || !own || own->keys.isEmpty())
        return;
    if (const Result<> done = app::keepKeys(*app::desktopKeychain(), *own, bucket, stop); !done)
        note(u"The credentials stay in memory only. "_s + done.error().oneLine());
}

} // namespace

Result<s3::Access> accessToBucket(const Options &options, const QString &bucket, std::stop_token stop)
{
    Result<s3::Access> access = accessFromUser(options);
    if (!access)
        return access;
    if (const Result<> taken = takeKept(options, *access, bucket, stop); !taken)
        return fail(taken.error());
    sayWhatIsPlain(*access);
    return access;
}

int checkpointsOfBucket(const Options &options, std::stop_token stop)
{
    const Result<s3::Place> place = s3::parsePlace(options.command[1]);
    if (!place)
        return printError(place.error());
    const Result<s3::Access> access = accessToBucket(options, place->bucket, stop);
    if (!access)
        return printError(access.error());
    net::HttpClient http("cairnctl/" CAIRN_VERSION_STRING);
    s3::BucketScanOptions scan;
    scan.asOf = options.asOf;
    Result<Listing> listing = s3::scanBucket(http, *access, *place, scan, stop);
    if (!listing)
        return printError(listing.error());
    keepGood(options, place->bucket, stop);
    store::VerificationStore store;
    app::addFoundDamage(*listing, app::placeOfBucket(*access, *place), store);
    printListing(options, *listing);
    return listingExit(options, *listing);
}

Result<app::AgreedAccess> accessToBucketOfJob(ObjectApi &api, const app::JobDetail &detail, const Options &options, std::stop_token stop)
{
    Result<s3::Access> mine = accessFromUser(options);
    if (!mine)
        return fail(mine.error());
    Result<app::BucketPlan> plan = app::planBucket(api, detail.job, stop, options.endpoint);
    if (!plan) {
        Error error = plan.error();
        if (error.reason == app::endpointUnknown)
            error.fix = u"Name it with --endpoint URL"_s;
        return fail(error);
    }
    if (mine->store.isAws() && !plan->store.isAws()) {
        return fail(Error::Kind::Consent, u"Listing %1 sends requests to %2"_s.arg(text::safe(plan->uri), plan->server()),
                    u"The job names this endpoint, and credentials only go where you say"_s,
                    u"Allow it with --endpoint %1"_s.arg(plan->server()));
    }
    // The user's words beat the job's; what neither says is found out.
    const QByteArray region = mine->store.region.isEmpty() ? plan->store.region : mine->store.region;
    plan->store = mine->store;
    plan->store.region = region;
    s3::Access access{plan->store, mine->keys};
    if (const Result<> taken = takeKept(options, access, plan->place.bucket, stop); !taken)
        return fail(taken.error());
    if (access.keys.isEmpty() && !plan->secrets().isEmpty()) {
        if (!options.allowSecret) {
            return fail(Error::Kind::Consent, u"Listing %1 needs the credentials of the job"_s.arg(text::safe(plan->uri)),
                        u"They are in the Secret %1 of namespace %2, and would go to %3"_s.arg(
                            text::safe(plan->secrets().join(u", "_s)), text::safe(detail.job.ns), plan->server()),
                        u"Allow it with --allow-secret, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"_s);
        }
        const Result<s3::Access> theirs = app::accessOfJob(api, detail.job, *plan, stop);
        if (!theirs)
            return fail(theirs.error());
        access = *theirs;
    }
    sayWhatIsPlain(access);
    return app::AgreedAccess{*plan, access};
}

Result<app::JobListing> readBucketOfJob(net::HttpClient &http, ObjectApi &api, const app::JobDetail &detail, const Options &options,
                                        std::stop_token stop)
{
    const Result<app::AgreedAccess> access = accessToBucketOfJob(api, detail, options, stop);
    if (!access)
        return fail(access.error());
    return app::readBucket(http, detail.job, detail.pods, access->plan, access->access, stop);
}

} // namespace cairn::ctl
