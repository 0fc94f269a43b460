// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "checkpoints/Compare.h"
#include "checkpoints/Verify.h"
#include "engine/BucketFlows.h"
#include "store/VerificationStore.h"

/// Whole files of a job's checkpoints, as blocking flows; see JobFlows.h.
namespace cairn::app {

/// What names the listed folder in the store of results: a folder of this computer, a claim's, or a bucket's. `cluster` tells
/// clusters apart (clusterId(), else the server's address).
QString placeOfFolder(const QString &path);
QString placeOfJob(const QString &cluster, const Job &job, const JobListing &listing);
QString placeOfBucket(const s3::Access &access, const s3::Place &place);

/// What earlier full reads of the place found damaged is so in the listing too (cairn::addFoundDamage()). That the store could not be
/// asked is among its notes.
void addFoundDamage(Listing &listing, const QString &place, store::VerificationStore &store);
/// The same of what was listed of a job, from the usual store: whatever shows checkpoints of jobs or chooses among them lists through
/// this. `server` names the cluster for whom kube-system is closed.
Result<JobListing> withFoundDamage(Result<JobListing> listing, ObjectApi &api, const QString &server, const Job &job, std::stop_token stop);
/// clusterId(), else `server`.
QString clusterName(ObjectApi &api, const QString &server, std::stop_token stop);

/// A job's claim, to read whole files of: by commands in a running pod, or in the helper that `held` keeps, if `mayRun` lets it. What is
/// listed is what readCheckpoints() lists. `api` outlives it.
Result<std::unique_ptr<ckpt::Shelf>> openClaim(ObjectApi &api, const Job &job, const QList<Pod> &pods, ListVia via,
                                               const std::shared_ptr<ckpt::HeldHelper> &held, std::stop_token stop, const HelperCheck &mayRun = {});

/// Opens where a job saves, in the way that the user agreed to.
using OpenShelf = std::function<Result<std::unique_ptr<ckpt::Shelf>>(const std::stop_token &stop)>;
/// The bucket of a job, by the credentials that BucketFlows.h lets be used. What it takes by reference outlives the shelf.
OpenShelf agreedShelf(net::HttpClient &http, Keychain &keychain, ObjectApi &api, const QString &cluster, const QSet<QString> &agreed, const Job &job);

/// ckpt::verify(), and keeps what it came to; a result that says nothing (changed meanwhile) is not kept. `trouble` gets why it could
/// not be.
Result<Verification> verifyAndKeep(ckpt::Shelf &shelf, const QString &path, const ckpt::RecogniseOptions &options, store::VerificationStore &store,
                                   const QString &place, std::stop_token stop, const ckpt::VerifyProgress &progress, std::optional<Error> &trouble);

} // namespace cairn::app
