// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "kit/Theme.h"

#include <QSplitter>
#include <QWidget>

class QStackedWidget;
class QHBoxLayout;

namespace cairn::kit {
class Segment;
}

namespace cairn::forms {

/// What comes of a form while it is filled in: tabs (YAML, difference, fit) in one head, with the state at its right.
class LivePane : public QWidget {
    Q_OBJECT

public:
    /// `titles` name the tabs in their order.
    LivePane(const QString &name, const QStringList &titles, QWidget *parent = nullptr);
    void setTab(int index, QWidget *content);
    void showTab(int index);
    int currentTab() const;
    /// At the right of the head: a tag, a button.
    void addToHead(QWidget *widget);

signals:
    void tabChanged(int index);

protected:
    void focusInEvent(QFocusEvent *event) override;

private:
    kit::Segment *m_tabs;
    QHBoxLayout *m_head;
    QStackedWidget *m_stack;
};

/// A form at the left and what comes of it at the right, with a bar between that the pointer drags and ← → move. Where there is
/// no room for both (less than 1064 px at 100 % text, a window of 1280), one is shown with a switch above. F6 goes to and fro.
class LiveSplit : public QWidget {
    Q_OBJECT

public:
    /// Takes both. `liveTitle` names the right side in the switch.
    LiveSplit(QWidget *form, QWidget *live, const QString &liveTitle, QWidget *parent = nullptr);
    bool isNarrow() const { return m_narrow; }
    /// Part of the width that the form has, 0.3…0.8; 0.62 at first.
    void setShare(double share);
    /// px at 100 % that the form gets at most, 0 for any, until somebody moves the grip.
    void setFormMost(int width);
    double share() const;
    /// Of the two while narrow.
    void showLive(bool live);
    QSize sizeHint() const override;

signals:
    /// The user moved the bar.
    void shareChanged(double share);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void arrange();
    void toggle();
    QSplitter *m_splitter;
    QWidget *m_form;
    QWidget *m_live;
    QWidget *m_bar;
    kit::Segment *m_switch;
    double m_share = 0.62;
    int m_formMost = 0;
    bool m_moved = false; ///< by the user
    bool m_narrow = false;
    bool m_showsLive = false;
};

} // namespace cairn::forms
