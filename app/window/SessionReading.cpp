// SPDX-License-Identifier: GPL-3.0-or-later
#include "SessionReading.h"

#include "Preferences.h"
#include "checkpoints/ClaimListing.h"
#include "engine/BucketFlows.h"
#include "engine/ClusterSession.h"
#include "engine/VerifyFlows.h"

namespace cairn::app {

CheckpointReader::Access checkpointAccess(net::HttpClient &http, Keychain &keychain, Preferences &preferences, ClusterSession &session)
{
    CheckpointReader::Access access;
    access.jobs = &session.jobs();
    access.helperAllowed = [&preferences, server = session.server()](const QString &ns) { return preferences.helperAllowed(server, ns); };
    access.allowHelper = [&preferences, server = session.server()](const QString &ns, const QString &image) {
        preferences.allowHelper(server, ns, image);
    };
    access.listing = [&http, &keychain, &preferences, &session](const Job &job, ListVia via) -> CheckpointReader::Access::Flow {
        const std::shared_ptr<kube::Cluster> cluster = session.sharedCluster();
        const QList<Pod> pods = session.jobs().podsOf(job.uid);
        if (via != ListVia::Bucket) {
            return [cluster, job, pods, via, server = session.server(), consent = preferences.helperConsent(session.server())](std::stop_token stop) {
                return withFoundDamage(readCheckpoints(*cluster, job, pods, via, stop, {}, [&](const ckpt::HelperPod &request) { return consent.check(request); }),
                                       *cluster, server, job, stop);
            };
        }
        const QStringList agreed = preferences.allowedBuckets();
        return [&http, &keychain, cluster, job, pods, server = session.server(),
                allowed = QSet<QString>(agreed.begin(), agreed.end())](std::stop_token stop) {
            return withFoundDamage(agreedBucket(http, keychain, *cluster, server, allowed)({job, {}, pods, false}, stop, {}), *cluster, server, job, stop);
        };
    };
    access.sweep = [cluster = session.sharedCluster()](const QString &ns, std::stop_token stop) {
        // A running helper ends by itself after ten minutes. Where it fails the cluster's own clean-up has to do.
        (void)ckpt::sweepHelpers(*cluster, ns, std::chrono::minutes(15), stop);
    };
    return access;
}

} // namespace cairn::app
