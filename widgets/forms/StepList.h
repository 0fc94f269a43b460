// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "kit/Theme.h"

#include <QAbstractButton>
#include <QList>
#include <QWidget>

class QScrollArea;
class QVBoxLayout;

namespace cairn::kit {
class Button;
class Label;
class Paragraph;
} // namespace cairn::kit

namespace cairn::forms {

/// One step of a wizard with the choice that was made in it.
struct Step {
    enum class State { Waiting, Settled, Look, Fails };
    QString id;
    QString title;
    QString detail; ///< "4 × 8 GPUs, one node short"; wraps
    State state = State::Waiting;
    bool operator==(const Step &) const = default;
};

/// A step as a button: ✓ settled, ! to look at, ✕ fails, else its number. Private to the folder.
class StepItem : public QAbstractButton {
    Q_OBJECT

public:
    explicit StepItem(QWidget *parent);
    void set(const Step &step, int number, int count);
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void updateName();
    Step m_step;
    int m_number = 1;
    int m_count = 1;
};

/// The steps of a wizard, in place of the pages in the sidebar. Every step opens at any time: by a press, by Alt 1 … Alt 9, or
/// with ↑ ↓ and Enter. The list asks; the wizard shows the step and calls setCurrent().
class StepList : public QWidget {
    Q_OBJECT

public:
    explicit StepList(const QString &title, QWidget *parent = nullptr);
    /// Rows keep the focus when only their contents change.
    void setSteps(const QList<Step> &steps);
    const QList<Step> &steps() const { return m_steps; }
    void setState(const QString &id, Step::State state, const QString &detail);
    void setCurrent(int index);
    int current() const { return m_current; }
    /// Below the list, dim: "Draft saved 1 min ago".
    void setFoot(const QString &text);
    /// Above that, the way back to where the wizard was begun: "High availability".
    void setBack(const QString &page);

signals:
    void stepRequested(int index);
    void backRequested();

protected:
    void paintEvent(QPaintEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void updateItems();
    void showCurrent();
    QList<Step> m_steps;
    QList<StepItem *> m_items;
    QVBoxLayout *m_column;
    QScrollArea *m_scroll; ///< with large text the steps are higher than the window
    kit::Paragraph *m_foot;
    kit::Button *m_back;
    int m_current = 0;
};

} // namespace cairn::forms
