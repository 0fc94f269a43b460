// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/CellDelegate.h"

#include "kit/Paint.h"
#include "views/DataTable.h"

#include <QPainter>

namespace cairn::views {

using namespace Qt::StringLiterals;
using kit::color;
using kit::scaled;
using kit::Token;
using kit::Type;
using kit::typeFont;

namespace {

items::Tone toneOf(const QModelIndex &index, int role, items::Tone fallback)
{
    const QVariant value = index.data(role);
    return value.isValid() ? static_cast<items::Tone>(value.toInt()) : fallback;
}

/// Grey bar in place of a value that is still being read; its length is steady for a cell.
void paintSkeleton(QPainter &painter, const QRect &rect, int row, bool right)
{
    const int width = qMin(rect.width(), rect.width() * (55 + (row * 29) % 40) / 100);
    const int height = scaled(9);
    const QRect bar(right ? rect.right() - width + 1 : rect.x(), rect.center().y() - height / 2, width, height);
    kit::paint::box(painter, bar, 4, color(Token::Line), Qt::transparent);
}

constexpr int gap = 6;
int markWidth()
{
    return scaled(14) + 3;
}
int barWidth()
{
    return scaled(54);
}
/// In whole pixels, as QFontMetrics rounds.
int widthOf(const QString &text, const QFont &font)
{
    return qRound(kit::paint::textWidth(text, font));
}
/// All percentages of a column end at the same place.
int fullWidth()
{
    return widthOf(u"100\u202F%"_s, typeFont(Type::MetaNumber));
}

} // namespace

CellDelegate::CellDelegate(QObject *parent)
    : QStyledItemDelegate(parent)
{
}

bool CellDelegate::isStale() const
{
    const auto *table = qobject_cast<const DataTable *>(parent());
    return table && table->isStale();
}

QFont CellDelegate::firstFont(const QModelIndex &index) const
{
    const bool strong = index.data(items::StrongRole).toBool();
    if (index.data(items::MonoRole).toBool())
        return typeFont(strong ? Type::MonoStrong : Type::Mono);
    if (isNumeric())
        return typeFont(strong ? Type::NumberStrong : Type::Number);
    return typeFont(strong ? Type::BodyStrong : Type::Body);
}

QColor CellDelegate::firstColor(const QModelIndex &index) const
{
    if (isStale())
        return color(Token::Dim);
    return color(kit::foreground(toneOf(index, items::ToneRole, items::Tone::None)));
}

int CellDelegate::paddingOf(const QObject *table)
{
    const auto *data = qobject_cast<const DataTable *>(table);
    return data ? data->cellPadding() : 10;
}

int CellDelegate::lead(const QModelIndex &index) const
{
    const auto *table = qobject_cast<const DataTable *>(parent());
    return table ? table->leadOf(index.column()) : 0;
}

int CellDelegate::textWidth(const QModelIndex &index) const
{
    int width = widthOf(index.data(Qt::DisplayRole).toString(), firstFont(index)) + 1;
    const QString detail = index.data(items::DetailRole).toString();
    if (!detail.isEmpty())
        width += gap + widthOf(detail, typeFont(Type::Meta)) + 1;
    return width;
}

void CellDelegate::paintText(QPainter &painter, const QRect &rect, const QModelIndex &index) const
{
    const QString text = index.data(Qt::DisplayRole).toString();
    const QString detail = index.data(items::DetailRole).toString();
    const QFont face = firstFont(index);
    const bool right = isRight();
    QRect place = rect;
    if (!detail.isEmpty()) {
        const QFont small = typeFont(Type::Meta);
        const int width = widthOf(text, face);
        const int x = qMin(rect.x() + width + gap, rect.right());
        if (!right) {
            kit::paint::text(
                painter, QRect(x, rect.y(), rect.right() - x + 1, rect.height()), detail, small, color(Token::Dim),
                Qt::AlignLeft | Qt::AlignVCenter, Qt::ElideMiddle); // its end tells one attempt from another
            place.setWidth(qMin(place.width(), width + 1));
        }
    }
    kit::paint::text(painter, place, text, face, firstColor(index),
        (right ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter, Qt::ElideMiddle);
}

void CellDelegate::paintFirst(QPainter &painter, const QRect &rect, const QModelIndex &index, const QColor &) const
{
    paintText(painter, rect, index);
}

int CellDelegate::firstWidth(const QModelIndex &index) const
{
    return textWidth(index);
}

void CellDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const QRect rect = option.rect.adjusted(padding() + lead(index), 0, -padding(), -1);
    const bool selected = option.state.testFlag(QStyle::State_Selected);
    const QColor paper = color(selected ? Token::Sel : Token::Panel);
    if (index.data(items::LoadingRole).toBool()) {
        paintSkeleton(*painter, rect, index.row(), isRight());
        return;
    }
    const QString second = index.data(items::SecondLineRole).toString();
    if (second.isEmpty()) {
        paintFirst(*painter, rect, index, paper);
        return;
    }
    const int first = lineHeightOf(Type::Body);
    const int below = lineHeightOf(Type::Meta);
    const int top = rect.y() + (rect.height() - first - below) / 2;
    paintFirst(*painter, QRect(rect.x(), top, rect.width(), first), index, paper);
    const auto tone = toneOf(index, items::SecondLineToneRole, items::Tone::Dim);
    kit::paint::text(*painter, QRect(rect.x(), top + first, rect.width(), below), second,
        typeFont(isNumeric() ? Type::MetaNumber : Type::Meta),
        color(isStale() ? Token::Dim : kit::foreground(tone)),
        (isRight() ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter, Qt::ElideMiddle);
}

int CellDelegate::lineHeightOf(Type type)
{
    // Two lines stand closer together than a paragraph does.
    return qRound(QFontInfo(typeFont(type)).pixelSize() * 1.35);
}

QSize CellDelegate::sizeHint(const QStyleOptionViewItem &, const QModelIndex &index) const
{
    int width = firstWidth(index);
    const QString second = index.data(items::SecondLineRole).toString();
    if (!second.isEmpty())
        width = qMax(width, widthOf(second, typeFont(Type::Meta)) + 1);
    const auto *table = qobject_cast<const DataTable *>(parent());
    return {width + 2 * padding() + lead(index), table ? table->rowHeight() : scaled(second.isEmpty() ? 32 : 44)};
}

void TagDelegate::paintFirst(QPainter &painter, const QRect &rect, const QModelIndex &index, const QColor &) const
{
    const QVariant value = index.data(items::TagRole);
    auto tag = value.value<items::TagValue>();
    if (!value.isValid())
        tag = {index.data(Qt::DisplayRole).toString(), items::Tone::Idle};
    const QString detail = index.data(items::DetailRole).toString();
    int x = rect.x();
    if (!tag.text.isEmpty()) {
        QSize size = kit::paint::tagSize(tag.text);
        size.setWidth(qMin(size.width(), rect.width()));
        kit::paint::tag(painter, QRect(QPoint(x, rect.y() + (rect.height() - size.height() + 1) / 2), size), tag.text,
            isStale() ? items::Tone::Idle : tag.tone);
        x += size.width() + gap;
    }
    if (!detail.isEmpty() && x < rect.right())
        kit::paint::text(painter, QRect(x, rect.y(), rect.right() - x + 1, rect.height()), detail, typeFont(Type::Meta),
            color(Token::Dim));
}

int TagDelegate::firstWidth(const QModelIndex &index) const
{
    const QVariant value = index.data(items::TagRole);
    const QString text = value.isValid() ? value.value<items::TagValue>().text : index.data(Qt::DisplayRole).toString();
    int width = text.isEmpty() ? 0 : kit::paint::tagSize(text).width();
    const QString detail = index.data(items::DetailRole).toString();
    if (!detail.isEmpty())
        width += gap + widthOf(detail, typeFont(Type::Meta)) + 1;
    return width;
}

void TrustDelegate::paintFirst(
    QPainter &painter, const QRect &rect, const QModelIndex &index, const QColor &paper) const
{
    const QVariant verdict = index.data(items::TrustRole);
    QRect text = rect;
    if (verdict.isValid()) {
        const qreal r = scaled(55) / 10.0;
        kit::paint::trustMark(painter, QPointF(rect.x() + scaled(7), rect.y() + rect.height() / 2.0), r,
            static_cast<Verdict>(verdict.toInt()), paper);
        text.setLeft(text.left() + markWidth());
    }
    paintText(painter, text, index);
}

int TrustDelegate::firstWidth(const QModelIndex &index) const
{
    return textWidth(index) + (index.data(items::TrustRole).isValid() ? markWidth() : 0);
}

void ProgressDelegate::paintFirst(QPainter &painter, const QRect &rect, const QModelIndex &index, const QColor &) const
{
    const QVariant progress = index.data(items::ProgressRole);
    const bool known = progress.isValid() && progress.toDouble() >= 0;
    if (!known) {
        paintText(painter, rect, index);
        return;
    }
    const int thickness = scaled(7);
    const auto tone = isStale() ? items::Tone::Idle : toneOf(index, items::ProgressToneRole, items::Tone::Info);
    const QString text = index.data(Qt::DisplayRole).toString();
    const QFont face = typeFont(Type::MetaNumber);
    const int number = qMax(widthOf(text, face), fullWidth());
    const int bar = qMin(barWidth(), rect.width() - number - gap);
    if (bar > 8)
        kit::paint::bar(painter, QRectF(rect.x(), rect.y() + (rect.height() - thickness) / 2.0, bar, thickness),
            progress.toDouble(), tone);
    kit::paint::text(painter, QRect(rect.x() + bar + gap, rect.y(), number, rect.height()), text, face,
        firstColor(index), Qt::AlignRight | Qt::AlignVCenter);
}

int ProgressDelegate::firstWidth(const QModelIndex &index) const
{
    const QVariant progress = index.data(items::ProgressRole);
    if (!progress.isValid() || progress.toDouble() < 0)
        return textWidth(index);
    return barWidth() + gap + qMax(widthOf(index.data(Qt::DisplayRole).toString(), typeFont(Type::MetaNumber)), fullWidth());
}

void ReplicasDelegate::paintFirst(QPainter &painter, const QRect &rect, const QModelIndex &index, const QColor &) const
{
    QRect text = rect;
    const QVariant value = index.data(items::ReplicasRole);
    if (value.isValid()) {
        const auto replicas = value.value<items::ReplicaValue>();
        kit::paint::dots(painter, QPointF(rect.x(), rect.y() + rect.height() / 2.0), replicas.ready, replicas.desired);
        const int dots = kit::paint::dotsWidth(replicas.ready, replicas.desired);
        text.setLeft(text.left() + dots + (dots ? gap : 0));
    }
    paintText(painter, text, index);
}

int ReplicasDelegate::firstWidth(const QModelIndex &index) const
{
    const QVariant value = index.data(items::ReplicasRole);
    int dots = 0;
    if (value.isValid()) {
        const auto replicas = value.value<items::ReplicaValue>();
        dots = kit::paint::dotsWidth(replicas.ready, replicas.desired);
    }
    return textWidth(index) + dots + (dots ? gap : 0);
}

QRect ActionDelegate::buttonRect(const QRect &cell, const QModelIndex &index, int padding)
{
    const auto action = index.data(items::ActionRole).value<items::ActionValue>();
    if (action.text.isEmpty())
        return {};
    const int width = widthOf(action.text, typeFont(Type::MetaMedium)) + 20;
    const int height = scaled(24);
    const QRect inner = cell.adjusted(padding, 0, -padding, -1);
    return {inner.right() - width + 1, inner.y() + (inner.height() - height) / 2, width, height};
}

void ActionDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const auto action = index.data(items::ActionRole).value<items::ActionValue>();
    const QRect rect = buttonRect(option.rect, index, padding());
    if (rect.isEmpty())
        return;
    const auto *table = qobject_cast<const DataTable *>(parent());
    const bool enabled = action.enabled && !(table && table->isStale());
    const bool hot = option.state.testFlag(QStyle::State_MouseOver) && enabled;
    const bool primary = action.primary && enabled;
    kit::paint::box(*painter, rect, kit::radius::control, color(primary ? Token::Accent : Token::Panel),
        color(primary ? Token::Accent
                : hot ? Token::Control
                      : Token::Line));
    kit::paint::text(*painter, rect, action.text, typeFont(Type::MetaMedium),
        color(!enabled    ? Token::Faint
                : primary ? Token::OnAccent
                          : Token::Text),
        Qt::AlignCenter);
}

int ActionDelegate::firstWidth(const QModelIndex &index) const
{
    const auto action = index.data(items::ActionRole).value<items::ActionValue>();
    return action.text.isEmpty() ? 0 : widthOf(action.text, typeFont(Type::MetaMedium)) + 20;
}

} // namespace cairn::views
