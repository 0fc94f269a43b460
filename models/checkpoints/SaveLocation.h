// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Job.h"

#include <optional>

namespace cairn::ckpt {

/// A folder or file inside a claim, and where the training container sees it.
struct ClaimPath {
    QString claim;
    QString path;          ///< relative to the claim's root, subPath included; "" for the root
    QString mountPath;     ///< of the mount it was found through
    QString subPath;       ///< of that mount
    QString containerPath; ///< absolute, normalised
    bool readOnly = false;
    bool operator==(const ClaimPath &) const = default;
};

/// Where a job writes its checkpoints, as far as its object tells.
struct SaveLocation {
    enum class Kind {
        None,   ///< unknown, or not on storage that outlives the pod; `reason` says which
        Claim,
        Remote  ///< an object store; `reason` says what cannot be done with it
    };
    /// In order of precedence.
    enum class Origin {
        Unknown,
        Annotation, ///< cairn.console/checkpoint-dir, a correction somebody made
        Contract,   ///< environment variable CHECKPOINT_DIR
        Argument,   ///< a framework's command line option
        Guess       ///< names of variables or mounts; to be shown as a guess
    };
    Kind kind = Kind::None;
    Origin origin = Origin::Unknown;
    QString from;      ///< what told: "CHECKPOINT_DIR", "--output_dir", "/ckpt"; raw
    QString value;     ///< what it said, variables replaced; raw
    ClaimPath place;   ///< of Claim
    QString uri;       ///< of Remote
    QString reason;    ///< one sentence where kind is not Claim
    bool guessed() const { return origin == Origin::Guess; }
};

/// Pure: looks at annotations, environment, command line and mounts of the first role. Variables such as
/// $(NAME), ${NAME} and $NAME are replaced where the job's own plain environment has them.
SaveLocation locate(const Job &job);

/// What to do where a job's checkpoints cannot be listed because of where it says that it saves: one sentence. A wrong
/// annotation has to be corrected, for it outranks all else.
QString howToCorrect(const SaveLocation &location);

/// The claim behind an absolute path of the training container; nullopt where no claim is mounted there.
std::optional<ClaimPath> claimPathOf(const Job &job, const QString &containerPath);

/// Where the training container sees a path of a claim; nullopt where none of its mounts shows it. Prefers writable
/// mounts, then the one that shows most of the claim.
std::optional<QString> containerPathOf(const Job &job, const QString &claim, const QString &pathInClaim);

/// "/a//b/../c/" → "/a/c"; empty for a path that is not absolute.
QString normalisedPath(const QString &path);

} // namespace cairn::ckpt
