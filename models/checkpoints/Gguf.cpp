// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Text.h"
#include "checkpoints/Format.h"
#include "checkpoints/Paths.h"

#include <QMap>
#include <QtEndian>

using namespace Qt::StringLiterals;

/// GGUF (github.com/ggml-org/ggml, docs/gguf.md): weights for inference, so never resumable.
namespace cairn::ckpt {
namespace {

/// Bytes of a block of elements, and how many those are; {0, 0} for types that are not known (ggml's type_traits).
std::pair<int, int> blockOf(quint32 type)
{
    static const QHash<quint32, std::pair<int, int>> blocks{
        {0, {4, 1}}, {1, {2, 1}}, {2, {18, 32}}, {3, {20, 32}}, {6, {22, 32}}, {7, {24, 32}}, {8, {34, 32}}, {9, {36, 32}}, {10, {84, 256}},
        {11, {110, 256}}, {12, {144, 256}}, {13, {176, 256}}, {14, {210, 256}}, {15, {292, 256}}, {16, {66, 256}}, {17, {74, 256}}, {18, {98, 256}},
        {19, {50, 256}}, {20, {18, 32}}, {21, {110, 256}}, {22, {82, 256}}, {23, {136, 256}}, {24, {1, 1}}, {25, {2, 1}}, {26, {4, 1}},
        {27, {8, 1}}, {28, {8, 1}}, {29, {56, 256}}, {30, {2, 1}}, {34, {54, 256}}, {35, {66, 256}}, {39, {17, 32}},
    };
    return blocks.value(type, {0, 0});
}

/// Follows the header, which holds the vocabulary too and may have some MiB.
class Header
{
public:
    explicit Header(FileReader &file)
        : m_file(file)
    {
        m_check = read();
    }
    const Check &check() const { return m_check; }

private:
    Check read()
    {
        if (m_file.size() == 0)
            return {State::Incomplete, Words::tr("the file is empty")};
        quint32 magic = 0;
        quint32 version = 0;
        quint64 tensors = 0;
        quint64 values = 0;
        if (!take(magic))
            return failed();
        if (magic != 0x46554747)
            return {State::Broken, Words::tr("it does not begin like a GGUF file")};
        if (!take(version))
            return failed();
        if (version < 2 || version > 3)
            return {State::Unverified, Words::tr("a version of GGUF that is not followed")};
        if (!take(tensors) || !take(values))
            return failed();
        for (quint64 i = 0; i < values; ++i) {
            QByteArray key;
            quint32 type = 0;
            if (!text(key) || !take(type) || !value(type, key == "general.alignment"))
                return failed();
        }
        qint64 end = 0; // of the last tensor, from where they begin
        bool known = true;
        for (quint64 i = 0; i < tensors; ++i) {
            const Check tensor = this->tensor(end, known);
            if (!tensor.isGood())
                return tensor;
        }
        if (m_alignment < 1 || m_alignment > (1 << 20))
            return {State::Broken, Words::tr("its alignment is impossible")};
        const qint64 begin = (m_at + m_alignment - 1) / m_alignment * m_alignment;
        if (end > m_file.size() - std::min(begin, m_file.size()))
            return {State::Incomplete, Words::tr("the file is cut short: its tensors take %1 bytes, %2 are there").arg(end).arg(std::max<qint64>(m_file.size() - begin, 0))};
        return known ? Check() : Check{State::Unverified, Words::tr("some of its tensors have a type that is not known here")};
    }
    Check tensor(qint64 &end, bool &known)
    {
        QByteArray name;
        quint32 dimensions = 0;
        if (!text(name) || !take(dimensions))
            return failed();
        if (dimensions > 8)
            return {State::Broken, Words::tr("its list of tensors does not hold")};
        qint64 elements = 1;
        for (quint32 d = 0; d < dimensions; ++d) {
            quint64 length = 0;
            if (!take(length))
                return failed();
            if (length > (quint64{1} << 60) || __builtin_mul_overflow(elements, static_cast<qint64>(length), &elements))
                return {State::Broken, Words::tr("a tensor of it has an impossible shape")};
        }
        quint32 type = 0;
        quint64 offset = 0;
        if (!take(type) || !take(offset))
            return failed();
        const auto [bytes, each] = blockOf(type);
        known = known && bytes > 0;
        qint64 size = 0;
        if (bytes > 0 && (elements % each != 0 || __builtin_mul_overflow(elements / each, qint64{bytes}, &size)))
            return {State::Broken, Words::tr("a tensor of it has an impossible shape")};
        if (offset > (quint64{1} << 60) || size > (qint64{1} << 60))
            return {State::Broken, Words::tr("a tensor of it lies outside of any file")};
        end = std::max(end, static_cast<qint64>(offset) + size);
        return {};
    }
    Check failed() const
    {
        if (m_status != FileReader::Status::Ok)
            return readFailure(m_status, 16 * 1024 * 1024);
        return m_invalid ? Check{State::Broken, Words::tr("its header does not hold")} : Check{State::Incomplete, Words::tr("the file is cut short within its header")};
    }

    bool bytes(qint64 count, QByteArrayView &out)
    {
        if (count < 0 || count > m_file.size() - m_at)
            return false;
        if (m_at < m_begin || m_at + count > m_begin + m_bytes.size()) {
            constexpr qint64 window = 64 * 1024;
            const FileReader::Bytes read = m_file.read(m_at, std::min(std::max(count, window), m_file.size() - m_at));
            m_status = read.status;
            if (!read.ok())
                return false;
            m_begin = m_at;
            m_bytes = read.data;
        }
        out = QByteArrayView(m_bytes).sliced(m_at - m_begin, count);
        m_at += count;
        return true;
    }
    template <class T>
    bool take(T &value)
    {
        QByteArrayView raw;
        if (!bytes(sizeof(T), raw))
            return false;
        value = qFromLittleEndian<T>(raw.data());
        return true;
    }
    bool skip(quint64 count)
    {
        if (count > static_cast<quint64>(m_file.size() - m_at))
            return false;
        m_at += static_cast<qint64>(count);
        return true;
    }
    bool text(QByteArray &out)
    {
        quint64 length = 0;
        QByteArrayView raw;
        if (!take(length) || length > 65'535) {
            m_invalid = m_invalid || length > 65'535;
            return false;
        }
        if (!bytes(static_cast<qint64>(length), raw))
            return false;
        out = raw.toByteArray();
        return true;
    }
    /// 0 for types of no fixed width.
    static int widthOf(quint32 type)
    {
        static constexpr int widths[]{1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};
        return type < std::size(widths) ? widths[type] : 0;
    }
    bool value(quint32 type, bool alignment)
    {
        constexpr quint32 isText = 8;
        constexpr quint32 isArray = 9;
        quint64 length = 0;
        if (const int width = widthOf(type)) {
            quint32 number = 0;
            if (alignment && type == 4) {
                if (!take(number))
                    return false;
                m_alignment = number;
                return true;
            }
            return skip(static_cast<quint64>(width));
        }
        if (type == isText)
            return take(length) && skip(length);
        quint32 each = 0;
        if (type != isArray || !take(each) || !take(length)) {
            m_invalid = m_invalid || type != isArray;
            return false;
        }
        if (const int width = widthOf(each))
            return length <= static_cast<quint64>(m_file.size()) && skip(length * static_cast<quint64>(width));
        if (each != isText) { // arrays of arrays are not written
            m_invalid = true;
            return false;
        }
        for (quint64 i = 0; i < length; ++i) {
            quint64 size = 0;
            if (!take(size) || !skip(size))
                return false;
        }
        return true;
    }

    FileReader &m_file;
    QByteArray m_bytes;
    qint64 m_begin = 0;
    qint64 m_at = 0;
    qint64 m_alignment = 32;
    bool m_invalid = false;
    FileReader::Status m_status = FileReader::Status::Ok;
    Check m_check;
};

void recogniseFiles(Files &files)
{
    QMap<QByteArray, QList<const Entry *>> sets; // by path of the checkpoint
    for (const Entry *entry : std::as_const(files.entries)) {
        const QByteArray name = baseName(entry->path);
        if (files.isTaken(*entry) || !name.endsWith(".gguf"))
            continue;
        const std::optional<ShardName> shard = shardName(name);
        sets[shard && shard->count > 1 ? joined(files.folder, shard->prefix) : entry->path] << entry;
    }
    for (auto it = sets.begin(); it != sets.end(); ++it) {
        if (!files.looks.mayGoOn())
            return;
        files.looks.count(it.key());
        Finding finding;
        finding.format = u"gguf"_s;
        finding.path = it.key();
        finding.run = files.folder;
        const std::optional<ShardName> shard = shardName(baseName(it->first()->path));
        const int expected = shard ? shard->count : 1;
        finding.filesExpected = expected;
        finding.proof = expected > 1 ? Proof::Count : Proof::Probe;
        for (const Entry *entry : std::as_const(*it)) {
            files.take(*entry);
            finding.add(*entry, Role::Weights);
            FileReader file(files.source, *entry, files.limits.fileBudget);
            worsen(finding.check, Header(file).check());
        }
        if (it->size() < expected)
            worsen(finding.check, {State::Incomplete, Words::tr("%1 of %2 shards are there").arg(it->size()).arg(expected)});
        finding.goodReason = Words::tr("its header holds, and the file has the bytes of all tensors; the format has no checksums");
        finding.lack = Words::tr("it holds only weights");
        QByteArray stem = baseName(it.key());
        if (stem.endsWith(".gguf"))
            stem.chop(5);
        decideStep(finding, placeFacts(finding, files.index, stem), std::nullopt, std::nullopt);
        files.findings << finding;
    }
}

} // namespace

const Format ggufFormat{
    .names = "*.gguf",
    .files = recogniseFiles,
};

} // namespace cairn::ckpt
