// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "items/FilterProxy.h"
#include "kit/Theme.h"

#include <QElapsedTimer>
#include <QList>
#include <QSet>
#include <QTreeView>

class QMenu;
class QTimer;

namespace cairn::kit {
class SearchField;
}

namespace cairn::views {

class TableHeader;

/// How a column is painted. Each kind has its delegate; roles are in items/Roles.h.
enum class CellKind {
    Text,     ///< DisplayRole with tone, weight, mono, detail, second line
    Number,   ///< right-aligned, tabular figures, sorts greatest (worst) first
    Tag,      ///< TagRole + DetailRole
    Trust,    ///< TrustRole mark + text
    Progress, ///< ProgressRole bar + text
    Replicas, ///< ReplicasRole dots + text
    Action    ///< ActionRole button, right-aligned, no header text
};

/// One column of the table, in the order shown. `column` is the model's.
struct ColumnSpec {
    int column = 0;
    CellKind kind = CellKind::Text;
    int minWidth = 48;    ///< logical pixels at 100 %
    int maxWidth = 360;   ///< beyond it the text elides in the middle
    bool stretch = false; ///< takes what is left; give it to one column
    bool sortable = true;
    bool optional = false; ///< may be hidden in the column chooser
    bool hidden = false;   ///< start hidden (implies optional)
};

/// The table of the design: rows of 32 px (44 with a second line), hairlines, sorting by header, selection by KeyRole
/// that survives every update, optional check boxes, a frame on the focus row, one small button per row, keyboard
/// ↑ ↓ Space Enter Esc Home End PgUp PgDn, Ctrl+Enter for the row's button, Ctrl+C for its text. No widget per row:
/// 10,000 rows scroll as ten do.
///
/// While the pointer is over the table rows do not change places; they are put in order when it leaves. What a watch
/// changes is painted ten times a second at most, what the user does at once.
class DataTable : public QTreeView {
    Q_OBJECT

public:
    /// `name` is the accessible name ("Jobs").
    explicit DataTable(const QString &name, QWidget *parent = nullptr);

    /// Call setColumns first, then setSource. The model is not owned.
    void setColumns(const QList<ColumnSpec> &columns);
    void setSource(QAbstractItemModel *model);
    QAbstractItemModel *source() const;
    /// What filters and sorts the source: the table's rows.
    items::FilterProxy *filter() const { return m_filter; }

    /// The source has heads of sections (items::HeadRole): painted over the whole width, folded by → ←, Space, Enter and a click. A
    /// head says DisplayRole and, dim after it, DetailRole of column 0.
    void setSectioned(bool sectioned);

    void setTwoLine(bool twoLine);
    /// Check boxes before the first column and in its header. Space or Ctrl with a click toggles a row, Shift with a
    /// click, an arrow, PgUp, PgDn, Home or End checks all rows up to there.
    void setCheckable(bool checkable);
    QStringList checkedKeys() const; ///< of rows in view; one that goes is not checked any longer
    void setCheckedKeys(const QStringList &keys);
    void clearChecked();

    /// "" when no row is current.
    QString currentKey() const;
    /// Remembered when the row is not there yet, and applied when it arrives.
    void setCurrentKey(const QString &key);

    /// Down, Enter and a second Esc in `field`, whose text filters this table, go on here. The filter itself is for the page
    /// to connect, before this.
    void followSearch(kit::SearchField *field);
    /// Takes the focus, and the first row where none is current: the next Enter opens it.
    void focusRow();
    /// Enter in a filter: opens the row where only one is left, else as focusRow().
    void openFound();

    /// Model column to sort by; default order for the kind when none is given.
    void sortBy(int modelColumn);
    void sortBy(int modelColumn, Qt::SortOrder order);
    QString firstKey() const; ///< of the first row in view that is no head; "" for none
    int rowCount() const;   ///< shown
    int totalCount() const; ///< in the source
    /// "20 of 112 in view, 92 hidden by the filter", or "112 rows" when nothing is hidden.
    QString countText() const;

    bool isColumnShown(int modelColumn) const;
    void setColumnShown(int modelColumn, bool shown);
    /// Lets a column give way no further than its widest cell needs, between `minWidth` (logical pixels at 100 %) and its
    /// most. Asks the first 2,000 rows; to be called anew when they change.
    void keepWhole(int modelColumn, int minWidth);
    /// Menu with the optional columns; the caller owns it.
    QMenu *columnMenu(QWidget *parent);

    /// Greys out every row (offline, old data).
    void setStale(bool stale);
    bool isStale() const { return m_stale; }
    /// Grey bars in place of rows while the first page is read and the source is empty.
    void setSkeleton(bool on);
    /// Shown in the middle when no row is in view (a filter that hides all); "" for none.
    void setPlaceholder(const QString &text);

    /// Fits the columns to the rows in view; done by itself when the first rows arrive and on text size changes.
    void fitColumns();

    int rowHeight() const;
    int cellPadding() const;
    /// Extra room at the left of a column (check boxes).
    int leadOf(int modelColumn) const;
    QModelIndex indexOfKey(const QString &key) const; ///< of the proxy, column 0
    QSize sizeHint() const override;

signals:
    void currentKeyChanged(const QString &key);
    void checkedChanged(const QStringList &keys);
    /// Enter or double click.
    void opened(const QString &key);
    void actionTriggered(const QString &key, const QString &actionId);
    /// Rows in view or in total changed.
    void countsChanged(int shown, int total);
    /// Esc with nothing checked: the page goes back.
    void escaped();
    /// A letter or "/" pressed in the table, for the page's single-key actions ("L", "R", "/").
    void keyTyped(const QString &key);
    /// Right click, or the menu key with a current row. The row is current.
    void menuRequested(const QPoint &globalPos);

protected:
    void paintEvent(QPaintEvent *event) override;
    void drawRow(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    void keyPressEvent(QKeyEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void enterEvent(QEnterEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    bool viewportEvent(QEvent *event) override;
    void currentChanged(const QModelIndex &current, const QModelIndex &previous) override;
    void rowsAboutToBeRemoved(const QModelIndex &parent, int start, int end) override;
    void scrollContentsBy(int dx, int dy) override;
    void keyboardSearch(const QString &search) override;

private:
    friend class TableHeader;
    void applyTheme();
    void onRowsChanged();
    void widenActions(const QModelIndex &from, const QModelIndex &to);
    void widenNumbers();
    void forgetRemoved(int first, int last);
    void restoreCurrent();
    void toggleChecked(const QModelIndex &index);
    void extendTo(const QModelIndex &index);
    bool extendByKey(const QKeyEvent *event);
    void toggleAll();
    bool isHead(const QModelIndex &index) const { return m_filter->isHead(index.row()); }
    void setFolded(const QModelIndex &head, bool folded);
    bool foldByKey(const QKeyEvent *event);
    void paintHead(QPainter &painter, const QRect &rect, const QModelIndex &index) const;
    Qt::CheckState allChecked() const;
    bool isChecked(const QModelIndex &index) const;
    QModelIndex actionAt(const QPoint &pos) const;
    void triggerAction(const QModelIndex &index);
    const ColumnSpec *spec(int modelColumn) const;
    Qt::SortOrder defaultOrder(int modelColumn) const;
    void arrangeColumns();
    void layoutColumns();
    void paintSkeleton(QPainter &painter) const;
    void copyRow() const;
    void holdRows();
    void paintLater();
    void paintNow();

    items::FilterProxy *m_filter;
    QTimer *m_repaint; ///< while it runs changed rows are not painted
    QElapsedTimer m_painted;
    QTimer *m_hold; ///< while it runs the rows keep their places
    TableHeader *m_header;
    QList<ColumnSpec> m_columns;
    QList<int> m_widths; ///< wanted width of each of m_columns
    QSet<QString> m_checked;
    QString m_anchor;         ///< row that a range begins at; "" while none is being extended
    QSet<QString> m_unranged; ///< what was checked before that range
    QString m_currentKey; ///< of the current row
    QString m_wantedKey;  ///< comes back when its row does
    int m_lastRow = 0;
    bool m_restoring = false;
    bool m_layouting = false;
    bool m_widening = false; ///< columns are laid out anew in the next turn
    bool m_twoLine = false;
    bool m_checkable = false;
    bool m_stale = false;
    bool m_skeleton = false;
    int m_arranged = -1; ///< columns of the source that were put in order
    int m_fittedRows = 0;
    QString m_placeholder;
    QPersistentModelIndex m_hover;
    QPersistentModelIndex m_pressedAction;
    int m_shown = -1;
    int m_total = -1;
};

} // namespace cairn::views
