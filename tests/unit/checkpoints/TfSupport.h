// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "FormatSupport.h"
#include "checkpoints/Crc32c.h"

/// A TensorFlow bundle as BundleWriter and MergeBundles leave it.
namespace support::tf {

inline QByteArray varint(quint64 value)
{
    QByteArray bytes;
    for (; value >= 0x80; value >>= 7)
        bytes += static_cast<char>(0x80 | (value & 0x7f));
    return bytes + static_cast<char>(value);
}

inline QByteArray withTrailer(const QByteArray &block)
{
    const QByteArray typed = block + '\0';
    return typed + le<quint32>(cairn::ckpt::maskedCrc32c(typed));
}

/// A LevelDB block in which no key shares a beginning.
inline QByteArray blockOf(const QList<QPair<QByteArray, QByteArray>> &entries)
{
    QByteArray block;
    for (const auto &[key, value] : entries)
        block += varint(0) + varint(static_cast<quint64>(key.size())) + varint(static_cast<quint64>(value.size())) + key + value;
    return block + le<quint32>(0) + le<quint32>(1);
}

inline QByteArray handle(quint64 offset, quint64 size)
{
    return varint(offset) + varint(size);
}

struct Tensor {
    QByteArray key;
    int dtype;
    int shard;
    QByteArray bytes;
    QList<qint64> shape = {};
    std::optional<quint32> crc = {}; ///< of a text, whose checksum is not that of its bytes
};

/// A tensor of texts, with the checksum that TensorFlow gives it.
inline Tensor texts(const QByteArray &key, int shard, const QByteArrayList &words)
{
    QByteArray lengths;
    QByteArray summed;
    for (const QByteArray &word : words) {
        lengths += varint(static_cast<quint64>(word.size()));
        summed += le<quint32>(static_cast<quint32>(word.size()));
    }
    const QByteArray sum = le<quint32>(cairn::ckpt::maskedCrc32c(summed));
    return {key, 7, shard, lengths + sum + words.join(), {words.size()}, cairn::ckpt::maskedCrc32c(summed + sum + words.join())};
}

inline void addBundle(MemorySource &source, const QByteArray &prefix, const QList<Tensor> &tensors, int shards = 1,
                      const std::function<void(QByteArray &)> &change = {})
{
    QList<QByteArray> data(shards);
    QList<QPair<QByteArray, QByteArray>> entries{{"", varint(1 << 3) + varint(static_cast<quint64>(shards)) + "\x1a\x02\x08\x01"}};
    for (const Tensor &t : tensors) {
        QByteArray shape;
        for (const qint64 n : t.shape) {
            const QByteArray size = "\x08" + varint(static_cast<quint64>(n));
            shape += "\x12" + varint(static_cast<quint64>(size.size())) + size;
        }
        entries.append({t.key, "\x08" + varint(static_cast<quint64>(t.dtype)) + "\x12" + varint(static_cast<quint64>(shape.size())) + shape + "\x18"
                                   + varint(static_cast<quint64>(t.shard)) + "\x20" + varint(static_cast<quint64>(data[t.shard].size())) + "\x28"
                                   + varint(static_cast<quint64>(t.bytes.size())) + "\x35" + le<quint32>(t.crc.value_or(cairn::ckpt::maskedCrc32c(t.bytes)))});
        data[t.shard] += t.bytes;
    }
    QByteArray block = blockOf(entries);
    if (change)
        change(block); // before its checksum is made
    QByteArray index = withTrailer(block);
    const QByteArray meta = blockOf({});
    const QByteArray metaHandle = handle(static_cast<quint64>(index.size()), static_cast<quint64>(meta.size()));
    index += withTrailer(meta);
    const QByteArray root = blockOf({{"z", handle(0, static_cast<quint64>(block.size()))}});
    const QByteArray rootHandle = handle(static_cast<quint64>(index.size()), static_cast<quint64>(root.size()));
    index += withTrailer(root);
    index += (metaHandle + rootHandle).leftJustified(40, '\0') + QByteArray::fromHex("57fb808b247547db");
    source.add(prefix + ".index", index);
    for (int i = 0; i < shards; ++i)
        source.add(prefix + ".data-" + QByteArray::number(i).rightJustified(5, '0') + "-of-" + QByteArray::number(shards).rightJustified(5, '0'), data[i]);
}

} // namespace support::tf
