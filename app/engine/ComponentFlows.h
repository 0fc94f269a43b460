// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "components/Release.h"
#include "domain/ObjectApi.h"

#include <QJsonObject>

/// What cairnctl reads of a Kubeflow's components in one go; the window watches the same objects instead. Blocking: run
/// it on the flow pool or in cairnctl, never on the GUI thread.
namespace cairn::app {

/// Reads what the verdicts need, and no more than the namespaces where components live. A list that may not be read (or
/// that the server does not serve) is put down in `unread`; an error only where no workload at all may be listed, or
/// the server cannot be reached. Where workloads may not be listed in the whole cluster, those of `also` are
/// read beside those of the catalogue's namespaces: the namespace somebody named, or the context's; may be empty.
Result<components::ClusterFacts> readComponentFacts(ObjectApi &api, std::stop_token stop, const QString &also = {});

/// "release" of docs/CAIRNCTL.md.
QJsonObject toJson(const components::ReleaseFound &found);

/// One component as in docs/CAIRNCTL.md. `now` is that of the facts it was judged by.
QJsonObject toJson(const components::Component &component, const QDateTime &now);

} // namespace cairn::app
