// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/JobFlows.h"
#include "s3/Bucket.h"

#include <QHash>
#include <QSet>

/// Checkpoints of jobs that save to S3, as blocking flows; see JobFlows.h.
namespace cairn::app {

class Keychain;

/// Where a job's bucket is and where the job has its keys from. Holds no secret: it is what a user is asked about.
struct BucketPlan {
    /// A key of a Secret, as the job's container takes a variable from it.
    struct Origin {
        QString secret;
        QString key;
    };
    /// A Secret whose keys all become variables.
    struct Whole {
        QString secret;
        QString prefix;
    };
    QString uri;                      ///< as the job names it, without the part that is one attempt's
    s3::Place place;
    s3::Store store;                  ///< as the job's plain variables name it; AWS where they name none
    QHash<QString, QString> plain;    ///< the job's plain variables; keys should not be among them, but may
    QHash<QString, Origin> variables; ///< the variables for S3 that come from one key of a Secret
    QList<Whole> wholes;              ///< in the container's order: later ones win

    /// Names of the Secrets that have to be read for the keys, sorted; empty where the keys are plain or there are none.
    QStringList secrets() const;
    /// "https://minio:9000", or "AWS (amazonaws.com)": where keys would go. Safe to show.
    QString server() const;
    /// What is read and sent, for a question: "AWS_ACCESS_KEY_ID: data key id of Secret store". Sorted, safe to show.
    QStringList keySources() const;
    /// What a consent is bound to: the cluster, the namespace, the server that keys go to, the bucket, and which variable
    /// comes from which key of which Secret. Words: cluster, namespace, server, s3://bucket, sources.
    QString consentKey(const QString &cluster, const QString &ns) const;
};

/// True where a job saves to a bucket that can be listed.
bool savesToBucket(const ckpt::SaveLocation &location);

/// Error::reason where the job does not say openly on which server its bucket is: nameEndpoint() mends that.
inline constexpr QLatin1StringView endpointUnknown{"EndpointUnknown"};

/// Reads the job's object and nothing else. Error::Unsupported with endpointUnknown where the endpoint itself comes out of
/// a Secret or ConfigMap: nobody could be asked about it then. `endpoint`, or else the one that was named for the job, beats
/// what the job says.
Result<BucketPlan> planBucket(ObjectApi &api, const Job &job, std::stop_token stop, const QString &endpoint = {});

/// Remembers on the job (annotation cairn.console/endpoint) on which server its bucket is. Error::Invalid where `server` is
/// no http or https URL.
Result<> nameEndpoint(ObjectApi &api, const ObjectRef &job, const QString &server, std::stop_token stop);

/// Reads the Secrets of a plan, after the user agreed to that and to `plan.store`. Error::Consent with endpointUnknown where
/// a Secret names another endpoint than the one agreed to. The keys live as long as the result does.
Result<s3::Access> accessOfJob(ObjectApi &api, const Job &job, const BucketPlan &plan, std::stop_token stop);

/// Lists the bucket. JobListing::root is the URI.
Result<JobListing> readBucket(net::HttpClient &http, const Job &job, const QList<Pod> &pods, const BucketPlan &plan,
                              const s3::Access &access, std::stop_token stop, const ckpt::Progress &progress = {});

/// A bucket and the credentials for it. They live as long as this does.
struct AgreedAccess {
    BucketPlan plan;
    s3::Access access;
};
/// Plans and reads the Secrets, where what is asked for is in `agreed`; see agreedBucket().
Result<AgreedAccess> agreedAccess(Keychain &keychain, ObjectApi &api, const QString &cluster, const QSet<QString> &agreed, const Job &job, std::stop_token stop);

/// Plans, reads the Secrets and lists, where what is asked for is in `agreed` (BucketPlan::consentKey); Error::Consent
/// where it is not, as when the job was changed since. Keys that the job does not name come from the keychain; none are
/// held between two readings. All that it takes by
/// reference outlives it.
ReadAgain agreedBucket(net::HttpClient &http, Keychain &keychain, ObjectApi &api, const QString &cluster, const QSet<QString> &agreed);

/// After a consent was taken back: the keys of its bucket that are kept in the keychain. `consentKey` as above; one without a
/// bucket, of an older Cairn, names none.
Result<> forgetKeys(Keychain &keychain, const QString &consentKey, std::stop_token stop);

} // namespace cairn::app
