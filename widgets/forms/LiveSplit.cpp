// SPDX-License-Identifier: GPL-3.0-or-later
#include "forms/LiveSplit.h"

#include "kit/Card.h"
#include "kit/Inputs.h"
#include "kit/Paint.h"

#include <QFocusEvent>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QShortcut>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace cairn::forms {

using kit::color;
using kit::scaled;
using kit::Token;

namespace {

/// A hairline with a grip, for the pointer and the keyboard.
class Grip : public QSplitterHandle {
public:
    explicit Grip(QSplitter *parent)
        : QSplitterHandle(Qt::Horizontal, parent)
    {
        setFocusPolicy(Qt::TabFocus);
        setAccessibleName(LiveSplit::tr("Width of the form; arrow keys move the bar"));
        setAttribute(Qt::WA_Hover);
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        // On the ground of the form, up to the line where the other side begins.
        painter.fillRect(rect(), color(Token::Panel));
        painter.fillRect(QRect(width() - 1, 0, 1, height()), color(Token::Line));
        const QRectF grip(width() - 5, (height() - scaled(32)) / 2.0, 4, scaled(32));
        kit::paint::box(painter, grip, 2, color(underMouse() ? Token::Dim : Token::Faint), Qt::transparent);
    }
    void keyPressEvent(QKeyEvent *event) override
    {
        if (event->key() != Qt::Key_Left && event->key() != Qt::Key_Right) {
            QSplitterHandle::keyPressEvent(event);
            return;
        }
        moveSplitter(x() + (event->key() == Qt::Key_Left ? -scaled(24) : scaled(24)));
    }
};

class GripSplitter : public QSplitter {
public:
    GripSplitter()
        : QSplitter(Qt::Horizontal)
    {
        setChildrenCollapsible(false);
        setHandleWidth(9);
    }

protected:
    QSplitterHandle *createHandle() override { return new Grip(this); }
};

/// The head of a pane, on the page colour with a hairline below.
class Head : public QWidget {
protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        painter.fillRect(rect(), color(Token::Bg));
        kit::paint::hairline(painter, rect(), Qt::BottomEdge, color(Token::Line));
    }
};

} // namespace

LivePane::LivePane(const QString &name, const QStringList &titles, QWidget *parent)
    : QWidget(parent)
    , m_tabs(new kit::Segment(name, titles))
    , m_head(kit::hbox(8))
    , m_stack(new QStackedWidget)
{
    setAccessibleName(name);
    m_head->setContentsMargins(14, 8, 14, 9);
    m_head->addWidget(m_tabs);
    m_head->addStretch(1);
    auto *head = new Head;
    head->setLayout(m_head);
    auto *column = kit::vbox(0);
    column->addWidget(head);
    column->addWidget(m_stack, 1);
    setLayout(column);
    for (qsizetype i = 0; i < titles.size(); ++i)
        m_stack->addWidget(new QWidget);
    kit::paintBackground(this, Token::Panel);
    connect(m_tabs, &kit::Segment::currentChanged, this, [this](int index) {
        m_stack->setCurrentIndex(index);
        emit tabChanged(index);
    });
}

void LivePane::setTab(int index, QWidget *content)
{
    QWidget *old = m_stack->widget(index);
    const bool current = m_stack->currentIndex() == index;
    m_stack->removeWidget(old);
    delete old;
    m_stack->insertWidget(index, content);
    if (current)
        m_stack->setCurrentIndex(index);
}

// No focus proxy: Qt would take the tabs out of the order of Tab.
void LivePane::focusInEvent(QFocusEvent *event)
{
    m_stack->currentWidget()->setFocus(event->reason());
}

void LivePane::showTab(int index)
{
    m_tabs->setCurrent(index);
    m_stack->setCurrentIndex(index);
}

int LivePane::currentTab() const
{
    return m_tabs->current();
}

void LivePane::addToHead(QWidget *widget)
{
    m_head->addWidget(widget);
}

LiveSplit::LiveSplit(QWidget *form, QWidget *live, const QString &liveTitle, QWidget *parent)
    : QWidget(parent)
    , m_splitter(new GripSplitter)
    , m_form(form)
    , m_live(live)
    , m_bar(new Head)
    , m_switch(new kit::Segment(tr("Show"), {tr("Form"), liveTitle}))
{
    auto *bar = kit::hbox(8);
    bar->setContentsMargins(14, 8, 14, 9);
    bar->addWidget(m_switch);
    bar->addStretch(1);
    m_bar->setLayout(bar);
    m_bar->hide();
    m_splitter->addWidget(form);
    m_splitter->addWidget(live);
    auto *column = kit::vbox(0);
    column->addWidget(m_bar);
    column->addWidget(m_splitter, 1);
    setLayout(column);
    connect(m_switch, &kit::Segment::currentChanged, this, [this](int index) { showLive(index == 1); });
    connect(m_splitter, &QSplitter::splitterMoved, this, [this] {
        const QList<int> sizes = m_splitter->sizes();
        const int all = sizes[0] + sizes[1];
        if (m_narrow || all <= 0)
            return;
        m_moved = true;
        m_share = static_cast<double>(sizes[0]) / all;
        emit shareChanged(m_share);
    });
    auto *toAndFro = new QShortcut(QKeySequence(Qt::Key_F6), this);
    toAndFro->setContext(Qt::WidgetWithChildrenShortcut);
    connect(toAndFro, &QShortcut::activated, this, &LiveSplit::toggle);
}

void LiveSplit::setShare(double share)
{
    m_share = qBound(0.3, share, 0.8);
    m_moved = true; // it was somebody's once
    arrange();
}

void LiveSplit::setFormMost(int width)
{
    m_formMost = width;
    arrange();
}

double LiveSplit::share() const
{
    return m_share;
}

void LiveSplit::showLive(bool live)
{
    m_showsLive = live;
    m_switch->setCurrent(live ? 1 : 0);
    arrange();
}

void LiveSplit::arrange()
{
    m_bar->setVisible(m_narrow);
    m_form->setVisible(!m_narrow || !m_showsLive);
    m_live->setVisible(!m_narrow || m_showsLive);
    if (!m_narrow) {
        const int all = m_splitter->width() - m_splitter->handleWidth();
        const int share = qRound(all * m_share);
        const int left = m_formMost > 0 && !m_moved ? qMin(share, scaled(m_formMost)) : share;
        m_splitter->setSizes({left, all - left});
    }
}

void LiveSplit::toggle()
{
    const QWidget *focus = window()->focusWidget();
    const bool toLive = !(focus && m_live->isAncestorOf(focus));
    if (m_narrow)
        showLive(toLive);
    QWidget *to = toLive ? m_live : m_form;
    if (to->focusPolicy() == Qt::NoFocus && !to->focusProxy()) {
        // The first control in it.
        const auto children = to->findChildren<QWidget *>();
        for (QWidget *child : children) {
            if (child->isVisible() && child->isEnabled() && (child->focusPolicy() & Qt::TabFocus)) {
                to = child;
                break;
            }
        }
    }
    to->setFocus(Qt::ShortcutFocusReason);
}

void LiveSplit::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    m_narrow = width() < scaled(1064);
    arrange();
}

QSize LiveSplit::sizeHint() const
{
    return {scaled(1172), scaled(700)};
}

} // namespace cairn::forms
