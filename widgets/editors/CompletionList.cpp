// SPDX-License-Identifier: GPL-3.0-or-later
#include "editors/CompletionList.h"

#include "base/Text.h"
#include "kit/Announce.h"
#include "kit/Label.h"
#include "kit/Navigation.h"
#include "kit/Paint.h"

#include <QMouseEvent>
#include <algorithm>

namespace cairn::editors {

using namespace Qt::StringLiterals;
using kit::color;
using kit::scaled;
using kit::Token;
using kit::Type;

namespace {

constexpr int maxRows = 8;

int rowHeight()
{
    return scaled(26);
}

} // namespace

CompletionList::CompletionList(QWidget *parent)
    : QWidget(parent)
    , m_help(new kit::Paragraph({}, Type::Meta, Token::Text, this))
{
    setObjectName(u"code.completions"_s);
    setFocusPolicy(Qt::NoFocus);
    setAccessibleName(tr("Completions"));
    setCursor(Qt::ArrowCursor);
    hide();
}

void CompletionList::setItems(const QList<CodeCompletion> &items)
{
    m_items = items;
    m_first = 0;
    choose(0);
}

const CodeCompletion *CompletionList::current() const
{
    return m_current < m_items.size() ? &m_items[m_current] : nullptr;
}

void CompletionList::step(int rows)
{
    choose(m_current + rows);
}

int CompletionList::page() const
{
    return maxRows - 1;
}

void CompletionList::choose(int index)
{
    m_current = qBound(0, index, qMax(0, static_cast<int>(m_items.size()) - 1));
    m_first = qBound(m_current - rows() + 1, m_first, m_current);
    if (const CodeCompletion *item = current()) {
        // A provider's words come from schemas of a cluster: no marks of ours in them.
        QString help = item->documentation;
        m_help->setText(text::safe(help.replace(u'\n', u' ').remove(u'`').remove(u"**"_s)));
        if (isVisible())
            kit::announce(this,
                item->meaning.isEmpty() ? item->text : tr("%1: %2", "a word and what it means").arg(item->text, item->meaning));
    }
    m_help->setVisible(!m_help->text().isEmpty());
    updateGeometry();
    update();
}

int CompletionList::rows() const
{
    return qMin(maxRows, static_cast<int>(m_items.size()));
}

int CompletionList::helpHeight(int width) const
{
    return m_help->text().isEmpty() ? 0 : qMin(m_help->heightForWidth(width - 22), 4 * kit::lineHeight(Type::Meta)) + 14;
}

QSize CompletionList::sizeHint() const
{
    const int width = scaled(280);
    return {width, rows() * rowHeight() + helpHeight(width) + 2};
}

void CompletionList::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    m_help->setGeometry(11, rows() * rowHeight() + 8, width() - 22, height() - rows() * rowHeight() - 14);
}

void CompletionList::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    kit::paint::box(painter, rect(), kit::radius::control, color(Token::Panel), color(Token::Control));
    const int list = rows() * rowHeight();
    if (!m_help->text().isEmpty()) {
        kit::paint::box(painter, QRect(1, list + 1, width() - 2, height() - list - 2), kit::radius::control - 1, color(Token::Bg), color(Token::Bg));
        painter.fillRect(QRect(1, list + 1, width() - 2, 1), color(Token::Line));
    }
    int column = scaled(40);
    for (const CodeCompletion &item : m_items)
        column = qMax(column, qRound(kit::paint::textWidth(text::safe(item.text), kit::typeFont(Type::Mono))));
    column = qMin(column, width() / 2);
    for (int row = 0; row < rows(); ++row) {
        const CodeCompletion &item = m_items[m_first + row];
        const bool on = m_first + row == m_current;
        const QRect place(1, 1 + row * rowHeight(), width() - 2, rowHeight());
        if (on)
            painter.fillRect(place, color(Token::Sel));
        int right = place.right() - 8;
        if (on) {
            const QStringList keys{u"Tab"_s};
            const int caps = kit::KeyHint::keysWidth(keys);
            kit::KeyHint::paintKeys(painter, QRect(right - caps, place.y(), caps, place.height()), keys);
            right -= caps + 6;
        }
        kit::paint::text(painter, QRect(10, place.y(), column, place.height()), text::safe(item.text),
            kit::typeFont(on ? Type::MonoStrong : Type::Mono), color(Token::Text));
        const int left = 10 + column + 14;
        kit::paint::text(painter, QRect(left, place.y(), right - left, place.height()), text::safe(item.meaning),
            kit::typeFont(Type::Meta), color(Token::Dim));
    }
}

void CompletionList::mousePressEvent(QMouseEvent *event)
{
    const int row = (static_cast<int>(event->position().y()) - 1) / rowHeight();
    if (row < 0 || row >= rows())
        return;
    choose(m_first + row);
    emit taken();
}

} // namespace cairn::editors
