// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/TorchStorage.h"

#include "base/Text.h"
#include "checkpoints/Zip.h"

#include <QHash>
#include <QtEndian>
#include <algorithm>

namespace cairn::ckpt {
namespace {

using Id = Pickle::Id;
using Type = Pickle::Type;

/// Bytes of one element, by the class of the storage; 0 for classes that are not known.
qint64 elementSize(QByteArrayView storageClass)
{
    static const QHash<QByteArray, int> sizes{
        {"DoubleStorage", 8}, {"FloatStorage", 4}, {"HalfStorage", 2}, {"BFloat16Storage", 2}, {"LongStorage", 8}, {"IntStorage", 4}, {"ShortStorage", 2},
        {"CharStorage", 1}, {"ByteStorage", 1}, {"BoolStorage", 1}, {"ComplexDoubleStorage", 16}, {"ComplexFloatStorage", 8}, {"QUInt8Storage", 1},
        {"QInt8Storage", 1}, {"QInt32Storage", 4}, {"QUInt4x2Storage", 1}, {"QUInt2x4Storage", 1}, {"UntypedStorage", 1},
    };
    return sizes.value(storageClass.toByteArray(), 0);
}

/// A persistent id of torch.save: ('storage', class, key, location, number of elements).
struct Storage {
    bool valid = false;
    QByteArray key;
    qint64 element = 0;  ///< bytes; 0 where unknown
    qint64 elements = -1; ///< -1 where unknown
};

Storage storageOf(const Pickle &pickle, Id id)
{
    Storage storage;
    const Pickle::Node &node = pickle.node(id);
    if (node.type != Type::Persistent || node.callable == Pickle::none || pickle.node(node.callable).type != Type::Tuple)
        return storage;
    const std::vector<Id> &items = pickle.node(node.callable).items;
    if (items.size() < 5 || pickle.node(items[0]).text != "storage")
        return storage;
    storage.valid = true;
    storage.key = pickle.node(items[2]).text.toByteArray();
    if (pickle.node(items[1]).type == Type::Global)
        storage.element = elementSize(pickle.global(items[1]).name);
    const std::optional<qint64> count = pickle.integer(items[4]);
    storage.elements = count && *count >= 0 ? *count : -1;
    return storage;
}

/// The elements that a tensor of this shape reaches over, from its offset on; nullopt where that cannot be told.
std::optional<qint64> reachOf(const Pickle &pickle, const std::vector<Id> &arguments)
{
    const std::optional<qint64> offset = pickle.integer(arguments[1]);
    const Pickle::Node &shape = pickle.node(arguments[2]);
    const Pickle::Node &strides = pickle.node(arguments[3]);
    if (!offset || *offset < 0 || shape.type != Type::Tuple || strides.type != Type::Tuple || shape.items.size() != strides.items.size())
        return std::nullopt;
    qint64 reach = *offset + 1;
    for (std::size_t i = 0; i < shape.items.size(); ++i) {
        const std::optional<qint64> length = pickle.integer(shape.items[i]);
        const std::optional<qint64> stride = pickle.integer(strides.items[i]);
        qint64 step = 0;
        if (!length || !stride || *length < 0 || *stride < 0)
            return std::nullopt;
        if (*length == 0)
            return 0; // without an element it reaches nowhere
        if (__builtin_mul_overflow(*length - 1, *stride, &step) || __builtin_add_overflow(reach, step, &reach))
            return std::numeric_limits<qint64>::max();
    }
    return reach;
}

/// torch._utils._rebuild_tensor_v2(storage, offset, shape, strides, …): torch refuses what reaches beyond the storage.
bool tensorFits(const Pickle &pickle, Id id)
{
    const QByteArrayView name = pickle.className(id);
    if (name != "_rebuild_tensor_v2" && name != "_rebuild_tensor")
        return true;
    const Id tuple = pickle.node(id).arguments;
    if (tuple == Pickle::none || pickle.node(tuple).type != Type::Tuple || pickle.node(tuple).items.size() < 4)
        return false;
    const std::vector<Id> &arguments = pickle.node(tuple).items;
    const Storage storage = storageOf(pickle, arguments[0]);
    const std::optional<qint64> reach = reachOf(pickle, arguments);
    return !storage.valid || storage.elements < 0 || !reach || *reach <= storage.elements;
}

} // namespace

Check checkStorages(const Pickle &pickle, const QList<qint64> &sizes)
{
    for (Id id = 0; id < pickle.size(); ++id) {
        const Type type = pickle.node(id).type;
        if (type == Type::Object && !tensorFits(pickle, id))
            return {State::Broken, Words::tr("a tensor of it reaches beyond its storage")};
        if (type != Type::Persistent)
            continue;
        const Storage storage = storageOf(pickle, id);
        if (!storage.valid)
            return {State::Broken, Words::tr("its data.pkl refers to something that is no tensor storage")};
        bool ok = false;
        const qlonglong key = storage.key.toLongLong(&ok);
        if (!ok)
            continue;
        if (key < 0 || key >= sizes.size())
            return {State::Broken, Words::tr("a tensor storage that its data.pkl names is missing")};
        qint64 need = 0;
        if (storage.element > 0 && storage.elements >= 0 && __builtin_mul_overflow(storage.elements, storage.element, &need))
            need = std::numeric_limits<qint64>::max();
        if (sizes[key] < need)
            return {State::Broken, Words::tr("the tensor storage %1 is too short: %2 of %3 bytes").arg(key).arg(sizes[key]).arg(need)};
    }
    return {};
}

std::optional<StoredNumber> storedNumber(const Pickle &pickle, Pickle::Id id)
{
    const Id tuple = pickle.className(id).startsWith("_rebuild_tensor") ? pickle.node(id).arguments : Pickle::none;
    if (tuple == Pickle::none || pickle.node(tuple).type != Type::Tuple || pickle.node(tuple).items.size() < 4)
        return std::nullopt;
    const std::vector<Id> &arguments = pickle.node(tuple).items;
    const Storage storage = storageOf(pickle, arguments[0]);
    const std::optional<qint64> offset = pickle.integer(arguments[1]);
    const bool single = pickle.node(arguments[2]).type == Type::Tuple
        && std::ranges::all_of(pickle.node(arguments[2]).items, [&](Id length) { return pickle.integer(length) == 1; });
    if (!storage.valid || storage.element == 0 || !single || !offset || *offset < 0)
        return std::nullopt;
    const Id type = pickle.node(pickle.node(arguments[0]).callable).items[1];
    return StoredNumber{storage.key, pickle.global(type).name.toByteArray(), *offset};
}

std::optional<double> readNumber(FileReader &file, const StoredNumber &number, const Limits &limits, Check &check)
{
    constexpr qint64 most = 256;
    const ZipDirectory directory = ZipDirectory::read(file, limits);
    const QByteArray suffix = "/data/" + number.key;
    const auto entry = std::ranges::find_if(directory.entries, [&](const ZipEntry &e) { return e.name.endsWith(suffix) && e.name.count('/') == 2; });
    if (!directory.check.isGood() || entry == directory.entries.end() || entry->size > most) {
        check = directory.check;
        return std::nullopt;
    }
    const ZipBytes bytes = readZipEntry(file, directory, *entry, limits);
    check = bytes.check;
    const auto value = [&]<class T>(T) -> std::optional<double> {
        if (number.offset >= bytes.data.size() / static_cast<qint64>(sizeof(T)))
            return std::nullopt;
        return static_cast<double>(qFromLittleEndian<T>(bytes.data.constData() + number.offset * static_cast<qint64>(sizeof(T))));
    };
    if (!check.isGood())
        return std::nullopt;
    if (number.storageClass == "FloatStorage")
        return value(0.0F);
    if (number.storageClass == "DoubleStorage")
        return value(0.0);
    if (number.storageClass == "LongStorage")
        return value(qint64{0});
    return number.storageClass == "IntStorage" ? value(qint32{0}) : std::nullopt;
}

std::optional<qint64> bytesOfLegacyStorages(const Pickle &pickle, const Pickle &keys)
{
    QHash<QByteArray, qint64> bytes;
    for (Id id = 0; id < pickle.size(); ++id) {
        if (pickle.node(id).type != Type::Persistent)
            continue;
        const Storage storage = storageOf(pickle, id);
        qint64 length = 0;
        if (!storage.valid)
            continue; // the source of a module's class
        if (storage.element == 0 || storage.elements < 0 || __builtin_mul_overflow(storage.elements, storage.element, &length))
            return std::nullopt;
        bytes.insert(storage.key, length);
    }
    if (keys.root() == Pickle::none || keys.node(keys.root()).type != Type::List)
        return std::nullopt;
    qint64 all = 0;
    for (const Id key : keys.node(keys.root()).items) {
        const auto length = bytes.constFind(keys.node(key).text.toByteArray());
        // Each is preceded by its number of elements.
        if (length == bytes.constEnd() || __builtin_add_overflow(all, *length, &all) || __builtin_add_overflow(all, qint64{8}, &all))
            return std::nullopt;
    }
    return all;
}

} // namespace cairn::ckpt
