// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "checkpoints/ClaimListing.h"
#include "checkpoints/Folder.h"

namespace cairn::ckpt {

/// A place with checkpoints of which whole files are read: a folder, a PVC, a bucket. Blocking; one thread.
class Shelf
{
public:
    Shelf() = default;
    virtual ~Shelf() = default;
    Shelf(const Shelf &) = delete;
    Shelf &operator=(const Shelf &) = delete;

    /// Lists all of it, as often as wanted. What source() gave before must not be read any more.
    virtual Result<Tree> list(const std::stop_token &stop, const Progress &progress) = 0;
    /// Reads what list() found last; never Pending.
    virtual Source &source() = 0;
    /// Why nothing can be read any more; a file that alone cannot be read is no reason.
    virtual std::optional<Error> failure() const { return std::nullopt; }
    /// How many bytes are best asked for at once.
    virtual qint64 piece() const { return 1024 * 1024; }

    struct Sum {
        Source::Status status = Source::Status::Failed;
        quint32 crc = 0; ///< CRC-32 as of zip and gzip
    };
    /// Reads a range to its end, where the bytes lie if the place can do that. `told` gets the length of each piece; where it
    /// returns false the sum is Failed.
    virtual Sum crc32(const Entry &entry, qint64 offset, qint64 length, const std::function<bool(qint64)> &told);
};

/// A folder of this computer.
class FolderShelf final : public Shelf
{
public:
    static Result<std::unique_ptr<FolderShelf>> open(const QString &path);

    Result<Tree> list(const std::stop_token &stop, const Progress &progress) override;
    Source &source() override { return *m_source; }

private:
    explicit FolderShelf(std::unique_ptr<FolderSource> source);
    std::unique_ptr<FolderSource> m_source;
};

/// Where commands may run that see the claim; `anew` says that the place given before is gone.
using Inside = std::function<Result<ExecTarget>(bool anew, const std::stop_token &stop)>;

/// A PVC, through commands in a pod that mounts it. Sums are made in the pod (dd and gzip, which uses one core there); bytes
/// that have to be looked at come through the API server. Writes nothing.
class ExecShelf final : public Shelf
{
public:
    /// `api` outlives it. `what` is the first sentence of errors.
    ExecShelf(ObjectApi &api, Inside inside, QString what);
    ~ExecShelf() override;

    Result<Tree> list(const std::stop_token &stop, const Progress &progress) override;
    Source &source() override;
    std::optional<Error> failure() const override { return m_failure; }
    qint64 piece() const override { return 8 * 1024 * 1024; } // an exec may print 64 MiB, and take a minute
    Sum crc32(const Entry &entry, qint64 offset, qint64 length, const std::function<bool(qint64)> &told) override;

private:
    class Reader;
    /// Runs a script in the pod; where that is gone, once more in another.
    Result<ExecOutput> run(const QString &script, const std::function<QStringList(const ExecTarget &)> &arguments);
    Result<ExecOutput> runFile(const Entry &entry, const QStringList &what);

    ObjectApi &m_api;
    const Inside m_inside;
    const QString m_what;
    std::stop_token m_stop;
    std::unique_ptr<Reader> m_reader;
    std::optional<ExecTarget> m_target;
    std::optional<Error> m_failure;
    bool m_noGzip = false;
};

} // namespace cairn::ckpt
