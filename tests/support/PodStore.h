// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <map>
#include <mutex>
#include <optional>
#include <random>

namespace cairn::test {

/// What a page shows of a pod: enough to see that it is the newest.
struct PodRow {
    QByteArray uid;
    quint64 version = 0;
    QByteArray node;
    bool operator==(const PodRow &) const = default;
};
using PodRows = std::map<QByteArray, PodRow>; ///< by name

/// The pods of one namespace as an API server keeps them: every change has a version of its own, lists come in pages of
/// one moment, a watch goes on from any version that is not compacted. Thread-safe.
class PodStore {
public:
    enum class Wire { Json, Protobuf };
    using Random = std::mt19937_64;

    explicit PodStore(quint64 firstVersion);

    /// Creates, changes or removes a pod.
    void change(Random &random);
    /// Forgets how it came to be what it is: older versions are Gone.
    void compact();
    PodRows rows() const;
    /// Whether the pods ever were these, all at one moment.
    bool everWere(const PodRows &rows) const;

    struct Answer {
        int status = 200;
        QByteArray body;
    };
    /// A page of at most `limit` after the pod that `token` names, of the token's version; without a token of now, or of
    /// as many versions ago as `stale` says.
    Answer list(const QByteArray &token, int limit, Wire wire, int stale = 0) const;
    /// 410 for a token, with one that goes on with today's pods.
    QByteArray goneWithToken(const QByteArray &token) const;

    struct Notice {
        quint64 version = 0;
        QByteArray frame; ///< ready to be sent
    };
    /// The first change after `version`; nothing where there is none. What compaction took gives an ERROR with 410.
    std::optional<Notice> after(quint64 version, Wire wire) const;
    quint64 version() const;

    static QByteArray status(int code, const QByteArray &reason, const QByteArray &token = {});
    /// An ERROR event.
    static QByteArray errorFrame(int code, const QByteArray &reason, Wire wire);
    QByteArray bookmarkFrame(quint64 version, Wire wire) const;
    static QByteArray contentType(Wire wire, bool watch);

private:
    struct Change {
        QByteArray type, name;
        PodRow row;
    };

    mutable std::mutex m_mutex; ///< guards what follows
    quint64 m_version;
    quint64 m_oldest;                     ///< of what is still known
    std::map<quint64, PodRows> m_moments; ///< all there were, compacted or not
    std::map<quint64, Change> m_changes;
    int m_created = 0;
};

} // namespace cairn::test
