// SPDX-License-Identifier: GPL-3.0-or-later
#include "items/Palette.h"

#include <algorithm>

namespace cairn::items {

using namespace Qt::StringLiterals;
using Kind = PaletteEntry::Kind;

namespace {

constexpr int atBeginning = 100, atWord = 80, anywhere = 60, scattered = 30;
/// How many of the found jobs show all that can be done with them, where the query does not name an act.
constexpr int jobsInFull = 1;

bool isBoundary(QStringView text, qsizetype at)
{
    return at == 0 || !text[at - 1].isLetterOrNumber() || (text[at].isUpper() && text[at - 1].isLower());
}

void tidy(MatchRanges &ranges)
{
    std::ranges::sort(ranges);
    MatchRanges merged;
    for (const auto &range : std::as_const(ranges)) {
        if (!merged.isEmpty() && range.first <= merged.last().first + merged.last().second)
            merged.last().second = std::max(merged.last().second, range.first + range.second - merged.last().first);
        else
            merged.append(range);
    }
    ranges = merged;
}

/// Whether a word of `text` begins with `word`. In scripts without spaces every letter may begin one.
bool beginsAWord(QStringView word, QStringView text)
{
    for (qsizetype at = text.indexOf(word, 0, Qt::CaseInsensitive); at >= 0; at = text.indexOf(word, at + 1, Qt::CaseInsensitive)) {
        if (isBoundary(text, at) || text[at].script() == QChar::Script_Han)
            return true;
    }
    return false;
}

} // namespace

int matchScore(QStringView word, QStringView text, MatchRanges *ranges)
{
    if (word.isEmpty())
        return anywhere;
    qsizetype best = -1;
    int score = 0;
    for (qsizetype at = text.indexOf(word, 0, Qt::CaseInsensitive); at >= 0; at = text.indexOf(word, at + 1, Qt::CaseInsensitive)) {
        const int here = at == 0 ? atBeginning : isBoundary(text, at) ? atWord : anywhere;
        if (here > score) {
            score = here;
            best = at;
        }
    }
    if (best >= 0) {
        if (ranges)
            ranges->append({static_cast<int>(best), static_cast<int>(word.size())});
        return score;
    }
    // Letters in order. One alone was looked for above.
    MatchRanges places;
    qsizetype at = 0;
    int gaps = 0;
    for (const QChar letter : word) {
        const qsizetype next = text.indexOf(letter, at, Qt::CaseInsensitive);
        if (next < 0)
            return 0;
        gaps += next > at && !places.isEmpty() ? 1 : 0;
        places.append({static_cast<int>(next), 1});
        at = next + 1;
    }
    // Too torn apart to be meant.
    if (gaps > 3)
        return 0;
    if (ranges)
        ranges->append(places);
    return scattered - 5 * gaps;
}

PaletteModel::PaletteModel(QObject *parent)
    : QAbstractListModel(parent)
{
}

void PaletteModel::setEntries(const QList<PaletteEntry> &entries, const QList<PaletteJob> &jobs)
{
    m_entries = entries;
    m_jobs = jobs;
    search();
}

void PaletteModel::setRecent(const QStringList &ids)
{
    m_recent = ids;
    search();
}

void PaletteModel::setQuery(const QString &query)
{
    if (query == m_query)
        return;
    m_query = query;
    search();
}

int PaletteModel::recency(const QString &id) const
{
    const qsizetype at = m_recent.indexOf(id);
    return at < 0 ? 0 : static_cast<int>(std::max<qsizetype>(1, 20 - at));
}

QList<PaletteEntry> PaletteModel::actsOf(const PaletteJob &job) const
{
    QList<PaletteEntry> acts;
    if (job.resumable) {
        acts.append({u"resume:"_s + job.key, Kind::Job, u"resume"_s,
                     job.step.isEmpty() ? tr("Resume %1 from its newest whole checkpoint…").arg(job.name) : tr("Resume %1 from step %2…").arg(job.name, job.step),
                     job.detail, u"R"_s, {}, false});
    }
    acts.append({u"open:"_s + job.key, Kind::Job, u"jobs"_s, tr("Open %1").arg(job.name), job.detail, u"Enter"_s, {}, false});
    acts.append({u"logs:"_s + job.key, Kind::Job, u"logs"_s, tr("Logs of %1").arg(job.name), job.detail, u"L"_s, {}, false});
    acts.append({u"yaml:"_s + job.key, Kind::Job, u"yaml"_s, tr("YAML of %1").arg(job.name), job.detail, {}, {}, false});
    return acts;
}

void PaletteModel::searchJobs(const QStringList &words, QList<Hit> &hits) const
{
    const QStringList verbs{tr("Resume %1 from step %2…"), tr("Open %1"), tr("Logs of %1"), tr("YAML of %1")};
    // Which words may name an act, so that "res llama" finds what is called llama.
    QList<bool> isVerb;
    for (const QString &word : words)
        isVerb.append(std::ranges::any_of(verbs, [&](const QString &verb) { return beginsAWord(word, verb); }));
    struct Found {
        int job, score;
    };
    QList<Found> found;
    for (int i = 0; i < m_jobs.size(); ++i) {
        const PaletteJob &job = m_jobs[i];
        int score = 0;
        bool named = false, all = true;
        for (int w = 0; all && w < words.size(); ++w) {
            const int inName = matchScore(words[w], job.name);
            const int inDetail = inName ? 0 : matchScore(words[w], job.detail) / 2;
            named |= inName > 0 || inDetail > 0;
            score += std::max(inName, inDetail);
            all = inName > 0 || inDetail > 0 || isVerb[w];
        }
        if (all && (named || words.isEmpty()))
            found.append({i, score * 10 - static_cast<int>(job.name.size())});
    }
    const qsizetype kept = std::min<qsizetype>(limit, found.size());
    std::ranges::partial_sort(found, found.begin() + kept, std::ranges::greater(), &Found::score);
    for (int i = 0; i < kept; ++i) {
        const QList<PaletteEntry> acts = actsOf(m_jobs[found[i].job]);
        for (int a = 0; a < acts.size(); ++a) {
            Hit hit{acts[a], {}, found[i].score};
            bool all = true;
            int named = 0; // words that only the act's own words explain
            for (const QString &word : words) {
                const bool shown = matchScore(word, hit.entry.text, &hit.ranges) > 0;
                all = all && (shown || matchScore(word, hit.entry.detail) > 0);
                named += beginsAWord(word, hit.entry.text) && matchScore(word, m_jobs[found[i].job].name) == 0 ? 1 : 0;
            }
            const bool opens = acts[a].id.startsWith("open:"_L1);
            if (!all || (named == 0 && !opens && i >= jobsInFull))
                continue;
            // The act that was named, then opening it, then the others.
            hit.score += named * 1000 + (opens ? 9 : 8 - a);
            tidy(hit.ranges);
            hits.append(hit);
        }
    }
}

void PaletteModel::search()
{
    QString query = m_query.trimmed();
    const bool actsOnly = query.startsWith(u'>');
    if (actsOnly)
        query = query.mid(1).trimmed();
    const QStringList words = query.split(u' ', Qt::SkipEmptyParts);
    QList<Hit> hits;
    for (const PaletteEntry &entry : std::as_const(m_entries)) {
        if (actsOnly && entry.kind != Kind::Action)
            continue;
        const int recent = recency(entry.id);
        // Nobody needs every namespace and component before a letter is typed.
        if (words.isEmpty() && !recent && (entry.kind == Kind::Namespace || entry.kind == Kind::Object))
            continue;
        Hit hit{entry, {}, 0};
        bool all = true;
        for (const QString &word : words) {
            const int shown = matchScore(word, entry.text, &hit.ranges);
            const int score = shown ? shown : std::max(matchScore(word, entry.words), matchScore(word, entry.detail)) / 2;
            all = all && score > 0;
            hit.score += score * 10;
        }
        if (!all)
            continue;
        if (words.isEmpty())
            hit.score = recent * 10;
        else
            hit.score += recent - static_cast<int>(entry.text.size()) / 2 + (entry.kind == Kind::Page ? 20 : 0);
        tidy(hit.ranges);
        hits.append(hit);
    }
    if (!actsOnly && !words.isEmpty())
        searchJobs(words, hits);
    if (words.isEmpty() && !actsOnly) {
        // A job that was gone to lately is likely to be gone to again.
        for (const QString &id : std::as_const(m_recent)) {
            const auto job = std::ranges::find_if(m_jobs, [&](const PaletteJob &one) { return id.endsWith(u':' + one.key); });
            if (job == m_jobs.end())
                continue;
            for (const PaletteEntry &act : actsOf(*job)) {
                if (act.id == id)
                    hits.append({act, {}, recency(id) * 10});
            }
        }
    }
    std::ranges::stable_sort(hits, std::ranges::greater(), &Hit::score);
    beginResetModel();
    m_found = static_cast<int>(hits.size());
    m_rows = hits.mid(0, limit);
    endResetModel();
}

int PaletteModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

const PaletteEntry *PaletteModel::entryAt(int row) const
{
    return row < 0 || row >= m_rows.size() ? nullptr : &m_rows[row].entry;
}

QVariant PaletteModel::data(const QModelIndex &index, int role) const
{
    const PaletteEntry *entry = entryAt(index.row());
    if (!entry)
        return {};
    switch (role) {
    case Qt::DisplayRole: return entry->text;
    case Qt::AccessibleTextRole: return entry->detail.isEmpty() ? entry->text : tr("%1, %2", "what, more about it").arg(entry->text, entry->detail);
    case IdRole: return entry->id;
    case IconRole: return entry->icon;
    case DetailRole: return entry->detail;
    case KeysRole: return entry->keys;
    default: return {};
    }
}

} // namespace cairn::items
