// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Delta.h"
#include "items/Overview.h"

#include <QWidget>

namespace cairn::kit {
class ElidedLabel;
class PageHeader;
class StateView;
class Tile;
} // namespace cairn::kit

namespace cairn::views {
class DataTable;
}

namespace cairn::pages {

/// Is anything about to cost us work? Four numbers, then problems worst first, each with its button. Pure presentation.
/// GUI thread only.
class OverviewPage : public QWidget
{
    Q_OBJECT
public:
    explicit OverviewPage(QWidget *parent = nullptr);

    void setOverview(const items::Overview &overview);
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
    void componentRequested(const QString &key); ///< "" for the whole page
    void nodeRequested(const QString &key);
    void retryRequested();

private:
    void act(const QString &key, bool button);
    void updateTiles();
    void updateState();

    struct Shown {
        QString number, unit;
        QList<items::TagValue> tags;
        bool operator==(const Shown &) const = default;
    };
    void setTile(int index, const Shown &shown);

    items::ProblemTableModel *m_model;
    kit::PageHeader *m_header;
    QList<kit::Tile *> m_tiles;
    QList<Shown> m_shown;
    kit::StateView *m_state;
    views::DataTable *m_table;
    kit::ElidedLabel *m_foot;
    items::Overview m_overview;
    FeedState m_feed;
    QString m_context;
    QDateTime m_now = QDateTime::currentDateTimeUtc();
};

} // namespace cairn::pages
