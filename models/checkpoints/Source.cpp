// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/Source.h"

namespace cairn::ckpt {

FileReader::Bytes FileReader::read(qint64 offset, qint64 length)
{
    if (length > m_budget - m_read)
        return {Status::OverBudget, {}};
    Bytes bytes = readContents(offset, length);
    if (bytes.status == Status::Ok)
        m_read += length;
    return bytes;
}

FileReader::Bytes FileReader::readContents(qint64 offset, qint64 length)
{
    if (offset < 0 || length < 0 || offset > m_entry.size || length > m_entry.size - offset)
        return {Status::Failed, {}};
    if (length == 0)
        return {Status::Ok, {}};
    Source::Bytes bytes = m_source.read(m_entry, offset, length);
    switch (bytes.status) {
    case Source::Status::Ok: return {Status::Ok, std::move(bytes.data)};
    case Source::Status::Pending: return {Status::Pending, {}};
    case Source::Status::Failed: break;
    }
    return {Status::Failed, {}};
}

} // namespace cairn::ckpt
