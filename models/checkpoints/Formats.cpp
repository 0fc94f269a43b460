// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/Format.h"

#include "base/Text.h"
#include "checkpoints/Paths.h"

#include <algorithm>
#include <array>

namespace cairn::ckpt {

namespace {

QList<QByteArray> patternsOf(const char *Format::*list)
{
    QList<QByteArray> all;
    for (const Format *format : formats()) {
        for (const QByteArray &pattern : QByteArray(format->*list).split(' ')) {
            if (!pattern.isEmpty() && !all.contains(pattern))
                all << pattern;
        }
    }
    // They travel in the arguments of a script, so none that another one covers: what matches a pattern as if it were a name
    // matches all that it stands for.
    const QList<QByteArray> patterns = all;
    all.removeIf([&](const QByteArray &pattern) {
        return std::ranges::any_of(patterns, [&](const QByteArray &other) { return other != pattern && matches(pattern, other); });
    });
    return all;
}

/// Patterns sorted by kind: a walk asks for every name of millions.
struct Patterns {
    QSet<QByteArray> whole;
    QList<QByteArray> ends;   ///< of "*x"
    QList<QByteArray> starts; ///< of "x*"
    QList<QByteArray> others;

    explicit Patterns(const QList<QByteArray> &patterns)
    {
        for (const QByteArray &pattern : patterns) {
            const qsizetype stars = pattern.count('*');
            if (stars == 0)
                whole << pattern;
            else if (stars == 1 && pattern.startsWith('*'))
                ends << pattern.mid(1);
            else if (stars == 1 && pattern.endsWith('*'))
                starts << pattern.chopped(1);
            else
                others << pattern;
        }
    }
    bool match(const QByteArray &name) const
    {
        return whole.contains(name) || std::ranges::any_of(ends, [&](const QByteArray &end) { return name.endsWith(end); })
            || std::ranges::any_of(starts, [&](const QByteArray &start) { return name.startsWith(start); })
            || std::ranges::any_of(others, [&](const QByteArray &pattern) { return matches(name, pattern); });
    }
};

} // namespace

/// What the driver itself goes by, of whatever framework.
const Format unfinishedMarkers{
    .names = "*checkpoint* *ckpt* *-unfinished *.incomplete args.json",
    .parts = "checkpoint-is-incomplete* *-unfinished *.incomplete",
};

std::span<const Format *const> formats()
{
#define CAIRN_ADDRESS(name) &name,
    static constexpr std::array all{CAIRN_CHECKPOINT_FORMATS(CAIRN_ADDRESS)};
#undef CAIRN_ADDRESS
    return all;
}

const QList<QByteArray> &candidatePatterns()
{
    static const QList<QByteArray> all = patternsOf(&Format::names);
    return all;
}

bool isCandidateName(const QByteArray &name)
{
    static const Patterns all(candidatePatterns());
    return all.match(name);
}

bool isPartName(const QByteArray &name)
{
    static const Patterns all(patternsOf(&Format::parts));
    return all.match(name);
}

bool matches(const QByteArray &name, const QByteArray &pattern)
{
    // Greedy with one step back, so the time is bounded by the product of the lengths.
    qsizetype n = 0;
    qsizetype p = 0;
    qsizetype star = -1;
    qsizetype mark = 0;
    while (n < name.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            mark = n;
        } else if (p < pattern.size() && pattern[p] == name[n]) {
            ++p;
            ++n;
        } else if (star >= 0) {
            p = star + 1;
            n = ++mark;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*')
        ++p;
    return p == pattern.size();
}

bool Looks::mayGoOn()
{
    if (m_done >= m_most)
        m_limited = true;
    return !m_limited && !m_stop.stop_requested();
}

void Looks::count(const QByteArray &path)
{
    ++m_done;
    if (m_progress && m_done % 16 == 0)
        m_progress(Words::tr("Checking %1").arg(text::safe(path)), m_done);
}

bool Files::isTaken(const Entry &entry) const
{
    return taken.contains(baseName(entry.path));
}

void Files::take(const Entry &entry)
{
    taken << baseName(entry.path);
}

} // namespace cairn::ckpt
