// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "overlay/Proposal.h"

#include <QWidget>

class QGridLayout;

namespace cairn::forms {
class NumberField;
}
namespace cairn::kit {
class Button;
class Check;
class ElidedLabel;
class Label;
class Sign;
} // namespace cairn::kit

namespace cairn::pages {

/// What becomes of each workload, by tier: included or not, how many replicas, how they are spread, leader election, PDB. Where a
/// count may not be changed stands a lock with the reason. Rows keep their controls, and so the focus, while only their values
/// change. GUI thread only.
class TierTable : public QWidget
{
    Q_OBJECT
public:
    explicit TierTable(QWidget *parent = nullptr);
    void setProposal(const overlay::Proposal &proposal, const QSet<int> &tiers);
    /// These rows are unfolded and marked, and the first is scrolled into view; until the next call.
    void mark(const QList<audit::ObjectName> &workloads);

signals:
    void tierChosen(int tier, bool on);
    void included(const cairn::audit::ObjectName &workload, bool on);
    void replicasChosen(const cairn::audit::ObjectName &workload, int replicas);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    struct Line {
        audit::ObjectName workload;
        int tier = 0;
        bool locked = false;
        int grid = 0; ///< row of the grid
        kit::Check *include = nullptr;
        QWidget *words = nullptr;
        kit::ElidedLabel *name = nullptr, *reason = nullptr;
        forms::NumberField *replicas = nullptr;
        kit::Label *one = nullptr; ///< of a locked row
        kit::Label *spread = nullptr, *election = nullptr, *budget = nullptr;
    };
    struct Head {
        int tier = 0;
        int grid = 0;
        kit::Check *check = nullptr;
        kit::Label *detail = nullptr;
        kit::Button *more = nullptr; ///< unfolds what is at the defaults
    };
    void build(const overlay::Proposal &proposal);
    void fill(const overlay::Proposal &proposal, const QSet<int> &tiers);
    void fillLine(Line &line, const overlay::Row &row);
    void showMarked();

    QGridLayout *m_grid;
    QList<Line> m_lines;
    QList<Head> m_heads;
    QSet<int> m_open; ///< tiers whose rows at the defaults are shown
    QList<audit::ObjectName> m_marked;
    overlay::Proposal m_proposal;
    QSet<int> m_tiers;
    bool m_filling = false;
};

} // namespace cairn::pages
