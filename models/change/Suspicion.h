// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "change/Record.h"

/// What of a record nobody may carry out unseen. Whoever may write ConfigMaps in a namespace can have written a record there, and
/// it is carried out with the rights of somebody else. Pure but for notMadeBy(); any thread.
namespace cairn::change {

struct Suspicion {
    enum class What {
        Elsewhere, ///< it lies in another namespace than the record, or in none
        Rights,    ///< it gives rights, in whichever namespace: by RBAC, a service account, or a Secret, which the server may write a token into
        Pods,      ///< it chooses what pods run or as whom, or lets them out of their bounds
        Data,      ///< it deletes what it has not made: what that holds is gone
    };
    What what = What::Elsewhere;
    ObjectRef target;
    QStringList powers; ///< of Pods: "runs as service account builder", "image evil:1"; safe to show
    /// "Deployment team/x", "ClusterRole x": safe to show.
    QString name() const;
    bool operator==(const Suspicion &) const = default;
};

/// "elsewhere", "rights", "pods", "data".
QString whatWord(Suspicion::What what);

/// What taking back the record, which is kept in the ConfigMap `kept`, would delete although it cannot have made it: that bears its id, which
/// can be copied, and was there before the record, or could not be looked at. A hundred are looked at, any beyond count as such.
/// Empty for a record in recordHome(). Blocking.
QList<ObjectRef> notMadeBy(ObjectApi &api, const Record &record, const QJsonObject &kept, const std::stop_token &stop);

/// All that asks for consent before the record, which lies in `ns`, is finished or rolled back: each object and reason once. Nothing
/// of a record in recordHome(), and not the PersistentVolume or StorageClass that is made for a claim of `ns`, is that one's alone,
/// outlives it, and leads to no other namespace's Secret and to no folder of the nodes but one for data. What the record says of before is no excuse: it may be forged as well.
/// `older`: notMadeBy().
QList<Suspicion> suspicions(const Record &record, const QString &ns, const QList<ObjectRef> &older = {});
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
