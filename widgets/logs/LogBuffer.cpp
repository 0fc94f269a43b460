// SPDX-License-Identifier: GPL-3.0-or-later
#include "logs/LogBuffer.h"

#include <QCoreApplication>
#include <algorithm>

namespace cairn::logs {

using namespace Qt::StringLiterals;

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(LogBuffer)
};

constexpr qsizetype maxLineLength = 16'384;

/// Applies the parameters of one SGR sequence to the current style.
void applySgr(QStringView parameters, int &color, bool &bold)
{
    if (parameters.isEmpty()) {
        color = -1;
        bold = false;
        return;
    }
    const QList<QStringView> parts = parameters.split(u';');
    for (qsizetype i = 0; i < parts.size(); ++i) {
        const int code = parts[i].isEmpty() ? 0 : parts[i].toInt();
        if (code == 0) {
            color = -1;
            bold = false;
        } else if (code == 1) {
            bold = true;
        } else if (code == 22) {
            bold = false;
        } else if (code >= 30 && code <= 37) {
            color = code - 30;
        } else if (code >= 90 && code <= 97) {
            color = code - 90;
        } else if (code == 39) {
            color = -1;
        } else if (code == 38 || code == 48) {
            // 38;5;n and 38;2;r;g;b: colours outside the palette are left to the theme.
            const int form = i + 1 < parts.size() ? parts[i + 1].toInt() : 0;
            i += form == 5 ? 2 : form == 2 ? 4 : 1;
        }
    }
}

/// Length of the escape sequence at `raw[start]` (ESC or the 8-bit CSI); SGR changes the style, all others are dropped.
qsizetype skipEscape(const QString &raw, qsizetype start, int &color, bool &bold)
{
    qsizetype at = start + 1;
    const bool csi8 = raw[start] == QChar(0x9b);
    if (!csi8) {
        if (at >= raw.size())
            return 1;
        const QChar kind = raw[at];
        if (kind == u']' || kind == u'P' || kind == u'^' || kind == u'_') {
            // OSC and other strings end with BEL or ESC \ .
            while (++at < raw.size()) {
                if (raw[at] == QChar(0x07))
                    return at + 1 - start;
                if (raw[at] == QChar(0x1b) && at + 1 < raw.size() && raw[at + 1] == u'\\')
                    return at + 2 - start;
            }
            return raw.size() - start;
        }
        if (kind != u'[')
            return 2;
        ++at;
    }
    const qsizetype first = at;
    while (at < raw.size() && raw[at] >= QChar(0x20) && raw[at] <= QChar(0x3f))
        ++at;
    if (at >= raw.size())
        return raw.size() - start;
    if (raw[at] == u'm')
        applySgr(QStringView(raw).mid(first, at - first), color, bold);
    return at + 1 - start;
}

/// Characters that would move, hide or reorder text when shown.
bool isUnsafe(QChar c)
{
    const char16_t u = c.unicode();
    return u < 0x20 || (u >= 0x7f && u <= 0x9f) || u == 0x061c || (u >= 0x200b && u <= 0x200f)
        || (u >= 0x2028 && u <= 0x202e) || (u >= 0x2060 && u <= 0x2069) || u == 0xfeff || (u >= 0xfff9 && u <= 0xfffb);
}

} // namespace

QString clean(const QString &raw, std::vector<Span> *spans)
{
    QString text;
    text.reserve(qMin(raw.size(), maxLineLength));
    int color = -1;
    bool bold = false;
    int spanStart = 0;
    int spanColor = -1;
    bool spanBold = false;
    const auto flush = [&] {
        const int end = static_cast<int>(text.size());
        if (spans && end > spanStart && (spanColor >= 0 || spanBold))
            spans->push_back({spanStart, end - spanStart, spanColor, spanBold});
        spanStart = end;
        spanColor = color;
        spanBold = bold;
    };
    qsizetype at = 0;
    while (at < raw.size() && text.size() < maxLineLength) {
        const QChar c = raw[at];
        if (c == QChar(0x1b) || c == QChar(0x9b)) {
            at += skipEscape(raw, at, color, bold);
            if (color != spanColor || bold != spanBold)
                flush();
            continue;
        }
        if (c == u'\t') {
            text += QString(8 - text.size() % 8, u' ');
        } else if (c == u'\r') {
            // Progress bars rewrite their line; only what was written last counts.
            if (at + 1 < raw.size()) {
                text.clear();
                spanStart = 0;
                if (spans)
                    spans->clear();
            }
        } else if (isUnsafe(c)) {
            text += u"\\u{%1}"_s.arg(static_cast<uint>(c.unicode()), 0, 16);
        } else if (c.isSurrogate() && !(c.isHighSurrogate() && at + 1 < raw.size() && raw[at + 1].isLowSurrogate())) {
            text += QChar(QChar::ReplacementCharacter);
        } else {
            text += c;
            if (c.isHighSurrogate())
                text += raw[++at];
        }
        ++at;
    }
    flush();
    if (at < raw.size())
        text += Words::tr(" … [%n more character(s)]", nullptr, static_cast<int>(raw.size() - at));
    return text;
}

Level levelOf(const QString &text)
{
    // klog and glog: "E1125 12:53:44.210000 …".
    if (text.size() > 5 && text[1].isDigit() && text[2].isDigit() && text[3].isDigit() && text[4].isDigit()
        && text[5] == u' ') {
        switch (text[0].unicode()) {
        case u'E':
        case u'F': return Level::Error;
        case u'W': return Level::Warn;
        case u'I': return Level::Info;
        default: break;
        }
    }
    // JSON logs: "level":"error".
    if (text.startsWith(u'{')) {
        for (const auto &key : {"\"level\""_L1, "\"severity\""_L1, "\"levelname\""_L1}) {
            const qsizetype at = text.indexOf(key, 0, Qt::CaseInsensitive);
            if (at < 0)
                continue;
            const qsizetype open = text.indexOf(u'"', at + key.size());
            const QStringView value = QStringView(text).mid(open + 1, 8);
            for (const auto &[word, level] : {std::pair{"err"_L1, Level::Error}, std::pair{"fatal"_L1, Level::Error},
                     std::pair{"crit"_L1, Level::Error}, std::pair{"panic"_L1, Level::Error},
                     std::pair{"warn"_L1, Level::Warn}, std::pair{"info"_L1, Level::Info},
                     std::pair{"debug"_L1, Level::Debug}}) {
                if (value.startsWith(word, Qt::CaseInsensitive))
                    return level;
            }
        }
        return Level::None;
    }
    if (text.startsWith("Traceback (most recent call last)"_L1) || text.startsWith("panic: "_L1)
        || text.startsWith("Fatal Python error"_L1) || text.startsWith("terminate called"_L1)
        || text.startsWith("Segmentation fault"_L1))
        return Level::Error;
    // The level word stands as a whole word, in capitals, among the first words: "2026-11-25 12:53:44 - app - ERROR -
    // …",
    // "[ERROR]", "ERROR:root:". Lower-case "error" in running text is no level.
    const QStringView head = QStringView(text).left(96);
    qsizetype at = 0;
    int words = 0;
    while (at < head.size() && words < 9) {
        while (at < head.size() && !head[at].isLetter())
            ++at;
        const qsizetype begin = at;
        while (at < head.size() && (head[at].isLetterOrNumber() || head[at] == u'_'))
            ++at;
        const QStringView word = head.mid(begin, at - begin);
        ++words;
        if (word == "ERROR"_L1 || word == "FATAL"_L1 || word == "CRITICAL"_L1 || word == "ERR"_L1)
            return Level::Error;
        if (word == "WARN"_L1 || word == "WARNING"_L1)
            return Level::Warn;
        if (word == "INFO"_L1)
            return Level::Info;
        if (word == "DEBUG"_L1 || word == "TRACE"_L1)
            return Level::Debug;
    }
    // Python's last line of a traceback: "torch.distributed.DistBackendError: …", "RuntimeError: …".
    const qsizetype colon = head.indexOf(u':');
    if (colon > 5) {
        const QStringView name = head.left(colon);
        const bool plain = std::all_of(
            name.begin(), name.end(), [](QChar c) { return c.isLetterOrNumber() || c == u'.' || c == u'_'; });
        if (plain && (name.endsWith("Error"_L1) || name.endsWith("Exception"_L1)))
            return Level::Error;
    }
    return Level::None;
}

LogBuffer::LogBuffer(int capacity)
    : m_capacity(qMax(1, capacity))
{
}

int LogBuffer::addSource(const QString &name)
{
    m_sources.push_back({name, 0, false});
    return static_cast<int>(m_sources.size()) - 1;
}

QString LogBuffer::sourceName(int source) const
{
    return source >= 0 && source < sourceCount() ? m_sources[static_cast<size_t>(source)].name : QString();
}

void LogBuffer::finish(Line &line)
{
    Source &source = m_sources[static_cast<size_t>(line.source)];
    line.level = levelOf(line.text);
    // Indented lines, and what Python prints between "Traceback" and the exception, belong to the error above.
    const bool indented = line.text.startsWith(u' ');
    if (line.level == Level::None && source.inError && indented)
        line.continued = true;
    source.inError = line.level == Level::Error || line.continued;
    ++source.lines;
}

void LogBuffer::append(std::vector<Raw> batch)
{
    std::erase_if(batch, [this](const Raw &raw) { return raw.source < 0 || raw.source >= sourceCount(); });
    std::stable_sort(batch.begin(), batch.end(), [](const Raw &a, const Raw &b) { return a.time < b.time; });
    qint64 newest = m_lines.empty() ? 0 : m_lines.back().time;
    for (Raw &raw : batch) {
        Line line;
        line.id = m_nextId++;
        line.source = raw.source;
        line.time = raw.time;
        line.text = clean(raw.text, &line.spans);
        finish(line);
        if (line.time == 0)
            line.time = newest; // a line without a time stays with the one before it
        if (line.time >= newest) {
            newest = line.time;
            m_lines.push_back(std::move(line));
            continue;
        }
        // Pods answer at different speeds; a late line goes behind those of the same time.
        const auto place = std::upper_bound(m_lines.begin(), m_lines.end(), line.time,
            [](qint64 time, const Line &other) { return time < other.time; });
        m_lines.insert(place, std::move(line));
        ++m_reordered;
    }
    while (size() > m_capacity) {
        --m_sources[static_cast<size_t>(m_lines.front().source)].lines;
        m_lines.pop_front();
        ++m_dropped;
    }
}

void LogBuffer::clear()
{
    m_dropped += size();
    m_lines.clear();
    for (Source &source : m_sources) {
        source.lines = 0;
        source.inError = false;
    }
}

} // namespace cairn::logs
