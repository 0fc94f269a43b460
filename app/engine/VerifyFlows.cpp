// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/VerifyFlows.h"

#include "base/Text.h"
#include "engine/Keychain.h"
#include "engine/StorageFlows.h"
#include "s3/BucketShelf.h"

#include <QCoreApplication>
#include <QFileInfo>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::app::Verify)
};

} // namespace

QString placeOfFolder(const QString &path)
{
    const QString canonical = QFileInfo(path).canonicalFilePath();
    return u"folder:"_s + (canonical.isEmpty() ? path : canonical);
}

QString placeOfBucket(const s3::Access &access, const s3::Place &place)
{
    const QString server = access.store.isAws() ? u"aws"_s : access.store.server.toDisplayString();
    return u"s3:%1 %2/%3"_s.arg(server, place.bucket, QString::fromUtf8(place.prefix));
}

QString placeOfJob(const QString &cluster, const Job &job, const JobListing &listing)
{
    if (savesToBucket(listing.location))
        return u"%1 %2 %3"_s.arg(cluster, job.ns, listing.root);
    // Jobs that share a claim share what was read of it, wherever they mount it.
    const std::optional<ckpt::ClaimPath> inClaim = ckpt::claimPathOf(job, listing.root);
    const ckpt::ClaimPath &place = inClaim ? *inClaim : listing.location.place;
    return u"%1 %2 pvc/%3 %4"_s.arg(cluster, job.ns, place.claim, place.path);
}

QString clusterName(ObjectApi &api, const QString &server, std::stop_token stop)
{
    const Result<QString> id = clusterId(api, stop);
    return id && !id->isEmpty() ? *id : server;
}

void addFoundDamage(Listing &listing, const QString &place, store::VerificationStore &store)
{
    if (!store.exists() || listing.runs.isEmpty())
        return;
    const Result<QHash<QString, Verification>> found = store.read(place, listing);
    if (found)
        cairn::addFoundDamage(listing, *found);
    else
        listing.notes << Words::tr("Results of full verifications could not be read: %1").arg(found.error().why);
    if (const std::optional<Error> notice = store.takeNotice())
        listing.notes << notice->oneLine();
}

Result<JobListing> withFoundDamage(Result<JobListing> listing, ObjectApi &api, const QString &server, const Job &job, std::stop_token stop)
{
    store::VerificationStore store;
    if (listing && store.exists() && !listing->listing.runs.isEmpty())
        addFoundDamage(listing->listing, placeOfJob(clusterName(api, server, stop), job, *listing), store);
    return listing;
}

Result<std::unique_ptr<ckpt::Shelf>> openClaim(ObjectApi &api, const Job &job, const QList<Pod> &pods, ListVia via,
                                               const std::shared_ptr<ckpt::HeldHelper> &held, std::stop_token stop, const HelperCheck &mayRun)
{
    const Result<ClaimPlace> place = placeOnClaim(api, job, pods, via, stop, mayRun);
    if (!place)
        return fail(place.error());
    const QString what = Words::tr("The PVC %1 could not be read").arg(text::safe(place->location.place.claim));
    ckpt::Inside inside;
    if (place->target)
        inside = [target = *place->target](bool, const std::stop_token &) { return Result<ckpt::ExecTarget>(target); };
    else
        inside = [request = *place->request, held](bool anew, const std::stop_token &token) { return held->target(request, anew, token); };
    return std::unique_ptr<ckpt::Shelf>(new ckpt::ExecShelf(api, std::move(inside), what));
}

OpenShelf agreedShelf(net::HttpClient &http, Keychain &keychain, ObjectApi &api, const QString &cluster, const QSet<QString> &agreed, const Job &job)
{
    return [&http, &keychain, &api, cluster, agreed, job](const std::stop_token &stop) -> Result<std::unique_ptr<ckpt::Shelf>> {
        Result<AgreedAccess> access = agreedAccess(keychain, api, cluster, agreed, job, stop);
        if (!access)
            return fail(access.error());
        return std::unique_ptr<ckpt::Shelf>(new s3::BucketShelf(http, access->access, access->plan.place));
    };
}

Result<Verification> verifyAndKeep(ckpt::Shelf &shelf, const QString &path, const ckpt::RecogniseOptions &options, store::VerificationStore &store,
                                   const QString &place, std::stop_token stop, const ckpt::VerifyProgress &progress, std::optional<Error> &trouble)
{
    Result<Verification> verification = ckpt::verify(shelf, path, options, stop, progress);
    if (!verification || verification->result == FullRead::Changed)
        return verification;
    if (const Result<> kept = store.put(place, *verification); !kept)
        trouble = kept.error();
    return verification;
}

} // namespace cairn::app
