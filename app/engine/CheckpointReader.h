// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Async.h"
#include "engine/JobFlows.h"
#include "situation/Jobs.h"
#include "store/JobStore.h"

#include <QQueue>
#include <functional>

namespace cairn::app {

/// What is known of the checkpoints of all jobs of a session (of those that are gone from view too: they come back when
/// another namespace is chosen), and the queue of those that are to be read. One job at a time: each reading of a claim
/// starts a helper Job on the cluster, so none is read before the user agreed to that in its namespace. GUI thread.
class CheckpointReader : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    /// A session and what the user agreed to in it. All of it holds until the next setSession(); called on the GUI thread.
    struct Access {
        const store::JobStore *jobs = nullptr;
        std::function<bool(const QString &ns)> helperAllowed;
        /// A helper that runs this image; see HelperConsent.
        std::function<void(const QString &ns, const QString &image)> allowHelper;
        /// A flow that lists the checkpoints of a job by a helper Job or from its bucket. It runs on the flow pool.
        using Flow = std::function<Result<JobListing>(std::stop_token)>;
        std::function<Flow(const Job &job, ListVia via)> listing;
        /// Removes helper Jobs that a killed program left in a namespace. Runs on the flow pool, before the first helper of a
        /// session there; may be empty.
        std::function<void(const QString &ns, std::stop_token)> sweep;
    };
    /// nullopt before the session ends. Forgets everything.
    void setSession(std::optional<Access> access);

    struct Known {
        JobListing listing;
        ListVia via = ListVia::Helper;
    };
    /// nullptr where the checkpoints were never read.
    const Known *known(const QString &uid) const;
    /// Visits all jobs of the session with what is known of their checkpoints; none without a session.
    situation::EachJob eachJob() const;
    /// The same of one job; not at all where there is none.
    void see(const QString &uid, const situation::SeeJob &visit) const;
    void put(const QString &uid, const Known &known);
    void forget(const QString &uid);
    /// Why the last reading failed; nullptr where none did.
    const Error *problem(const QString &uid) const;
    bool isReading(const QString &uid) const { return uid == m_reading; }

    struct Unread {
        QStringList uids;
        QStringList namespaces; ///< where a helper Job needs the user's agreement first; sorted
    };
    /// Jobs that can be read here and were not: they save to a claim, or to a bucket.
    Unread unread() const;
    /// ckpt::locate(), kept for as long as the object does not change. Holds until the next call.
    const ckpt::SaveLocation &locationOf(const Job &job) const;
    struct Place {
        QString version; ///< resourceVersion of the job
        ckpt::SaveLocation location;
    };
    using Places = QHash<QString, Place>; ///< by UID
    /// What locationOf() will tell, worked out elsewhere: of ten thousand jobs it takes forty milliseconds.
    void setPlaces(Places places) { m_places = std::move(places); }
    /// Remembers the agreement.
    void allow(const QStringList &namespaces);
    /// Reads these, one after the other, leaving out what still needs an agreement.
    void read(const QStringList &uids);
    void cancel();
    /// Running jobs that should have saved by now and are to be looked at once more: then it is either there or overdue. None
    /// twice in a quarter of an hour. A bucket is only asked; a claim needs a helper pod, which nobody wants to find unasked:
    /// `claimsToo` says that the user does.
    QStringList dueAgain(const QDateTime &now, bool claimsToo);
    /// Still to be read, the one that is being read included.
    int left() const { return static_cast<int>(m_queue.size()) + (m_reading.isEmpty() ? 0 : 1); }

signals:
    /// The listing of the job, or why there is none.
    void changed(const QString &uid);
    void readingChanged(const QString &uid, bool reading);

private:
    void next();
    void begin(const Job &job, ListVia via);
    void end(const QString &uid, const Result<JobListing> &listing, ListVia via);

    std::optional<Access> m_access;
    QHash<QString, Known> m_known;
    QHash<QString, CheckpointSummary> m_summaries; ///< of m_known
    QHash<QString, Error> m_problems;
    mutable Places m_places;
    QQueue<QString> m_queue;
    QString m_reading;
    QSet<QString> m_swept; ///< namespaces
    QHash<QString, QDateTime> m_lookedAgain; ///< by UID
    async::Scope m_scope;
};

} // namespace cairn::app
