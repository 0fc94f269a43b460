// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "Support.h"
#include "checkpoints/Recognise.h"

#include <QtEndian>
#include <zlib.h>

/// Bytes as the frameworks write them, and what is concluded from them.
namespace support {

template <class T>
QByteArray le(T value)
{
    QByteArray bytes(sizeof(T), '\0');
    qToLittleEndian<T>(value, bytes.data());
    return bytes;
}

/// A zip with stored entries.
inline QByteArray zipOf(const QList<QPair<QByteArray, QByteArray>> &entries)
{
    QByteArray file;
    QByteArray directory;
    for (const auto &[name, data] : entries) {
        const auto crc = static_cast<quint32>(crc32(0, reinterpret_cast<const Bytef *>(data.constData()), static_cast<uInt>(data.size())));
        const QByteArray common = le<quint16>(0) + le<quint16>(0) + le<quint16>(0) + le<quint16>(0) + le<quint32>(crc)
            + le<quint32>(static_cast<quint32>(data.size())) + le<quint32>(static_cast<quint32>(data.size()))
            + le<quint16>(static_cast<quint16>(name.size())) + le<quint16>(0);
        directory += "PK\x01\x02" + le<quint16>(20) + le<quint16>(20) + common + le<quint16>(0) + le<quint16>(0) + le<quint16>(0)
            + le<quint32>(0) + le<quint32>(static_cast<quint32>(file.size())) + name;
        file += "PK\x03\x04" + le<quint16>(20) + common + name + data;
    }
    const auto count = static_cast<quint16>(entries.size());
    return file + directory + "PK\x05\x06" + le<quint16>(0) + le<quint16>(0) + le<quint16>(count) + le<quint16>(count)
        + le<quint32>(static_cast<quint32>(directory.size())) + le<quint32>(static_cast<quint32>(file.size())) + le<quint16>(0);
}

/// Pieces of a pickle, protocol 2.
namespace py {
inline QByteArray text(const QByteArray &s) { return "X" + le<quint32>(static_cast<quint32>(s.size())) + s; }
inline QByteArray integer(qint32 n) { return "J" + le<qint32>(n); }
inline QByteArray none() { return "N"; }
inline QByteArray list(const QList<QByteArray> &items) { return "](" + items.join() + "e"; }
inline QByteArray dict(const QList<QPair<QByteArray, QByteArray>> &items)
{
    QByteArray all = "}(";
    for (const auto &[key, value] : items)
        all += text(key) + value;
    return all + "u";
}
inline QByteArray tensor()
{
    return "ctorch._utils\n_rebuild_tensor_v2\n((" + text("storage") + "ctorch\nFloatStorage\n" + text("0") + text("cpu") + integer(4)
        + "tQ" + integer(0) + "(" + integer(2) + integer(2) + "t(" + integer(2) + integer(1) + "t\x89" + "ccollections\nOrderedDict\n)RtR";
}
inline QByteArray model() { return dict({{"layer.weight", tensor()}}); }
inline QByteArray optimizer()
{
    return dict({{"state", dict({{"exp_avg", tensor()}})}, {"param_groups", list({dict({{"lr", integer(1)}})})}});
}
} // namespace py

/// What torch.save makes of a value that refers to one storage of 16 bytes.
inline QByteArray torchFile(const QByteArray &value)
{
    return zipOf({{"archive/data.pkl", "\x80\x02" + value + "."}, {"archive/data/0", QByteArray(16, '\1')}, {"archive/version", "3\n"}});
}

inline QByteArray trainingFile(qint32 step)
{
    return torchFile(py::dict({{"model", py::model()}, {"optimizer", py::optimizer()}, {"step", py::integer(step)}}));
}

struct Seen {
    QStringList lines; ///< "path format step verdict resumable|no", sorted
    cairn::Listing listing;

    const cairn::Checkpoint &at(const QString &path) const
    {
        for (const cairn::Run &run : listing.runs) {
            for (const cairn::Checkpoint &c : run.checkpoints) {
                if (c.path == path)
                    return c;
            }
        }
        qFatal("%s was not listed, but: %s", qPrintable(path), qPrintable(lines.join(QStringLiteral(" | "))));
    }
    QString brief(const QString &path) const
    {
        const cairn::Checkpoint &c = at(path);
        return cairn::verdictName(c.verdict) + (c.resumable ? QStringLiteral(" resumable: ") : QStringLiteral(" no: ")) + c.reason;
    }
};

/// Judged a day after the files were written, when no writer is left.
inline Seen look(MemorySource &source)
{
    cairn::ckpt::RecogniseOptions options;
    options.now = QDateTime::fromMSecsSinceEpoch(1'700'000'000'000 + 86'400'000LL, Qt::UTC);
    options.writerMayBeAlive = false;
    Seen seen;
    seen.listing = cairn::ckpt::recognise(source.tree, source, options, {}).listing;
    for (const cairn::Run &run : seen.listing.runs) {
        for (const cairn::Checkpoint &c : run.checkpoints) {
            seen.lines << QStringList{c.path, c.format, c.step ? QString::number(*c.step) : QStringLiteral("-"), cairn::verdictName(c.verdict),
                                      c.resumable ? QStringLiteral("resumable") : QStringLiteral("no")}.join(u' ');
        }
    }
    seen.lines.sort();
    return seen;
}

/// The tree without, or with another content of, one of its files.
inline MemorySource without(const MemorySource &source, const QByteArray &path)
{
    MemorySource copy(source.isLocal());
    for (const cairn::ckpt::Entry &entry : source.tree.files) {
        if (entry.path != path)
            copy.add(entry.path, source.files[entry.path], entry.mtimeMs);
    }
    return copy;
}
inline MemorySource with(const MemorySource &source, const QByteArray &path, const QByteArray &bytes)
{
    MemorySource copy = without(source, path);
    copy.add(path, bytes);
    return copy;
}

/// Every file of a whole save cut, emptied and removed in turn: no outcome may be whole and resumable, but for `harmless`
/// names. Returns the first that was.
inline QString firstFalseWhole(const MemorySource &whole, const QByteArrayList &harmless = {})
{
    for (const cairn::ckpt::Entry &entry : whole.tree.files) {
        const QByteArray name = entry.path.mid(entry.path.lastIndexOf('/') + 1);
        if (harmless.contains(name))
            continue;
        const QByteArray bytes = whole.files[entry.path];
        QList<QPair<QString, MemorySource>> damaged;
        damaged.emplaceBack(QStringLiteral("removed"), without(whole, entry.path));
        damaged.emplaceBack(QStringLiteral("emptied"), with(whole, entry.path, {}));
        damaged.emplaceBack(QStringLiteral("cut"), with(whole, entry.path, bytes.left(bytes.size() / 2)));
        for (auto &[how, source] : damaged) {
            const Seen seen = look(source);
            for (const QString &line : seen.lines) {
                if (line.endsWith(QStringLiteral("whole resumable")))
                    return QString::fromUtf8(entry.path) + u' ' + how + QStringLiteral(": ") + line;
            }
        }
    }
    return {};
}

} // namespace support
