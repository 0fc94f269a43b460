// SPDX-License-Identifier: GPL-3.0-or-later
#include "kit/Card.h"

#include "kit/Label.h"
#include "kit/Paint.h"

#include <QChildEvent>
#include <QHBoxLayout>
#include <QPainterPath>
#include <QScrollArea>
#include <QVBoxLayout>

namespace cairn::kit {

QScrollArea *scrollDown(QWidget *content)
{
    auto *scroll = new QScrollArea;
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    content->setMinimumWidth(1); // as wide as there is room, and no wider: nothing scrolls sideways
    scroll->setWidget(content);
    content->setAutoFillBackground(false); // after setWidget, which turns it on
    scroll->viewport()->setAutoFillBackground(false);
    return scroll;
}

void clearLayout(QLayout *layout)
{
    while (QLayoutItem *item = layout->takeAt(0)) {
        if (item->widget()) {
            item->widget()->hide();
            item->widget()->deleteLater();
        } else if (item->layout()) {
            clearLayout(item->layout());
        }
        delete item;
    }
}

QHBoxLayout *hbox(int spacing)
{
    auto *layout = new QHBoxLayout;
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(spacing);
    return layout;
}

QVBoxLayout *vbox(int spacing)
{
    auto *layout = new QVBoxLayout;
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(spacing);
    return layout;
}

/// Lies over the content of a flush card and gives it the card's rounded corners.
class CardCorners : public QWidget {
public:
    explicit CardCorners(Card *card)
        : QWidget(card)
        , m_card(card)
    {
        setAttribute(Qt::WA_TransparentForMouseEvents);
        setAttribute(Qt::WA_NoSystemBackground);
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        QPainterPath outside;
        outside.addRect(QRectF(rect()));
        QPainterPath inside;
        inside.addRoundedRect(QRectF(rect()), m_card->m_radius, m_card->m_radius);
        painter.fillPath(outside.subtracted(inside), color(m_card->m_outside));
        paint::box(painter, rect(), m_card->m_radius, Qt::transparent, color(m_card->m_border));
    }

private:
    Card *m_card;
};

Card::Card(Padding padding, QWidget *parent)
    : QWidget(parent)
    , m_body(vbox())
{
    setLayout(m_body);
    if (padding == Padding::Padded) {
        m_body->setContentsMargins(space::cardH, space::cardV, space::cardH, space::cardV);
    } else {
        m_body->setContentsMargins(1, 1, 1, 1);
        m_body->setSpacing(0);
        m_corners = new CardCorners(this);
    }
}

void Card::setTokens(Token border, Token fill)
{
    m_border = border;
    m_fill = fill;
    update();
}

void Card::setRadius(int radius)
{
    m_radius = radius;
    update();
}

void Card::setOutside(Token token)
{
    m_outside = token;
    update();
}

void Card::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    paint::box(painter, rect(), m_radius, color(m_fill), color(m_border));
}

void Card::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    if (m_corners)
        m_corners->setGeometry(rect());
}

bool Card::event(QEvent *event)
{
    const bool result = QWidget::event(event);
    if (m_corners && (event->type() == QEvent::ChildAdded || event->type() == QEvent::LayoutRequest))
        m_corners->raise();
    return result;
}

PageHeader::PageHeader(const QString &title, QWidget *parent)
    : QWidget(parent)
    , m_before(hbox())
    , m_after(hbox(10))
    , m_actions(hbox(10))
    , m_title(new Label(title, Type::PageTitle))
    , m_answer(new ElidedLabel({}, Type::Body, Token::Dim, Qt::ElideRight))
{
    auto *row = hbox(10);
    setLayout(row);
    row->addLayout(m_before);
    row->addWidget(m_title);
    row->addLayout(m_after);
    row->addWidget(m_answer, 1);
    row->addLayout(m_actions);
    bindTheme(this, [this] { setMinimumHeight(scaled(30)); });
}

void PageHeader::setTitle(const QString &title)
{
    m_title->setText(title);
}

void PageHeader::setAnswer(const QString &text)
{
    m_answer->setText(text);
}

void PageHeader::addBefore(QWidget *widget)
{
    m_before->addWidget(widget);
}

void PageHeader::addAfterTitle(QWidget *widget)
{
    m_after->addWidget(widget, 0, Qt::AlignVCenter);
}

void PageHeader::addAction(QWidget *widget)
{
    m_actions->addWidget(widget);
}

Line::Line(QWidget *parent)
    : QWidget(parent)
{
    setFixedHeight(1);
}

void Line::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), color(Token::Line));
}

} // namespace cairn::kit
