// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "checkpoints/ClaimListing.h"

#include <QDateTime>

/// Whether two nodes share a claim, tried: two pods of one Job on different nodes write, flush, rename, and read what the
/// other one wrote. Access modes say what a driver promises; this says what is so.
namespace cairn::ckpt {

/// What a test from two nodes found. Speeds are in MB (10^6 bytes) a second, 0 where not measured.
struct SharedProof {
    bool shared = false;
    QString claimUid = {}; ///< a claim made anew under the same name has another one
    QDateTime at = {};     ///< UTC
    QStringList nodes = {}; ///< raw; the first is the one that wrote first
    qint64 bytes = 0; ///< of each of the two files
    double writeSpeed = 0; ///< of the slower node, flush included
    double readSpeed = 0;  ///< of what the other node had written, by the slower node
    QString why = {};      ///< of one that is not shared: a sentence, raw
    bool operator==(const SharedProof &) const = default;
};

/// The annotation of a claim that holds the newest one: "cairn.console/shared-proof".
QString proofAnnotation();
QString toAnnotation(const SharedProof &proof);
/// Of a PersistentVolumeClaim as JSON. nullopt where there is none, it cannot be read, or it is about another claim of this name.
std::optional<SharedProof> proofOf(const QJsonObject &claim);

struct ProofRequest : HelperPod {
    QString claim;
    QString claimUid;
    qint64 bytes = 256LL * 1024 * 1024; ///< of each file; a quarter of what is free at most
};

/// Finds out how it may be tried. Image and user are those of a pod that mounts the claim, else of `job`; `image` is taken
/// instead where it is given. Unsupported where the access modes rule it out, or it is not Bound: only one that waits for its
/// first pod (`waits`) may be tried then, and is provisioned by it.
Result<ProofRequest> planProof(ObjectApi &api, const QString &ns, const QString &claim, const std::optional<ObjectRef> &job, const QString &image, bool waits, std::stop_token stop);

HelperTask proofTask(const ProofRequest &request);
/// Arguments of proofScript() after `sh -c SCRIPT cairn`.
QStringList proofArguments(const QByteArray &marker, const ProofRequest &request);
/// What each of the two pods runs; which one it is, it knows by JOB_COMPLETION_INDEX.
const QString &proofScript();

/// What the two logs say, the first pod's first. An error where that is no verdict: it could not write, or ended early.
Result<SharedProof> readProof(const QList<QByteArray> &logs, const QByteArray &marker, const ProofRequest &request);

/// Runs it and removes its Job, also when stopped. Blocks up to ten minutes. Nothing is written on the claim object.
Result<SharedProof> proveShared(ObjectApi &api, const ProofRequest &request, std::stop_token stop, const Progress &progress = {});

} // namespace cairn::ckpt
