// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Delta.h"
#include "items/PodTableModel.h"

#include <QWidget>

namespace cairn::editors {
class CodeEditor;
}
namespace cairn::kit {
class Button;
class ElidedLabel;
class PageHeader;
class SearchField;
class Segment;
class StateView;
} // namespace cairn::kit
namespace cairn::views {
class DataTable;
}

class QStackedWidget;
class QTimer;

namespace cairn::pages {

class LogPane;

/// Every pod of the cluster. Logs and YAML of the selected one open below the table and stay with the pod they were
/// asked for. Pure presentation. GUI thread only.
class PodsPage : public QWidget
{
    Q_OBJECT
public:
    explicit PodsPage(QWidget *parent = nullptr);

    /// Shows these pods, which are not the page's; nullptr for none. The model outlives its use here.
    void setModel(items::PodTableModel *model);
    void setFeed(const FeedState &feed, const QString &roleRequest = {});
    void setNow(const QDateTime &now);
    void setTroubleOnly(bool on);
    void setFilterText(const QString &text);

    QString currentPod() const; ///< key; "" for none
    void setCurrentPod(const QString &key);

    enum class Detail { None, Logs, Yaml };
    Detail detail() const { return m_detail; }
    /// Opens or closes the lower part; asks for what it shows by logsRequested() or yamlRequested().
    void showDetail(Detail detail);
    LogPane *logs() const { return m_logs; }
    void setYaml(const QString &yaml);
    void setYamlLoading();
    void setYamlError(const Error &error);
    /// The pod that the lower part shows is gone.
    void setDetailGone();

    void focusTable();
    void focusFilter();
    /// Counts are brought up to date within 100 ms; this does it at once (screenshots, tests).
    void settle();

signals:
    void logsRequested(const QString &key);
    void yamlRequested(const QString &key);
    void detailClosed();
    /// Open what owns the pod, if that is a training job.
    void ownerRequested(const QString &key);
    void retryRequested();

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    QWidget *makeDetail();
    void updateState();
    void recount();

    items::PodTableModel *m_none;  ///< empty
    items::PodTableModel *m_model; ///< m_none, or somebody else's
    items::FilterProxy *m_filter; ///< of m_table
    kit::PageHeader *m_header;
    kit::SearchField *m_search;
    kit::Segment *m_views;
    kit::StateView *m_state;
    views::DataTable *m_table;
    kit::ElidedLabel *m_foot;
    QWidget *m_lower;
    kit::ElidedLabel *m_title;
    kit::Segment *m_tabs;
    kit::Button *m_close;
    QStackedWidget *m_stack;
    LogPane *m_logs;
    editors::CodeEditor *m_yaml;
    kit::StateView *m_yamlState;
    QTimer *m_recount;

    Detail m_detail = Detail::None;
    QString m_detailPod; ///< key
    FeedState m_feed;
    QString m_roleRequest;
    QDateTime m_now = QDateTime::currentDateTimeUtc();
};

} // namespace cairn::pages
