// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractListModel>
#include <QList>
#include <QString>

namespace cairn::items {

/// One place to go to or act to do.
struct PaletteEntry {
    enum class Kind { Page, Action, Context, Namespace, Job, Object };
    QString id;     ///< comes back when it is chosen
    Kind kind = Kind::Action;
    QString icon;   ///< name of a bundled icon
    QString text;   ///< safe to show
    QString detail; ///< dim at the right; safe to show
    QString keys;   ///< "Ctrl 2"; "" for none
    QString words;  ///< more to find it by, not shown
    bool newWindow = false; ///< may be opened in a window of its own
    bool operator==(const PaletteEntry &) const = default;
};

/// A job as the palette needs it: its acts are told only once it is found, since there may be ten thousand.
struct PaletteJob {
    QString key;    ///< items::jobKey
    QString name;   ///< safe to show
    QString ns;     ///< safe to show
    QString detail; ///< "PyTorchJob · research · Failed"; safe to show
    bool resumable = false;
    QString step;   ///< of the newest whole checkpoint, as shown; "" where it has none
    bool operator==(const PaletteJob &) const = default;
};

/// Places of matched letters in a text: start and length, in order, not overlapping.
using MatchRanges = QList<std::pair<int, int>>;

/// How well `word` is found in `text`, regardless of case: a beginning is better than the beginning of a word inside,
/// that better than any place, that better than its letters in order with others between. 0: not found. Adds the places
/// to `ranges` where that is not null.
int matchScore(QStringView word, QStringView text, MatchRanges *ranges = nullptr);

/// What the palette offers for a query, best first. Each word of the query must be found. A query that begins with ">"
/// finds acts only; an empty one offers what was chosen lately, then pages and acts. GUI thread only; searches ten
/// thousand jobs in a few milliseconds.
class PaletteModel : public QAbstractListModel
{
    Q_OBJECT
public:
    enum Role {
        IdRole = Qt::UserRole + 1,
        IconRole,   ///< QString
        DetailRole, ///< QString
        KeysRole    ///< QString
    };
    static constexpr int limit = 50; ///< rows at most

    explicit PaletteModel(QObject *parent = nullptr);

    void setEntries(const QList<PaletteEntry> &entries, const QList<PaletteJob> &jobs);
    /// Ids chosen lately, the latest first.
    void setRecent(const QStringList &ids);
    void setQuery(const QString &query);

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    /// nullptr outside the rows.
    const PaletteEntry *entryAt(int row) const;
    const MatchRanges &rangesAt(int row) const { return m_rows[row].ranges; }
    int total() const { return static_cast<int>(m_entries.size() + m_jobs.size()); }
    int found() const { return m_found; }

private:
    struct Hit {
        PaletteEntry entry;
        MatchRanges ranges;
        int score = 0;
    };
    void search();
    void searchJobs(const QStringList &words, QList<Hit> &hits) const;
    QList<PaletteEntry> actsOf(const PaletteJob &job) const;
    int recency(const QString &id) const;

    QList<PaletteEntry> m_entries;
    QList<PaletteJob> m_jobs;
    QStringList m_recent;
    QString m_query;
    QList<Hit> m_rows;
    int m_found = 0;
};

} // namespace cairn::items
