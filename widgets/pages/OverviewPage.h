// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Delta.h"
#include "situation/Activity.h"
#include "items/ProblemTableModel.h"
#include "situation/Overview.h"

#include <QWidget>

class QGridLayout;

namespace cairn::charts {
class ActivityChart;
}
namespace cairn::kit {
class Card;
class ElidedLabel;
class PageHeader;
class StateView;
class Tile;
} // namespace cairn::kit

namespace cairn::views {
class DataTable;
}

namespace cairn::pages {

/// Is anything about to cost us work? Four numbers, then problems worst first, each with its button, then what the jobs
/// did in the last day. Pure presentation. GUI thread only.
class OverviewPage : public QWidget
{
    Q_OBJECT
public:
    explicit OverviewPage(QWidget *parent = nullptr);

    void setOverview(const situation::Overview &overview);
    void setActivity(const QList<situation::Activity> &lanes);
    /// How fresh the jobs are, the first thing anyone looks for.
    void setFeed(const FeedState &feed);
    void setContext(const QString &name);
    void setNow(const QDateTime &now);
    QString currentProblem() const; ///< key; "" for none
    void setCurrentProblem(const QString &key);
    void focusTable();

signals:
    void jobRequested(const QString &key);
    void resumeRequested(const QString &key);
    /// Finish the unfinished change of this job, or roll it back.
    void recoverRequested(const QString &key, bool finish);
    void componentRequested(const QString &key); ///< "" for the whole page
    void nodeRequested(const QString &key);
    void claimRequested(const QString &key);
    void retryRequested();

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void act(const QString &key, const QString &button); ///< id of a button of the row, "" for the row itself
    void placeTiles();
    void updateTiles();
    void updateAnswer();
    void updateState();

    struct Shown {
        QString number, unit;
        QList<items::TagValue> tags;
        bool operator==(const Shown &) const = default;
    };
    void setTile(int index, const Shown &shown);

    items::ProblemTableModel *m_model;
    kit::PageHeader *m_header;
    QGridLayout *m_tileGrid;
    QList<kit::Tile *> m_tiles;
    int m_tileColumns = 0;
    QList<Shown> m_shown;
    kit::StateView *m_state;
    views::DataTable *m_table;
    kit::ElidedLabel *m_foot;
    kit::Card *m_lately;
    charts::ActivityChart *m_chart;
    kit::ElidedLabel *m_more;
    situation::Overview m_overview;
    FeedState m_feed;
    QString m_context;
    QDateTime m_now = QDateTime::currentDateTimeUtc();
};

} // namespace cairn::pages
