// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "checkpoints/Source.h"

/// One file in memory that obeys the contract of Source and aborts where a reader does not.
class FuzzSource final : public cairn::ckpt::Source
{
public:
    FuzzSource(const unsigned char *data, size_t size, bool local)
        : m_bytes(QByteArray::fromRawData(reinterpret_cast<const char *>(data), static_cast<qsizetype>(size)))
        , m_local(local)
    {
    }
    Bytes read(const cairn::ckpt::Entry &, qint64 offset, qint64 length) override
    {
        if (offset < 0 || length <= 0 || offset + length > m_bytes.size())
            __builtin_trap();
        return {Status::Ok, m_bytes.mid(offset, length)};
    }
    bool isLocal() const override { return m_local; }
    cairn::ckpt::Entry entry(const char *name) const { return {name, m_bytes.size(), 0, {}}; }

private:
    QByteArray m_bytes;
    bool m_local;
};
