// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "components/WhatIf.h"
#include "engine/ClusterSession.h"
#include "pages/WhatIfPanel.h"

/// What if a node fails or is drained: asked of what a session watches, and told in the words of the page.
namespace cairn::app {

class CheckpointReader;

/// What the answer is made from, copied on the GUI thread; everything in it is shared.
struct WhatIfFacts {
    components::ClusterFacts facts;
    QList<components::Component> components;
    QList<Claim> claims;
    QList<PersistentVolume> volumes;
    bool claimsRead = false;
    QString node; ///< the one that is asked about; empty: the one that stops most
    QList<Pod> pods; ///< on all nodes that are asked about, those of components too
    bool podsRead = false;
    QList<components::JobThere> jobs; ///< of `node`
    bool jobsRead = false;
};
/// GUI thread.
WhatIfFacts whatIfFacts(ClusterSession &session, const CheckpointReader &reader, const QList<components::Component> &components, const QString &node);

/// Any thread; for a cluster of hundreds of nodes it takes a while.
struct WhatIfAnswer {
    QList<pages::WhatIfView::Node> nodes;
    components::WhatIf lost, drained;
};
WhatIfAnswer whatIfAnswer(const WhatIfFacts &facts, std::stop_token stop);

pages::WhatIfView whatIfView(const WhatIfFacts &facts, const WhatIfAnswer &answer, const QDateTime &now);

} // namespace cairn::app
