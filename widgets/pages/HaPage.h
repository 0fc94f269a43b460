// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Delta.h"
#include "items/ComponentTableModel.h"

#include <QList>
#include <QWidget>

namespace cairn::kit {
class ElidedLabel;
class Note;
class PageHeader;
class Paragraph;
class SearchField;
class StateView;
class Tag;
} // namespace cairn::kit

namespace cairn::views {
class DataTable;
}

namespace cairn::pages {

/// What falls over if one node dies? The components of Kubeflow with a verdict each; the panel at the right says of the
/// selected one what its loss does and why. Pure presentation. GUI thread only.
class HaPage : public QWidget
{
    Q_OBJECT
public:
    explicit HaPage(QWidget *parent = nullptr);

    /// `now` is when they were known to be so.
    void setComponents(const QList<components::Component> &components, const QDateTime &now);
    /// How fresh the components are. `roleRequest` is a manifest to ask an admin for, used when the phase is Forbidden.
    void setFeed(const FeedState &feed, const QString &roleRequest = {});
    /// Clock of all ages.
    void setNow(const QDateTime &now);

    QString currentComponent() const; ///< key of ComponentTableModel
    void setCurrentComponent(const QString &key);
    void focusTable();
    void focusFilter();

signals:
    void retryRequested();

protected:
    void resizeEvent(QResizeEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    QWidget *makePanel();
    void updateAnswer();
    void updatePanel();
    void updateState();

    items::ComponentTableModel *m_model;
    kit::PageHeader *m_header;
    kit::SearchField *m_search;
    kit::ElidedLabel *m_foot;
    kit::StateView *m_state;
    views::DataTable *m_table;
    QWidget *m_panel;
    kit::ElidedLabel *m_name;
    kit::Tag *m_tag;
    kit::ElidedLabel *m_where;
    kit::ElidedLabel *m_lossTitle;
    kit::Paragraph *m_loss;
    kit::Paragraph *m_why;
    kit::Note *m_alarm;
    QList<kit::ElidedLabel *> m_values;
    kit::Paragraph *m_source;

    FeedState m_feed;
    QString m_roleRequest;
    QDateTime m_read; ///< when the components were so
    QDateTime m_now;
};

} // namespace cairn::pages
