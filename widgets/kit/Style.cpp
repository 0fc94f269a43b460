// SPDX-License-Identifier: GPL-3.0-or-later
#include "kit/Style.h"

#include "kit/Button.h"
#include "kit/Paint.h"

#include <QAbstractItemView>
#include <QComboBox>
#include <QLineEdit>
#include <QMenu>
#include <QScrollBar>
#include <QStyleFactory>
#include <QStyleOption>

namespace cairn::kit {

using namespace Qt::StringLiterals;

namespace {

bool isOn(const QStyleOption *option, QStyle::StateFlag flag)
{
    return option->state.testFlag(flag);
}

ButtonVariant variantOf(const QWidget *widget, const QStyleOption *option)
{
    if (const auto *button = qobject_cast<const Button *>(widget))
        return button->variant();
    // In a foreign dialog (file chooser) the default button is the primary one.
    const auto *push = qstyleoption_cast<const QStyleOptionButton *>(option);
    return push && push->features.testFlag(QStyleOptionButton::DefaultButton) ? ButtonVariant::Primary
                                                                              : ButtonVariant::Normal;
}

bool isSmall(const QWidget *widget)
{
    const auto *button = qobject_cast<const Button *>(widget);
    return button && button->isSmall();
}

/// `over` blended onto `under` by `amount` (0…1): the only way shades besides tokens come about (hover, press).
QColor mix(const QColor &under, const QColor &over, double amount)
{
    const auto channel = [&](int a, int b) { return qRound(a + (b - a) * amount); };
    return {channel(under.red(), over.red()), channel(under.green(), over.green()), channel(under.blue(), over.blue())};
}

struct ButtonColors {
    QColor fill;
    QColor border;
    QColor text;
};

ButtonColors buttonColors(ButtonVariant variant, const QStyleOption *option)
{
    const bool enabled = isOn(option, QStyle::State_Enabled);
    const bool down = isOn(option, QStyle::State_Sunken);
    const bool hover = isOn(option, QStyle::State_MouseOver);
    const bool on = isOn(option, QStyle::State_On);
    const double shade = !enabled ? 0 : down ? 0.12 : hover ? 0.06 : 0;
    const QColor ink = color(Token::Text);
    if (!enabled)
        return {color(Token::Panel), color(Token::Line), color(Token::Faint)};
    switch (variant) {
    case ButtonVariant::Primary: {
        const QColor fill = mix(color(Token::Accent), color(Token::OnAccent), shade);
        return {fill, fill, color(Token::OnAccent)};
    }
    case ButtonVariant::Danger:
        return {mix(color(Token::Panel), color(Token::Err), shade), color(Token::Err), color(Token::Err)};
    case ButtonVariant::DangerPrimary: {
        const QColor fill = mix(color(Token::Err), color(Token::Panel), shade);
        return {fill, fill, color(Token::Panel)};
    }
    case ButtonVariant::Flat:
        return {shade > 0 ? mix(color(Token::Panel), ink, shade) : QColor(Qt::transparent), Qt::transparent, ink};
    case ButtonVariant::Link: return {Qt::transparent, Qt::transparent, color(Token::Accent)};
    case ButtonVariant::Normal: break;
    }
    if (on)
        return {color(Token::Sel), color(Token::Accent), ink};
    return {mix(color(Token::Panel), ink, shade), color(Token::Line), ink};
}

} // namespace

Style::Style()
    : QProxyStyle(QStyleFactory::create(u"Fusion"_s))
{
}

void Style::drawButton(const QStyleOption *option, QPainter *painter, const QWidget *widget) const
{
    const ButtonColors colors = buttonColors(variantOf(widget, option), option);
    paint::box(*painter, option->rect, radius::control, colors.fill, colors.border);
}

void Style::drawButtonLabel(const QStyleOption *option, QPainter *painter, const QWidget *widget) const
{
    const auto *button = qstyleoption_cast<const QStyleOptionButton *>(option);
    if (!button)
        return;
    const ButtonColors colors = buttonColors(variantOf(widget, option), option);
    QRect rect = option->rect;
    const QFontMetrics metrics(painter->font());
    const bool hasMenu = button->features.testFlag(QStyleOptionButton::HasMenu);
    const int arrow = hasMenu ? 14 : 0;
    const int textWidth = metrics.size(Qt::TextShowMnemonic, button->text).width();
    const int icon = button->icon.isNull() ? 0 : button->iconSize.width();
    const int gap = icon && !button->text.isEmpty() ? 6 : 0;
    int x = rect.x() + (rect.width() - textWidth - icon - gap - arrow) / 2;
    if (icon) {
        const bool quiet = variantOf(widget, option) == ButtonVariant::Flat && !isOn(option, State_MouseOver);
        const QIcon::Mode mode = !isOn(option, State_Enabled) ? QIcon::Disabled : quiet ? QIcon::Normal : QIcon::Active;
        button->icon.paint(painter, QRect(x, rect.y(), icon, rect.height()), Qt::AlignCenter, mode);
        x += icon + gap;
    }
    painter->setPen(colors.text);
    const int flags = Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine
        | (styleHint(SH_UnderlineShortcut, option, widget, nullptr) ? Qt::TextShowMnemonic : Qt::TextHideMnemonic);
    painter->drawText(QRect(x, rect.y(), textWidth + 1, rect.height()), flags, button->text);
    if (hasMenu)
        paint::glyph(
            *painter, QRectF(x + textWidth + 6, rect.center().y() - 3.5, 8, 8), paint::Glyph::Down, colors.text);
}

void Style::drawPrimitive(
    PrimitiveElement element, const QStyleOption *option, QPainter *painter, const QWidget *widget) const
{
    switch (element) {
    case PE_PanelScrollAreaCorner: return;
    case PE_FrameFocusRect: return; // FocusRing draws it, outside the control
    case PE_PanelButtonCommand: drawButton(option, painter, widget); return;
    case PE_PanelLineEdit:
    case PE_FrameLineEdit: {
        const auto *frame = qstyleoption_cast<const QStyleOptionFrame *>(option);
        if (frame && frame->lineWidth <= 0) {
            if (element == PE_PanelLineEdit && widget && widget->autoFillBackground())
                painter->fillRect(option->rect, color(Token::Panel));
            return;
        }
        const bool bad = widget && widget->property("error").toBool();
        const bool enabled = isOn(option, State_Enabled);
        paint::box(*painter, option->rect, radius::control, color(enabled ? Token::Panel : Token::Bg),
            color(bad         ? Token::Err
                    : enabled ? Token::Control
                              : Token::Line));
        return;
    }
    case PE_IndicatorCheckBox:
    case PE_IndicatorItemViewItemCheck:
        paint::checkBox(*painter, option->rect,
            isOn(option, State_NoChange) ? Qt::PartiallyChecked
                : isOn(option, State_On) ? Qt::Checked
                                         : Qt::Unchecked,
            isOn(option, State_Enabled));
        return;
    case PE_IndicatorRadioButton: {
        const int side = scaled(15);
        const QRectF frame(option->rect.x(), option->rect.y() + (option->rect.height() - side) / 2, side, side);
        const QColor ink = color(isOn(option, State_Enabled) ? Token::Accent : Token::Faint);
        if (isOn(option, State_On))
            paint::box(*painter, frame, side / 2.0, color(Token::Panel), ink, scaled(45) / 10.0);
        else
            paint::box(*painter, frame, side / 2.0, color(Token::Panel), color(Token::Control), 1.5);
        return;
    }
    case PE_PanelTipLabel:
        painter->fillRect(option->rect, color(Token::Panel));
        paint::box(*painter, option->rect, 0, color(Token::Panel), color(Token::Control));
        return;
    case PE_PanelMenu:
    case PE_FrameMenu: paint::box(*painter, option->rect, 0, color(Token::Panel), color(Token::Line)); return;
    case PE_IndicatorArrowDown:
    case PE_IndicatorArrowUp:
    case PE_IndicatorArrowLeft:
    case PE_IndicatorArrowRight: {
        using enum paint::Glyph;
        const QRectF box(option->rect.center().x() - 3.5, option->rect.center().y() - 3.5, 8, 8);
        paint::glyph(*painter, box,
            element == PE_IndicatorArrowDown       ? Down
                : element == PE_IndicatorArrowUp   ? Up
                : element == PE_IndicatorArrowLeft ? Left
                                                   : Right,
            color(isOn(option, State_Enabled) ? Token::Dim : Token::Faint));
        return;
    }
    case PE_Frame:
        if (qobject_cast<const QAbstractScrollArea *>(widget)) {
            painter->fillRect(option->rect, Qt::NoBrush);
            paint::box(*painter, option->rect, 0, Qt::transparent, color(Token::Line));
            return;
        }
        break;
    default: break;
    }
    QProxyStyle::drawPrimitive(element, option, painter, widget);
}

void Style::drawHeader(ControlElement element, const QStyleOption *option, QPainter *painter) const
{
    const auto *header = qstyleoption_cast<const QStyleOptionHeader *>(option);
    if (!header)
        return;
    if (element == CE_HeaderSection || element == CE_HeaderEmptyArea) {
        painter->fillRect(option->rect, color(Token::Panel));
        paint::hairline(*painter, option->rect, Qt::BottomEdge, color(Token::Line));
        return;
    }
    const bool sorted = header->sortIndicator != QStyleOptionHeader::None;
    const QColor ink = color(sorted ? Token::Text : Token::Dim);
    const bool right = header->textAlignment.testFlag(Qt::AlignRight);
    QRect rect = option->rect.adjusted(10, 0, -10, -1);
    const QFont face = typeFont(Type::MetaMedium);
    if (sorted) {
        const int width = QFontMetrics(face).horizontalAdvance(header->text);
        const int x = right ? rect.right() - 9 : qMin(rect.x() + width + 4, rect.right() - 9);
        const QRectF arrow(x, rect.center().y() - 4, 9, 9);
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(QPen(ink, 1.4, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        // QHeaderView says SortDown for the ascending order; the arrow of the design points where values grow.
        const bool down = header->sortIndicator == QStyleOptionHeader::SortUp;
        const qreal tip = down ? arrow.bottom() : arrow.top();
        const qreal wing = down ? -3.2 : 3.2;
        painter->drawLine(QPointF(arrow.center().x(), arrow.top()), QPointF(arrow.center().x(), arrow.bottom()));
        painter->drawPolyline(QPolygonF{QPointF(arrow.center().x() - 3.2, tip + wing), QPointF(arrow.center().x(), tip),
            QPointF(arrow.center().x() + 3.2, tip + wing)});
        painter->restore();
        rect.setRight(rect.right() - 13);
    }
    paint::text(*painter, rect, header->text, face, ink, (right ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
}

void Style::drawMenuItem(const QStyleOption *option, QPainter *painter) const
{
    const auto *item = qstyleoption_cast<const QStyleOptionMenuItem *>(option);
    if (!item)
        return;
    const QRect rect = option->rect;
    painter->fillRect(rect, color(Token::Panel));
    if (item->menuItemType == QStyleOptionMenuItem::Separator) {
        painter->fillRect(QRect(rect.x() + 8, rect.center().y(), rect.width() - 16, 1), color(Token::Line));
        return;
    }
    const bool enabled = isOn(option, State_Enabled);
    if (isOn(option, State_Selected) && enabled)
        paint::box(*painter, rect.adjusted(4, 1, -4, -1), 4, color(Token::Sel), Qt::transparent);
    const QColor ink = color(enabled ? Token::Text : Token::Faint);
    const QRect mark(rect.x() + 10, rect.y(), 16, rect.height());
    if (item->checked)
        paint::glyph(*painter, QRectF(mark.center().x() - 5, mark.center().y() - 5, 11, 11), paint::Glyph::Tick,
            color(Token::Accent), 1.7);
    else if (!item->icon.isNull())
        item->icon.paint(painter, mark, Qt::AlignCenter, enabled ? QIcon::Normal : QIcon::Disabled);
    QString text = item->text;
    const QString shortcut = text.section(u'\t', 1);
    text = text.section(u'\t', 0, 0);
    painter->setFont(item->font);
    painter->setPen(ink);
    painter->drawText(rect.adjusted(34, 0, -12, 0), Qt::AlignVCenter | Qt::TextSingleLine | Qt::TextShowMnemonic, text);
    painter->setPen(color(Token::Dim));
    painter->drawText(rect.adjusted(34, 0, -12, 0), Qt::AlignRight | Qt::AlignVCenter | Qt::TextSingleLine, shortcut);
    if (item->menuItemType == QStyleOptionMenuItem::SubMenu)
        paint::glyph(*painter, QRectF(rect.right() - 18, rect.center().y() - 4, 8, 8), paint::Glyph::Right, ink);
}

void Style::drawControl(
    ControlElement element, const QStyleOption *option, QPainter *painter, const QWidget *widget) const
{
    switch (element) {
    case CE_PushButtonBevel: drawButton(option, painter, widget); return;
    case CE_PushButtonLabel: drawButtonLabel(option, painter, widget); return;
    case CE_HeaderSection:
    case CE_HeaderEmptyArea:
    case CE_HeaderLabel: drawHeader(element, option, painter); return;
    case CE_MenuItem: drawMenuItem(option, painter); return;
    case CE_MenuEmptyArea: painter->fillRect(option->rect, color(Token::Panel)); return;
    case CE_Splitter: return;
    case CE_ProgressBar:
        if (const auto *bar = qstyleoption_cast<const QStyleOptionProgressBar *>(option)) {
            const double range = bar->maximum - bar->minimum;
            paint::bar(*painter, option->rect, range > 0 ? (bar->progress - bar->minimum) / range : 0, Tone::Info);
            return;
        }
        break;
    case CE_ComboBoxLabel:
        if (const auto *combo = qstyleoption_cast<const QStyleOptionComboBox *>(option)) {
            const QRect field = subControlRect(CC_ComboBox, combo, SC_ComboBoxEditField, widget);
            paint::text(*painter, field, combo->currentText, painter->font(),
                color(isOn(option, State_Enabled) ? Token::Text : Token::Faint));
            return;
        }
        break;
    default: break;
    }
    QProxyStyle::drawControl(element, option, painter, widget);
}

void Style::drawScrollBar(const QStyleOptionComplex *option, QPainter *painter, const QWidget *widget) const
{
    const auto *bar = qstyleoption_cast<const QStyleOptionSlider *>(option);
    if (!bar)
        return;
    if (bar->minimum == bar->maximum)
        return;
    QRectF thumb = subControlRect(CC_ScrollBar, option, SC_ScrollBarSlider, widget);
    const bool wide = isOn(option, State_MouseOver) || isOn(option, State_Sunken);
    const qreal inset = wide ? 2 : 3;
    thumb =
        bar->orientation == Qt::Vertical ? thumb.adjusted(inset, 1, -inset, -1) : thumb.adjusted(1, inset, -1, -inset);
    const qreal r = qMin(thumb.width(), thumb.height()) / 2;
    paint::box(*painter, thumb, r, mix(color(Token::Panel), color(Token::Control), wide ? 0.9 : 0.5), Qt::transparent);
}

void Style::drawComboBox(const QStyleOptionComplex *option, QPainter *painter) const
{
    const bool enabled = isOn(option, State_Enabled);
    const QColor fill = isOn(option, State_MouseOver) && enabled ? mix(color(Token::Panel), color(Token::Text), 0.04)
                                                                 : color(Token::Panel);
    paint::box(*painter, option->rect, radius::control, fill, color(enabled ? Token::Control : Token::Line));
    paint::glyph(*painter, QRectF(option->rect.right() - 18, option->rect.center().y() - 3.5, 8, 8), paint::Glyph::Down,
        color(enabled ? Token::Dim : Token::Faint));
}

void Style::drawSpinBox(const QStyleOptionComplex *option, QPainter *painter, const QWidget *widget) const
{
    const auto *spin = qstyleoption_cast<const QStyleOptionSpinBox *>(option);
    if (!spin)
        return;
    const bool enabled = isOn(option, State_Enabled);
    paint::box(
        *painter, option->rect, radius::control, color(Token::Panel), color(enabled ? Token::Control : Token::Line));
    if (spin->buttonSymbols == QAbstractSpinBox::NoButtons)
        return;
    const auto step = [&](SubControl part, paint::Glyph glyph, QAbstractSpinBox::StepEnabledFlag flag) {
        const QRect rect = subControlRect(CC_SpinBox, option, part, widget);
        const bool on = enabled && spin->stepEnabled.testFlag(flag);
        paint::glyph(*painter, QRectF(rect.center().x() - 3, rect.center().y() - 3, 7, 7), glyph,
            color(on ? Token::Dim : Token::Faint), 1.3);
    };
    step(SC_SpinBoxUp, paint::Glyph::Up, QAbstractSpinBox::StepUpEnabled);
    step(SC_SpinBoxDown, paint::Glyph::Down, QAbstractSpinBox::StepDownEnabled);
}

void Style::drawComplexControl(
    ComplexControl control, const QStyleOptionComplex *option, QPainter *painter, const QWidget *widget) const
{
    switch (control) {
    case CC_ScrollBar: drawScrollBar(option, painter, widget); return;
    case CC_ComboBox: drawComboBox(option, painter); return;
    case CC_SpinBox: drawSpinBox(option, painter, widget); return;
    default: break;
    }
    QProxyStyle::drawComplexControl(control, option, painter, widget);
}

QSize Style::sizeFromContents(
    ContentsType type, const QStyleOption *option, const QSize &size, const QWidget *widget) const
{
    switch (type) {
    case CT_PushButton: {
        const auto *button = qstyleoption_cast<const QStyleOptionButton *>(option);
        const int padding = variantOf(widget, option) == ButtonVariant::Link ? 0 : isSmall(widget) ? 10 : 13;
        int width = size.width();
        if (button) {
            const int icon = button->icon.isNull() ? 0 : button->iconSize.width();
            width = option->fontMetrics.size(Qt::TextShowMnemonic, button->text).width() + icon
                + (icon && !button->text.isEmpty() ? 6 : 0)
                + (button->features.testFlag(QStyleOptionButton::HasMenu) ? 14 : 0);
            if (icon && button->text.isEmpty())
                return {scaled(isSmall(widget) ? 24 : 30), scaled(isSmall(widget) ? 24 : 30)};
        }
        return {width + 2 * padding, scaled(isSmall(widget) ? 24 : 30)};
    }
    case CT_LineEdit: return {size.width() + 20, qMax(scaled(30), size.height() + 8)};
    case CT_ComboBox: {
        int width = 0;
        if (const auto *combo = qobject_cast<const QComboBox *>(widget)) {
            for (int i = 0; i < combo->count(); ++i)
                width = qMax(width, option->fontMetrics.horizontalAdvance(combo->itemText(i)));
        }
        return {qMax(width, scaled(24)) + 40, scaled(30)};
    }
    case CT_SpinBox: return {size.width() + 16, scaled(30)};
    case CT_CheckBox:
    case CT_RadioButton: {
        const QSize base = QProxyStyle::sizeFromContents(type, option, size, widget);
        return {base.width(), qMax(base.height(), scaled(24))};
    }
    case CT_HeaderSection: {
        const auto *header = qstyleoption_cast<const QStyleOptionHeader *>(option);
        const QFontMetrics metrics(typeFont(Type::MetaMedium));
        return {(header ? metrics.horizontalAdvance(header->text) : 0) + 20 + 13, scaled(32)};
    }
    case CT_MenuItem: {
        const auto *item = qstyleoption_cast<const QStyleOptionMenuItem *>(option);
        if (item && item->menuItemType == QStyleOptionMenuItem::Separator)
            return {size.width(), 9};
        const int width = item ? option->fontMetrics.size(Qt::TextShowMnemonic, item->text.section(u'\t', 0, 0)).width()
                + (item->text.contains(u'\t') ? option->fontMetrics.horizontalAdvance(item->text.section(u'\t', 1)) + 24
                                              : 0)
                               : size.width();
        return {width + 34 + 24, scaled(28)};
    }
    default: break;
    }
    return QProxyStyle::sizeFromContents(type, option, size, widget);
}

QRect Style::subElementRect(SubElement element, const QStyleOption *option, const QWidget *widget) const
{
    if (element == SE_LineEditContents) {
        const auto *frame = qstyleoption_cast<const QStyleOptionFrame *>(option);
        if (frame && frame->lineWidth > 0)
            return option->rect.adjusted(8, 1, -8, -1);
        return option->rect;
    }
    if (element == SE_PushButtonContents || element == SE_PushButtonFocusRect)
        return option->rect;
    return QProxyStyle::subElementRect(element, option, widget);
}

QRect Style::subControlRect(
    ComplexControl control, const QStyleOptionComplex *option, SubControl part, const QWidget *widget) const
{
    const QRect r = option->rect;
    if (control == CC_ScrollBar) {
        const auto *bar = qstyleoption_cast<const QStyleOptionSlider *>(option);
        if (bar) {
            const bool vertical = bar->orientation == Qt::Vertical;
            const int length = vertical ? r.height() : r.width();
            const int range = bar->maximum - bar->minimum;
            int thumb = length;
            if (range > 0)
                thumb = qBound(qMin(28, length),
                    static_cast<int>(qint64(bar->pageStep) * length / (qint64(range) + bar->pageStep)), length);
            const int start = sliderPositionFromValue(
                bar->minimum, bar->maximum, bar->sliderPosition, length - thumb, bar->upsideDown);
            const auto part1 = [&](int from, int to) {
                return vertical ? QRect(r.x(), r.y() + from, r.width(), to - from)
                                : QRect(r.x() + from, r.y(), to - from, r.height());
            };
            switch (part) {
            case SC_ScrollBarGroove: return r;
            case SC_ScrollBarSlider: return part1(start, start + thumb);
            case SC_ScrollBarSubPage: return part1(0, start);
            case SC_ScrollBarAddPage: return part1(start + thumb, length);
            default: return {};
            }
        }
    }
    if (control == CC_ComboBox) {
        switch (part) {
        case SC_ComboBoxEditField: return r.adjusted(10, 1, -26, -1);
        case SC_ComboBoxArrow: return {r.right() - 24, r.y(), 24, r.height()};
        case SC_ComboBoxFrame: return r;
        default: break;
        }
    }
    if (control == CC_SpinBox) {
        const int half = r.height() / 2;
        switch (part) {
        case SC_SpinBoxUp: return {r.right() - 20, r.y() + 3, 18, half - 3};
        case SC_SpinBoxDown: return {r.right() - 20, r.y() + half, 18, half - 3};
        case SC_SpinBoxEditField: return r.adjusted(2, 1, -22, -1);
        case SC_SpinBoxFrame: return r;
        default: break;
        }
    }
    return QProxyStyle::subControlRect(control, option, part, widget);
}

int Style::pixelMetric(PixelMetric metric, const QStyleOption *option, const QWidget *widget) const
{
    switch (metric) {
    case PM_ScrollBarExtent: return 12;
    case PM_ScrollBarSliderMin: return 28;
    case PM_IndicatorWidth:
    case PM_IndicatorHeight:
    case PM_ExclusiveIndicatorWidth:
    case PM_ExclusiveIndicatorHeight: return scaled(15);
    case PM_CheckBoxLabelSpacing:
    case PM_RadioButtonLabelSpacing: return 7;
    case PM_ButtonShiftHorizontal:
    case PM_ButtonShiftVertical: return 0;
    case PM_LayoutHorizontalSpacing:
    case PM_LayoutVerticalSpacing: return space::row;
    case PM_LayoutLeftMargin:
    case PM_LayoutRightMargin: return space::cardH;
    case PM_LayoutTopMargin:
    case PM_LayoutBottomMargin: return space::cardV;
    case PM_DefaultFrameWidth:
        return qobject_cast<const QMenu *>(widget) ? 1 : QProxyStyle::pixelMetric(metric, option, widget);
    case PM_MenuPanelWidth: return 1;
    case PM_MenuVMargin: return 4;
    case PM_MenuHMargin: return 0;
    case PM_ToolTipLabelFrameWidth: return 7;
    case PM_SplitterWidth: return space::cards;
    case PM_SmallIconSize:
    case PM_ButtonIconSize: return scaled(16);
    case PM_HeaderMargin: return 10;
    default: break;
    }
    return QProxyStyle::pixelMetric(metric, option, widget);
}

int Style::styleHint(StyleHint hint, const QStyleOption *option, const QWidget *widget, QStyleHintReturn *data) const
{
    switch (hint) {
    case SH_EtchDisabledText:
    case SH_DitherDisabledText:
    case SH_Widget_Animation_Duration:
    case SH_Menu_FadeOutOnHide:
    case SH_ComboBox_Popup:
    case SH_ScrollBar_Transient: return 0;
    case SH_ItemView_ShowDecorationSelected:
    case SH_ScrollBar_ContextMenu: return 1;
    case SH_LineEdit_PasswordCharacter: return 0x2022;
    default: break;
    }
    return QProxyStyle::styleHint(hint, option, widget, data);
}

void Style::polish(QWidget *widget)
{
    QProxyStyle::polish(widget);
    if (qobject_cast<QAbstractButton *>(widget) || qobject_cast<QComboBox *>(widget)
        || qobject_cast<QScrollBar *>(widget))
        widget->setAttribute(Qt::WA_Hover);
}

} // namespace cairn::kit
