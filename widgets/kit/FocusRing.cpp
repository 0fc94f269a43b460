// SPDX-License-Identifier: GPL-3.0-or-later
#include "kit/FocusRing.h"

#include "kit/Paint.h"

#include <QAbstractScrollArea>
#include <QApplication>
#include <QFocusEvent>
#include <QLineEdit>

namespace cairn::kit {

namespace {
constexpr int reach = 3; // 1 px gap and 2 px line

bool wantsRing(const QWidget *widget, Qt::FocusReason reason)
{
    const QVariant wish = widget->property("focusRing");
    if (wish.isValid() && !wish.toBool())
        return false;
    if (widget->isWindow())
        return false;
    if (qobject_cast<const QLineEdit *>(widget))
        return true;
    return reason != Qt::MouseFocusReason && reason != Qt::ActiveWindowFocusReason && reason != Qt::PopupFocusReason;
}
} // namespace

/// Watches the application for focus moves and hands them to the ring of the window concerned.
class FocusWatcher : public QObject {
public:
    explicit FocusWatcher(QApplication &app)
        : QObject(&app)
    {
        app.installEventFilter(this);
    }

protected:
    bool eventFilter(QObject *watched, QEvent *event) override
    {
        if (event->type() == QEvent::FocusIn && watched->isWidgetType()) {
            auto *widget = static_cast<QWidget *>(watched);
            const auto reason = static_cast<QFocusEvent *>(event)->reason();
            FocusRing *ring = ringOf(widget->window());
            // A window that becomes active again or a closed popup leaves the ring as it was.
            const bool again = reason == Qt::ActiveWindowFocusReason || reason == Qt::PopupFocusReason;
            if (!again || ring->m_target != widget)
                ring->follow(wantsRing(widget, reason) ? widget : nullptr);
        }
        return false;
    }

private:
    static FocusRing *ringOf(QWidget *window)
    {
        auto *ring = window->findChild<FocusRing *>(QString(), Qt::FindDirectChildrenOnly);
        return ring ? ring : new FocusRing(window);
    }
};

void FocusRing::install(QApplication &app)
{
    new FocusWatcher(app);
}

FocusRing::FocusRing(QWidget *window)
    : QWidget(window)
{
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setAttribute(Qt::WA_NoSystemBackground);
    setFocusPolicy(Qt::NoFocus);
    hide();
}

void FocusRing::follow(QWidget *target)
{
    for (const auto &widget : std::as_const(m_watched)) {
        if (widget)
            widget->removeEventFilter(this);
    }
    m_watched.clear();
    m_target = target;
    for (QWidget *widget = target; widget && !widget->isWindow(); widget = widget->parentWidget()) {
        widget->installEventFilter(this);
        m_watched.append(widget);
    }
    place();
}

void FocusRing::place()
{
    if (!m_target || !m_target->hasFocus() || !m_target->isVisible()) {
        hide();
        return;
    }
    const QWidget *window = parentWidget();
    QRect shown(m_target->mapTo(window, QPoint(0, 0)), m_target->size());
    QRect wanted = shown.adjusted(-reach, -reach, reach, reach);
    // Inside a scroll area the ring may not paint over what lies around the area.
    for (const QWidget *parent = m_target->parentWidget(); parent && !parent->isWindow();
         parent = parent->parentWidget()) {
        const auto *area = qobject_cast<const QAbstractScrollArea *>(parent->parentWidget());
        if (area && area->viewport() == parent) {
            const QRect frame(parent->mapTo(window, QPoint(0, 0)), parent->size());
            wanted &= frame;
        }
    }
    if (wanted.isEmpty()) {
        hide();
        return;
    }
    setGeometry(wanted);
    raise();
    show();
    update();
}

void FocusRing::paintEvent(QPaintEvent *)
{
    if (!m_target)
        return;
    QPainter painter(this);
    const QPoint topLeft = m_target->mapTo(parentWidget(), QPoint(0, 0)) - pos();
    const QVariant corner = m_target->property("focusRadius");
    paint::focusRing(painter, QRectF(topLeft, m_target->size()), corner.isValid() ? corner.toReal() : radius::control);
}

bool FocusRing::eventFilter(QObject *watched, QEvent *event)
{
    switch (event->type()) {
    case QEvent::Move:
    case QEvent::Resize:
    case QEvent::Show:
    case QEvent::Hide:
    case QEvent::FocusIn: place(); break;
    case QEvent::FocusOut:
        if (watched == m_target && static_cast<QFocusEvent *>(event)->reason() != Qt::ActiveWindowFocusReason
            && static_cast<QFocusEvent *>(event)->reason() != Qt::PopupFocusReason)
            hide();
        break;
    case QEvent::ParentChange: hide(); break;
    default: break;
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace cairn::kit
