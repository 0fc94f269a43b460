// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "jobs/ResumePlan.h"
#include "jobs/RoleChange.h"

/// What Cairn writes on a job while it resumes it in place, so that any Cairn can finish or undo what another began.
namespace cairn::jobs {

/// The value of the annotation cairn.console/resume. It is written in the same patch that suspends the job and holds
/// everything needed to go on or back: nothing is kept on the machine that began.
struct ResumeState {
    enum class Phase {
        Suspended, ///< suspend was asked for; pods may still run; the template is unchanged
        Patched,   ///< the template is changed, the job still suspended
        Started,   ///< the job was let go; waiting for the first step after the checkpoint
        Undoing,   ///< on the way back
    };
    Phase phase = Phase::Suspended;
    QString id;
    QString checkpoint;             ///< path inside the container
    std::optional<qint64> step;
    QString saveDir;
    int attempt = 2;
    QDateTime begun;                ///< UTC
    QDateTime changed;              ///< UTC; when `phase` was entered
    QString tool;                   ///< "cairn 0.1.0"
    bool hadRunPolicy = true;       ///< spec.runPolicy was there
    std::optional<bool> suspendBefore; ///< spec.runPolicy.suspend; nullopt for absent
    QList<RoleChange> changes;
    QMap<QString, QString> annotations;                      ///< to set when the template is changed
    QMap<QString, std::optional<QString>> annotationsBefore; ///< their old values; nullopt for absent

    QString toText() const;
    /// Error::Kind::Parse where the annotation is not ours or of a newer, unknown form.
    static Result<ResumeState> fromText(const QString &text);
    static ResumeState of(const ResumePlan &plan, const QJsonObject &live, const QDateTime &now, const QString &tool);
    bool operator==(const ResumeState &) const = default;
};

/// "suspended", "patched", "started", "undoing".
QString phaseWord(ResumeState::Phase phase);
/// The same for people, in their language.
QString phaseText(ResumeState::Phase phase);

/// The resume under way on a job, from its annotations; nullopt where there is none. A record that cannot be read is
/// an error that says how to get rid of it.
std::optional<Result<ResumeState>> readPending(const QMap<QString, QString> &annotations);
std::optional<Result<ResumeState>> readPending(const QJsonObject &object);

/// True while somebody has to act: the job hangs between old and new. False once it was let go (Started), where undoing
/// is still possible but nothing waits for it.
bool needsAttention(const ResumeState &state);

} // namespace cairn::jobs
