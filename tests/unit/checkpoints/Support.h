// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "checkpoints/Folder.h"
#include "checkpoints/Source.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QFileInfo>
#include <QTest>

namespace support {

/// A tree of files in memory that counts what is read of it.
class MemorySource final : public cairn::ckpt::Source
{
public:
    explicit MemorySource(bool local = true)
        : m_local(local)
    {
    }
    void add(const QByteArray &path, const QByteArray &bytes, qint64 mtimeMs = 1'700'000'000'000)
    {
        files[path] = bytes;
        tree.files << cairn::ckpt::Entry{path, bytes.size(), mtimeMs, {}};
    }
    Bytes read(const cairn::ckpt::Entry &entry, qint64 offset, qint64 length) override
    {
        bytesRead += length;
        return {Status::Ok, files[entry.path].mid(offset, length)};
    }
    bool isLocal() const override { return m_local; }

    cairn::ckpt::Tree tree;
    QMap<QByteArray, QByteArray> files;
    qint64 bytesRead = 0;

private:
    bool m_local;
};

inline QString fixture(const QString &name)
{
    return QStringLiteral(CAIRN_SOURCE_DIR "/tests/fixtures/checkpoints/") + name;
}

inline QByteArray contents(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

inline bool write(const QString &path, const QByteArray &bytes)
{
    QDir().mkpath(QFileInfo(path).path());
    QFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size();
}

/// Copies a fixture folder, all files modified at `saved`.
inline bool copyTree(const QString &from, const QString &to, const QDateTime &saved)
{
    QDirIterator it(from, QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
    bool any = false;
    while (it.hasNext()) {
        const QString source = it.next();
        const QString target = to + source.mid(from.size());
        if (!write(target, contents(source)))
            return false;
        QFile file(target);
        if (!file.open(QIODevice::ReadWrite) || !file.setFileTime(saved, QFileDevice::FileModificationTime))
            return false;
        any = true;
    }
    return any;
}

} // namespace support
