// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/SelectionBar.h"

#include "kit/Announce.h"
#include "kit/Button.h"
#include "kit/Card.h"
#include "kit/Label.h"
#include "kit/Paint.h"

#include <QHBoxLayout>

namespace cairn::pages {

using namespace Qt::StringLiterals;
using namespace cairn::kit;

namespace {

constexpr SelectionBar::Act acts[] = {SelectionBar::Act::Unsuspend, SelectionBar::Act::Suspend, SelectionBar::Act::SaveYaml,
                                      SelectionBar::Act::Delete};

QString nameOf(SelectionBar::Act act)
{
    switch (act) {
    case SelectionBar::Act::Suspend: return u"selection.suspend"_s;
    case SelectionBar::Act::Unsuspend: return u"selection.unsuspend"_s;
    case SelectionBar::Act::SaveYaml: return u"selection.saveYaml"_s;
    case SelectionBar::Act::Delete: break;
    }
    return u"selection.delete"_s;
}

} // namespace

QString SelectionBar::label(Act act)
{
    switch (act) {
    case Act::Suspend: return tr("Suspend…");
    case Act::Unsuspend: return tr("Unsuspend…");
    case Act::SaveYaml: return tr("Save YAML…");
    case Act::Delete: break;
    }
    return tr("Delete…");
}

SelectionBar::SelectionBar(QWidget *parent)
    : QWidget(parent)
{
    setObjectName(u"selection"_s);
    m_selected = new Label({}, Type::BodyStrong);
    m_selected->setObjectName(u"selection.count"_s);
    m_cost = new ElidedLabel({}, Type::Body, Token::Dim, Qt::ElideRight);
    auto *row = hbox();
    row->setContentsMargins(10, 7, 10, 7);
    row->addWidget(m_selected);
    row->addWidget(m_cost, 1);
    for (const Act act : acts) {
        auto *button = new Button(label(act), act == Act::Delete ? ButtonVariant::Danger : ButtonVariant::Normal, Button::Size::Small);
        button->setObjectName(nameOf(act));
        connect(button, &QPushButton::clicked, this, [this, act] { emit triggered(act); });
        m_buttons.insert(act, button);
        row->addWidget(button);
    }
    m_clear = new Button(tr("Clear"), ButtonVariant::Link, Button::Size::Small);
    m_clear->setObjectName(u"selection.clear"_s);
    m_clear->setAccessibleName(tr("Clear the selection"));
    connect(m_clear, &QPushButton::clicked, this, &SelectionBar::cleared);
    row->addWidget(m_clear);
    setLayout(row);
}

void SelectionBar::set(const QString &selected, const QString &cost)
{
    const bool news = m_selected->text() != selected;
    m_selected->setText(selected);
    m_cost->setText(cost);
    setAccessibleName(selected);
    if (news)
        announce(this, cost.isEmpty() ? selected : tr("%1. %2", "what is selected, its cost").arg(selected, cost));
}

void SelectionBar::setRefusal(Act act, const QString &why)
{
    m_buttons[act]->setRefusal(why);
}

QList<QWidget *> SelectionBar::tabStops() const
{
    QList<QWidget *> stops;
    for (const Act act : acts)
        stops.append(m_buttons[act]);
    stops.append(m_clear);
    return stops;
}

void SelectionBar::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), color(Token::AccentBg));
    paint::hairline(painter, rect(), Qt::BottomEdge, color(Token::Line));
}

} // namespace cairn::pages
