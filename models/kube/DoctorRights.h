// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "domain/ObjectApi.h"
#include "kube/Credentials.h"
#include "net/Http.h"

#include <QList>
#include <QString>
#include <chrono>
#include <stop_token>

namespace cairn::kube {

/// One thing Cairn may need to do in a namespace.
struct Right {
    AccessQuery query;
    bool writes = false;   ///< changes something on the cluster
    bool optional = false; ///< Cairn works without it: users who may not list namespaces work in theirs
    bool allowed = false;

    /// "list pods", "get pods/log", "patch pytorchjobs.kubeflow.org": the words kubectl auth can-i takes.
    QString name() const;
};

/// What Cairn asks about in `ns`; `allowed` is not known yet.
QList<Right> rightsToCheck(const QString &ns);

struct RightsSummary {
    int allowed = 0; ///< of those that are not optional
    int total = 0;
    bool readsAll = true;
    bool readsAnyJobs = false;
    bool writesAny = false;
    QStringList missing; ///< names, optional ones left out
};
RightsSummary summarise(const QList<Right> &rights);

/// Asks the server about every right (SelfSubjectAccessReview), a few at a time. Blocks. Fails with the first error of
/// a question that could not be asked.
Result<QList<Right>> checkRights(net::HttpClient &http, const Credentials::Material &material, QList<Right> rights,
                                 std::chrono::milliseconds timeout, std::stop_token stop);

} // namespace cairn::kube
