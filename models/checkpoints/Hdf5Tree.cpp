// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/Hdf5Tree.h"

#include "base/Text.h"
#include "checkpoints/Paths.h"

#include <QSet>
#include <QtEndian>
#include <limits>

using namespace Qt::StringLiterals;

namespace cairn::ckpt {
namespace {

constexpr quint64 undefined = std::numeric_limits<quint64>::max();
constexpr int mostObjects = 200'000;
constexpr int mostDepth = 64;

template <class T>
T le(QByteArrayView bytes, qsizetype at)
{
    return qFromLittleEndian<T>(bytes.data() + at);
}

/// What an object header says of its object.
struct Header {
    bool group = false;
    quint64 tree = undefined; ///< of a group: its B-tree
    quint64 heap = undefined; ///< and the names in it
    bool dataset = false;
    QList<qint64> shape;
    QString dtype;
    qint64 elementSize = 0;
    quint64 data = undefined; ///< of a contiguous dataset; undefined where nothing was written
    quint64 dataSize = 0;
    bool contiguous = false;
    quint64 chunks = undefined; ///< B-tree of a chunked dataset
};

QString typeName(int kind, quint8 flags, qint64 size)
{
    switch (kind) {
    case 0: return (flags & 8 ? u"I%1"_s : u"U%1"_s).arg(size * 8);
    case 1: return u"F%1"_s.arg(size * 8);
    case 3: case 9: return u"text"_s;
    case 8: return size == 1 ? u"BOOL"_s : QString(); // h5py writes bool as an enumeration
    default: return {};
    }
}

class Walk
{
public:
    Walk(FileReader &file, const Limits &limits)
        : m_file(file)
        , m_limits(limits)
    {
    }

    Hdf5Tree run()
    {
        const QByteArray head = take(0, std::min<qint64>(m_file.size(), 112), "superblock");
        if (!good())
            return result();
        const auto version = static_cast<quint8>(head[8]);
        const auto lengths = static_cast<quint8>(head[version < 2 ? 14 : 10]);
        if (version > 1 || lengths != 8) {
            skip(Words::tr("a superblock of version %1").arg(version));
            return result();
        }
        const int shift = version == 0 ? 0 : 4;
        if (head.size() < 96 + shift) {
            damage(Words::tr("the superblock"), 0);
            return result();
        }
        if (le<quint64>(head, 24 + shift) != 0) {
            skip(Words::tr("addresses that do not count from the beginning of the file"));
            return result();
        }
        m_todo << Place{le<quint64>(head, 64 + shift), {}, 0};
        while (!m_todo.isEmpty() && good()) {
            const Place place = m_todo.takeLast();
            if (m_seen.contains(place.header))
                continue; // a hard link
            m_seen.insert(place.header);
            if (m_seen.size() > mostObjects || place.depth > mostDepth) {
                skip(Words::tr("more than %1 objects, or %2 levels").arg(mostObjects).arg(mostDepth));
                break;
            }
            object(place);
        }
        return result();
    }

private:
    struct Place {
        quint64 header = 0;
        QByteArray path;
        int depth = 0;
    };

    bool good() const { return m_check.state != State::Broken && !m_stopped; }
    Hdf5Tree result() { return {m_check, m_datasets}; }
    void skip(const QString &what) { worsen(m_check, {State::Unverified, what}); }
    void damage(const QString &what, quint64 at)
    {
        worsen(m_check, {State::Broken, Words::tr("%1 at byte %2 is not what it has to be", "a structure within a file").arg(what).arg(at)});
    }

    QByteArray take(quint64 at, qint64 length, const char *what)
    {
        const auto size = static_cast<quint64>(m_file.size());
        if (length < 0 || at > size || static_cast<quint64>(length) > size - at) {
            worsen(m_check, {State::Broken, Words::tr("the place of the %1 at byte %2 lies outside of the file").arg(QString::fromLatin1(what)).arg(at)});
            return {};
        }
        const FileReader::Bytes bytes = m_file.read(static_cast<qint64>(at), length);
        if (!bytes.ok()) {
            worsen(m_check, readFailure(bytes.status, m_limits.fileBudget));
            m_stopped = true;
        }
        return bytes.data;
    }

    void object(const Place &place)
    {
        const QByteArray start = take(place.header, 16, "object header");
        if (!good())
            return;
        if (start.startsWith("OHDR")) {
            skip(Words::tr("object headers of version 2"));
            return;
        }
        if (start[0] != 1) {
            damage(Words::tr("the object header of %1").arg(nameOf(place)), place.header);
            return;
        }
        Header header;
        int left = le<quint16>(start, 2);
        QList<QPair<quint64, quint64>> blocks{{place.header + 16, le<quint32>(start, 8)}};
        for (int i = 0; i < blocks.size() && left > 0 && good(); ++i) {
            if (i > 1000) {
                damage(Words::tr("the object header of %1").arg(nameOf(place)), place.header);
                return;
            }
            messages(place, blocks[i].first, blocks[i].second, left, header, blocks);
        }
        if (!good())
            return;
        if (left > 0)
            damage(Words::tr("the object header of %1").arg(nameOf(place)), place.header);
        else if (header.group)
            group(place, header);
        else if (header.dataset)
            dataset(place, header);
    }

    void messages(const Place &place, quint64 at, quint64 length, int &left, Header &header, QList<QPair<quint64, quint64>> &blocks)
    {
        const QByteArray bytes = take(at, static_cast<qint64>(std::min<quint64>(length, quint64(1) << 40)), "object header");
        qsizetype i = 0;
        while (good() && left > 0 && bytes.size() - i >= 8) {
            const auto type = le<quint16>(bytes, i);
            const qsizetype size = le<quint16>(bytes, i + 2);
            const bool shared = bytes[i + 4] & 2;
            i += 8;
            --left;
            if (size > bytes.size() - i) {
                damage(Words::tr("the object header of %1").arg(nameOf(place)), at);
                return;
            }
            const QByteArrayView data = QByteArrayView(bytes).sliced(i, size);
            i += size;
            if (type == 0x10 && size >= 16)
                blocks.append({le<quint64>(data, 0), le<quint64>(data, 8)});
            else if (!shared)
                message(type, data, header);
            else
                skip(Words::tr("shared messages"));
        }
    }

    void message(int type, QByteArrayView data, Header &header)
    {
        switch (type) {
        case 0x01: dataspace(data, header); break;
        case 0x03:
            if (data.size() >= 8) {
                header.elementSize = le<quint32>(data, 4);
                header.dtype = typeName(data[0] & 0x0f, static_cast<quint8>(data[1]), header.elementSize);
            }
            break;
        case 0x08: layout(data, header); break;
        case 0x11:
            if (data.size() >= 16) {
                header.group = true;
                header.tree = le<quint64>(data, 0);
                header.heap = le<quint64>(data, 8);
            }
            break;
        case 0x02: case 0x06: skip(Words::tr("groups of the newer kind")); break;
        default: break; // attributes, times, filters
        }
    }

    void dataspace(QByteArrayView data, Header &header)
    {
        if (data.size() < 4)
            return;
        const int rank = static_cast<quint8>(data[1]);
        const qsizetype from = data[0] == 1 ? 8 : 4;
        if (data.size() < from + 8 * rank)
            return;
        for (int i = 0; i < rank; ++i)
            header.shape << static_cast<qint64>(std::min<quint64>(le<quint64>(data, from + 8 * i), quint64(std::numeric_limits<qint64>::max())));
    }

    void layout(QByteArrayView data, Header &header)
    {
        header.dataset = true;
        const int kind = data.size() > 1 ? data[1] : -1;
        if (data.isEmpty() || data[0] < 3) {
            skip(Words::tr("data layouts of an old kind"));
        } else if (kind == 1 && data.size() >= 18) {
            header.contiguous = true;
            header.data = le<quint64>(data, 2);
            header.dataSize = le<quint64>(data, 10);
        } else if (kind == 2 && data[0] == 3 && data.size() >= 11) {
            header.chunks = le<quint64>(data, 3);
        } else if (kind != 0) { // compact data lies in the header itself
            skip(Words::tr("data layouts of the newest kind"));
        }
    }

    void dataset(const Place &place, const Header &header)
    {
        m_datasets << Hdf5Tree::Dataset{place.path, header.shape, header.dtype};
        const auto size = static_cast<quint64>(m_file.size());
        if (header.contiguous && header.data != undefined) {
            if (header.data > size || header.dataSize > size - header.data) {
                worsen(m_check, {State::Broken, Words::tr("the data of %1 lies outside of the file").arg(nameOf(place))});
                return;
            }
            double bytes = static_cast<double>(header.elementSize); // a double cannot overflow, and is exact up to 2^53
            for (const qint64 n : header.shape)
                bytes *= static_cast<double>(n);
            if (bytes != static_cast<double>(header.dataSize))
                worsen(m_check, {State::Broken, Words::tr("the shape of %1 does not match its size").arg(nameOf(place))});
        } else if (header.chunks != undefined) {
            const QByteArray node = take(header.chunks, 24, "chunk index");
            if (good() && !node.startsWith("TREE"))
                damage(Words::tr("the chunk index of %1").arg(nameOf(place)), header.chunks);
        }
    }

    void group(const Place &place, const Header &header)
    {
        const QByteArray heap = take(header.heap, 32, "names of a group");
        if (!good())
            return;
        if (!heap.startsWith("HEAP")) {
            damage(Words::tr("the names of group %1").arg(nameOf(place)), header.heap);
            return;
        }
        const QByteArray names = take(le<quint64>(heap, 24), static_cast<qint64>(std::min<quint64>(le<quint64>(heap, 8), quint64(1) << 40)), "names of a group");
        if (good())
            node(place, header.tree, names, 0);
    }

    /// A node of the tree of a group's entries, and what lies below. NOLINTNEXTLINE(misc-no-recursion): depth is bounded
    void node(const Place &place, quint64 at, const QByteArray &names, int depth)
    {
        if (m_seen.contains(at) || depth > 16 || m_seen.size() > mostObjects) {
            damage(Words::tr("the tree of group %1").arg(nameOf(place)), at);
            return;
        }
        m_seen.insert(at);
        const QByteArray head = take(at, 8, "tree of a group");
        if (!good())
            return;
        if (head.startsWith("SNOD")) {
            symbols(place, at, le<quint16>(head, 6), names);
            return;
        }
        if (!head.startsWith("TREE") || head[4] != 0) {
            damage(Words::tr("the tree of group %1").arg(nameOf(place)), at);
            return;
        }
        const int entries = le<quint16>(head, 6);
        const QByteArray children = take(at + 24, entries * 16, "tree of a group");
        for (int i = 0; i < entries && good(); ++i)
            node(place, le<quint64>(children, i * 16 + 8), names, depth + 1);
    }

    void symbols(const Place &place, quint64 at, int count, const QByteArray &names)
    {
        const QByteArray entries = take(at + 8, count * 40, "entries of a group");
        for (int i = 0; i < count && good(); ++i) {
            const auto name = le<quint64>(entries, i * 40);
            if (name >= static_cast<quint64>(names.size())) {
                damage(Words::tr("an entry of group %1").arg(nameOf(place)), at);
                return;
            }
            if (le<quint32>(entries, i * 40 + 16) == 2)
                continue; // a symbolic link
            QByteArray word = names.mid(static_cast<qsizetype>(name), 255);
            word.truncate(std::max<qsizetype>(0, word.contains('\0') ? word.indexOf('\0') : word.size()));
            m_todo << Place{le<quint64>(entries, i * 40 + 8), joined(place.path, word).left(4096), place.depth + 1};
        }
    }

    static QString nameOf(const Place &place) { return place.path.isEmpty() ? u"/"_s : text::safe(QString::fromUtf8(place.path.right(200))); }

    FileReader &m_file;
    const Limits &m_limits;
    Check m_check;
    bool m_stopped = false;
    QList<Hdf5Tree::Dataset> m_datasets;
    QList<Place> m_todo;
    QSet<quint64> m_seen;
};

} // namespace

Hdf5Tree Hdf5Tree::read(FileReader &file, const Limits &limits)
{
    return Walk(file, limits).run();
}

} // namespace cairn::ckpt
