// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "overlay/Proposal.h"

#include <QMap>

namespace cairn::overlay {

/// Text of files by their path relative to the overlay's folder, with "/".
using Files = QMap<QString, QByteArray>;

/// What Cairn writes. The same scene and settings give the same bytes.
struct Tree {
    Files files;
    QSet<QString> programs; ///< of these: may be run (helm/post-render.sh)
    QString entry;          ///< the kustomization that is built: "overlays/prod"; "patches" where there is no base
    bool operator==(const Tree &) const = default;
};

/// base/, components/{replicas,spread,leader-election,hpa-min,restart-fast} and one of each service outside (ServiceParts.h),
/// overlays/{leaders-first,staging,prod} and README.md; beside it the same set as plain patches (patches/), which need no base, and as a Helm
/// post-renderer (helm/). Parts without content are left out; of a base that is PatchOnly, base/, overlays/ and all components but those of
/// services. Every file begins with a header that holds the hash of what follows.
Tree generate(const audit::Scene &scene, const Settings &settings, const Proposal &proposal);
/// With the proposal for these settings.
Tree generate(const audit::Scene &scene, const Settings &settings);

/// `text` below its header: "# Made by Cairn … sha256:…", in the comments of the file's kind, a "#!" line first.
QByteArray withHeader(const QString &path, const QByteArray &text);
/// The hash that the header tells; empty: there is none, the file is not Cairn's.
QByteArray headerHash(const QByteArray &text);
/// It has a header, and says what it said when it was generated.
bool isUntouched(const QByteArray &text);

} // namespace cairn::overlay
