// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "items/Roles.h"

#include <QList>
#include <QWidget>

class QGridLayout;
class QVBoxLayout;

namespace cairn::kit {
class Button;
class Chip;
class Label;
class Paragraph;
} // namespace cairn::kit

namespace cairn::pages {

class FlowLayout;

/// What a node's failure and its drain would do, in words that are safe to show.
struct WhatIfView {
    struct Node {
        QString name; ///< raw
        int stops = 0; ///< components that its failure stops
        bool operator==(const Node &) const = default;
    };
    struct Row {
        QString name;
        QString lost;    ///< when the node fails
        QString drained;
        items::Tone lostTone = items::Tone::None;
        items::Tone drainedTone = items::Tone::None;
        bool operator==(const Row &) const = default;
    };
    struct Stop {
        items::Tone tone = items::Tone::Err;
        QString key;  ///< of the component; "" where it is none of the list
        QString name;
        QString why;  ///< a few words
        QString text = {}; ///< the same in whole sentences, for the tooltip
        bool operator==(const Stop &) const = default;
    };
    struct JobThere {
        QString key;  ///< "namespace/name", raw
        QString name;
        QString detail; ///< "2 of 5 workers"
        QString loss;
        bool operator==(const JobThere &) const = default;
    };
    QList<Node> nodes;  ///< those that stop most first
    QString node;       ///< the one that is told of, raw; "" where there is none
    QString answer;     ///< one sentence
    QList<Row> rows;
    QList<Stop> stops;
    QList<JobThere> jobs;
    QString safeWay;    ///< commands, one a line; "" for none
    QString safeWayText; ///< what they do, or why there are none
    QString source;     ///< what it rests on, and how old that is
    bool operator==(const WhatIfView &) const = default;
};

/// What if this node fails, or is drained? Both answers side by side, what stops, the jobs there, and the safe way to copy.
/// Scrolls down. Pure presentation. GUI thread only.
class WhatIfPanel : public QWidget
{
    Q_OBJECT
public:
    explicit WhatIfPanel(QWidget *parent = nullptr);
    void setView(const WhatIfView &view);
    const WhatIfView &view() const { return m_view; }
    /// Nothing is known yet, or why it cannot be said.
    void setNothing(const QString &text);

signals:
    void nodeChosen(const QString &name);
    void componentRequested(const QString &key);
    void jobRequested(const QString &key); ///< "namespace/name"

private:
    void updateNodes();
    void updateRows();
    void updateStops();
    void updateJobs();
    QWidget *section(const QString &title, QVBoxLayout *rows);

    WhatIfView m_view;
    FlowLayout *m_chips;
    QWidget *m_chipBox;
    kit::Button *m_moreNodes;
    bool m_allNodes = false;
    kit::Paragraph *m_answer;
    QWidget *m_table;
    QGridLayout *m_grid;
    kit::Label *m_stopsTitle;
    QVBoxLayout *m_stops;
    kit::Label *m_jobsTitle;
    QVBoxLayout *m_jobs;
    kit::Label *m_wayTitle;
    kit::Paragraph *m_wayText;
    QVBoxLayout *m_way;
    kit::Paragraph *m_source;
    QWidget *m_foot;
    kit::Button *m_copy;
};

} // namespace cairn::pages
