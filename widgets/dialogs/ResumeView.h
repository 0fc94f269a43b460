// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Checkpoint.h"
#include "manifest/Diff.h"
#include "kit/Messages.h"

#include <QList>
#include <QString>
#include <optional>

namespace cairn::dialogs {

/// How the training script is told where to start, in the words of the annotations that remember it:
/// "env:NAME", "arg:--flag={path}" or "newest"; saveBy may be empty.
struct ResumeContract {
    QString resumeBy;
    QString saveBy;
    bool operator==(const ResumeContract &) const = default;
};

/// Everything the Resume dialog shows before the act. Texts are safe to show.
struct ResumeView {
    QString jobName;
    bool startsRun = false;       ///< a new run starts from the weights alone: another act, with another word
    bool newObject = false;       ///< a new job starts; the old one stays
    bool mayChooseObject = false; ///< an unfinished job that could also be resumed in place
    QString objectReason;         ///< why it must be a new object (managed by a controller, finished); may be empty
    bool running = false;         ///< in place: pods run now and will be stopped
    QString newName;
    QString nameError;            ///< shown under the field; "" when the name is good

    Checkpoint checkpoint;
    QString checkpointPath;       ///< as the container sees it
    QString told;                 ///< "RESUME_FROM_CHECKPOINT=/ckpt/a/step-100.pt"; "" when nothing is told
    QString toldReason;           ///< "found in the job's environment"
    bool contractKnown = true;
    std::optional<ResumeContract> contract; ///< the current one, for "Change…"
    QString saveDir;              ///< fresh folder of the new attempt; "" when it cannot be told
    QString restartNote;          ///< "Every restart begins again at step N." for frameworks that do; "" otherwise
    bool wrapperOffered = false;
    bool wrapper = false;

    QString lost;                 ///< "431 steps · 4.8 GPU-h after step 12 000 must be computed again."
    QList<kit::CheckItem> checks;
    QList<kit::CheckItem> problems; ///< each forbids the act; text and fix (in detail)
    QList<kit::CheckItem> warnings;
    QString diffAgainst;          ///< "What changes against llama-ft-7" uses it
    QList<manifest::DiffLine> diff;
    bool checking = false;        ///< checks still run: the act waits
    bool ready = false;           ///< feasible and all checks allow it
};

} // namespace cairn::dialogs
