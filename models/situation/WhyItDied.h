// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Job.h"

/// Why a container of a job died: from its exit status, and from the end of its log. Pure functions, any thread.
namespace cairn::situation {

/// The last end of a container that was no success.
struct Death {
    QString ns;
    QString pod;
    QString podUid;
    QString container;
    int restarts = 0;      ///< of the container: with it the end has a name, for a cache
    bool previous = false; ///< its log is that of the run before (LogOptions::previous)
    QString reason;        ///< Kubernetes' own word, "OOMKilled"
    int exitCode = 0;
    QDateTime at;          ///< UTC; invalid where not known
    QString key() const { return podUid + u'/' + container + u'/' + QString::number(restarts); }
    bool operator==(const Death &) const = default;
};

/// How much of a log is read: what a training says when it dies is in its last lines.
constexpr int deathTailLines = 300;
constexpr qint64 deathTailBytes = 65'536;

/// Those of a job's pods that are worth reading while it is Restarting or Failed; none otherwise. The first to die comes
/// first: the others mostly die of it. A pod that was merely stopped (SIGTERM) is left out if another one was not.
QList<Death> deathsOf(const Job &job, const QList<Pod> &pods, int limit = 3);

/// What the death was of. `tail` is the end of the container's log, empty where it may not be read. Of a log that says
/// nothing known the last exception is given, else its last line; nullopt where there is nothing but an exit code.
///
/// A line further down outweighs one further up: what was logged and survived is no cause. What only follows from the death
/// of another process counts where nothing else does. Lines are looked at up to 1 000 characters.
std::optional<DeathCause> causeOf(const Death &death, const QByteArray &tail, const Job &job);

/// The stable English word for JSON: "no-space", "gpu-memory", …
QString causeWord(DeathCause::Kind kind);
/// A few words beside a state: "no space left on PVC ckpt". Safe to show.
QString shortText(const DeathCause &cause);
/// One sentence. Safe to show.
QString sentence(const DeathCause &cause);
/// What can be done about it, one sentence. Safe to show; may be empty.
QString fixText(const DeathCause &cause);

} // namespace cairn::situation
