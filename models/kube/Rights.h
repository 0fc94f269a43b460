// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "domain/ObjectApi.h"
#include "net/Http.h"

#include <QJsonObject>
#include <QList>

/// What Cairn needs to be allowed: needs in, answer and Role out.
namespace cairn::kube {

/// Verbs on one resource, or on a subresource of it.
struct Need {
    ResourceKind kind;
    QStringList verbs;
    QString subresource = {};
    bool operator==(const Need &) const = default;
};
using Needs = QList<Need>;

namespace needs {
Needs viewJobs();        ///< with their pods, logs, events and PVCs
Needs viewNodes();
Needs viewComponents();  ///< of Kubeflow, on the nodes they run on
Needs viewQuotas();      ///< ResourceQuota, LimitRange and Kueue's queues
Needs viewStorage();     ///< PVCs with what stands behind them and who uses them
Needs readCheckpoints(); ///< by a helper Job
} // namespace needs

/// The questions of a need in `ns` ("" for all namespaces): one for each verb.
QList<AccessQuery> queriesOf(const Need &need, const QString &ns);

/// What is missing of some needs in `ns`. Blocks; asks one question for each verb (ObjectApi::may keeps answers).
Result<Needs> missingOf(ObjectApi &api, const Needs &needs, const QString &ns, std::stop_token stop);

/// A Role in `ns`, or a ClusterRole where `ns` is empty, that grants the needs and nothing else: what a user asks an
/// administrator for. Resources of one group with the same verbs share a rule.
QJsonObject roleFor(const QString &name, const QString &ns, const Needs &needs);

/// A SelfSubjectAccessReview: safe to send twice.
net::Request accessReview(const AccessQuery &query);
/// Its answer; Error::Parse where it does not say whether it is allowed.
Result<AccessAnswer> accessAnswer(const QJsonObject &review);

} // namespace cairn::kube
