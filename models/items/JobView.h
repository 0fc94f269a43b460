// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Error.h"

#include <QDateTime>
#include <QString>
#include <QStringList>
#include <optional>

/// Plain values the Job page shows besides the job itself. Texts are safe to show.
namespace cairn::items {

/// Where a job saves, and how that is known.
struct SaveLocation {
    QString path;        ///< inside the training container; "" when nothing was found
    QString claim;       ///< PVC behind it; may be empty
    bool guessed = false;
    bool corrected = false; ///< the user said so; remembered
    QString reason;      ///< one sentence: from which mount or argument it was guessed, or why nothing was found
    bool operator==(const SaveLocation &) const = default;
};

/// A resume that some Cairn began on this job and did not end.
struct PendingResume {
    QString text;        ///< "A resume that began 4 min ago was not finished."
    QString detail;      ///< where it stands and what Finish and Undo would do
    bool canFinish = true;
    bool canUndo = true;
    QString refusal;     ///< why neither is possible (no right to patch); "" otherwise
    bool operator==(const PendingResume &) const = default;
};

/// Asked before the first helper Job in a namespace.
struct ListingConsent {
    QString ns;
    QString claim;
    QString what;        ///< the manifest of the helper, shown on request
    bool mayCreate = true;
    QString createRefusal; ///< why no helper Job can be made
    bool mayExec = false;  ///< a running pod mounts the claim and exec is allowed
    bool operator==(const ListingConsent &) const = default;
};

/// Asked before the keys of a job's bucket are read and used: once for a namespace, the server, the bucket and these keys.
struct BucketConsent {
    QString ns;
    QString uri;         ///< "s3://ckpt/llama"
    QString server;      ///< where requests and keys go
    QStringList secrets; ///< that are read for the keys; empty: none are needed
    bool encrypted = true;
    QStringList sources = {}; ///< which variable is taken from which key of which Secret; safe to show
    bool operator==(const BucketConsent &) const = default;
};

} // namespace cairn::items
