// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Delta.h"
#include "kit/Messages.h"
#include "views/DataTable.h"

#include <QWidget>
#include <optional>
#include <utility>

class QHBoxLayout;
class QTimer;

namespace cairn::kit {
class ElidedLabel;
class PageHeader;
class SearchField;
class Segment;
class StateView;
} // namespace cairn::kit

namespace cairn::pages {

/// What the pages with one list have in common: a header with the answer, the filter field, the table with its foot, and
/// the states of the feed around them. A page adds its columns and words, what stands beside the table, and what its own
/// keys do. Its constructor calls setRows(), inStates(), arrange() and settle(). Parts are found by "<name>.filter",
/// "<name>.views", "<name>.table" and "<name>.state". Pure presentation. GUI thread only.
class ListPage : public QWidget
{
    Q_OBJECT
public:
    /// How fresh the rows are. `roleRequest` is a manifest to ask an admin for, used when the phase is Forbidden.
    virtual void setFeed(const FeedState &feed, const QString &roleRequest = {});
    /// Clock of all ages.
    virtual void setNow(const QDateTime &now);

    QString currentKey() const; ///< "" for none
    void setCurrentKey(const QString &key);
    void setFilterText(const QString &text);
    void focusTable();
    void focusFilter();
    /// Over rows that are not current: since when, and whether the server is gone or silent.
    static QString offlineTitle(const FeedState &feed);
    /// What follows the rows is brought up to date within 100 ms; this does it at once (screenshots, tests).
    virtual void settle();

signals:
    void retryRequested();
    /// The sign-in needs an agreement again.
    void signInRequested();

protected:
    struct Words {
        QString title;       ///< also the accessible name of the page and its table
        QString placeholder; ///< of the filter field
        QString filterName;  ///< accessible, "Filter pods"
        QString noMatch;     ///< in the middle of a table whose filter hides all
    };
    ListPage(const QString &name, const Words &words, QWidget *parent);

    /// The states of the feed in the words of the page.
    struct FeedWords {
        QString reading;   ///< "Reading pods…"
        QString stale;     ///< why, and what the rows are worth meanwhile
        QString forbidden; ///< "You don't have permission to list pods"
        QString failed;    ///< where the error does not say what happened
        QString emptyTitle, emptyText;
        std::optional<QList<kit::Offer>> emptyOffers; ///< to look again where not set
        QString absentTitle, absentText; ///< "" where it is no matter that the server does not know the kind
        bool counted = true;             ///< the feed counts the rows of the page
    };
    /// `why` is what the feed says of its state, safe to show; "" for nothing. Not called by pages without a feed, which
    /// override updateState().
    virtual FeedWords feedWords(const QString &why) const;
    /// An offer of a state was chosen.
    virtual void offered(const QString &id);

    /// Where the filter field's Down and Enter go on.
    virtual views::DataTable *activeTable() const { return m_table; }
    virtual QWidget *activeList() const { return activeTable(); }
    virtual void focusRow() { activeTable()->focusRow(); }
    virtual void openFound() { activeTable()->openFound(); }
    virtual void updateAnswer() {} ///< of the header, and the numbers on the views
    virtual void updatePanel() {}  ///< of the current row
    virtual void updateState();
    virtual QString footText() const;
    virtual bool hasContent() const; ///< something to show even where the feed says there is nothing
    virtual void currentChanged() { updatePanel(); }
    /// A letter, typed in the table.
    virtual void keyTyped(const QString &key);

    /// Saved views at the right of the tools.
    kit::Segment *addViews(const QString &name, const QStringList &labels);
    void setRows(QAbstractItemModel *model, const QList<views::ColumnSpec> &columns, int sortColumn, Qt::SortOrder order);
    /// Other rows; the columns stay.
    void setSource(QAbstractItemModel *model);
    /// Shows this column only where the page has this width, in logical pixels at 100 %.
    void showFrom(int column, int width);
    /// The card of the table, with the keys that its foot names.
    QWidget *tableCard(const QList<std::pair<QString, QString>> &keys);
    /// `panel` at the right of `list`.
    static QWidget *beside(QWidget *list, QWidget *panel);
    /// `content` with what stands in its place or over it.
    QWidget *inStates(QWidget *content);
    /// Puts the page together: header, `above`, tools, `below`, and `body`.
    void arrange(QWidget *body, const QList<QWidget *> &above = {}, const QList<QWidget *> &below = {});
    void settleSoon();
    /// Without it the first row becomes current when none is.
    void leaveCurrentAlone() { m_currentIsOurs = false; }

    void keyPressEvent(QKeyEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

    kit::PageHeader *header() const { return m_header; }
    kit::SearchField *search() const { return m_search; }
    /// The filter field, a stretch, the views.
    QHBoxLayout *tools() const { return m_tools; }
    views::DataTable *table() const { return m_table; }
    items::FilterProxy *filter() const { return m_table->filter(); }
    kit::StateView *stateView() const { return m_state; }
    const FeedState &feed() const { return m_feed; }
    const QDateTime &now() const { return m_now; }

private:
    kit::PageHeader *m_header;
    kit::SearchField *m_search;
    QHBoxLayout *m_tools;
    views::DataTable *m_table;
    kit::ElidedLabel *m_foot = nullptr;
    kit::StateView *m_state = nullptr;
    QTimer *m_soon;
    QList<std::pair<int, int>> m_showFrom; ///< column, width
    FeedState m_feed;
    QString m_roleRequest;
    QStringList m_told; ///< what the state that is shown was made from
    QDateTime m_now = QDateTime::currentDateTimeUtc();
    bool m_currentIsOurs = true;
};

} // namespace cairn::pages
