// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/TfBundle.h"

#include "checkpoints/Crc32c.h"

#include <QtEndian>
#include <array>
#include <limits>

namespace cairn::ckpt {
namespace {

constexpr auto crcTable = [] {
    std::array<quint32, 256> table{};
    for (quint32 i = 0; i < 256; ++i) {
        quint32 c = i;
        for (int k = 0; k < 8; ++k)
            c = c & 1 ? (c >> 1) ^ 0x82f63b78u : c >> 1;
        table[i] = c;
    }
    return table;
}();

/// Reads forward in bytes; `ok` turns false at the first thing that does not fit.
struct Cursor {
    QByteArrayView bytes;
    bool ok = true;

    bool atEnd() const { return bytes.isEmpty(); }
    quint64 varint()
    {
        quint64 value = 0;
        for (int i = 0; i < 10 && i < bytes.size(); ++i) {
            const auto byte = static_cast<quint8>(bytes[i]);
            value |= static_cast<quint64>(byte & 0x7f) << (7 * i);
            if (byte < 0x80) {
                bytes = bytes.sliced(i + 1);
                return value;
            }
        }
        ok = false;
        return 0;
    }
    QByteArrayView take(quint64 count)
    {
        if (!ok || count > static_cast<quint64>(bytes.size())) {
            ok = false;
            return {};
        }
        const QByteArrayView taken = bytes.first(static_cast<qsizetype>(count));
        bytes = bytes.sliced(static_cast<qsizetype>(count));
        return taken;
    }
};

/// Walks the fields of a protocol buffer; `field` gets number, value and bytes (of a length-delimited one).
template <class Field>
bool eachField(QByteArrayView message, Field field)
{
    Cursor cursor{message};
    while (cursor.ok && !cursor.atEnd()) {
        const quint64 tag = cursor.varint();
        quint64 value = 0;
        QByteArrayView bytes;
        switch (tag & 7) {
        case 0: value = cursor.varint(); break;
        case 1: bytes = cursor.take(8); break;
        case 2: bytes = cursor.take(cursor.varint()); break;
        case 5:
            bytes = cursor.take(4);
            value = cursor.ok ? qFromLittleEndian<quint32>(bytes.data()) : 0;
            break;
        default: return false;
        }
        if (cursor.ok)
            field(tag >> 3, value, bytes);
    }
    return cursor.ok;
}

struct Handle {
    quint64 offset = 0;
    quint64 size = 0;
};

Handle handleOf(Cursor &cursor)
{
    Handle handle;
    handle.offset = cursor.varint();
    handle.size = cursor.varint();
    return handle;
}

Check damaged()
{
    return {State::Broken, Words::tr("the index is damaged: its structure or a checksum does not hold")};
}

/// The contents of a block, its checksum checked; then the type byte and the CRC follow it.
Check openBlock(const QByteArray &file, Handle handle, QByteArrayView &block)
{
    const auto size = static_cast<quint64>(file.size());
    if (handle.size > size || handle.offset > size - handle.size || size - handle.size - handle.offset < 5)
        return damaged();
    const QByteArrayView checked = QByteArrayView(file).sliced(static_cast<qsizetype>(handle.offset), static_cast<qsizetype>(handle.size) + 1);
    if (maskedCrc32c(checked) != qFromLittleEndian<quint32>(checked.data() + checked.size()))
        return damaged();
    if (checked.back() != 0)
        return {State::Unverified, Words::tr("the index is compressed, which TensorFlow itself does not do")};
    block = checked.chopped(1);
    return {};
}

/// Every key and value of a block; keys share beginnings with the one before.
template <class Each>
bool eachEntry(QByteArrayView block, Each each)
{
    if (block.size() < 4)
        return false;
    const quint64 restarts = qFromLittleEndian<quint32>(block.data() + block.size() - 4);
    if (restarts > static_cast<quint64>(block.size() - 4) / 4)
        return false;
    Cursor cursor{block.first(block.size() - 4 - static_cast<qsizetype>(restarts) * 4)};
    QByteArray key;
    while (cursor.ok && !cursor.atEnd()) {
        const quint64 shared = cursor.varint();
        const quint64 own = cursor.varint();
        const quint64 length = cursor.varint();
        if (!cursor.ok || shared > static_cast<quint64>(key.size()))
            return false;
        key.truncate(static_cast<qsizetype>(shared));
        key += cursor.take(own);
        const QByteArrayView value = cursor.take(length);
        if (!cursor.ok || !each(key, value))
            return false;
    }
    return cursor.ok;
}

/// TensorShapeProto: dim = 2, of each its size = 1, which is left out where it is 0.
bool readShape(QByteArrayView message, QList<qint64> &shape)
{
    constexpr qsizetype most = 254; // TensorShape::MaxDimensions()
    bool fits = true;
    const bool good = eachField(message, [&](quint64 field, quint64, QByteArrayView dimension) {
        if (field != 2)
            return;
        quint64 size = 0;
        const bool read = eachField(dimension, [&](quint64 inner, quint64 number, QByteArrayView) { size = inner == 1 ? number : size; });
        fits = fits && read && shape.size() < most && size <= quint64(std::numeric_limits<qint64>::max());
        if (fits)
            shape << static_cast<qint64>(size);
    });
    return good && fits;
}

bool addEntry(TfBundle &bundle, const QByteArray &key, QByteArrayView value)
{
    constexpr qsizetype most = 1'000'000;
    if (bundle.tensors.size() >= most)
        return false;
    if (key.isEmpty()) { // BundleHeaderProto
        bool little = true;
        const bool good = eachField(value, [&](quint64 field, quint64 number, QByteArrayView) {
            if (field == 1)
                bundle.shards = number <= 100'000 ? static_cast<int>(number) : 0;
            else if (field == 2)
                little = number == 0;
        });
        return good && little && bundle.shards > 0;
    }
    TfBundle::Tensor tensor;
    tensor.key = key;
    bool fits = true;
    const bool good = eachField(value, [&](quint64 field, quint64 number, QByteArrayView bytes) {
        constexpr quint64 largest = quint64(1) << 60;
        fits = fits && number <= largest;
        switch (field) {
        case 1: tensor.dtype = static_cast<int>(number & 0xffff); break;
        case 2: fits = fits && readShape(bytes, tensor.shape); break;
        case 3: tensor.shard = number < 100'000 ? static_cast<int>(number) : -1; break;
        case 4: tensor.offset = static_cast<qint64>(number); break;
        case 5: tensor.size = static_cast<qint64>(number); break;
        case 6: tensor.crc = static_cast<quint32>(number); break;
        default: break;
        }
    });
    bundle.tensors << tensor;
    return good && fits && tensor.shard >= 0 && tensor.shard < bundle.shards;
}

} // namespace

quint32 crc32c(QByteArrayView bytes, quint32 before)
{
    quint32 crc = ~before;
    for (const char c : bytes)
        crc = crcTable[(crc ^ static_cast<quint8>(c)) & 0xff] ^ (crc >> 8);
    return ~crc;
}

quint32 maskedCrc32c(QByteArrayView bytes)
{
    return masked(crc32c(bytes));
}

TfBundle TfBundle::read(FileReader &file, const Limits &limits)
{
    TfBundle bundle;
    constexpr qint64 footer = 48;
    if (file.size() < footer) {
        bundle.check = {State::Incomplete, file.size() == 0 ? Words::tr("the index is empty") : Words::tr("the index is cut short")};
        return bundle;
    }
    const FileReader::Bytes bytes = file.read(0, file.size());
    if (!bytes.ok()) {
        bundle.check = readFailure(bytes.status, limits.fileBudget);
        return bundle;
    }
    if (!bytes.data.endsWith(QByteArray::fromHex("57fb808b247547db"))) { // table/format.h: kTableMagicNumber
        bundle.check = {State::Incomplete, Words::tr("the index does not end like one: it is cut short, or no TensorFlow checkpoint")};
        return bundle;
    }
    Cursor cursor{QByteArrayView(bytes.data).last(footer).first(40)};
    const Handle meta = handleOf(cursor); // empty, but checked by who reads the table
    const Handle root = handleOf(cursor);
    QByteArrayView indexBlock;
    bundle.check = cursor.ok ? openBlock(bytes.data, meta, indexBlock) : damaged();
    if (bundle.check.isGood())
        bundle.check = openBlock(bytes.data, root, indexBlock);
    if (!bundle.check.isGood())
        return bundle;
    Check inner;
    const bool good = eachEntry(indexBlock, [&](const QByteArray &, QByteArrayView value) {
        Cursor at{value};
        const Handle handle = handleOf(at);
        QByteArrayView block;
        inner = at.ok ? openBlock(bytes.data, handle, block) : damaged();
        return inner.isGood() && eachEntry(block, [&](const QByteArray &key, QByteArrayView entry) { return addEntry(bundle, key, entry); });
    });
    if (!inner.isGood())
        bundle.check = inner;
    else if (!good || bundle.shards == 0)
        bundle.check = damaged();
    return bundle;
}

} // namespace cairn::ckpt
