// SPDX-License-Identifier: GPL-3.0-or-later
#include "forms/StepList.h"

#include "kit/Button.h"
#include "kit/Card.h"
#include "kit/Icons.h"
#include "kit/Label.h"
#include "kit/Paint.h"

#include <QKeyEvent>
#include <QScrollArea>
#include <QShortcut>
#include <QVBoxLayout>

namespace cairn::forms {

using kit::color;
using kit::scaled;
using kit::Token;
using kit::Type;

namespace {

int markSide()
{
    return scaled(20);
}
int textLeft()
{
    return 8 + markSide() + 10;
}

} // namespace

StepItem::StepItem(QWidget *parent)
    : QAbstractButton(parent)
{
    setCheckable(true);
    setAttribute(Qt::WA_Hover);
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    kit::bindTheme(this, [this] { updateGeometry(); });
    connect(this, &QAbstractButton::toggled, this, &StepItem::updateName);
}

void StepItem::set(const Step &step, int number, int count)
{
    m_step = step;
    m_number = number;
    m_count = count;
    setObjectName(QStringLiteral("step.") + step.id);
    updateName();
    updateGeometry();
    update();
}

void StepItem::updateName()
{
    QString state;
    switch (m_step.state) {
    case Step::State::Settled: state = tr("done"); break;
    case Step::State::Look: state = tr("needs a look"); break;
    case Step::State::Fails: state = tr("fails"); break;
    case Step::State::Waiting: state = tr("not yet"); break;
    }
    QString name = tr("Step %1 of %2: %3, %4", "number, how many, title, state").arg(m_number).arg(m_count).arg(m_step.title, state);
    if (!m_step.detail.isEmpty())
        name = tr("%1. %2", "step, what was chosen").arg(name, m_step.detail);
    setAccessibleName(name);
    setToolTip(tr("Alt %1", "key").arg(m_number));
}

int StepItem::heightForWidth(int width) const
{
    const int room = width - textLeft() - 8;
    const int text = kit::paint::wrappedHeight(m_step.title, Type::BodyStrong, room) + kit::paint::wrappedHeight(m_step.detail, Type::Meta, room);
    return qMax(text, markSide()) + 14;
}

QSize StepItem::sizeHint() const
{
    const int width = kit::space::sidebar - 20;
    return {width, heightForWidth(width)};
}

void StepItem::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const bool on = isChecked();
    if (on || underMouse())
        kit::paint::box(painter, rect(), kit::radius::control, color(on ? Token::Sel : Token::Line), Qt::transparent);
    const QRectF mark(8, 6, markSide(), markSide());
    Token ink = on ? Token::Accent : Token::Dim;
    Token ground = Token::Panel;
    Token ring = on ? Token::Accent : Token::Control;
    std::optional<kit::paint::Glyph> glyph;
    switch (m_step.state) {
    case Step::State::Settled:
        glyph = kit::paint::Glyph::Tick;
        ink = ring = Token::Ok;
        ground = Token::OkBg;
        break;
    case Step::State::Look:
        glyph = kit::paint::Glyph::Bang;
        ink = ring = Token::Warn;
        ground = Token::WarnBg;
        break;
    case Step::State::Fails:
        glyph = kit::paint::Glyph::Cross;
        ink = ring = Token::Err;
        ground = Token::ErrBg;
        break;
    case Step::State::Waiting: break;
    }
    // The step that is open shows its number: it is being settled.
    if (on) {
        glyph.reset();
        ink = ring = Token::Accent;
        ground = Token::Panel;
    }
    kit::paint::box(painter, mark, markSide() / 2.0, color(ground), color(ring), 1.2);
    if (glyph) {
        const qreal side = scaled(9);
        kit::paint::glyph(painter, QRectF(mark.center().x() - side / 2, mark.center().y() - side / 2, side, side), *glyph, color(ink), 1.5);
    } else {
        kit::paint::text(painter, mark.toRect(), QString::number(m_number), kit::typeFont(Type::Chart), color(ink), Qt::AlignCenter);
    }
    const int room = width() - textLeft() - 8;
    const int title = kit::paint::wrappedHeight(m_step.title, Type::BodyStrong, room);
    kit::paint::wrapped(painter, QRect(textLeft(), 7, room, title + 4), m_step.title, on ? Type::BodyStrong : Type::Body, color(Token::Text));
    kit::paint::wrapped(painter, QRect(textLeft(), 7 + title, room, height()), m_step.detail, Type::Meta, color(Token::Dim));
}

StepList::StepList(const QString &title, QWidget *parent)
    : QWidget(parent)
    , m_column(kit::vbox(4))
    , m_foot(new kit::Paragraph({}, Type::Meta, Token::Dim))
    , m_back(new kit::Button({}, kit::ButtonVariant::Link))
{
    setAccessibleName(title);
    auto *head = new kit::Label(title, Type::PanelTitle);
    auto *outer = kit::vbox(10);
    outer->setContentsMargins(10, 12, 11, 12);
    auto *padded = kit::hbox(0);
    padded->setContentsMargins(10, 4, 4, 2);
    padded->addWidget(head);
    outer->addLayout(padded);
    auto *list = new QWidget;
    auto *all = kit::vbox(0);
    all->addLayout(m_column);
    all->addStretch(1);
    list->setLayout(all);
    m_scroll = kit::scrollDown(list);
    m_scroll->setAccessibleName(title);
    outer->addWidget(m_scroll, 1);
    auto *foot = kit::vbox(0);
    foot->setContentsMargins(8, 0, 8, 0);
    foot->addWidget(m_back);
    foot->addWidget(m_foot);
    outer->addLayout(foot);
    setLayout(outer);
    m_foot->hide();
    m_back->hide();
    m_back->setObjectName(QStringLiteral("wizard.leave"));
    m_back->setIcon(kit::icon(QStringLiteral("left")));
    connect(m_back, &QPushButton::clicked, this, &StepList::backRequested);
    for (int i = 0; i < 9; ++i) {
        auto *jump = new QShortcut(QKeySequence(Qt::ALT | static_cast<Qt::Key>(Qt::Key_1 + i)), this);
        connect(jump, &QShortcut::activated, this, [this, i] {
            if (i < m_steps.size())
                emit stepRequested(i);
        });
    }
    kit::bindTheme(this, [this] { setFixedWidth(qMax(kit::space::sidebar, scaled(kit::space::sidebar) * 3 / 4)); });
}

void StepList::setSteps(const QList<Step> &steps)
{
    m_steps = steps;
    while (m_items.size() > steps.size()) {
        StepItem *last = m_items.takeLast();
        m_column->removeWidget(last);
        last->hide();
        last->deleteLater();
    }
    while (m_items.size() < steps.size()) {
        auto *item = new StepItem(this);
        const int index = static_cast<int>(m_items.size());
        item->installEventFilter(this);
        m_column->addWidget(item);
        m_items.append(item);
        connect(item, &QAbstractButton::clicked, this, [this, index] {
            updateItems(); // only the wizard says which one is open
            emit stepRequested(index);
        });
    }
    updateItems();
}

void StepList::setState(const QString &id, Step::State state, const QString &detail)
{
    for (Step &step : m_steps) {
        if (step.id == id) {
            step.state = state;
            step.detail = detail;
        }
    }
    updateItems();
}

void StepList::setCurrent(int index)
{
    m_current = index;
    updateItems();
    showCurrent();
}

/// Once all heights are known.
void StepList::showCurrent()
{
    QMetaObject::invokeMethod(
        this,
        [this] {
            if (StepItem *item = m_items.value(m_current))
                m_scroll->ensureWidgetVisible(item, 0, 0);
        },
        Qt::QueuedConnection);
}

void StepList::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    showCurrent();
}

void StepList::setFoot(const QString &text)
{
    m_foot->setText(text);
    m_foot->setVisible(!text.isEmpty());
}

void StepList::setBack(const QString &page)
{
    m_back->setText(page);
    m_back->setVisible(!page.isEmpty());
}

void StepList::updateItems()
{
    for (int i = 0; i < static_cast<int>(m_items.size()); ++i) {
        m_items[i]->setChecked(i == m_current);
        m_items[i]->set(m_steps[i], i + 1, static_cast<int>(m_steps.size()));
    }
}

void StepList::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), color(Token::Side));
    kit::paint::hairline(painter, rect(), Qt::RightEdge, color(Token::Line));
}

bool StepList::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::KeyPress) {
        const auto index = m_items.indexOf(static_cast<StepItem *>(watched));
        const int key = static_cast<QKeyEvent *>(event)->key();
        if (key == Qt::Key_Up || key == Qt::Key_Down) {
            const qsizetype next = index + (key == Qt::Key_Down ? 1 : -1);
            if (next >= 0 && next < m_items.size())
                m_items[next]->setFocus(Qt::TabFocusReason);
            return true;
        }
        if ((key == Qt::Key_Return || key == Qt::Key_Enter) && index >= 0) {
            m_items[index]->click();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace cairn::forms
