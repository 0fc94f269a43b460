// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "checkpoints/Index.h"

#include <algorithm>
#include <functional>
#include <span>
#include <stop_token>

/// How a framework's checkpoints are told and judged: one file and one line in Formats.cpp for each. The driver
/// (Recognise.cpp), the local walk, the helper's `find` and the filter of a bucket know formats by this alone.
namespace cairn::ckpt {

/// Told now and then: what is going on and how many things were looked at so far. Any thread.
using Progress = std::function<void(const QString &what, qint64 done)>;

/// Counts what is looked into, and ends a scan that would take too long or was cancelled.
class Looks
{
public:
    Looks(int most, std::stop_token stop, const Progress &progress)
        : m_most(most)
        , m_stop(std::move(stop))
        , m_progress(progress)
    {
    }
    /// False once nothing more may be looked into.
    bool mayGoOn();
    void count(const QByteArray &path);
    bool limited() const { return m_limited; }
    int left() const { return std::max(m_most - m_done, 0); }

private:
    int m_most;
    std::stop_token m_stop;
    const Progress &m_progress;
    int m_done = 0;
    bool m_limited = false;
};

/// The files of one folder that no format has claimed as a whole. A format takes its own, those of a broken save too.
struct Files {
    const Index &index;
    Source &source;
    const Limits &limits;
    Looks &looks;
    QByteArray folder;
    QList<const Entry *> entries;  ///< without hidden and temporary names, and without parts (Format::parts)
    QSet<QByteArray> taken;        ///< base names
    QList<Finding> findings;
    QList<QByteArray> unclear;     ///< paths of files that look like checkpoints and are not listed: counted in a note

    bool isTaken(const Entry &entry) const;
    void take(const Entry &entry);
};

/// Patterns are names with "*" for any bytes, separated by spaces, and see the last part of a path only.
struct Format {
    /// Files that may belong to it: all that a scan keeps one by one.
    const char *names = "";
    /// Those of them, and others, that are never a checkpoint by themselves.
    const char *parts = "";
    /// Claims a folder with all its files; nullopt where it is none of this format. May be null.
    std::optional<Finding> (*folder)(const Index &index, const QByteArray &folder, Source &source, const Limits &limits) = nullptr;
    /// Takes files of a folder that nobody claims. May be null.
    void (*files)(Files &files) = nullptr;
};

// One line each. An outer format, which may hold another in its folders, comes first.
#define CAIRN_CHECKPOINT_FORMATS(X) \
    X(unfinishedMarkers) \
    X(roleTreeFormat) \
    X(verlFormat) \
    X(hfTrainerFormat) \
    X(accelerateFormat) \
    X(openRlhfFormat) \
    X(deepSpeedFormat) \
    X(megatronFormat) \
    X(orbaxFormat) \
    X(savedModelFormat) \
    X(kerasBackupFormat) \
    X(dcpFormat) \
    X(tensorFlowFormat) \
    X(kerasFormat) \
    X(xgBoostFormat) \
    X(lightGbmFormat) \
    X(flaxFormat) \
    X(ggufFormat) \
    X(paddleFormat) \
    X(safetensorsFormat) \
    X(torchSetFormat) \
    X(torchFormat) \
    X(otherFilesFormat)

#define CAIRN_DECLARE(name) extern const Format name;
CAIRN_CHECKPOINT_FORMATS(CAIRN_DECLARE)
#undef CAIRN_DECLARE

/// All, in the order in which they are asked: those that may hold another come before it.
std::span<const Format *const> formats();

/// Every pattern of `names` once, as isCandidateName() (Source.h) knows them.
const QList<QByteArray> &candidatePatterns();
/// True for names that are never a checkpoint by themselves.
bool isPartName(const QByteArray &name);
/// "*" stands for any bytes, also none.
bool matches(const QByteArray &name, const QByteArray &pattern);

} // namespace cairn::ckpt
