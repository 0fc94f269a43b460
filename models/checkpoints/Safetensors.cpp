// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/Safetensors.h"

#include "base/Text.h"
#include "checkpoints/Json.h"

#include <QJsonArray>
#include <QRegularExpression>
#include <QtEndian>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::ckpt {
namespace {

/// Bits of one element of a type that the library knows; 0 for others.
int bitsOf(const QString &dtype)
{
    static const QHash<QString, int> bits{
        {u"BOOL"_s, 8}, {u"U8"_s, 8}, {u"I8"_s, 8}, {u"F8_E5M2"_s, 8}, {u"F8_E4M3"_s, 8}, {u"F8_E8M0"_s, 8},
        {u"I16"_s, 16}, {u"U16"_s, 16}, {u"F16"_s, 16}, {u"BF16"_s, 16}, {u"I32"_s, 32}, {u"U32"_s, 32},
        {u"F32"_s, 32}, {u"I64"_s, 64}, {u"U64"_s, 64}, {u"F64"_s, 64}, {u"C64"_s, 64}, {u"F4"_s, 4},
        {u"F6_E2M3"_s, 6}, {u"F6_E3M2"_s, 6}, {u"F8_E4M3FNUZ"_s, 8}, {u"F8_E5M2FNUZ"_s, 8},
    };
    return bits.value(dtype, 0);
}

/// The bits that the name of a later type states: "F12_E3M8" → 12; 0 where it states none.
int bitsByName(const QString &dtype)
{
    static const QRegularExpression pattern(u"^[A-Z]{1,4}([0-9]{1,3})(?:_[A-Z0-9]{1,12})?$"_s);
    return pattern.match(dtype).captured(1).toInt();
}

/// Whether type and shape describe `bytes` bytes.
Check checkTensor(const QString &name, const QJsonObject &tensor, qint64 bytes)
{
    const QString dtype = tensor[u"dtype"_s].toString();
    const int known = bitsOf(dtype);
    double total = known > 0 ? known : bitsByName(dtype); // a double cannot overflow; exact up to 2^53, and larger tensors do not exist
    bool fits = total > 0 && tensor[u"shape"_s].isArray();
    const QJsonArray shape = tensor[u"shape"_s].toArray();
    for (const QJsonValue &dimension : shape) {
        const std::optional<qint64> n = wholeNumber(dimension);
        fits = fits && n;
        total *= static_cast<double>(n.value_or(0));
    }
    if (fits && total / 8 == static_cast<double>(bytes))
        return known > 0 ? Check() : Check{State::Unverified, Words::tr("tensor %1 has a type that is not known here: %2").arg(text::safe(name), text::safe(dtype))};
    if (known > 0)
        return {State::Broken, Words::tr("the shape of tensor %1 does not match its size").arg(text::safe(name))};
    return {State::Broken, Words::tr("tensor %1 has no type that there is: %2").arg(text::safe(name), text::safe(dtype.left(40)))};
}

Check checkHeader(const QJsonObject &header, qint64 buffer, SafetensorsFile &result)
{
    Check worst;
    struct Range {
        qint64 begin;
        qint64 end;
    };
    std::vector<Range> ranges;
    for (auto it = header.begin(); it != header.end(); ++it) {
        if (it.key() == u"__metadata__"_s) {
            const QJsonObject texts = it.value().toObject();
            bool valid = it.value().isObject();
            for (const QJsonValue &value : texts)
                valid = valid && value.isString();
            if (!valid)
                return {State::Broken, Words::tr("its __metadata__ holds more than texts")};
            continue;
        }
        const QJsonArray offsets = it.value()[u"data_offsets"_s].toArray();
        const std::optional<qint64> begin = wholeNumber(offsets.at(0));
        const std::optional<qint64> end = wholeNumber(offsets.at(1));
        if (offsets.size() != 2 || !begin || !end || *begin > *end)
            return {State::Broken, Words::tr("tensor %1 has no valid place in the file").arg(text::safe(it.key()))};
        const Check tensor = checkTensor(it.key(), it.value().toObject(), *end - *begin);
        if (tensor.state == State::Broken)
            return tensor;
        worsen(worst, tensor);
        result.names << it.key();
        ranges.push_back({*begin, *end});
    }
    result.tensors = static_cast<qint64>(ranges.size());
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
    return worst;
}

} // namespace

bool hasTooManyValues(const QByteArray &header)
{
    constexpr qsizetype most = 200'000 * 16;
    return header.count(',') > most;
}

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
    if (hasTooManyValues(raw.data)) {
        result.check = {State::Unverified, Words::tr("it names more than what is followed")};
        return result;
    }
    const std::optional<QJsonObject> header = parsePythonJson(raw.data);
    if (!header) {
        result.check = {State::Broken, Words::tr("the safetensors header is not valid JSON")};
        return result;
    }
    result.check = checkHeader(*header, file.size() - 8 - headerLength, result);
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
