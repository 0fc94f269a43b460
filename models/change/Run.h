// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Secret.h"
#include "change/Change.h"

namespace cairn::change {

struct Options {
    std::function<void(const Event &)> progress = {}; ///< called on the thread of the flow
    std::chrono::milliseconds poll{1000};        ///< between two looks at what is waited for, after the first ten seconds
    QString tool = QStringLiteral("cairn");
    /// Values for Change::Act::Fill by secretSlot(): they live here, in no plan, record or event.
    QMap<QString, Secret> secrets = {};
    /// Whether a record may be finished or rolled back that asks for consent (Suspicion.h): it is this program's own, or somebody has
    /// seen what it changes and agreed.
    bool elsewhere = false;
    /// Record::digest() of the record that somebody has looked at: another one is refused. Empty: whichever is there.
    QByteArray seen = {};
    /// Clock and sleep (false when stopped), for tests.
    std::function<QDateTime()> now = {};
    std::function<bool(std::chrono::milliseconds, const std::stop_token &)> sleep = {};
};

/// One flow that changes a cluster: reading with retries, guarded writes, waiting, telling. Blocking.
class Run
{
public:
    Run(ObjectApi &api, Options options, std::stop_token stop);

    ObjectApi &api() const { return m_api; }
    const std::stop_token &stop() const { return m_stop; }
    const Options &options() const { return m_options; }
    QDateTime now() const { return m_options.now(); }
    /// False when stopped.
    bool sleep(std::chrono::milliseconds time) const;
    /// Asked whenever this flow pauses; false ends it as if it were stopped.
    void whilePausing(std::function<bool()> goesOn) { m_goesOn = std::move(goesOn); }
    /// Sleeps until the next look at something that has been waited for since then: what ends soon is seen soon.
    bool sleepUntilNextLook(const QDateTime &since) const;
    bool stopped() const { return m_stop.stop_requested(); }
    void report(Event event) const;
    void report(Event::Stage stage, const QString &text) const;

    /// The object now; transient failures are retried a few times. NotFound also where another one took the name.
    Result<QJsonObject> read(const ObjectRef &ref) const;
    Result<QList<QJsonObject>> list(const ResourceKind &kind, const QString &ns, const QString &labels) const;

    /// One guarded write: `look` decides by the object as it is, and its resourceVersion goes with the write. A Conflict or a
    /// transient failure reads and asks again: whoever writes status is no obstacle, and a lost answer no failure. Returns
    /// the object after the write. `sent` becomes true as soon as a request may have had an effect; `already` is what `look` said.
    Result<QJsonObject> write(const ObjectRef &ref, const std::function<Result<Write>(const QJsonObject &live)> &look, bool *sent = nullptr,
                              QString *already = nullptr, PatchType type = PatchType::Merge) const;
    /// Creates once: where the answer is lost, an object for which `isOurs` holds is the one. Conflict where the name is taken.
    Result<QJsonObject> create(const ObjectRef &ref, const QJsonObject &object, const std::function<bool(const QJsonObject &there)> &isOurs) const;

    /// Writes one change. Its waits and its last look are the caller's.
    Outcome perform(const Change &change) const;
    /// What the change still waits for, asked once.
    Result<std::optional<Pending>> firstPending(const Change &change, const QDateTime &since) const;
    /// Waits for all of it.
    Result<> waitFor(const Change &change) const;
    /// Waits until all of it is so, side by side; Error::Kind::Timeout says what is missing. `change` goes with the events.
    Result<> waitUntil(const QList<Condition> &conditions, qsizetype change = -1) const;
    /// "kubeflow/dex (1 of 2)" where the workload that the condition is about has fewer available replicas than it wants; else
    /// empty. Safe to show.
    QString shortOf(const Condition &condition) const;
    /// A sentence where the workload that the condition is about has rules that spread it over nodes, and its ready replicas, two or
    /// more, are all on one although there are others; else empty. What to do is said with it. Safe to show.
    QString crowdOf(const Condition &condition) const;

private:
    Outcome remove(const Change &change) const;

    ObjectApi &m_api;
    Options m_options;
    std::stop_token m_stop;
    std::function<bool()> m_goesOn;
    mutable bool m_asking = false; ///< what is asked while pausing may pause itself
};

/// Changes that have nothing to do with each other: one that fails or waits holds up no other. `onOutcome` is told whenever
/// the outcome of one changes, on the thread of the flow.
QList<Outcome> carryOutEach(Run &run, const QList<Change> &changes, const std::function<void(qsizetype index, const Outcome &)> &onOutcome);

/// Changes that belong together, one after the other from `begin` on; ends at the first that fails. Their record is their own
/// business.
Result<> carryOutInOrder(const Run &run, const QList<Change> &changes, qsizetype begin = 0);

/// A name that a Plan finds taken was free when the cluster was read: nobody can choose another one. Other errors as they are.
Error ofPlan(Error error);

/// Asks the server whether it would do this, without doing it (dry run).
Result<> tryOut(ObjectApi &api, const Change &change, std::stop_token stop);

} // namespace cairn::change
