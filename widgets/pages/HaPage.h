// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "items/ComponentTableModel.h"
#include "pages/ListPage.h"

namespace cairn::kit {
class Note;
class Paragraph;
} // namespace cairn::kit

namespace cairn::pages {

class FactGrid;
class SidePanel;

/// What falls over if one node dies? The components of Kubeflow with a verdict each; the panel at the right says of the
/// selected one what its loss does and why. Pure presentation. GUI thread only.
class HaPage : public ListPage
{
    Q_OBJECT
public:
    explicit HaPage(QWidget *parent = nullptr);

    /// `now` is when they were known to be so.
    void setComponents(const QList<components::Component> &components, const QDateTime &now);

protected:
    FeedWords feedWords(const QString &why) const override;
    void updateAnswer() override;
    void updatePanel() override;

private:
    SidePanel *makePanel();

    items::ComponentTableModel *m_model;
    SidePanel *m_panel;
    kit::ElidedLabel *m_lossTitle;
    kit::Paragraph *m_loss;
    kit::Paragraph *m_why;
    kit::Note *m_alarm;
    FactGrid *m_facts;
    kit::Paragraph *m_source;
    QDateTime m_read; ///< when the components were so
};

} // namespace cairn::pages
