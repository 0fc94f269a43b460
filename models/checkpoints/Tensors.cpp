// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/Tensors.h"

#include "checkpoints/Check.h"
#include "checkpoints/Hdf5.h"
#include "checkpoints/Hdf5Tree.h"
#include "checkpoints/Json.h"
#include "checkpoints/Paths.h"
#include "checkpoints/PickledTensors.h"
#include "checkpoints/Safetensors.h"
#include "checkpoints/Slice.h"
#include "checkpoints/TfBundle.h"
#include "checkpoints/Zip.h"

#include <QJsonArray>
#include <QtEndian>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::ckpt {
namespace {

constexpr qsizetype mostTensors = 200'000;
/// The headers of a file: of safetensors up to 100 MB, of torch the pickle.
constexpr qint64 headerBudget = 128 * 1024 * 1024;
constexpr std::size_t mostNodes = 2'000'000; // each takes some hundred bytes

Limits limits()
{
    Limits limits;
    limits.fileBudget = headerBudget;
    return limits;
}

TensorList ofSafetensors(FileReader &file)
{
    const FileReader::Bytes start = file.read(0, 8);
    if (!start.ok())
        return {{}, Words::tr("it could not be read")};
    const auto length = qFromLittleEndian<quint64>(start.data.constData());
    const FileReader::Bytes raw = length <= 100'000'000 ? file.read(8, static_cast<qint64>(length)) : FileReader::Bytes();
    if (raw.ok() && hasTooManyValues(raw.data))
        return {{}, Words::tr("it names more than what is followed")};
    const std::optional<QJsonObject> header = raw.ok() ? parsePythonJson(raw.data) : std::nullopt;
    if (!header)
        return {{}, Words::tr("its safetensors header cannot be read")};
    TensorList list;
    for (auto it = header->begin(); it != header->end(); ++it) {
        if (it.key() == u"__metadata__"_s)
            continue;
        if (list.tensors.size() >= mostTensors)
            return {list.tensors, Words::tr("it names more than what is followed")};
        TensorInfo info{it.key(), {}, it.value()[u"dtype"_s].toString()};
        for (const QJsonValue &n : it.value()[u"shape"_s].toArray())
            info.shape << wholeNumber(n).value_or(-1);
        list.tensors << info;
    }
    return list;
}

TensorList ofHdf5(FileReader &file, const QString &before = {})
{
    const Hdf5File probe = probeHdf5(file, limits());
    if (!probe.isHdf5)
        return {{}, probe.check.reason};
    const Hdf5Tree tree = Hdf5Tree::read(file, limits());
    TensorList list;
    list.why = tree.check.reason;
    for (const Hdf5Tree::Dataset &dataset : tree.datasets)
        list.tensors << TensorInfo{before + QString::fromUtf8(dataset.path), dataset.shape, dataset.dtype};
    return list;
}

/// "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }" (numpy.lib.format). nullopt where it is none.
std::optional<TensorInfo> ofNpy(const QByteArray &bytes, const QByteArray &name)
{
    if (!bytes.startsWith("\x93NUMPY"))
        return std::nullopt;
    const auto between = [&](const char *from, char to) {
        const qsizetype at = bytes.indexOf(from);
        const qsizetype begin = at + qsizetype(qstrlen(from));
        const qsizetype end = at < 0 ? -1 : bytes.indexOf(to, begin);
        return end < 0 ? QByteArray() : bytes.mid(begin, end - begin);
    };
    TensorInfo info;
    info.name = QString::fromUtf8(name.endsWith(".npy") ? name.chopped(4) : name);
    const QByteArray type = between("'descr': '", '\'');
    static const QHash<char, QString> kinds{{'f', u"F"_s}, {'i', u"I"_s}, {'u', u"U"_s}, {'c', u"C"_s}};
    if (type.size() > 2 && kinds.contains(type[1]))
        info.dtype = kinds.value(type[1]) + QString::number(type.mid(2).toInt() * 8);
    else if (type == "|b1")
        info.dtype = u"BOOL"_s;
    for (const QByteArray &n : between("'shape': (", ')').split(',')) {
        bool ok = false;
        const qint64 size = n.trimmed().toLongLong(&ok);
        if (ok && info.shape.size() < 64)
            info.shape << size;
    }
    return info;
}

TensorList ofZip(const Entry &entry, Source &source, FileReader &file)
{
    const ZipDirectory directory = ZipDirectory::read(file, limits());
    if (!directory.check.isGood())
        return {{}, directory.check.reason};
    TensorList list;
    for (const ZipEntry &one : directory.entries) {
        if (one.name.endsWith("/data.pkl") && one.name.count('/') == 1) {
            const ZipBytes bytes = readZipEntry(file, directory, one, limits());
            if (!bytes.check.isGood())
                return {{}, bytes.check.reason};
            return tensorsIn(Pickle(bytes.data, mostNodes));
        }
        qint64 offset = 0;
        if (one.name == "model.weights.h5" && one.method == 0 && zipDataOffset(file, directory, one, offset).isGood()) {
            Slice inner(source, entry, offset, one.packed);
            FileReader reader(inner, inner.entry(), headerBudget);
            return ofHdf5(reader);
        }
        if (one.name.endsWith(".npy") && list.tensors.size() < mostTensors) {
            const bool stored = one.method == 0 && zipDataOffset(file, directory, one, offset).isGood();
            const QByteArray head = stored ? file.read(offset, std::min<qint64>(one.packed, 512)).data : readZipEntry(file, directory, one, limits()).data.left(512);
            if (const std::optional<TensorInfo> info = ofNpy(head, one.name))
                list.tensors << *info;
            else
                list.why = Words::tr("some of its arrays have headers that cannot be read");
        }
    }
    return list;
}

/// DataType of TensorFlow (core/framework/types.proto).
QString tfType(int type)
{
    static const QHash<int, QString> types{{1, u"F32"_s}, {2, u"F64"_s}, {3, u"I32"_s}, {4, u"U8"_s}, {5, u"I16"_s}, {6, u"I8"_s}, {7, u"text"_s},
                                           {8, u"C64"_s}, {9, u"I64"_s}, {10, u"BOOL"_s}, {14, u"BF16"_s}, {17, u"U16"_s}, {19, u"F16"_s},
                                           {22, u"U32"_s}, {23, u"U64"_s}};
    return types.value(type);
}

TensorList ofBundle(FileReader &file)
{
    const TfBundle bundle = TfBundle::read(file, limits());
    TensorList list;
    list.why = bundle.check.reason;
    for (const TfBundle::Tensor &tensor : bundle.tensors) {
        QByteArray key = tensor.key;
        if (key == "_CHECKPOINTABLE_OBJECT_GRAPH" || list.tensors.size() >= mostTensors)
            continue;
        if (key.endsWith("/.ATTRIBUTES/VARIABLE_VALUE"))
            key.chop(27);
        list.tensors << TensorInfo{QString::fromUtf8(key.left(1000)), tensor.shape, tfType(tensor.dtype)};
    }
    return list;
}

} // namespace

TensorList tensorsOf(const Entry &entry, Source &source)
{
    const QByteArray name = baseName(entry.path);
    FileReader file(source, entry, headerBudget);
    if (name.endsWith(".safetensors"))
        return ofSafetensors(file);
    if (name.endsWith(".distcp"))
        return {};
    if (name == ".metadata") {
        const FileReader::Bytes bytes = file.read(0, entry.size);
        return bytes.ok() ? tensorsInMetadata(Pickle(bytes.data, mostNodes)) : TensorList{{}, Words::tr("it could not be read")};
    }
    if (name.endsWith(".index"))
        return ofBundle(file);
    const FileReader::Bytes head = file.read(0, std::min<qint64>(entry.size, 8));
    if (!head.ok())
        return {{}, Words::tr("it could not be read")};
    if (head.data.startsWith("PK\x03\x04"))
        return ofZip(entry, source, file);
    if (head.data == QByteArray::fromHex("894844460d0a1a0a"))
        return ofHdf5(file);
    const bool torch = name.endsWith(".pt") || name.endsWith(".pth") || name.endsWith(".ckpt") || name.endsWith(".bin");
    if (torch && head.data.startsWith('\x80'))
        return {{}, Words::tr("written without a directory: its tensors cannot be listed without loading it")};
    return {};
}

} // namespace cairn::ckpt
