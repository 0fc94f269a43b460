// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Text.h"
#include "checkpoints/Format.h"
#include "checkpoints/Paths.h"

#include <QSet>

using namespace Qt::StringLiterals;

/// Flax before Orbax: "checkpoint_<step>", a map in MessagePack, written under another name and renamed
/// (flax/training/checkpoints.py); weights as "*.msgpack".
namespace cairn::ckpt {
namespace {

/// Follows the structure (github.com/msgpack/msgpack, "Formats") without keeping values; arrays and texts are skipped, not
/// read. Away from the local disk it follows the first 64 KiB only, for each step beyond would be a read of its own.
class MsgPack
{
public:
    enum class End { Complete, Truncated, Invalid, Unread };

    explicit MsgPack(FileReader &file)
        : m_file(file)
    {
        m_end = follow();
    }
    End end() const { return m_end; }
    FileReader::Status status() const { return m_status; }
    const QSet<QByteArray> &keys() const { return m_keys; } ///< of the outermost map
    std::optional<qint64> step() const { return m_step; }

private:
    struct Open {
        quint64 left = 0; ///< values that are still to come
        bool map = false; ///< keys and values in turn
    };

    static constexpr qint64 window = 64 * 1024;
    static constexpr std::size_t maxDepth = 200;

    End follow()
    {
        std::vector<Open> open{Open{1, false}};
        QByteArray key; // of the value in the outermost map that comes next
        while (!open.empty()) {
            if (open.back().left == 0) {
                open.pop_back();
                continue;
            }
            const bool isKey = open.back().map && open.back().left % 2 == 0;
            const bool outer = open.size() == 2 && open.back().map;
            --open.back().left;
            Value value;
            if (!next(value, outer && isKey))
                return m_failed;
            if (outer && isKey) {
                key = value.text;
                if (m_keys.size() < 100)
                    m_keys << key;
            } else if (outer && key == "step" && value.integer) {
                m_step = value.integer;
            }
            if (value.children == 0)
                continue;
            if (open.size() > maxDepth)
                return End::Invalid;
            open.push_back({value.children, value.map});
        }
        return m_at == m_file.size() ? End::Complete : End::Invalid;
    }

    struct Value {
        quint64 children = 0; ///< of a map keys and values
        bool map = false;
        QByteArray text;
        std::optional<qint64> integer;
    };

    bool fail(End end)
    {
        m_failed = end;
        return false;
    }

    /// A big-endian number of `width` bytes.
    bool number(int width, quint64 &value)
    {
        value = 0;
        for (int i = 0; i < width; ++i) {
            if (m_at >= m_file.size())
                return fail(End::Truncated);
            if (m_at < m_begin || m_at >= m_begin + m_bytes.size()) {
                if (!m_file.isLocal() && m_at >= window)
                    return fail(End::Unread);
                const FileReader::Bytes bytes = m_file.read(m_at, std::min(window, m_file.size() - m_at));
                m_status = bytes.status;
                if (!bytes.ok())
                    return fail(End::Unread);
                m_begin = m_at;
                m_bytes = bytes.data;
            }
            value = value << 8 | static_cast<uchar>(m_bytes[m_at - m_begin]);
            ++m_at;
        }
        return true;
    }
    bool skip(quint64 count)
    {
        if (count > static_cast<quint64>(m_file.size() - m_at))
            return fail(End::Truncated);
        m_at += static_cast<qint64>(count);
        return true;
    }
    bool text(quint64 length, Value &value, bool keep)
    {
        const qint64 begin = m_at;
        if (keep && length <= 100) {
            for (quint64 i = 0; i < length; ++i) {
                quint64 c = 0;
                if (!number(1, c))
                    return false;
                value.text += static_cast<char>(c);
            }
            return m_at == begin + static_cast<qint64>(length);
        }
        return skip(length);
    }
    bool next(Value &value, bool keepText)
    {
        quint64 type = 0;
        quint64 length = 0;
        if (!number(1, type))
            return false;
        const auto integer = [&](int width) {
            if (!number(width, length))
                return false;
            if (length <= static_cast<quint64>(std::numeric_limits<qint64>::max()))
                value.integer = static_cast<qint64>(length);
            return true;
        };
        const auto children = [&](quint64 count, bool map) {
            value.map = map;
            value.children = map ? 2 * count : count;
            return true;
        };
        if (type < 0x80) {
            value.integer = static_cast<qint64>(type);
            return true;
        }
        if (type < 0x90)
            return children(type & 0x0f, true);
        if (type < 0xa0)
            return children(type & 0x0f, false);
        if (type < 0xc0)
            return text(type & 0x1f, value, keepText);
        if (type >= 0xe0)
            return true; // a small negative number
        switch (type) {
        case 0xc0: case 0xc2: case 0xc3: return true;
        case 0xc4: return number(1, length) && skip(length);
        case 0xc5: return number(2, length) && skip(length);
        case 0xc6: return number(4, length) && skip(length);
        case 0xc7: return number(1, length) && skip(length + 1);
        case 0xc8: return number(2, length) && skip(length + 1);
        case 0xc9: return number(4, length) && skip(length + 1);
        case 0xca: return skip(4);
        case 0xcb: return skip(8);
        case 0xcc: return integer(1);
        case 0xcd: return integer(2);
        case 0xce: return integer(4);
        case 0xcf: return integer(8);
        case 0xd0: return skip(1);
        case 0xd1: return skip(2);
        case 0xd2: return skip(4);
        case 0xd3: return skip(8);
        case 0xd4: return skip(2);
        case 0xd5: return skip(3);
        case 0xd6: return skip(5);
        case 0xd7: return skip(9);
        case 0xd8: return skip(17);
        case 0xd9: return number(1, length) && text(length, value, keepText);
        case 0xda: return number(2, length) && text(length, value, keepText);
        case 0xdb: return number(4, length) && text(length, value, keepText);
        case 0xdc: return number(2, length) && children(length, false);
        case 0xdd: return number(4, length) && children(length, false);
        case 0xde: return number(2, length) && children(length, true);
        case 0xdf: return number(4, length) && children(length, true);
        default: return fail(End::Invalid); // 0xc1 is never used
        }
    }

    FileReader &m_file;
    QByteArray m_bytes;
    qint64 m_begin = 0;
    qint64 m_at = 0;
    QSet<QByteArray> m_keys;
    std::optional<qint64> m_step;
    FileReader::Status m_status = FileReader::Status::Ok;
    End m_failed = End::Invalid;
    End m_end = End::Invalid;
};

/// "checkpoint_" and a number, without an extension.
bool isCheckpointName(const QByteArray &name)
{
    constexpr qsizetype word = 11;
    return name.startsWith("checkpoint_") && name.size() > word
        && std::all_of(name.begin() + word, name.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool isMap(uchar first)
{
    return (first >= 0x80 && first < 0x90) || first == 0xde || first == 0xdf;
}

void recogniseFiles(Files &files)
{
    for (const Entry *entry : std::as_const(files.entries)) {
        const QByteArray name = baseName(entry->path);
        const bool named = isCheckpointName(name);
        if (files.isTaken(*entry) || !(named || name.endsWith(".msgpack")))
            continue;
        if (!files.looks.mayGoOn())
            return;
        files.looks.count(entry->path);
        FileReader file(files.source, *entry, files.limits.fileBudget);
        const FileReader::Bytes first = file.read(0, std::min<qint64>(file.size(), 2));
        // Protocol 2 of pickle begins like a map without an entry.
        if (first.ok() && file.size() > 0 && (!isMap(static_cast<uchar>(first.data[0])) || (first.data.size() > 1 && first.data[0] == '\x80' && first.data[1] < 6)))
            continue;
        files.take(*entry);
        Finding finding;
        finding.format = u"flax"_s;
        finding.proof = named ? Proof::Renamed : Proof::Probe;
        setPlace(finding, *entry, Role::Weights);
        const MsgPack pack(file);
        if (file.size() == 0)
            finding.check = {State::Incomplete, Words::tr("the file is empty")};
        else if (pack.end() == MsgPack::End::Truncated)
            finding.check = {State::Incomplete, Words::tr("it breaks off: the file is cut short or still being written")};
        else if (pack.end() == MsgPack::End::Invalid)
            finding.check = {State::Broken, Words::tr("its structure does not hold")};
        else if (pack.end() == MsgPack::End::Unread && pack.status() != FileReader::Status::Ok)
            finding.check = readFailure(pack.status(), files.limits.fileBudget);
        else if (pack.end() == MsgPack::End::Unread)
            finding.check = {State::Unverified, Words::tr("only its beginning was followed, for it has no directory")};
        const QSet<QByteArray> &keys = pack.keys();
        const bool optimizer = keys.contains("opt_state") || keys.contains("optimizer") || (keys.contains("target") && keys.contains("state"));
        const bool weights = keys.contains("params") || keys.contains("model") || keys.contains("target") || keys.contains("optimizer");
        finding.holdsTraining = optimizer && weights;
        finding.lack = Words::tr("it holds only weights");
        finding.goodReason = Words::tr("it can be followed to its end; the format has no checksums");
        decideStep(finding, placeFacts(finding, files.index, name), std::nullopt, pack.step());
        files.findings << finding;
    }
}

} // namespace

const Format flaxFormat{
    .names = "checkpoint_* *.msgpack",
    .files = recogniseFiles,
};

} // namespace cairn::ckpt
