// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "items/QuotaTableModel.h"
#include "pages/ListPage.h"

namespace cairn::kit {
class Label;
class Note;
class Paragraph;
} // namespace cairn::kit

namespace cairn::pages {

class FactGrid;
class SidePanel;

/// Who may still start something? What each namespace and each queue of Kueue uses of what it may, GPUs first and the
/// fullest first; the panel at the right says what a container gets that asks for nothing, and who waits. Pure
/// presentation. GUI thread only.
class QuotasPage : public ListPage
{
    Q_OBJECT
public:
    explicit QuotasPage(QWidget *parent = nullptr);

    /// What is known besides the quotas themselves.
    struct Around {
        QList<LimitRange> ranges;
        QList<Quota> localQueues;
        bool rangesRead = false; ///< false: they may not be read, or are not yet
        QStringList missing;     ///< sentences on what may not be read, safe to show
    };
    void setQuotas(const QList<Quota> &quotas, const Around &around);

    enum class View { All, Gpus, Tight };
    void setView(View view);

protected:
    FeedWords feedWords(const QString &why) const override;
    void updateAnswer() override;
    void updatePanel() override;

private:
    SidePanel *makePanel();
    QString defaultsIn(const QString &ns) const;
    QString queuesOf(const Quota &quota) const;

    items::QuotaTableModel *m_model;
    kit::Segment *m_views;
    SidePanel *m_panel;
    kit::Note *m_alarm;
    FactGrid *m_facts;
    kit::Label *m_rangesTitle;
    kit::Paragraph *m_ranges;
    kit::Label *m_queuesTitle;
    kit::Paragraph *m_queues;
    kit::Paragraph *m_source;
    Around m_around;
};

} // namespace cairn::pages
