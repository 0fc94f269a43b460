// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/Safetensors.h"

#include "base/Text.h"
#include "checkpoints/Json.h"

#include <QJsonArray>
#include <QtEndian>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::ckpt {
namespace {

/// Bits of one element; 0 for a type this version does not know, whose size is then not checked.
int bitsOf(const QString &dtype)
{
    static const QHash<QString, int> bits{
        {u"BOOL"_s, 8}, {u"U8"_s, 8}, {u"I8"_s, 8}, {u"F8_E5M2"_s, 8}, {u"F8_E4M3"_s, 8}, {u"F8_E8M0"_s, 8},
        {u"I16"_s, 16}, {u"U16"_s, 16}, {u"F16"_s, 16}, {u"BF16"_s, 16}, {u"I32"_s, 32}, {u"U32"_s, 32},
        {u"F32"_s, 32}, {u"I64"_s, 64}, {u"U64"_s, 64}, {u"F64"_s, 64}, {u"C64"_s, 64}, {u"F4"_s, 4},
    };
    return bits.value(dtype, 0);
}

/// False where the shape does not describe `bytes` bytes.
bool shapeFits(const QJsonObject &tensor, qint64 bytes)
{
    const int bits = bitsOf(tensor[u"dtype"_s].toString());
    if (bits == 0 || !tensor[u"shape"_s].isArray())
        return bits == 0;
    double total = bits; // a double cannot overflow; exact up to 2^53, and larger tensors do not exist
    for (const QJsonValue &dimension : tensor[u"shape"_s].toArray()) {
        const std::optional<qint64> n = wholeNumber(dimension);
        if (!n)
            return false;
        total *= static_cast<double>(*n);
    }
    return total / 8 == static_cast<double>(bytes);
}

Check checkHeader(const QJsonObject &header, qint64 buffer, qint64 &tensors)
{
    struct Range {
        qint64 begin;
        qint64 end;
    };
    std::vector<Range> ranges;
    for (auto it = header.begin(); it != header.end(); ++it) {
        if (it.key() == u"__metadata__"_s)
            continue;
        const QJsonArray offsets = it.value()[u"data_offsets"_s].toArray();
        const std::optional<qint64> begin = wholeNumber(offsets.at(0));
        const std::optional<qint64> end = wholeNumber(offsets.at(1));
        if (offsets.size() != 2 || !begin || !end || *begin > *end)
            return {State::Broken, Words::tr("tensor %1 has no valid place in the file").arg(text::safe(it.key()))};
        if (!shapeFits(it.value().toObject(), *end - *begin))
            return {State::Broken, Words::tr("the shape of tensor %1 does not match its size").arg(text::safe(it.key()))};
        ranges.push_back({*begin, *end});
    }
    tensors = static_cast<qint64>(ranges.size());
    std::ranges::sort(ranges, [](const Range &a, const Range &b) {
        return a.begin != b.begin ? a.begin < b.begin : a.end < b.end;
    });
    qint64 at = 0;
    for (const Range &range : ranges) {
        if (range.begin != at)
            return {State::Broken, Words::tr("its tensors overlap or leave holes")};
        at = range.end;
    }
    if (at > buffer)
        return {State::Incomplete, Words::tr("the file is cut short: %1 of %2 tensor bytes are there").arg(buffer).arg(at)};
    if (at < buffer)
        return {State::Broken, Words::tr("the file is %1 bytes longer than its header says").arg(buffer - at)};
    return {};
}

} // namespace

SafetensorsFile probeSafetensors(FileReader &file, const Limits &limits)
{
    SafetensorsFile result;
    if (file.size() < 8) {
        result.check = {State::Incomplete, file.size() == 0 ? Words::tr("the file is empty") : Words::tr("the file is cut short")};
        return result;
    }
    const FileReader::Bytes start = file.read(0, std::min<qint64>(file.size(), 9));
    if (!start.ok()) {
        result.check = readFailure(start.status, limits.fileBudget);
        return result;
    }
    const quint64 length = qFromLittleEndian<quint64>(start.data.constData());
    // 100 MB is the format's own limit of a header.
    if (length > 100'000'000 || length < 2 || (start.data.size() == 9 && start.data[8] != '{')) {
        result.check = {State::Broken, Words::tr("the file does not begin with a safetensors header")};
        return result;
    }
    result.isSafetensors = true;
    const qint64 headerLength = static_cast<qint64>(length);
    if (headerLength > file.size() - 8) {
        result.check = {State::Incomplete, Words::tr("the file is cut short within its header")};
        return result;
    }
    const FileReader::Bytes raw = file.read(8, headerLength);
    if (!raw.ok()) {
        result.check = readFailure(raw.status, limits.fileBudget);
        return result;
    }
    const std::optional<QJsonObject> header = parsePythonJson(raw.data);
    if (!header) {
        result.check = {State::Broken, Words::tr("the safetensors header is not valid JSON")};
        return result;
    }
    result.check = checkHeader(*header, file.size() - 8 - headerLength, result.tensors);
    const QJsonObject metadata = header->value(u"__metadata__"_s).toObject();
    for (const QString &key : {u"step"_s, u"global_step"_s}) {
        bool ok = false;
        const qint64 step = metadata[key].toString().toLongLong(&ok);
        if (ok && step >= 0 && !result.step)
            result.step = step;
    }
    return result;
}

} // namespace cairn::ckpt
