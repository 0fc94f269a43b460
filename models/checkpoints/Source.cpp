// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/Source.h"

#include <array>

namespace cairn::ckpt {

bool isCandidateName(const QByteArray &name)
{
    // The helper script's CANDIDATES list says the same for claims; tst_helperscript holds the two together.
    static constexpr std::array suffixes{".pt", ".pth", ".ckpt", ".bin", ".tar", ".safetensors", ".distcp", ".metadata",
                                         ".metadata.tmp"};
    for (const char *suffix : suffixes) {
        if (name.endsWith(suffix))
            return true;
    }
    return name == "trainer_state.json" || name == "metadata.json" || name.endsWith(".safetensors.index.json")
        || name.endsWith(".bin.index.json") || name.startsWith("checkpoint-is-incomplete.txt")
        || (name.startsWith("random_states_") && name.endsWith(".pkl"));
}

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
