// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayList>

/// Protobuf by hand, enough for answers of an apiserver.
namespace cairn::test::proto {

inline QByteArray varint(quint64 value)
{
    QByteArray out;
    for (; value >= 0x80; value >>= 7)
        out.append(char(value | 0x80));
    out.append(char(value));
    return out;
}
inline QByteArray field(int number, const QByteArray &bytes)
{
    return varint(quint64(number) << 3 | 2) + varint(quint64(bytes.size())) + bytes;
}
inline QByteArray field(int number, qint64 value)
{
    return varint(quint64(number) << 3) + varint(quint64(value));
}
/// A runtime.Unknown of this kind.
inline QByteArray envelope(const char *kind, const QByteArray &raw)
{
    return QByteArray("k8s\0", 4) + field(1, field(1, QByteArray("v1")) + field(2, QByteArray(kind))) + field(2, raw);
}
/// A pod with a name, a UID and a version; `padding` makes it longer by so many bytes.
inline QByteArray pod(const QByteArray &name, const QByteArray &uid, int version, int padding = 0)
{
    return field(1, field(1, name) + field(3, QByteArray("ns")) + field(5, uid) + field(6, QByteArray::number(version)))
        + field(9, QByteArray(padding, 'x'));
}
/// A PodList, without its envelope.
inline QByteArray podList(const QByteArrayList &pods, int version)
{
    QByteArray out = field(1, field(2, QByteArray::number(version)));
    for (const QByteArray &pod : pods)
        out += field(2, pod);
    return out;
}

} // namespace cairn::test::proto
