// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/StartCard.h"

#include "kit/Label.h"
#include "kit/Paint.h"

#include <QEvent>
#include <QPainter>

namespace cairn::pages {

using namespace cairn::kit;

namespace {

constexpr int padding = 10;
constexpr int mark = 15; // px of the circle

} // namespace

StartCard::StartCard(const QString &title, QWidget *parent)
    : QRadioButton(title, parent)
{
    setProperty("focusRadius", radius::inner);
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Minimum);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    setAccessibleName(title);
    bindTheme(this, [this] { updateGeometry(); });
}

void StartCard::setDetail(const QString &detail)
{
    m_detail = detail;
    setAccessibleDescription(detail);
    updateGeometry();
    update();
}

QSize StartCard::sizeHint() const
{
    const int words = static_cast<int>(std::max(paint::textWidth(text(), typeFont(Type::BodyStrong)), paint::textWidth(m_detail, typeFont(Type::Meta)))) + 2;
    return {2 * padding + scaled(mark) + 8 + words, 2 * padding + lineHeight(Type::BodyStrong) + lineHeight(Type::Meta)};
}

QSize StartCard::minimumSizeHint() const
{
    return {std::min(sizeHint().width(), scaled(150)), sizeHint().height()};
}

int StartCard::heightForWidth(int width) const
{
    const int room = width - 2 * padding - scaled(mark) - 8;
    return 2 * padding + paint::wrappedHeight(text(), Type::BodyStrong, room) + std::max(lineHeight(Type::Meta), paint::wrappedHeight(m_detail, Type::Meta, room));
}

bool StartCard::event(QEvent *event)
{
    if (event->type() == QEvent::Enter || event->type() == QEvent::Leave)
        update();
    return QRadioButton::event(event);
}

void StartCard::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const bool on = isChecked();
    paint::box(painter, rect(), radius::inner, color(on ? Token::AccentBg : Token::Panel),
        color(!isEnabled()          ? Token::Line
                : on                ? Token::Accent
                : underMouse()      ? Token::Control
                                    : Token::Line));
    const int side = scaled(mark);
    const int first = lineHeight(Type::BodyStrong);
    const QRectF circle(padding + 0.5, padding + (first - side) / 2.0 + 0.5, side - 1, side - 1);
    painter.setPen(QPen(color(!isEnabled() ? Token::Faint : on ? Token::Accent : Token::Control), on ? side / 3.0 : 1));
    painter.setBrush(color(Token::Panel));
    const qreal in = on ? side / 6.0 : 0;
    painter.drawEllipse(circle.adjusted(in, in, -in, -in));
    const int left = padding + side + 8;
    const int room = width() - left - padding;
    const int title = paint::wrappedHeight(text(), Type::BodyStrong, room);
    paint::wrapped(painter, QRect(left, padding, room, title + 4), text(), Type::BodyStrong, color(isEnabled() ? Token::Text : Token::Faint));
    paint::wrapped(painter, QRect(left, padding + title, room, height()), m_detail, Type::Meta, color(isEnabled() ? Token::Dim : Token::Faint));
}

} // namespace cairn::pages
