// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Error.h"
#include "checkpoints/Compare.h"

#include <QDialog>

class QGridLayout;

namespace cairn::kit {
class Button;
class Card;
class Label;
class Paragraph;
class SearchField;
class Segment;
class StateView;
} // namespace cairn::kit
namespace cairn::items {
class ComparisonTableModel;
}
namespace cairn::views {
class DataTable;
}

namespace cairn::dialogs {

/// Two checkpoints side by side: what they are, and their tensors and files. Show it with open(). GUI thread only.
class CompareDialog : public QDialog
{
    Q_OBJECT
public:
    /// `a` and `b` are what the two are called: "step 4 000". Raw.
    CompareDialog(const QString &a, const QString &b, QWidget *parent = nullptr);

    void setLoading(const QString &what, qint64 done);
    void setComparison(const ckpt::Comparison &comparison, const QDateTime &now);
    void setError(const Error &error);

signals:
    void retryRequested();

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    enum class View { Differences, Tensors, Files };
    void showView(View view);
    void addFacts(const ckpt::Comparison &comparison, const QDateTime &now);
    void updateCount();

    kit::Paragraph *m_summary;
    kit::Card *m_facts;
    QGridLayout *m_grid;
    kit::Segment *m_views;
    kit::SearchField *m_search;
    kit::StateView *m_state;
    views::DataTable *m_table;
    items::ComparisonTableModel *m_rows;
    kit::Label *m_count;
    kit::Button *m_close;
};

} // namespace cairn::dialogs
