// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "change/Record.h"

/// What of a record nobody may carry out unseen. Whoever may write ConfigMaps in a namespace can have written a record there, and
/// it is carried out with the rights of somebody else. Pure; any thread.
namespace cairn::change {

struct Suspicion {
    enum class What {
        Elsewhere, ///< it lies in another namespace than the record, or in none
        Rights,    ///< it gives rights (rbac.authorization.k8s.io), in whichever namespace
        Pods,      ///< it chooses what pods run or as whom, or lets them out of their bounds
    };
    What what = What::Elsewhere;
    ObjectRef target;
    QStringList powers; ///< of Pods: "runs as service account builder", "image evil:1"; safe to show
    /// "Deployment team/x", "ClusterRole x": safe to show.
    QString name() const;
    bool operator==(const Suspicion &) const = default;
};

/// "elsewhere", "rights", "pods".
QString whatWord(Suspicion::What what);

/// All that asks for consent before the record, which lies in `ns`, is finished or rolled back: each object and reason once. Nothing
/// of a record in recordHome(), and not the PersistentVolume or StorageClass that is made for a claim of `ns`, is that one's alone,
/// outlives it, and leads to no other namespace's Secret and to no folder of the nodes but one for data. What the record says of before is no excuse: it may be forged as well.
QList<Suspicion> suspicions(const Record &record, const QString &ns);
/// The same of a plan that is not recorded yet: whether its record would ask.
bool asksForConsent(const Plan &plan);

/// Sentences for people, at most one for each kind of reason but for Pods, where each object has its own; then who can have written it.
/// Empty without suspicions. Safe to show.
QStringList sentences(const QList<Suspicion> &suspicions, const QString &ns);

/// What somebody is asked before such a record is carried out: safe to show.
struct Question {
    QString title;
    QString text;
    QString act;
};
Question consentQuestion(const QList<Suspicion> &suspicions, const QString &ns);

} // namespace cairn::change
