// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "checkpoints/Source.h"

namespace cairn::ckpt {

/// A part of a file, seen as a file: an item of a DCP shard, an entry of a zip that is stored as it is.
class Slice final : public Source
{
public:
    /// `offset + length` is within the entry's size. `source` and `entry` outlive it.
    Slice(Source &source, const Entry &entry, qint64 offset, qint64 length)
        : m_source(source)
        , m_whole(entry)
        , m_part(entry)
        , m_offset(offset)
    {
        m_part.size = length;
    }
    const Entry &entry() const { return m_part; }

    Bytes read(const Entry &, qint64 offset, qint64 length) override { return m_source.read(m_whole, m_offset + offset, length); }
    bool isLocal() const override { return m_source.isLocal(); }

private:
    Source &m_source;
    const Entry &m_whole;
    Entry m_part;
    const qint64 m_offset;
};

} // namespace cairn::ckpt
