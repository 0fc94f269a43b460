// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QWidget>

namespace cairn::kit {
class Button;
class ElidedLabel;
class Label;
} // namespace cairn::kit

namespace cairn::pages {

/// Over a table while rows are checked: how many, what a stop of them would cost, and what can be done with all of them.
/// Pure presentation. GUI thread only.
class SelectionBar : public QWidget
{
    Q_OBJECT
public:
    enum class Act { Suspend, Unsuspend, SaveYaml, Delete };

    explicit SelectionBar(QWidget *parent = nullptr);
    /// "3 jobs selected", and the cost in dim after it.
    void set(const QString &selected, const QString &cost);
    /// Why an act is off; "" turns it on.
    void setRefusal(Act act, const QString &why);
    QList<QWidget *> tabStops() const;

    /// The words of an act, with "…".
    static QString label(Act act);

signals:
    void triggered(cairn::pages::SelectionBar::Act act);
    void cleared();

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    kit::Label *m_selected;
    kit::ElidedLabel *m_cost;
    QHash<Act, kit::Button *> m_buttons;
    kit::Button *m_clear;
};

} // namespace cairn::pages
