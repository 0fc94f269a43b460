// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "checkpoints/Folder.h"
#include "s3/Client.h"

#include <QHash>
#include <QSet>

namespace cairn::s3 {

struct BucketLimits {
    ckpt::FolderLimits tree; ///< depth, objects, candidates, folders
    int pages = 10'000;      ///< list requests: a list that never ends is cut here
};

/// A prefix of a bucket as a tree of files: "/" parts the keys. Reads are ranges of the objects as they were listed.
/// One thread.
class BucketSource final : public ckpt::Source
{
public:
    /// `client` outlives it. Reads end early when `stop` is requested. With `asOf` (UTC) it is the prefix as it was then, by
    /// the versions that the bucket keeps.
    BucketSource(Client &client, QByteArray prefix, std::stop_token stop, const QDateTime &asOf = {});

    /// Lists the prefix page by page. Blocks; cut by `limits` it is `partial` and says why. Error::NotFound where the
    /// prefix is not empty and holds nothing; Error::Parse where the list turns in circles.
    Result<ckpt::Tree> list(const BucketLimits &limits, const ckpt::Progress &progress = {});

    Bytes read(const ckpt::Entry &entry, qint64 offset, qint64 length) override;
    bool isLocal() const override { return false; }
    /// What ended all reading: the keys expired, the store is gone. An object that alone cannot be read is no reason.
    const std::optional<Error> &failure() const { return m_failure; }
    /// Objects that alone could not be read: no right, changed since, not of the size that was listed.
    int unreadable() const { return static_cast<int>(m_unreadable.size()); }
    const Error &firstUnreadable() const { return m_firstUnreadable; }

private:
    struct Window { ///< the bytes read last
        QByteArray path;
        qint64 offset = 0;
        QByteArray bytes;
    };

    class Planter;
    Result<bool> listCurrent(Planter &planter, const BucketLimits &limits, const ckpt::Progress &progress); ///< cut by the page limit
    Result<bool> listVersions(Planter &planter, const BucketLimits &limits, const ckpt::Progress &progress);
    Error circles() const;

    Client &m_client;
    const QByteArray m_prefix;
    const std::stop_token m_stop;
    const QDateTime m_asOf;
    QHash<QByteArray, Object> m_objects; ///< of the tree's files, by path
    Window m_window;
    std::optional<Error> m_failure;
    QSet<QByteArray> m_unreadable; ///< paths
    Error m_firstUnreadable;
};

struct BucketScanOptions {
    BucketLimits limits;
    ckpt::RecogniseOptions recognise; ///< `now` invalid means the current time
    QDateTime asOf;                   ///< UTC; invalid: as it is now
};

/// Scans a prefix of a bucket for checkpoints. Blocks; call it from a pool thread or a command line program.
Result<Listing> scanBucket(net::HttpClient &http, const Access &access, const Place &place, const BucketScanOptions &options,
                           std::stop_token stop, const ckpt::Progress &progress = {});

} // namespace cairn::s3
