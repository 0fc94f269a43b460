// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "FormatSupport.h"
#include "checkpoints/Shelf.h"

namespace support {

/// A shelf in memory. Its files can be changed while they are read.
class MemoryShelf final : public cairn::ckpt::Shelf
{
public:
    explicit MemoryShelf(MemorySource files = MemorySource(false))
        : memory(std::move(files))
        , m_reader(*this)
    {
    }

    MemorySource memory;
    std::function<void(const QByteArray &path, qint64 offset)> onRead; ///< before a read takes effect
    QByteArray unreadable;                                             ///< path of a file that cannot be read
    std::optional<cairn::Error> broken;
    qint64 pieceLength = 64;
    int lists = 0;

    cairn::Result<cairn::ckpt::Tree> list(const std::stop_token &, const cairn::ckpt::Progress &) override
    {
        ++lists;
        return memory.tree;
    }
    cairn::ckpt::Source &source() override { return m_reader; }
    std::optional<cairn::Error> failure() const override { return broken; }
    qint64 piece() const override { return pieceLength; }

private:
    class Reader final : public cairn::ckpt::Source
    {
    public:
        explicit Reader(MemoryShelf &shelf)
            : m_shelf(shelf)
        {
        }
        Bytes read(const cairn::ckpt::Entry &entry, qint64 offset, qint64 length) override
        {
            if (m_shelf.onRead)
                m_shelf.onRead(entry.path, offset);
            Bytes bytes = m_shelf.memory.read(entry, offset, length);
            if (entry.path == m_shelf.unreadable || bytes.data.size() != length)
                return {Status::Failed, {}};
            return bytes;
        }
        bool isLocal() const override { return false; }

    private:
        MemoryShelf &m_shelf;
    };

    Reader m_reader;
};

/// As a listing a day later, when no writer is left.
inline cairn::ckpt::RecogniseOptions later()
{
    cairn::ckpt::RecogniseOptions options;
    options.now = QDateTime::fromMSecsSinceEpoch(1'700'000'000'000 + 86'400'000LL, Qt::UTC);
    options.writerMayBeAlive = false;
    return options;
}

inline QByteArray safetensorsFile(const QByteArray &header, qsizetype bytes)
{
    return le<quint64>(static_cast<quint64>(header.size())) + header + QByteArray(bytes, 's');
}

/// layers/dense/vars/{0: (4, 3) F32, 1: (3,) F32}, optimizer/vars/{0: scalar I64, chunked: (64, 8) F16}, as h5py 3.16 wrote it.
inline QByteArray hdf5File()
{
    return qUncompress(QByteArray::fromBase64(
        "AAA6oHja7VoxjxJBFJ7ZBW9BEIgYEE+OylyoztgYGyEeSmE8ohZXGJHAGsjdceQOzWkjhcXZ3Q+woLC48n6AhQWFrYmF5ZlYWFranbPMm2VnlgUSIQZ5XzIZ"
        "ZuexQ+Z98973dnlXXL8bDqaCxIJhEB+JEifOAN1b8ljMP4OeQn8I/bEmrtP+XBKux+D+qt3jh4WCZX2mQKxz6uf9GkEsIoqFfMnqN2Gcg/6zJtuVtyuvzL1y"
        "tW5Wt1q7jWa7XDNbZrNmNqsNc5+Q/jTrd1vtxk7jtbmn8DeprOvF36LOx3W/k7/Ek78I5K+Tv4aIl36VbxylKa376MHGOiW6vV5Gl9dRebwK11eXlN8D41ZA"
        "jsPvL8l2PRj/SPxf/vOKA+q+jMtjxyHZ/4jFjgNCbR0FZDuWsPZN5zmdEX+jQTjPocn4exJF/iJ/3fwthWS7lxVLZU2PvzyPUZt3PwNy3lF5jPCKA7oUB6Lg"
        "wVxWrufGxQHjoux/xGLHAcGnTYUQQideV/Rtbkpx4FdYqd8u8P4mEnNMHPDzPaNizJU/1fgFH9hBeeAa68zjlmUsswJzGZIwSOINzPuZh6x5TeM3NIAhOi3F"
        "hz/JOfin+8F5pdm8+h0bbS/o1Ykjl9zo3OZHPMdah7Uua59YO7WOfZ7tHmsZ1tbybh5ynlBKFb79Le+OoDJVBcLh3NWcao09LlcvX0HNjrnardl9ydlqdi/+"
        "voULH1KT8bd9FbUm8tetNXup4VqzWn/R3DJrU9eaT5Ky1lR5jJhUaxrSPursZFufo4bIUbkxufxjenhG687Ffqhas7Y8mdbspZFLTizZ/Do3spYR599Q4oHh"
        "0pQRosGOB/0kGFE1pc5veJ5pTtrXqAM+W3GiZj7frrRNu1ay+arpX1cGrrSWhbeWpZnsi5VPKfsVaj4Nj/leCJ4BhcnofHtZsct42F1T7Lze3d/IDo/jwj8a"
        "Uh2BQCAQCARiJjh4Wj2pJL+wYux7mk44EM901PcuIVDZVu0XZ0quWdkx+9qRieYoaEvqUHnU1tqsissO6ux7dzbuU4cYddr1ayf4n4TAtwj6EYFAIBAIBAKB"
        "QCAQiHnDHweQGO8="));
}

} // namespace support
