// SPDX-License-Identifier: GPL-3.0-or-later
#include "editors/DiffView.h"

#include "base/Text.h"
#include "kit/Paint.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QMenu>
#include <QPainter>
#include <QScrollBar>
#include <algorithm>

namespace cairn::editors {

using namespace Qt::StringLiterals;
using kit::color;
using kit::scaled;
using kit::Token;
using kit::Type;

namespace {

using Kind = manifest::DiffLine::Kind;

QString sign(Kind kind)
{
    switch (kind) {
    case Kind::Added: return u"+"_s;
    case Kind::Removed: return u"-"_s;
    case Kind::Context:
    case Kind::Skipped: break;
    }
    return u" "_s;
}

/// The line as it is shown: control characters and marks of direction made visible.
QString shown(const manifest::DiffLine &line)
{
    return line.kind == Kind::Skipped ? DiffView::tr("%n equal line(s)", nullptr, line.oldLine) : text::safe(line.text);
}

} // namespace

DiffView::DiffView(QWidget *parent)
    : QAbstractScrollArea(parent)
{
    setAccessibleName(tr("What changes"));
    setFocusPolicy(Qt::StrongFocus);
    setFrameShape(QFrame::NoFrame);
    viewport()->setAutoFillBackground(false);
    kit::bindTheme(this, [this] { updateScrollBars(); });
}

void DiffView::setLines(const QList<manifest::DiffLine> &lines)
{
    m_lines = lines;
    setAccessibleDescription(tr("%1 added, %2 removed", "lines").arg(added()).arg(removed()));
    updateScrollBars();
    updateGeometry();
    viewport()->update();
}

void DiffView::setTexts(const QString &before, const QString &after)
{
    setLines(manifest::diffText(before, after));
}

int DiffView::added() const
{
    return static_cast<int>(
        std::count_if(m_lines.begin(), m_lines.end(), [](const manifest::DiffLine &line) { return line.kind == Kind::Added; }));
}

int DiffView::removed() const
{
    return static_cast<int>(
        std::count_if(m_lines.begin(), m_lines.end(), [](const manifest::DiffLine &line) { return line.kind == Kind::Removed; }));
}

QString DiffView::toPlainText() const
{
    QString text;
    for (const manifest::DiffLine &line : m_lines)
        text += line.kind == Kind::Skipped ? u"@@ "_s + shown(line) + u" @@\n"_s : sign(line.kind) + u' ' + line.text + u'\n';
    return text;
}

int DiffView::lineHeight() const
{
    return scaled(18);
}

void DiffView::updateScrollBars()
{
    const QFontMetrics metrics(kit::typeFont(Type::Mono));
    m_widest = 0;
    for (const manifest::DiffLine &line : std::as_const(m_lines))
        m_widest = qMax(m_widest, metrics.horizontalAdvance(shown(line)));
    m_widest += metrics.horizontalAdvance(u"+  "_s);
    verticalScrollBar()->setRange(0, qMax(0, static_cast<int>(m_lines.size()) * lineHeight() - viewport()->height()));
    verticalScrollBar()->setPageStep(viewport()->height());
    verticalScrollBar()->setSingleStep(lineHeight());
    horizontalScrollBar()->setRange(0, qMax(0, m_widest - viewport()->width()));
    horizontalScrollBar()->setPageStep(viewport()->width());
    horizontalScrollBar()->setSingleStep(scaled(24));
}

QSize DiffView::sizeHint() const
{
    const int lines = qBound(3, static_cast<int>(m_lines.size()), 16);
    return {qMin(m_widest + 24, scaled(640)), lines * lineHeight() + 2};
}

QSize DiffView::minimumSizeHint() const
{
    return {scaled(160), lineHeight() * 3};
}

void DiffView::paintEvent(QPaintEvent *)
{
    QPainter painter(viewport());
    const QFont face = kit::typeFont(Type::Mono);
    const QFontMetrics metrics(face);
    const int step = lineHeight();
    const int offset = verticalScrollBar()->value();
    const int left = -horizontalScrollBar()->value();
    const int column = metrics.horizontalAdvance(u"+  "_s);
    for (qsizetype i = offset / step; i < m_lines.size(); ++i) {
        const int y = static_cast<int>(i) * step - offset;
        if (y > viewport()->height())
            break;
        const manifest::DiffLine &line = m_lines[i];
        if (line.kind == Kind::Skipped) {
            kit::paint::text(painter, QRect(left + column, y, viewport()->width(), step), shown(line),
                kit::typeFont(Type::Meta), color(Token::Dim));
            continue;
        }
        const bool add = line.kind == Kind::Added;
        const bool del = line.kind == Kind::Removed;
        const QString content = shown(line);
        const int width = metrics.horizontalAdvance(content);
        if (add || del)
            painter.fillRect(QRect(left, y, column + width + 2, step), color(add ? Token::OkBg : Token::ErrBg));
        const QColor ink = color(add ? Token::Ok : del ? Token::Err : Token::Text);
        kit::paint::text(painter, QRect(left, y, column, step), sign(line.kind), face, ink);
        kit::paint::text(painter, QRect(left + column, y, width + 2, step), content, face, ink);
    }
}

void DiffView::resizeEvent(QResizeEvent *event)
{
    QAbstractScrollArea::resizeEvent(event);
    updateScrollBars();
}

void DiffView::keyPressEvent(QKeyEvent *event)
{
    if (event->matches(QKeySequence::Copy)) {
        QGuiApplication::clipboard()->setText(toPlainText());
        return;
    }
    QAbstractScrollArea::keyPressEvent(event);
}

void DiffView::contextMenuEvent(QContextMenuEvent *event)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    connect(menu->addAction(tr("Copy all")), &QAction::triggered, this,
        [this] { QGuiApplication::clipboard()->setText(toPlainText()); });
    menu->popup(event->globalPos());
}

} // namespace cairn::editors
