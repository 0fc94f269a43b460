// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "checkpoints/Look.h"
#include "domain/Verification.h"

#include <span>

namespace cairn::ckpt {

/// Reads files to their last byte, each by the rules of what it holds; see verify(). One thread.
class ReadThrough
{
public:
    /// `told` gets the length of each piece that was read; where it returns false reading ends, and what is returned then
    /// means nothing. All outlive it.
    ReadThrough(Shelf &shelf, const Look &look, const std::function<bool(qint64)> &told);

    /// One file, or several that are checked together: the shards of a TensorFlow bundle with their index.
    QList<VerifiedFile> read(const Entry &entry);

private:
    /// A part of a file that is a zip by itself.
    struct Item {
        qint64 offset = 0;
        qint64 length = 0;
    };
    void readZip(const Entry &entry, VerifiedFile &file, const Item &part);
    void readSafetensors(const Entry &entry, VerifiedFile &file);
    void readHdf5(const Entry &entry, VerifiedFile &file);
    void readJson(const Entry &entry, VerifiedFile &file);
    void readShard(const Entry &entry, VerifiedFile &file, const QList<Item> &items);
    void readMetadata(const Entry &entry, VerifiedFile &file);
    /// Of no structure that is known here: what its format's own rules said of it holds for all, or nothing does.
    void readUnknown(const Entry &entry, VerifiedFile &file);
    void readPlain(const Entry &entry, VerifiedFile &file, const QString &reason, FullRead result = FullRead::Held);
    QList<VerifiedFile> readBundle(const Entry &index, const QMap<int, Entry> &shards);
    /// Reads [offset, offset + length) without a checksum of its own; false where it could not.
    bool pass(const Entry &entry, VerifiedFile &file, qint64 offset, qint64 length);
    QMap<int, Entry> shardsOf(const Entry &index) const;
    /// Of the DCP metadata beside it.
    QList<Item> itemsOf(const Entry &entry);
    bool told(VerifiedFile &file, qint64 length, bool checksummed);

    Shelf &m_shelf;
    const Look &m_look;
    const std::function<bool(qint64)> &m_told;
    Limits m_limits;
    QByteArray m_itemsFolder;                  ///< whose metadata was read last
    QHash<QByteArray, QList<Item>> m_items;    ///< by name in that folder
};

} // namespace cairn::ckpt
