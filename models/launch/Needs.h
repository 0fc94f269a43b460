// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "launch/Runtime.h"

#include <utility>

namespace cairn::launch {

/// An object that pods name, and do not start without. What they call optional is none.
struct Need {
    enum class What { Secret, ConfigMap, ServiceAccount, PriorityClass };
    What what = What::Secret;
    QString name = {};      ///< raw
    QStringList keys = {};  ///< raw, of a Secret or ConfigMap: each has to be in it
    QStringList files = {}; ///< keys that a container mounts by their sub-path: for one that is missing the kubelet makes an empty folder
    std::pair<What, QString> id() const { return {what, name}; }
    bool operator==(const Need &) const = default;
};

struct Needs {
    QList<Need> named = {}; ///< each object once, in the order in which they are met; at most 200
    bool whole = false;     ///< all that the pods say is known: not so of a TrainJob whose runtime was not read
    bool operator==(const Needs &) const = default;
};

/// What all pods of a job name in the end, whoever said it: variables from a Secret or ConfigMap, volumes of one, service accounts
/// and priorities (effectiveObject()). PVCs and pull secrets are told by effectiveSpec(). Hostile input; pure, any thread.
Needs needsOf(const QJsonObject &job, const QJsonObject &runtime = {});

/// What was found where a name was looked for.
struct Found {
    bool exists = false;
    QStringList keys = {}; ///< of a Secret or ConfigMap, never what they hold
    bool operator==(const Found &) const = default;
};
Found foundIn(const QJsonObject &object);

} // namespace cairn::launch
