// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Takeover.h"
#include "items/Roles.h"

#include <QWidget>
#include <optional>

class QBoxLayout;
class QGridLayout;
class QStackedWidget;

namespace cairn::charts {
class AvailabilityStrip;
class TakeoverChart;
} // namespace cairn::charts

namespace cairn::items {
class LeaderChangeTableModel;
class MomentTableModel;
} // namespace cairn::items

namespace cairn::kit {
class Banner;
class Button;
class CheckList;
class ElidedLabel;
class Label;
class PageHeader;
class Paragraph;
class Segment;
class Tag;
class Tile;
} // namespace cairn::kit

namespace cairn::views {
class DataTable;
}

namespace cairn::pages {

class GapBar;

/// What is known of one component's leaders. All raw; the page makes it safe.
struct FailoverView {
    QString component;             ///< id in the catalogue; empty: none was chosen
    items::TagValue verdict;       ///< safe to show
    QList<LeaderChange> changes;   ///< of it, in any order
    QList<FailoverResult> tests;   ///< of it, in any order; one that runs is among them
    QList<ReadinessHour> hours;    ///< of the last days; empty where nothing was kept
    QString running;               ///< id of the test that runs; "" for none
    QString refusal;               ///< why no test may be begun now; safe to show; "" where it may be asked for
    QString noticeTitle, notice;   ///< what is wrong with the history; safe to show
    QDateTime now;                 ///< UTC
    bool operator==(const FailoverView &) const = default;
};

/// Does another pod take over, and how fast? The last failover test of one component, second by second, and every change of leader that
/// Cairn saw. Pure presentation. GUI thread only.
class FailoverPage : public QWidget
{
    Q_OBJECT
public:
    explicit FailoverPage(QWidget *parent = nullptr);

    void setView(const FailoverView &view);
    /// The test that is shown; nullptr where there is none.
    const FailoverResult *shown() const;
    /// Shows the test of this id; "" the newest.
    void showTest(const QString &id);
    void focusFirst();

signals:
    /// "Test again…": asks before anything happens.
    void testRequested();
    void stopRequested();
    void exportRequested();
    void backRequested();

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    QWidget *makeChart();
    QWidget *makeHistory();
    QWidget *makeDone();
    void arrange();
    void settle();
    void updateTiles(const FailoverResult *test);
    void updateHistory();
    void updateDone(const FailoverResult *test);
    void showTable(bool on);

    FailoverView m_view;
    QString m_test; ///< id of the one that was chosen; "" for the newest
    items::LeaderChangeTableModel *m_changes;
    items::MomentTableModel *m_moments;
    kit::PageHeader *m_header;
    kit::Tag *m_verdict;
    kit::Button *m_export, *m_act, *m_stop;
    kit::Banner *m_notice;
    QGridLayout *m_tileGrid;
    QList<kit::Tile *> m_tiles;
    QBoxLayout *m_columns;
    QWidget *m_left, *m_right;
    kit::ElidedLabel *m_when;
    kit::Button *m_asTable;
    QStackedWidget *m_chartStack;
    charts::TakeoverChart *m_chart;
    views::DataTable *m_chartTable;
    kit::Segment *m_which;
    views::DataTable *m_table;
    charts::AvailabilityStrip *m_strip;
    kit::ElidedLabel *m_stripText;
    kit::CheckList *m_done;
    kit::Label *m_shareTitle;
    GapBar *m_share;
    kit::Paragraph *m_shareText;
    kit::Label *m_proofTitle;
    QWidget *m_proofs;
    int m_layout = 0; ///< tiles in a row; 0 before the first
};

} // namespace cairn::pages
