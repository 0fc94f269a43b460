// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "checkpoints/Recognise.h"
#include "checkpoints/Source.h"

#include <QJsonObject>

namespace cairn::ckpt {

struct FolderLimits {
    int depth = 32;                  ///< folders below the root
    qint64 entries = 20'000'000;     ///< directory entries looked at
    qint64 candidates = 200'000;     ///< files kept one by one
    int folders = 500'000;           ///< folders for which other files are summed up
};

/// A folder of this machine. Opens every part of a path with O_NOFOLLOW from the root's descriptor, so that no link,
/// even one made during the scan, leads out of the tree. Never opens anything but directories and regular files.
class FolderSource final : public Source
{
public:
    ~FolderSource() override;
    FolderSource(const FolderSource &) = delete;
    FolderSource &operator=(const FolderSource &) = delete;

    /// The root itself may be a link: the user named it.
    static Result<std::unique_ptr<FolderSource>> open(const QString &path);
    /// Lists the tree. Blocks; returns early with `partial` set when `stop` is requested.
    Tree walk(const FolderLimits &limits, const std::stop_token &stop, const Progress &progress = {});

    Bytes read(const Entry &entry, qint64 offset, qint64 length) override;
    bool isLocal() const override { return true; }

private:
    explicit FolderSource(int root, QByteArray realPath);
    int openBeneath(const QByteArray &path, int flags) const;

    int m_root = -1;
    QByteArray m_realPath;
    QByteArray m_openPath; ///< the file opened last
    int m_openFile = -1;
};

struct ScanOptions {
    FolderLimits folder;
    RecogniseOptions recognise; ///< `now` invalid means the current time
};

/// Scans a local folder for checkpoints. Blocks; call it from a pool thread or a command line program.
Result<Listing> scanFolder(const QString &path, const ScanOptions &options, std::stop_token stop,
                           const Progress &progress = {});

/// The JSON of `cairnctl checkpoints`; docs/CHECKPOINTS.md describes it field by field.
QJsonObject toJson(const Listing &listing);

} // namespace cairn::ckpt
