// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "components/WhatIf.h"
#include "domain/ObjectApi.h"

#include <QJsonObject>

/// What cairnctl reads to tell what the loss or the drain of a node does. Blocking: run it on the flow pool or in cairnctl,
/// never on the GUI thread.
namespace cairn::app {

/// Reads the components, all pods on the node, PDBs, volumes and training jobs. What may not be read is left unknown in the
/// question; NotFound where nodes were read and there is none of this name. Where lists of the whole cluster are refused, pods, PDBs
/// and jobs of namespace `also` are read; may be empty.
Result<components::WhatIfQuestion> readWhatIf(ObjectApi &api, const QString &node, components::WhatIfQuestion::Mode mode,
                                              std::stop_token stop, const QString &also = {});

/// As in docs/CAIRNCTL.md.
QJsonObject toJson(const components::WhatIf &answer);

} // namespace cairn::app
