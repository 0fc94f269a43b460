// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "launch/Fit.h"

#include <QDateTime>

/// Why a job does not start, from what the cluster says of it. Pure. Texts were made safe to show, and cut.
namespace cairn::launch {

/// Objects as the server has them. Empty optionals were not read: what they would tell stays unknown.
struct WhyFacts {
    QJsonObject job = {};
    std::optional<QList<QJsonObject>> pods = {};      ///< of the job
    std::optional<QList<QJsonObject>> events = {};    ///< of the namespace; those of other objects are passed over
    std::optional<QList<QJsonObject>> claims = {};    ///< PVCs of the namespace
    std::optional<QList<QJsonObject>> workloads = {}; ///< Kueue's, of the namespace
    std::optional<bool> runtime = {};                 ///< of a TrainJob: it is there
    FitFacts cluster = {};
    QDateTime now = {}; ///< UTC
};

struct WhyNot {
    enum class Verdict {
        Started, ///< it runs, or has ended
        Waiting, ///< it starts when something else ends or comes
        Never,   ///< somebody has to change something
        Unknown
    };
    /// A step of the way to a training that runs.
    struct Evidence {
        enum class State {
            Ok,
            Waits,
            Failed,
            NotAsked, ///< what comes before stands in the way
            Unknown   ///< it could not be read
        };
        QString id = {}; ///< "taken", "runtime", "suspended", "queue", "claims", "created", "scheduled", "volumes",
                         ///< "image", "containers", "training"
        State state = State::NotAsked;
        QString text = {};    ///< what was found; of what was not asked, what it is: "image pulls"
        QString source = {};  ///< "Workload x, condition QuotaReserved"; empty where nothing is cited
        QString message = {}; ///< its words
        QDateTime at = {};    ///< UTC; invalid where not told
        bool operator==(const Evidence &) const = default;
    };
    Verdict verdict = Verdict::Unknown;
    QString cause = {};    ///< stable word, as "selector" or "quota"; empty where it started
    QString sentence = {}; ///< one
    QStringList ways = {}; ///< out of it, the best first; each a sentence
    QList<Evidence> chain = {};
    bool operator==(const WhyNot &) const = default;
};
QString verdictWord(WhyNot::Verdict verdict);        ///< "started", "waiting", "never", "unknown"
QString evidenceWord(WhyNot::Evidence::State state); ///< "ok", "waits", "failed", "notAsked", "unknown"

/// What is known to be wrong for ever counts before what waits, then what comes first.
WhyNot whyNot(const WhyFacts &facts);

/// PVCs, of `job` or a pod's spec within it, by name; and its runtime's name where it is a TrainJob.
QStringList claimsOf(const QJsonObject &job);
/// metadata.name of any object, raw.
QString nameOf(const QJsonObject &object);

} // namespace cairn::launch
