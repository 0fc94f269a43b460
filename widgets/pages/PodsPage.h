// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "items/PodTableModel.h"
#include "pages/ListPage.h"

namespace cairn::editors {
class CodeEditor;
}
namespace cairn::kit {
class Button;
}

class QStackedWidget;

namespace cairn::pages {

class LogPane;

/// Every pod of the cluster. Logs and YAML of the selected one open below the table and stay with the pod they were
/// asked for. Pure presentation. GUI thread only.
class PodsPage : public ListPage
{
    Q_OBJECT
public:
    explicit PodsPage(QWidget *parent = nullptr);

    /// Shows these pods, which are not the page's; nullptr for none. The model outlives its use here.
    void setModel(items::PodTableModel *model);
    void setNow(const QDateTime &now) override;
    void setTroubleOnly(bool on);

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

signals:
    void logsRequested(const QString &key);
    void yamlRequested(const QString &key);
    void detailClosed();
    /// Open what owns the pod, if that is a training job.
    void ownerRequested(const QString &key);

protected:
    FeedWords feedWords(const QString &why) const override;
    void updateAnswer() override;
    void keyTyped(const QString &key) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    QWidget *makeDetail();

    items::PodTableModel *m_none;  ///< empty
    items::PodTableModel *m_model; ///< m_none, or somebody else's
    kit::Segment *m_views;
    QWidget *m_lower;
    kit::ElidedLabel *m_title;
    kit::Segment *m_tabs;
    kit::Button *m_close;
    QStackedWidget *m_stack;
    LogPane *m_logs;
    editors::CodeEditor *m_yaml;
    kit::StateView *m_yamlState;

    Detail m_detail = Detail::None;
    QString m_detailPod; ///< key
};

} // namespace cairn::pages
