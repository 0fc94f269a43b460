// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "Preferences.h"
#include "engine/BucketFlows.h"
#include "engine/ClusterSession.h"
#include "engine/Keychain.h"
#include "situation/Jobs.h"

#include <QQueue>

namespace cairn::app {

/// What is known of the checkpoints of all jobs of a session (of those that are gone from view too: they come back when
/// another namespace is chosen), and the reading of those nobody has opened. One job at a
/// time: each reading of a claim starts a helper Job on the cluster. GUI thread.
class CheckpointReader : public QObject
{
    Q_OBJECT

public:
    /// `http` asks buckets, `keychain` has keys for them; both outlive the flows (Engine waits for them).
    CheckpointReader(net::HttpClient &http, Keychain &keychain, Preferences &preferences, QObject *parent);

    /// nullptr before the session ends. Forgets everything.
    void setSession(ClusterSession *session);

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
    /// Still to be read, the one that is being read included.
    int left() const { return static_cast<int>(m_queue.size()) + (m_reading.isEmpty() ? 0 : 1); }

signals:
    /// The listing of the job, or why there is none.
    void changed(const QString &uid);
    void readingChanged(const QString &uid, bool reading);

private:
    void next();
    void end(const QString &uid, const Result<JobListing> &listing, ListVia via);

    net::HttpClient &m_http;
    Keychain &m_keychain;
    Preferences &m_preferences;
    ClusterSession *m_session = nullptr;
    QHash<QString, Known> m_known;
    QHash<QString, CheckpointSummary> m_summaries; ///< of m_known
    QHash<QString, Error> m_problems;
    mutable Places m_places;
    QQueue<QString> m_queue;
    QString m_reading;
    async::Scope m_scope;
};

} // namespace cairn::app
